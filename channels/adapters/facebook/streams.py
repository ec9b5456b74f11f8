"""What a Page is read for at longer intervals: posts that name it, and what moves below old posts."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from channels.adapters.facebook import mapping
from channels.adapters.facebook.calls import Calls
from channels.adapters.facebook.paging import following, slim
from channels.adapters.facebook.reading import COMMENTS, POSTS, Reading
from channels.coverage import BEGINNING
from channels.errors import Rejected, RejectionCode
from channels.port import readable
from channels.types import Cursor, Fetched, Page, Planned, Reach, SideKind

#: Graph's `since` is approximate: this much before the newest known change is read again.
OVERLAP = timedelta(minutes=10)
#: Comments below posts of others that are looked through for answers to us.
BELOW_OTHERS = 25
#: Posts that name us are read again this far back: what is tagged may show late.
TAGGED_OVERLAP = timedelta(hours=1)
#: A walk through what moved has joined the one before.
_MOVED = (Reach(SideKind.ACTIVITY),)


class Streams:
    """What comes in on one Page beside its newest posts."""

    def __init__(self, calls: Calls, reading: Reading) -> None:
        self._calls = calls
        self._reading = reading

    def tagged(self, cursor: Cursor) -> Page:
        """Return posts of others that name the Page, newest first, with what answers us below them.

        https://developers.facebook.com/docs/graph-api/reference/page/tagged
        """
        nested = f"comments.filter(stream).order(reverse_chronological).limit({BELOW_OTHERS})"
        fields = f"{mapping.POST_FIELDS},{nested}{{{mapping.COMMENT_FIELDS}}}"
        edge = f"{self._calls.page}/tagged"
        body = self._page(edge, cursor, fields=fields, limit=str(POSTS))
        if body is None:
            return Page((), {**cursor, "next": {}})
        posts = readable(body["data"], lambda row: mapping.tagged_of(row, self._calls.page))
        strangers = [post for post in posts if not post.is_own]
        items = [*strangers, *(item for row in body["data"] for item in self._answers(row))]
        known, place = str(cursor.get("known") or ""), following(body)
        newest = max([known, str(cursor.get("newest") or ""), *(_spelt(p) for p in posts)])
        reached = not known or any(_spelt(p) < _before(known, TAGGED_OVERLAP) for p in posts)
        if place and not reached:
            return Page(tuple(items), {"known": known, "newest": newest, "next": place}, True)
        is_first_page = not known and bool(place)
        since = min((p.posted_at for p in posts), default=None) if is_first_page else BEGINNING
        reach = Reach(SideKind.TAGGED, None if known else since)
        return Page(tuple(items), {"known": newest}, reached=(reach,))

    def _answers(self, post: Mapping[str, Any]) -> list[Fetched]:
        """Return our own comments below somebody's post, and what answers them; the rest is not for us."""
        rows = (post.get("comments") or {}).get("data") or []
        found = readable(rows, lambda row: mapping.comment_below(row, post, self._calls.page))
        ours = {item.external_id for item in found if item.is_own}
        return [item for item in found if item.is_own or item.parent_external_id in ours]

    def activity(self, cursor: Cursor) -> Page:
        """Return what is new below posts of any age, by when something last happened there.

        The first turn only finds out where to begin.
        https://developers.facebook.com/docs/graph-api/reference/page/feed
        """
        if cursor.get("busy"):
            return self._below(cursor, list(cursor["busy"]))
        since = str(cursor.get("since") or "")
        if not since:
            edge = self._calls.edge(
                f"{self._calls.page}/feed", fields="id,updated_time", limit="100"
            )
            return Page((), {"since": _latest(edge["data"])}, reached=_MOVED)
        nested = f"comments.filter(stream).order(reverse_chronological).limit({COMMENTS})"
        fields = f"{mapping.POST_FIELDS},updated_time,{nested}{{{mapping.COMMENT_FIELDS}}}"
        from_there = str(int(datetime.fromisoformat(_before(since, OVERLAP)).timestamp()))
        body = self._page(
            f"{self._calls.page}/feed", cursor, fields=fields, limit=str(POSTS), since=from_there
        )
        if body is None:
            return Page((), {**cursor, "next": {}})
        items = list(self._reading.posts_of(body["data"]))
        busy = []
        for post in body["data"]:
            comments = post.get("comments") or {}
            found = self._reading.comments_of(post, comments.get("data") or [])
            items += found
            if _goes_on(comments, found, since):
                busy.append({"post": slim(post), "next": following(comments)})
        newest = max(since, str(cursor.get("newest") or ""), _latest(body["data"]))
        return self._next(tuple(items), since, newest, following(body), busy)

    def _below(self, cursor: Cursor, busy: list[dict[str, Any]]) -> Page:
        """Read on below a post that has more news than came along with it."""
        post, place = busy[0]["post"], dict(busy[0]["next"])
        since, rest, found = str(cursor["since"]), busy[1:], []
        try:
            body = self._reading.comments(str(post["id"]), place)
        except Rejected as error:
            if error.code == RejectionCode.INVALID and place:
                rest = [{"post": post, "next": {}}, *rest]
            elif error.code != RejectionCode.TARGET_GONE:
                raise
        else:
            found = self._reading.comments_of(post, body["data"])
            if _goes_on(body, found, since):
                rest = [{"post": post, "next": following(body)}, *rest]
        newest, place = str(cursor.get("newest") or since), dict(cursor.get("next") or {})
        return self._next(tuple(found), since, newest, place, rest)

    def _next(
        self,
        items: tuple[Fetched, ...],
        since: str,
        newest: str,
        place: Mapping[str, str],
        busy: list[dict[str, Any]],
    ) -> Page:
        """The mark moves once everything since it has been read."""
        if not busy and not place:
            return Page(items, {"since": newest}, reached=_MOVED)
        after = {"since": since, "newest": newest, "next": dict(place), "busy": busy}
        return Page(items, after, has_more=True)

    def planned(self) -> list[Planned]:
        """Return the posts that are scheduled on Facebook itself.

        https://developers.facebook.com/docs/graph-api/reference/page/scheduled_posts
        """
        fields, place = "id,message,scheduled_publish_time,permalink_url", dict[str, str]()
        found: list[Planned] = []
        while True:
            edge = f"{self._calls.page}/scheduled_posts"
            body = self._calls.edge(edge, fields=fields, limit="100", **place)
            found += [mapping.planned_of(row) for row in body["data"]]
            place = following(body)
            if not place:
                return found

    def _page(self, edge: str, cursor: Cursor, **asked: str) -> dict[str, Any] | None:
        """Read a page of an edge; None when Graph no longer knows the place where we stood."""
        place = dict(cursor.get("next") or {})
        try:
            return self._calls.edge(edge, **asked, **place)
        except Rejected as error:
            if not place or error.code != RejectionCode.INVALID:
                raise
            return None


def _spelt(post: Fetched) -> str:
    return post.posted_at.isoformat()


def _before(moment: str, by: timedelta) -> str:
    return (datetime.fromisoformat(moment) - by).isoformat()


def _latest(posts: list[Mapping[str, Any]]) -> str:
    """Return when something last happened below any of these posts; long ago when there is none."""
    times = [mapping.moment(str(post["updated_time"])).isoformat() for post in posts]
    return max(times, default="2004-02-04T00:00:00+00:00")


def _goes_on(comments: Mapping[str, Any], found: list[Fetched], since: str) -> bool:
    """Whether news may lie on the next page of a post's comments."""
    if not following(comments) or not found:
        return False
    times = [item.posted_at for item in found]
    is_newest_first = times[0] >= times[-1]
    return not is_newest_first or min(times).isoformat() > _before(since, OVERLAP)
