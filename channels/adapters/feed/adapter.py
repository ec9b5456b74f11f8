"""Comment feeds (RSS, Atom) through feedparser: for blogs without an API, read-only."""

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any, ClassVar

import feedparser
import requests

from channels.adapters.feed import mapping
from channels.errors import (
    AuthExpired,
    ChannelError,
    RateLimited,
    Rejected,
    RejectionCode,
    Unreachable,
)
from channels.port import Connection, readable
from channels.transport import make_session, network_error, retry_after
from channels.types import (
    Capabilities,
    Counting,
    Cursor,
    ModerationVerb,
    Outgoing,
    Page,
    Profile,
    Reach,
    Receipt,
    Recheck,
)
from opsconsole.kernel.clock import now

ENTRIES = "entries"
_REDIRECT, _NOT_MODIFIED, _SERVER_ERROR = 300, 304, 500
#: How a feed ends; feedparser reads one that breaks off as if nothing were missing.
_END = re.compile(rb"</(?:rss|feed|rdf:RDF)\s*>", re.IGNORECASE)
_CUT = "The feed shows only its newest entries; those between two visits are missing."
_FEEDS_ARE_READ_ONLY = "A feed can only be read."


class FeedAdapter:
    """One feed: comments in, nothing out."""

    capabilities: ClassVar[Capabilities] = Capabilities(
        can_reply=False, can_post=False, counting=Counting.CHARACTERS, max_length=0,
        streams=(ENTRIES,),
    )  # fmt: skip

    def __init__(self, connection: Connection) -> None:
        self._url = connection.base_url
        self._session = make_session(
            timeout=connection.timeout, allow_private_hosts=connection.allow_private_hosts
        )

    def whoami(self) -> Profile:
        """Return the feed's own title."""
        feed = self._parse(self._read({}))
        title = str(feed.feed.get("title") or self._url)
        link = str(feed.feed.get("link") or self._url)
        return Profile(external_id=self._url[:190], name=title, url=link)

    def fetch(self, cursor: Cursor) -> Page:
        """Return the feed's entries; nothing when the server says that nothing has changed."""
        asked = {
            "If-None-Match": str(cursor.get("etag") or ""),
            "If-Modified-Since": str(cursor.get("modified") or ""),
        }
        response = self._read({key: value for key, value in asked.items() if value})
        if response.status_code == _NOT_MODIFIED:
            return Page((), dict(cursor), reached=(Reach(ENTRIES),))
        at, parsed = now(), self._parse(response)
        is_whole = _END.search(response.content[-1000:]) is not None
        entries = parsed.entries if is_whole else parsed.entries[:-1]
        items = tuple(
            readable(
                (entry for entry in entries if mapping.identity_of(entry)),
                lambda entry: mapping.item_of(entry, seen_at=at),
            )
        )
        if not is_whole:  # its last entry may be half of one; the next visit reads all of it again
            return Page(items, dict(cursor))
        here = [item.external_id for item in items]
        after = {
            "etag": response.headers.get("ETag", ""),
            "modified": response.headers.get("Last-Modified", ""),
            "seen": here,
        }
        seen = set(cursor.get("seen") or [])
        is_cut = bool(seen and here) and seen.isdisjoint(here)
        oldest = min((item.posted_at for item in items), default=None)
        reach = Reach(ENTRIES, oldest if is_cut or not seen else None)
        return Page(items, after, gap=_CUT if is_cut else "", reached=(reach,))

    def begin(self, at: datetime) -> Cursor:
        """A feed is short: all of it is read."""
        return {}

    def revisit(self, cursor: Cursor) -> Page:
        """Nothing is left out by a poll."""
        return Page((), dict(cursor))

    def recheck(self, external_ids: Sequence[str]) -> Recheck:
        """Feeds cannot be asked about single entries."""
        return Recheck()

    def prepare(self, out: Outgoing) -> Outgoing:
        """Refuse: there is nothing to prepare for."""
        raise Rejected(_FEEDS_ARE_READ_ONLY)

    def publish(self, out: Outgoing) -> Receipt:
        """Refuse: feeds are read-only."""
        raise Rejected(_FEEDS_ARE_READ_ONLY)

    def find(self, out: Outgoing, *, since: datetime, until: datetime) -> list[Receipt]:
        """Nothing of ours can be there."""
        return []

    def remove(self, external_id: str) -> None:
        """Refuse: feeds are read-only."""
        raise Rejected(_FEEDS_ARE_READ_ONLY)

    def moderate(self, external_id: str, verb: ModerationVerb) -> Recheck:
        """Refuse: feeds are read-only."""
        raise Rejected(_FEEDS_ARE_READ_ONLY, code=RejectionCode.NOT_PERMITTED)

    def _read(self, headers: dict[str, str]) -> requests.Response:
        try:
            response = self._session.get(self._url, headers=headers, allow_redirects=False)
        except requests.exceptions.RequestException as error:
            raise network_error(error, is_write=False, secrets={}) from None
        if response.status_code == _NOT_MODIFIED or response.status_code == requests.codes.ok:
            return response
        raise _refusal(response)

    def _parse(self, response: requests.Response) -> Any:
        """Parse bytes only: given an address, feedparser would fetch it past our guards.

        No feed needs entities of its own; those that have them mean to grow without end.
        """
        has_entities = b"<!ENTITY" in response.content
        content = b"" if has_entities else response.content
        parsed = feedparser.parse(content, response_headers=dict(response.headers))
        if not parsed.get("version") and not parsed.entries:
            raise Unreachable("This address does not answer with a feed.")
        return parsed


def _refusal(response: requests.Response) -> ChannelError:
    status = response.status_code
    detail = f"The feed answered with HTTP {status}."
    if status >= _SERVER_ERROR or status < _REDIRECT:
        return Unreachable(detail, http_status=status)
    if status in {requests.codes.unauthorized, requests.codes.forbidden}:
        return AuthExpired(detail, http_status=status)
    if status == requests.codes.too_many_requests:
        return RateLimited(detail, until=retry_after(response, now()), http_status=status)
    if response.is_redirect:
        detail = (
            f"The feed has moved to {response.headers.get('Location', '')}. Enter that address."
        )
    return Rejected(detail[:300], http_status=status)
