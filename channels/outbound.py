"""Which hosts may be called at all, and through which proxy: set once, when a process starts. Pure.

Platforms are told apart by the host that is really called: an account's own base address counts as the web.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

#: Hosts of the platforms, with all below them; every other host is the open web: blogs, feeds, links.
PLATFORMS: Mapping[str, tuple[str, ...]] = {
    "x": ("x.com", "twitter.com", "twimg.com"),
    "facebook": ("facebook.com", "fbcdn.net", "fbsbx.com"),
}
WEB = "web"


@dataclass(frozen=True, slots=True)
class Routes:
    """The way out: proxies by platform (`x`, `facebook`, `web`), and the hosts that may be called."""

    proxies: Mapping[str, str] = field(default_factory=dict)
    allowed: tuple[str, ...] = ()

    def proxy_for(self, url: str) -> str:
        """Return the proxy through which an address is called; empty for none."""
        return self.proxies.get(platform_of(url), "")

    def allows(self, url: str) -> bool:
        """Whether an address may be called: without a list all may."""
        host = _host(url)
        return not self.allowed or any(_is_below(host, one) for one in self.allowed)


def platform_of(url: str) -> str:
    """Return whose an address is."""
    host = _host(url)
    for name, hosts in PLATFORMS.items():
        if any(host == one or host.endswith(f".{one}") for one in hosts):
            return name
    return WEB


def routes_of(proxies: Mapping[str, str], allowed: Iterable[str]) -> Routes:
    """Return the way out as it was configured. ValueError names what cannot be meant."""
    for name, proxy in proxies.items():
        if name not in {*PLATFORMS, WEB}:
            raise ValueError(f"There is no platform {name!r} to have a proxy.")
        if urlsplit(proxy).scheme not in {"http", "https"} or not urlsplit(proxy).hostname:
            raise ValueError(f"The proxy of {name} must be an http:// or https:// address.")
    return Routes(
        dict(proxies), tuple(one.strip().lower().rstrip(".") for one in allowed if one.strip())
    )


def _host(url: str) -> str:
    return (urlsplit(url).hostname or "").lower().rstrip(".")


def _is_below(host: str, wanted: str) -> bool:
    """A name allows itself; one that begins with "*." allows all below it."""
    return host.endswith(wanted[1:]) if wanted.startswith("*.") else host == wanted
