"""Finding the feeds of a blog from its address: what its pages link to, and where feeds usually stand."""

import time
from collections.abc import Iterator
from urllib.parse import urljoin

from channels.adapters.feed.adapter import FeedAdapter
from channels.candidates import Candidate, Check, Right
from channels.errors import AuthExpired, Rejected, Unreachable
from channels.port import Connection
from channels.seeking import Link, Seen, look_at

_TYPES = frozenset({"application/rss+xml", "application/atom+xml", "application/rdf+xml"})
#: Where comments stand on WordPress, on Blogger, on Movable Type and some others.
_USUAL = (
    "comments/feed/",
    "comments/feed/atom/",
    "?feed=comments-rss2",
    "feeds/comments/default",
    "comments.xml",
    "comments/rss",
)
#: How a feed of comments is called in the languages we have met.
_WORDS = ("comment", "댓글", "コメント", "komment", "commentaire")
MOST = 6
#: Seconds for one address that may be a feed, and after which no further one is looked at.
STEP, PATIENCE = 8.0, 40.0


def find_feeds(connection: Connection) -> list[Candidate]:
    """Return the feeds of the blog at the base address, those of comments first. Rejected when there is none."""
    seen = look_at(
        connection.base_url,
        timeout=connection.timeout,
        allow_private_hosts=connection.allow_private_hosts,
    )
    found: dict[str, Candidate] = {}
    end = time.monotonic() + PATIENCE
    for address, words in dict(_addresses(seen, connection.base_url)).items():
        if len(found) == MOST or time.monotonic() > end:
            break
        if candidate := _try(connection, address, words):
            # One title is one feed, in RSS and in Atom.
            found.setdefault(candidate.profile.name, candidate)
    if not found:
        raise Rejected("No feed was found at this address.")
    return sorted(found.values(), key=lambda one: one.checks[1].works is not True)


def _addresses(seen: Seen, typed: str) -> Iterator[tuple[str, str]]:
    """Yield addresses with what is said about them: the page itself, its links, then the usual places."""
    yield seen.url, ""
    links = [link for link in seen.related("alternate") if link.type in _TYPES]
    for link in sorted(links, key=lambda link: not _is_about_comments(_said(link))):
        yield link.href, _said(link)
    for place in dict.fromkeys(urljoin(f"{typed.rstrip('/')}/", step) for step in (".", "/")):
        for usual in _USUAL:
            yield urljoin(place, usual), usual


def _said(link: Link) -> str:
    return f"{link.title} {link.href}"


def _is_about_comments(words: str) -> bool:
    return any(word in words.lower() for word in _WORDS)


def _try(connection: Connection, address: str, words: str) -> Candidate | None:
    """Return a feed as a candidate; None when there is none at this address."""
    there = Connection(
        base_url=address,
        external_id="",
        secrets={},
        timeout=min(connection.timeout, STEP),
        allow_private_hosts=connection.allow_private_hosts,
    )
    try:
        profile = FeedAdapter(there).whoami()
    except (Rejected, Unreachable, AuthExpired):
        return None
    is_comments = _is_about_comments(f"{words} {address} {profile.name}")
    checks = (
        Check(Right.IDENTITY, True),
        Check(Right.READ, True if is_comments else None),
    )
    return Candidate(profile, address, {}, checks)
