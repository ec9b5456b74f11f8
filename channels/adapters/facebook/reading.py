"""Reading a Page: posts and comments as they come in, and known ones again. No writes."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from channels.adapters.facebook import mapping, paging
from channels.adapters.facebook.calls import UNKNOWN_FORM, Calls
from channels.adapters.facebook.paging import following, hides_news, slim
from channels.errors import Rejected, RejectionCode, Unreachable
from channels.port import readable, rechecked
from channels.types import Cursor, Fetched, Page, Recheck

#: Posts whose comments every poll reads, and how often it looks further back (polls, pages).
POSTS, DEEP_EVERY, DEEP_PAGES = 25, 10, 4
#: Comments per post in the listing itself; busier posts are read on their own.
COMMENTS = 50
_ID = re.compile(r"\d+(?:_\d+)*")


class Reading:
    """What comes in on one Page."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls

    def fetch(self, cursor: Cursor) -> Page:
        """Return the newest posts with their newest comments; then what busy posts still hide.

        https://developers.facebook.com/docs/graph-api/reference/page/feed
        """
        busy = list(cursor.get("busy") or [])
        if busy:
            return self._more_comments(cursor, busy)
        return self._posts(cursor)

    def _posts(self, cursor: Cursor) -> Page:
        nested = f"comments.filter(stream).order(reverse_chronological).limit({COMMENTS})"
        fields = f"{mapping.POST_FIELDS},{nested}{{{mapping.COMMENT_FIELDS}}}"
        place = dict(cursor.get("next") or {})
        try:
            body = self._feed(fields, place)
        except Rejected as error:
            if not place or error.code != RejectionCode.INVALID:
                raise
            # Graph's cursors do not keep for long; the next poll reads from the top again.
            return Page((), {**cursor, "next": {}, "page": 0})
        known = dict(cursor.get("known") or {})
        items: list[Fetched] = []
        busy = []
        for post in body["data"]:
            comments = post.get("comments") or {}
            found = self.comments_of(post, comments.get("data") or [])
            items += [*self.posts_of([post]), *found]
            if hides_news(comments, found, known.get(str(post["id"]))):
                busy.append({"post": slim(post), "next": following(comments)})
            if found:
                known[str(post["id"])] = max(item.posted_at for item in found).isoformat()
        return self._next_of_feed(cursor, body, items, busy, known)

    def _feed(self, fields: str, place: Mapping[str, str]) -> dict[str, Any]:
        """Read a page of posts, a smaller one when Graph finds this one too much."""
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

    def _next_of_feed(
        self,
        cursor: Cursor,
        body: Mapping[str, Any],
        items: list[Fetched],
        busy: list[dict[str, Any]],
        known: dict[str, str],
    ) -> Page:
        """Most polls read one page of posts; every tenth, the first, and one full of news read further back."""
        page = int(cursor.get("page") or 0) + 1
        polls = int(cursor.get("polls") or 0)
        place = following(body)
        before = cursor.get("known") or {}
        is_deep = polls % DEEP_EVERY == 0 and page < DEEP_PAGES
        goes_on = bool(place) and (is_deep or paging.is_all_news(body, before))
        recent = dict(sorted(known.items(), key=lambda pair: pair[1])[-POSTS * DEEP_PAGES :])
        after: dict[str, Any] = {"known": recent, "busy": busy, "before": before}
        if goes_on:
            after |= {"next": place, "page": page, "polls": polls}
        else:
            after |= {"next": {}, "page": 0, "polls": polls + 1}
        return Page(tuple(items), after, has_more=goes_on or bool(busy))

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
            if hides_news(body, found, (cursor.get("before") or {}).get(str(post["id"]))):
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
        return readable(rows, lambda row: mapping.post_of(row, self._calls.page))

    def comments_of(
        self, post: Mapping[str, Any], rows: Sequence[Mapping[str, Any]]
    ) -> list[Fetched]:
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
        return self._calls.edge(
            f"{post_id}/comments", filter="stream", order="reverse_chronological", limit="100",
            fields=mapping.COMMENT_FIELDS, **place,
        )  # fmt: skip
