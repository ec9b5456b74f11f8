"""The one way out: sessions with time-outs, no redirects, no retries, guarded addresses, other base URLs."""

import ipaddress
import socket
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter
from urllib3.util.retry import Retry

from channels.errors import Ambiguous, ChannelError, Unreachable
from opsconsole.kernel.redaction import redact

#: Seconds to wait for a connection; the read time-out is the caller's.
CONNECT_TIMEOUT = 5.0
#: Answers larger than this are cut off (bytes).
LARGEST_ANSWER = 10 * 1024 * 1024
USER_AGENT = "opsconsole"


class ForbiddenAddress(requests.exceptions.ConnectionError):
    """The name leads to an address inside a private network."""


class GuardedAdapter(HTTPAdapter):
    """Sends with a default time-out, to public addresses only, and optionally to another base URL.

    SDKs hard-code their hosts; mounting this on their prefix moves them, signatures untouched.
    """

    def __init__(
        self, timeout: float, *, allow_private: bool, prefix: str = "", base: str = ""
    ) -> None:
        self._timeout = (min(CONNECT_TIMEOUT, timeout), timeout)
        self._allow_private = allow_private
        self._prefix, self._base = prefix, base and base.rstrip("/") + "/"
        super().__init__(max_retries=Retry(total=0, redirect=0))

    def send(
        self, request: requests.PreparedRequest, *args: Any, **kwargs: Any
    ) -> requests.Response:
        """Rewrite, check and send one request; refuses oversized answers."""
        if self._base and request.url:
            request.url = self._base + request.url.removeprefix(self._prefix)
            request.headers.pop("Host", None)
        if not self._allow_private:
            refuse_private(request.url or "")
        kwargs["timeout"] = kwargs.get("timeout") or self._timeout
        kwargs["stream"] = True
        response = super().send(request, *args, **kwargs)
        _read_bounded(response)
        return response


def _read_bounded(response: requests.Response) -> None:
    body = bytearray()
    for chunk in response.iter_content(65536):
        body += chunk
        if len(body) > LARGEST_ANSWER:
            response.close()
            raise requests.exceptions.ContentDecodingError("the answer is too large")
    response._content = bytes(body)  # requests offers no public way to hand a body back


def refuse_private(url: str) -> None:
    """Raise ForbiddenAddress unless every address of the URL's host is public."""
    host = urlsplit(url).hostname or ""
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except OSError as error:
        raise requests.exceptions.ConnectionError(f"{host} cannot be found") from error
    for *_rest, address in found:
        ip = ipaddress.ip_address(str(address[0]).split("%")[0])
        mapped = getattr(ip, "ipv4_mapped", None) or ip
        if not mapped.is_global or mapped.is_multicast:
            raise ForbiddenAddress(f"{host} leads into a private network")


def make_session(
    *,
    timeout: float,
    allow_private_hosts: bool,
    moved: Mapping[str, str] | None = None,
) -> requests.Session:
    """Return a session for one task. `moved` maps URL prefixes to the base URLs that replace them."""
    session = requests.Session()
    session.trust_env = False
    session.max_redirects = 0
    session.headers["User-Agent"] = USER_AGENT
    plain = GuardedAdapter(timeout, allow_private=allow_private_hosts)
    session.mount("https://", plain)
    session.mount("http://", plain)
    for prefix, base in (moved or {}).items():
        adapter = GuardedAdapter(
            timeout, allow_private=allow_private_hosts, prefix=prefix, base=base
        )
        session.mount(prefix, adapter)
    return session


def network_error(error: Exception, *, is_write: bool, secrets: Mapping[str, str]) -> ChannelError:
    """Translate what `requests` raises. A write whose bytes may have left is ambiguous."""
    detail = scrub(f"{type(error).__name__}: {error}", secrets)
    never_left = (
        isinstance(
            error,
            (ForbiddenAddress, requests.exceptions.ConnectTimeout, requests.exceptions.SSLError),
        )
        or "NewConnectionError" in repr(error)
        or "cannot be found" in str(error)
    )
    if is_write and not never_left:
        return Ambiguous(detail)
    return Unreachable(detail)


def scrub(text: str, secrets: Mapping[str, str]) -> str:
    """Remove these very secrets, and all that look like some, from a text about to be kept."""
    for value in secrets.values():
        if len(value) >= 4:  # shorter ones would blank ordinary words
            text = text.replace(value, "[redacted]")
    return redact(text)[:1000]
