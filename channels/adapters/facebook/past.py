"""What stood on a Page between two moments, read back from now. No writes."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from channels.adapters.facebook.paging import following, hides_news, slim, times_of
from channels.adapters.facebook.reading import Reading
from channels.coverage import Stretch
from channels.errors import Rejected, RejectionCode
from channels.types import Cursor, Fetched, Page, Reach

#: Posts this much older than a period are hardly commented on in it; so many pages are read at most.
OLD = timedelta(days=30)
PAGES = 40


def past(
    reading: Reading, streams: Sequence[str], since: datetime, until: datetime, cursor: Cursor
) -> Page:
    """Return the next page of a walk through posts and their comments; comments come on posts of any age.

    `since` and `until` of Graph go by when a post was changed last, which is why they are not asked for.
    """
    if cursor.get("busy"):
        found, here = _comments(reading, since, cursor)
    else:
        found, here = _posts(reading, since, cursor)
    wanted = tuple(item for item in found if since <= item.posted_at < until)
    has_more = bool(here.get("busy") or here.get("next") or here.get("is_lost"))
    reached = () if has_more else tuple(Reach(stream, since) for stream in streams)
    oldest = str(here.get("oldest") or until.isoformat())
    share = Stretch(since - OLD, until).share_after(datetime.fromisoformat(oldest))
    return Page(wanted, here, has_more, reached=reached, share=share if has_more else 1.0)


def _posts(
    reading: Reading, since: datetime, cursor: Cursor
) -> tuple[list[Fetched], dict[str, Any]]:
    place = dict(cursor.get("next") or {})
    try:
        body = reading.feed(place)
    except Rejected as error:
        if not place or error.code != RejectionCode.INVALID:
            raise
        return [], {"is_lost": True}  # Graph forgets its cursors; from the top again
    items: list[Fetched] = []
    busy = []
    for post in body["data"]:
        comments = post.get("comments") or {}
        found = reading.comments_of(post, comments.get("data") or [])
        items += [*reading.posts_of([post]), *found]
        if hides_news(comments, found, since.isoformat()):
            busy.append({"post": slim(post), "next": following(comments)})
    times = times_of(body)
    page = int(cursor.get("page") or 0) + 1
    goes_on = bool(times) and min(times) > since - OLD and page < PAGES
    oldest = min(times).isoformat() if times else ""
    next_place = following(body) if goes_on else {}
    return items, {"next": next_place, "page": page, "busy": busy, "oldest": oldest}


def _comments(
    reading: Reading, since: datetime, cursor: Cursor
) -> tuple[list[Fetched], dict[str, Any]]:
    (first, *rest), found = list(cursor["busy"]), list[Fetched]()
    try:
        body = reading.comments(str(first["post"]["id"]), first["next"])
    except Rejected as error:
        if error.code == RejectionCode.INVALID and first["next"]:
            rest = [{**first, "next": {}}, *rest]
        elif error.code != RejectionCode.TARGET_GONE:
            raise
    else:
        found = reading.comments_of(first["post"], body["data"])
        if hides_news(body, found, since.isoformat()):
            rest = [{**first, "next": following(body)}, *rest]
    return found, {**cursor, "busy": rest}
