"""From a parsed comment feed to the port's values. Pure."""

import calendar
import hashlib
import html
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urldefrag, urlsplit

from channels.markup import plain
from channels.types import Fetched, ItemKind, Profile

_NUMBER = re.compile(r"comment-(\d+)$")
_TITLE = re.compile(r"^\s*(?:Comment on|댓글 -|Re:)\s*(.*?)\s+by\s+.*$", re.IGNORECASE | re.DOTALL)
_IN_REPLY = re.compile(r"^\s*In reply to\s+<a href=\"([^\"]*)\"[^>]*>.*?</a>\.?\s*", re.DOTALL)
#: Where threading lives in Atom (RFC 4685) as feedparser names it.
_REFERENCE = "thr_in-reply-to"


def identity_of(entry: Mapping[str, Any]) -> str:
    """Return what an entry calls itself, empty when it has neither id nor address."""
    return str(entry.get("id") or entry.get("link") or "")


def item_of(entry: Mapping[str, Any], *, seen_at: datetime) -> Fetched:
    """Return one entry as it shows itself now."""
    identity = identity_of(entry)
    address, fragment = urldefrag(identity)
    body = _body(entry)
    parent = _parent(entry, body, identity)
    author = str(entry.get("author") or "")
    return Fetched(
        external_id=_external_id(identity, fragment),
        kind=ItemKind.REPLY if parent else ItemKind.COMMENT,
        text=plain(_IN_REPLY.sub("", body)),
        posted_at=_moment(entry) or seen_at,
        thread_external_id=f"page:{_short(_place(address))}",
        author=Profile(f"visitor:{_short(author)}", name=html.unescape(author))
        if author
        else None,
        parent_external_id=parent,
        permalink=str(entry.get("link") or identity),
        context=_context(str(entry.get("title") or "")),
        context_url=address,
    )


def _place(address: str) -> str:
    """Return an article's address without its host, which may change."""
    parts = urlsplit(address)
    return f"{parts.path}?{parts.query}"


def _external_id(identity: str, fragment: str) -> str:
    """The number survives a move to another host; the whole address does not."""
    number = _NUMBER.search(fragment)
    return f"comment:{number[1]}" if number else f"entry:{_short(identity)}"


def _parent(entry: Mapping[str, Any], body: str, identity: str) -> str:
    """A reference to the article, or to the comment itself, means top level."""
    reference = entry.get(_REFERENCE) or {}
    target = str(reference.get("ref") or "") if isinstance(reference, dict) else ""
    in_reply = _IN_REPLY.match(body)
    target = target or (html.unescape(in_reply[1]) if in_reply else "")
    fragment = urldefrag(target)[1]
    parent = _external_id(target, fragment) if fragment else ""
    return "" if parent == _external_id(identity, urldefrag(identity)[1]) else parent


def _body(entry: Mapping[str, Any]) -> str:
    contents = entry.get("content") or [{}]
    return str(contents[0].get("value") or entry.get("summary") or "")


def _context(title: str) -> str:
    text = html.unescape(" ".join(title.split()))
    found = _TITLE.match(text)
    return found[1] if found else ""


def _moment(entry: Mapping[str, Any]) -> datetime | None:
    parsed = entry.get("published_parsed") or entry.get("updated_parsed")
    return datetime.fromtimestamp(calendar.timegm(parsed), UTC) if parsed else None


def _short(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:24]
