"""Where Graph's listings go on, and whether what follows can hold news. Pure."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from channels.adapters.facebook import mapping
from channels.errors import Unreachable
from channels.types import Fetched

#: Comments are read again this far back before the newest known one.
OVERLAP = timedelta(minutes=2)
#: What of a `next` link leads on. The rest of it repeats our question, the token included.
_PLACE = ("after", "until", "offset", "__paging_token")


def following(listing: Mapping[str, Any]) -> dict[str, str]:
    """Return what to ask for the next page, nothing at the end.

    Only `next` tells that there is more: the last page has cursors, too, and pages by time have none.
    """
    paging = listing.get("paging") or {}
    if not paging.get("next"):
        return {}
    after = (paging.get("cursors") or {}).get("after")
    if after:
        return {"after": str(after)}
    asked = dict(parse_qsl(urlsplit(str(paging["next"])).query))
    place = {name: asked[name] for name in _PLACE if name in asked}
    if not place:
        raise Unreachable("Facebook leads on to a page in an unknown form.")
    return place


def hides_news(listing: Mapping[str, Any], found: Sequence[Fetched], known: str | None) -> bool:
    """Whether comments newer than the newest known one lie on the next page."""
    if not following(listing) or not found:
        return False
    if known is None or not _is_newest_first([item.posted_at for item in found]):
        return True
    return min(item.posted_at for item in found) > datetime.fromisoformat(known) - OVERLAP


def times_of(listing: Mapping[str, Any]) -> list[datetime]:
    """Return when the posts of a listing appeared; some may be in an unknown form."""
    told = [str(post.get("created_time") or "") for post in listing.get("data") or []]
    return [mapping.moment(text) for text in told if text]


def is_all_news(listing: Mapping[str, Any], top: str) -> bool:
    """Whether a page of posts holds none as old as the newest of the walk before: a storm fills more than a page."""
    times = times_of(listing)
    return bool(times) and min(times) > datetime.fromisoformat(top) - OVERLAP


def after(
    cursor: Mapping[str, Any], listing: Mapping[str, Any], *, is_first: bool
) -> dict[str, Any]:
    """Return a cursor that remembers the newest and oldest post of its walk, and where older posts begin."""
    times = [at.isoformat() for at in times_of(listing)]
    here = {**cursor, "newest": max([str(cursor.get("newest") or ""), *times])}
    here["oldest"] = min([*filter(None, [cursor.get("oldest")]), *times], default="")
    if is_first:
        here["below"] = following(listing)
    return here


def recent(known: Mapping[str, str], count: int) -> dict[str, str]:
    """Return so many posts that were commented on last, with when that was."""
    return dict(sorted(known.items(), key=lambda pair: pair[1])[-count:])


def moment_of(kept: object) -> datetime | None:
    """Read a moment that a cursor has kept, if it has."""
    return datetime.fromisoformat(str(kept)) if kept else None


def reaches(rows: Sequence[Mapping[str, Any]], since: datetime) -> bool:
    """Whether a page goes back to a moment, so that what follows it is older."""
    times = [mapping.moment(str(row["created_time"])) for row in rows]
    return bool(times) and _is_newest_first(times) and min(times) < since


def _is_newest_first(times: Sequence[datetime]) -> bool:
    """Graph lists comments oldest first unless it minds our wish; then the news are at the end."""
    return times[0] >= times[-1]


def slim(post: Mapping[str, Any]) -> dict[str, Any]:
    """Return what of a post its comments need, small enough to stand in a cursor."""
    kept = {key: post[key] for key in ("id", "permalink_url", "from") if key in post}
    return kept | {"message": str(post.get("message") or "")[: mapping.CONTEXT_LENGTH]}
