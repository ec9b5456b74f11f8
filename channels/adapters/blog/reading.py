"""Reading a site: comments as they come in, what is past, and known ones again. No writes."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from channels.adapters.blog import mapping, walks
from channels.coverage import Stretch
from channels.port import readable, rechecked
from channels.types import Cursor, Fetched, Page, Reach, Recheck

#: How many numbers behind the newest known one are read again each time.
OVERLAP = 20
#: Every so many revisits the walk goes so many numbers further back.
DEEP_EVERY, DEEP_BEHIND = 4, 300
#: Titles of articles remembered between polls.
TITLES_KEPT = 100


class Reading(ABC):
    """What comes in on one site."""

    _id: str
    _own: frozenset[str]

    @abstractmethod
    def _rows(self, route: str, **asked: str) -> list[dict[str, Any]]:
        """Read a listing as a moderator sees it."""

    def fetch(self, cursor: Cursor) -> Page:
        """Walk the comments of every type and state by number, newest first, down to the known ones.

        Numbers, not times: times repeat when clocks go back, and approving changes no time at all.
        https://developer.wordpress.org/rest-api/reference/comments/#list-comments
        """
        known = int(cursor.get("last_id") or 0)
        step = self._step(cursor)
        titles = self._titles(dict(cursor.get("titles") or {}), step.rows)
        items = tuple(self._items(step.rows, titles))
        newest = max([int(cursor.get("newest") or 0), *step.numbers])
        here: dict[str, Any] = {"titles": titles, **_kept(cursor, "begin", "turn", "deep")}
        if not step.is_over(known - OVERLAP if known else None, self._first_floor(cursor)):
            here |= {"last_id": known, "newest": newest, **step.place}
            return Page(items, here, has_more=True)
        return Page(items, here | {"last_id": max(known, newest)}, reached=(step.reach(cursor),))

    def begin(self, at: datetime) -> Cursor:
        """Return a cursor that leaves comments from before a moment to others."""
        return {"begin": at.isoformat()}

    def revisit(self, cursor: Cursor) -> Page:
        """Every fourth time, walk further back than news need: a comment rescued from spam has an old number.

        Titles are asked for anew then: articles are renamed, and closed.
        """
        turn, deep = int(cursor.get("turn") or 0), dict(cursor.get("deep") or {})
        if turn % DEEP_EVERY:
            return Page((), {**cursor, "turn": turn + 1})
        step = self._step(deep)
        titles = self._titles(dict(cursor.get("titles") or {}) if deep else {}, step.rows)
        items = tuple(self._items(step.rows, titles))
        here = {**cursor, "titles": titles}
        if step.is_over(int(cursor.get("last_id") or 0) - DEEP_BEHIND, None):
            return Page(items, {**here, "deep": {}, "turn": turn + 1})
        return Page(items, {**here, "deep": step.place}, has_more=True)

    def history(
        self, streams: Sequence[str], since: datetime, until: datetime, cursor: Cursor
    ) -> Page:
        """Walk the comments back to a moment, by number all the same: numbers rise with times, but for a few."""
        step = self._step(cursor)
        titles = self._titles(dict(cursor.get("titles") or {}), step.rows)
        items = self._items(step.rows, titles)
        oldest = min([until, *(item.posted_at for item in items)])
        wanted = tuple(item for item in items if since <= item.posted_at < until)
        if not step.is_over(None, since - walks.STRAY):
            share = Stretch(since, until).share_after(oldest)
            return Page(wanted, {"titles": titles, **step.place}, has_more=True, share=share)
        return Page(wanted, {}, reached=(Reach(walks.COMMENTS, since),), share=1.0)

    def _step(self, place: Mapping[str, Any]) -> walks.Step:
        """Read one page; one that does not join the page before it is read further up."""
        offset, low = int(place.get("offset") or 0), int(place.get("low") or 0)
        while True:
            rows = self._rows(
                "comments", type="all", status="all", orderby="id", order="desc",
                per_page=str(walks.PER_PAGE), offset=str(offset),
            )  # fmt: skip
            step = walks.Step(rows, offset, low)
            if step.joins:
                return step
            offset = max(0, offset - walks.STEP)

    def _first_floor(self, cursor: Cursor) -> datetime | None:
        return datetime.fromisoformat(str(cursor["begin"])) if cursor.get("begin") else None

    def _titles(
        self, kept: dict[str, list[str]], rows: Sequence[Mapping[str, Any]]
    ) -> dict[str, list[str]]:
        """Return the titles of the rows' articles, asking for those not known yet."""
        wanted = {str(row["post"]) for row in rows}
        missing = sorted(wanted - set(kept))
        if missing:
            posts = self._rows("posts", include=",".join(missing), per_page="100", status="any")
            # Pages and deleted articles are not among them; they need not be asked for again.
            kept |= {number: ["", ""] for number in missing} | mapping.titles_of(posts)
        others = [number for number in kept if number not in wanted]
        return {number: kept[number] for number in [*others, *sorted(wanted)][-TITLES_KEPT:]}

    def recheck(self, external_ids: Sequence[str]) -> Recheck:
        """Read known comments again: no time changes when WordPress edits, approves or trashes one."""
        rows = self._known(external_ids, "all")
        missing = [x for x in external_ids if x not in {str(row["id"]) for row in rows}]
        if missing:  # "all" means approved and held
            rows += self._known(missing, "spam")
        there = [str(row["id"]) for row in rows]
        items = self._items(rows, self._titles({}, rows))
        return rechecked(items, there=there, wanted=external_ids)

    def _known(self, external_ids: Sequence[str], status: str) -> list[dict[str, Any]]:
        return self._rows(
            "comments", type="all", status=status, include=",".join(external_ids), per_page="100"
        )

    def _items(
        self, rows: Sequence[Mapping[str, Any]], titles: Mapping[str, list[str]]
    ) -> list[Fetched]:
        return readable(
            rows, lambda row: mapping.comment_of(row, own_ids=self._own, titles=titles)
        )


def _kept(cursor: Cursor, *names: str) -> dict[str, Any]:
    return {name: cursor[name] for name in names if name in cursor}
