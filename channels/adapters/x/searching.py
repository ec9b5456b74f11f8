"""Where a search for words goes on, and what of its finds is for us. Pure.

https://docs.x.com/x-api/posts/search/introduction
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

from channels.adapters.x import mapping, walks
from channels.coverage import BEGINNING
from channels.types import Fetched, ItemKind, Limit, Reach, SideKind

#: Posts found in one answer, at most.
PER_PAGE = 100
#: Each search reads again what was posted in the last moments before the newest known find: the index
#: of the search is a little behind.
OVERLAP_MS = 60_000
#: How far back X searches.
KEPT = timedelta(days=7)
TOO_OLD = "X searches the last seven days only; what was found before is missing."
#: How X says that a place in its listing is none any more.
_PLACES = ("since_id", "next_token", "pagination_token")


def asked(query: str, cursor: Mapping[str, Any]) -> dict[str, str]:
    """Return the parameters of the next page."""
    wish = {"query": query, "max_results": str(PER_PAGE), "sort_order": "recency"}
    if cursor.get("since"):
        wish["since_id"] = str(cursor["since"])
    if cursor.get("token"):
        wish["next_token"] = str(cursor["token"])
    return wish


def asked_between(query: str, low: int, high: int, token: str) -> dict[str, str]:
    """Return the parameters of a page of a search between two numbers, both left out."""
    wish = {"query": query, "max_results": str(PER_PAGE), "sort_order": "recency"}
    wish |= {"since_id": str(low), "until_id": str(high)}
    return wish | ({"next_token": token} if token else {})


def reach_of(cursor: Mapping[str, Any], body: Mapping[str, Any]) -> Reach:
    """Return what a search has read at its end; the first reads one page, and that may not be all there is."""
    if cursor.get("since") or cursor.get("token"):
        return Reach(SideKind.SEARCH)
    numbers = [int(post["id"]) for post in body.get("data") or []]
    if not numbers or not walks.next_of(body):
        return Reach(SideKind.SEARCH, BEGINNING)
    return Reach(SideKind.SEARCH, mapping.snowflake_time(str(min(numbers))))


def is_about_place(said: str, cursor: Mapping[str, Any]) -> bool:
    """Whether a refusal is about where we stood, which X keeps for seven days."""
    return bool(cursor.get("since") or cursor.get("token")) and any(p in said for p in _PLACES)


def advance(cursor: Mapping[str, Any], body: Mapping[str, Any]) -> tuple[dict[str, Any], bool]:
    """Return where the search goes on, and whether at once. The first search reads one page only."""
    posts, token = body.get("data") or [], (body.get("meta") or {}).get("next_token")
    since = int(cursor.get("since") or 0)
    newest = max([int(cursor.get("newest") or 0), *(int(post["id"]) for post in posts)])
    if token and cursor.get("begun"):
        here = {"since": str(since or ""), "newest": str(newest), "token": str(token)}
        return {"begun": True, **here}, True
    kept = max(since, newest - (OVERLAP_MS << 22)) if newest else since
    return {"begun": True, "since": str(kept) if kept > 0 else ""}, False


def items_of(found: Iterable[Fetched]) -> tuple[Fetched, ...]:
    """Return what strangers wrote, as finds. Whoever speaks to us after all is no stranger."""
    return tuple(_find(item) for item in found if not item.is_own)


def _find(item: Fetched) -> Fetched:
    is_stranger = bool({Limit.UNSUMMONED, Limit.CLOSED} & set(item.limits))
    if not is_stranger or item.kind == ItemKind.REPOST:
        return item
    return replace(item, kind=ItemKind.KEYWORD)
