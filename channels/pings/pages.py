"""Fetching a page that a stranger names: every step guarded, nothing large, nothing slow, nothing private."""

import time
from dataclasses import dataclass
from urllib.parse import urldefrag, urljoin

import requests
from requests.utils import requote_uri

from channels.addresses import fault_of_base
from channels.transport import ForbiddenAddress, make_session

#: Redirects that are followed, each checked like the first address.
MOST_HOPS = 3
#: Of a page so many bytes are read, unpacked; one that is longer is refused.
LARGEST_PAGE = 1024 * 1024
#: Seconds for one step, and after which no further one is taken.
STEP_TIMEOUT, PATIENCE = 8.0, 20.0
#: What can be read for links.
READABLE = ("text/html", "application/xhtml+xml", "text/plain")


class PageRefused(Exception):
    """A page that is not read, for good. The text says why, in a word or two."""


class PageAway(Exception):
    """A page that cannot be read just now."""


@dataclass(frozen=True, slots=True)
class FetchedPage:
    """What an address answered in the end."""

    status: int
    final: str
    content_type: str
    body: bytes
    links: str = ""


def fetch_page(address: str, *, allow_private_hosts: bool) -> FetchedPage:
    """Read a page, following where it leads."""
    end = time.monotonic() + PATIENCE
    session = make_session(
        timeout=STEP_TIMEOUT, allow_private_hosts=allow_private_hosts, enough=LARGEST_PAGE
    )
    session.max_redirects = 1  # none is followed, but this library looks at the first anyhow
    session.headers["Accept"] = "text/html, application/xhtml+xml, text/plain;q=0.5"
    here = urldefrag(address).url
    with session:
        for _ in range(MOST_HOPS + 1):
            if fault := fault_of_base(here, allow_private=allow_private_hosts):
                raise PageRefused("private address" if fault == "private" else "no address")
            if time.monotonic() > end:
                raise PageAway("too slow")
            answer = _ask(session, here)
            target = session.get_redirect_target(answer)
            if target is None:
                return _read(answer, here)
            here = urldefrag(urljoin(here, requote_uri(target))).url
    raise PageRefused("too many redirects")


def _ask(session: requests.Session, here: str) -> requests.Response:
    try:
        return session.get(here, allow_redirects=False)
    except requests.exceptions.RequestException as error:
        reason = getattr(error.args[0], "reason", None) if error.args else None
        if isinstance(reason, ForbiddenAddress):
            raise PageRefused("private address") from None
        if isinstance(error, requests.exceptions.ContentDecodingError):
            raise PageRefused("too large or badly packed") from None
        if isinstance(error, ValueError):  # how `requests` calls what is no address
            raise PageRefused("no address") from None
        raise PageAway(type(error).__name__) from None
    except UnicodeError:
        raise PageRefused("no address") from None


def _read(answer: requests.Response, here: str) -> FetchedPage:
    body, kind = answer.content, answer.headers.get("Content-Type", "").lower()
    if answer.status_code >= 500 or answer.status_code in {408, 429}:
        raise PageAway(f"status {answer.status_code}")
    if answer.ok:
        if len(body) >= LARGEST_PAGE:
            raise PageRefused("too large")
        if kind and not kind.startswith(READABLE):
            raise PageRefused("not a page")
    return FetchedPage(answer.status_code, here, kind, body, answer.headers.get("Link", ""))
