"""Reading a Page: posts and comments as they come in, and known ones again. No writes."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from channels.adapters.facebook import mapping, paging
from channels.adapters.facebook.calls import UNKNOWN_FORM, Calls
from channels.adapters.facebook.paging import following, hides_news, slim
from channels.coverage import BEGINNING
from channels.errors import Rejected, RejectionCode, Unreachable
from channels.port import readable, rechecked
from channels.types import Cursor, Fetched, Page, Reach, Recheck

POSTS_STREAM, COMMENTS_STREAM, OLDER_STREAM = STREAMS = ("posts", "comments", "older")
#: Posts whose comments every poll reads; with every so-many-th revisit as many pages of older ones, too.
POSTS, DEEP_TURNS, DEEP_PAGES = 25, 2, 4
#: Comments per post in the listing itself; busier posts are read on their own.
COMMENTS = 50
_ID = re.compile(r"\d+(?:_\d+)*")


class Reading:
    """What comes in on one Page."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls

    def fetch(self, cursor: Cursor) -> Page:
        """Return the newest posts with their newest comments; then what busy posts still hide.

        Further pages are read while they hold nothing but posts newer than those of the walk before.
        https://developers.facebook.com/docs/graph-api/reference/page/feed
        """
        page = self._walk(cursor, is_deep=False)
        if page.has_more or page.next_cursor.get("is_lost"):
            return page
        here = dict(page.next_cursor)
        since = None if here.get("top") else paging.moment_of(here.get("begin"))
        if not since and not here.get("top"):
            since = paging.moment_of(here.get("oldest")) if here.get("below") else BEGINNING
        top = max(str(here.get("top") or ""), str(here.pop("newest", "")))
        here |= {
            "top": top or BEGINNING.isoformat(),
            "oldest": "",
        }  # where nothing is, all is news
        reached = (Reach(POSTS_STREAM, since), Reach(COMMENTS_STREAM, since))
        return replace(page, next_cursor=here, reached=reached)

    def begin(self, at: datetime) -> Cursor:
        """Return a cursor that leaves what is older than a moment aside."""
        return {"begin": at.isoformat()}

    def revisit(self, cursor: Cursor) -> Page:
        """Read, every other time, the comments on posts that polls no longer look at."""
        turn, deep = int(cursor.get("turn") or 0), dict(cursor.get("deep") or {})
        over = {**cursor, "deep": {}, "turn": turn + 1}
        if not cursor.get("below"):
            return Page((), over, reached=(Reach(OLDER_STREAM),))
        if not deep and turn % DEEP_TURNS:
            return Page((), over)
        shared = {name: cursor[name] for name in ("known", "begin") if name in cursor}
        begun = {"next": cursor["below"], "page": 1, "base": dict(cursor.get("known") or {})}
        page = self._walk({**begun, **shared, **deep}, is_deep=True)
        here = dict(page.next_cursor)
        over["known"] = here.pop("known", {})
        if page.has_more:
            return replace(page, next_cursor={**over, "deep": here, "turn": turn})
        reached = () if here.get("is_lost") else (Reach(OLDER_STREAM),)
        return replace(page, next_cursor=over, reached=reached)

    def _walk(self, cursor: Cursor, *, is_deep: bool) -> Page:
        if cursor.get("busy"):
            return self._more_comments(cursor, list(cursor["busy"]))
        return self._posts(cursor, is_deep=is_deep)

    def _posts(self, cursor: Cursor, *, is_deep: bool) -> Page:
        place = dict(cursor.get("next") or {})
        cursor = {name: cursor[name] for name in cursor if name != "is_lost"}
        try:
            body = self.feed(place)
        except Rejected as error:
            if not place or error.code != RejectionCode.INVALID:
                raise
            # Graph's cursors do not keep for long; the next poll reads from the top again, as if it had not yet.
            base = {"known": cursor["base"]} if "base" in cursor else {}
            return Page((), {**cursor, **base, "next": {}, "page": 0, "is_lost": True})
        known = dict(cursor.get("known") or {})
        base = dict(cursor.get("base") or {}) if place else dict(known)
        items: list[Fetched] = []
        busy = []
        for post in body["data"]:
            comments = post.get("comments") or {}
            found = self.comments_of(post, comments.get("data") or [])
            items += [*self.posts_of([post]), *found]
            if hides_news(comments, found, known.get(str(post["id"])) or cursor.get("begin")):
                busy.append({"post": slim(post), "next": following(comments)})
            if found:
                newest = max(item.posted_at for item in found).isoformat()
                known[str(post["id"])] = max(newest, known.get(str(post["id"]), ""))
        here = paging.after(cursor, body, is_first=not place)
        here |= {"known": paging.recent(known, POSTS * DEEP_PAGES), "base": base, "busy": busy}
        goes_on = bool(following(body)) and self._goes_on(here, body, is_deep=is_deep)
        here |= {"next": following(body) if goes_on else {}}
        here |= {"page": int(cursor.get("page") or 0) + 1 if goes_on else 0}
        return Page(tuple(items), here, has_more=goes_on or bool(busy))

    def _goes_on(
        self, cursor: Mapping[str, Any], body: Mapping[str, Any], *, is_deep: bool
    ) -> bool:
        """Whether news may lie on the next page of posts, or a deeper look is not over yet."""
        top = cursor.get("top") or cursor.get("begin")
        if is_deep or not top:
            return int(cursor.get("page") or 0) + 1 < DEEP_PAGES
        return paging.is_all_news(body, str(top))

    def feed(self, place: Mapping[str, str]) -> dict[str, Any]:
        """Read a page of posts, a smaller one when Graph finds this one too much."""
        nested = f"comments.filter(stream).order(reverse_chronological).limit({COMMENTS})"
        fields = f"{mapping.POST_FIELDS},{nested}{{{mapping.COMMENT_FIELDS}}}"
        limit = POSTS
        while True:
            try:
                return self._calls.edge(
                    f"{self._calls.page}/feed", fields=fields, limit=str(limit), **place
                )
            except Unreachable as error:
                if "reduce the amount of data" not in error.detail or limit == 1:
                    raise
            limit //= 2

    def _more_comments(self, cursor: Cursor, busy: list[dict[str, Any]]) -> Page:
        post, place = busy[0]["post"], dict(busy[0]["next"])
        rest, found = busy[1:], []
        try:
            body = self.comments(str(post["id"]), place)
        except Rejected as error:
            if error.code == RejectionCode.INVALID and place:  # an old cursor: from the top again
                rest = [{"post": post, "next": {}}, *rest]
            elif error.code != RejectionCode.TARGET_GONE:
                raise
        else:
            found = self.comments_of(post, body["data"])
            since = (cursor.get("base") or {}).get(str(post["id"])) or cursor.get("begin")
            if hides_news(body, found, since):
                rest = [{"post": post, "next": following(body)}, *rest]
        has_more = bool(rest or cursor.get("next"))
        return Page(tuple(found), {**cursor, "busy": rest}, has_more=has_more)

    def recheck(self, external_ids: Sequence[str]) -> Recheck:
        """Read known posts and comments again; their fields differ, so they are asked for apart.

        https://developers.facebook.com/docs/graph-api/reference/comment
        """
        posts = [key for key in external_ids if key.startswith(f"{self._calls.page}_")]
        others = [key for key in external_ids if key.startswith(mapping.TAGGED)]
        comments = [key for key in external_ids if key not in {*posts, *others}]
        rows = self._by_ids(posts, mapping.POST_FIELDS)
        items, there = self.posts_of(rows), [str(row["id"]) for row in rows]
        rows = self._by_ids([mapping.bare(key) for key in others], mapping.POST_FIELDS)
        items += readable(rows, lambda row: mapping.tagged_of(row, self._calls.page))
        there += [mapping.TAGGED + str(row["id"]) for row in rows]
        for row in self._by_ids(comments, mapping.COMMENT_FIELDS):
            there.append(str(row["id"]))
            post = {"id": f"{self._calls.page}_{there[-1].split('_', maxsplit=1)[0]}"}
            items += self.comments_of(post, [row])
        return rechecked(items, there=there, wanted=external_ids)

    def posts_of(self, rows: Sequence[Mapping[str, Any]]) -> list[Fetched]:
        """Return the posts of a listing."""
        return readable(rows, lambda row: mapping.post_of(row, self._calls.page))

    def comments_of(
        self, post: Mapping[str, Any], rows: Sequence[Mapping[str, Any]]
    ) -> list[Fetched]:
        """Return the comments of a listing below a post."""
        return readable(rows, lambda row: mapping.comment_of(row, post, self._calls.page))

    def _by_ids(self, ids: Sequence[str], fields: str) -> list[dict[str, Any]]:
        """Return what still is there. One missing id fails Graph's whole answer, so the rest is asked again.

        Graph names the missing ones; where it does not, halves are asked.
        """
        if not ids:
            return []
        try:
            found = self._calls.get("", ids=",".join(ids), fields=fields)
        except Rejected as error:
            if error.code != RejectionCode.TARGET_GONE:
                raise
            if len(ids) == 1:
                return []
            missing = set(_ID.findall(error.detail))
            there = [key for key in ids if key not in missing]
            if len(there) < len(ids):
                return self._by_ids(there, fields)
            middle = len(ids) // 2
            return self._by_ids(ids[:middle], fields) + self._by_ids(ids[middle:], fields)
        if not found.keys() & set(ids):  # one that is gone is told, never left out with all others
            raise Unreachable(UNKNOWN_FORM)
        return [found[key] for key in ids if key in found]

    def comments(self, post_id: str, place: Mapping[str, str]) -> Mapping[str, Any]:
        """Read a page of the comments below a post, answers to comments among them, newest first."""
        return self._calls.edge(
            f"{post_id}/comments", filter="stream", order="reverse_chronological", limit="100",
            fields=mapping.COMMENT_FIELDS, **place,
        )  # fmt: skip
