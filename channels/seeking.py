"""Looking at a page that somebody names: where it really stands, and what it links to. Workers only."""

import time
from dataclasses import dataclass
from html.parser import HTMLParser
from urllib.parse import urldefrag, urljoin

import requests
from requests.utils import parse_header_links, requote_uri

from channels.addresses import fault_of_base
from channels.errors import ChannelError, Rejected, Unreachable
from channels.transport import make_session, network_error

#: Redirects that are followed, each guarded anew.
MOST_HOPS = 5
#: Of a page so many bytes are read: links stand in its head.
ENOUGH = 512 * 1024
#: Seconds after which no further step is taken.
PATIENCE = 20.0
_LEADS_NOWHERE = "This address leads on and on."
_FORBIDDEN = "This address must not be called."


@dataclass(frozen=True, slots=True)
class Link:
    """One link of a page to something that belongs to it."""

    rel: frozenset[str]
    href: str
    type: str = ""
    title: str = ""


@dataclass(frozen=True, slots=True)
class Seen:
    """A page as it answered in the end."""

    url: str
    status: int
    content_type: str
    body: bytes
    links: tuple[Link, ...]

    def related(self, rel: str) -> list[Link]:
        """Return the links of one relation, in order."""
        return [link for link in self.links if rel in link.rel]


def look_at(address: str, *, timeout: float, allow_private_hosts: bool) -> Seen:
    """Fetch a page and follow where it leads. Unreachable or Rejected when it cannot be read at all."""
    end = time.monotonic() + PATIENCE
    session = make_session(timeout=timeout, allow_private_hosts=allow_private_hosts, enough=ENOUGH)
    session.max_redirects = 1  # none is followed, but this library looks at the first anyhow
    here, found = urldefrag(address).url, list[Link]()
    with session:
        for _ in range(MOST_HOPS + 1):
            if fault_of_base(here, allow_private=allow_private_hosts):
                raise Rejected(_FORBIDDEN)
            if time.monotonic() > end:
                raise Unreachable("The site answered too slowly.")
            answer = _get(session, here)
            found += _in_head(answer, here)
            target = session.get_redirect_target(answer)
            if target is None:
                return _seen(answer, here, found)
            here = urldefrag(urljoin(here, requote_uri(target))).url
    raise Rejected(_LEADS_NOWHERE)


def _get(session: requests.Session, here: str) -> requests.Response:
    try:
        return session.get(here, allow_redirects=False)
    except requests.exceptions.RequestException as error:
        raise network_error(error, is_write=False, secrets={}) from None
    except UnicodeError:
        raise _no_address() from None


def _no_address() -> ChannelError:
    return Rejected("This is not an address.")


def _in_head(answer: requests.Response, here: str) -> list[Link]:
    """Return the links of the Link header; redirects have one, too."""
    given = answer.headers.get("Link", "")
    rows = parse_header_links(given) if given else []
    return [
        Link(
            frozenset(str(row.get("rel", "")).split()),
            urljoin(here, row["url"]),
            str(row.get("type", "")),
            str(row.get("title", "")),
        )
        for row in rows
    ]


def _seen(answer: requests.Response, here: str, found: list[Link]) -> Seen:
    kind = answer.headers.get("Content-Type", "").split(";")[0].strip().lower()
    if "html" in kind:
        reader = _Links(here)
        reader.feed(answer.content.decode(answer.encoding or "utf-8", "replace"))
        found += reader.found
    return Seen(here, answer.status_code, kind, answer.content, tuple(found))


class _Links(HTMLParser):
    """Collects the link elements of a page."""

    def __init__(self, here: str) -> None:
        super().__init__()
        self._here = here
        self.found: list[Link] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take note of a link, and of where relative ones begin."""
        given = {name: value or "" for name, value in attrs}
        if tag == "base" and given.get("href"):
            self._here = urljoin(self._here, given["href"])
        if tag == "link" and given.get("href"):
            rel = frozenset(given.get("rel", "").lower().split())
            where = urljoin(self._here, given["href"])
            self.found.append(
                Link(rel, where, given.get("type", "").lower(), given.get("title", ""))
            )
