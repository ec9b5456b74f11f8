"""What Facebook pushes, read: the changes of a Page's webhook. Pure.

https://developers.facebook.com/docs/graph-api/webhooks/reference/page/
"""

import unicodedata
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from channels.adapters.facebook.mapping import TAGGED
from channels.tidings import ONLY_TOLD, Gone, Tidings, fault_of
from channels.types import Fetched, ItemKind, Limit, Profile

JSON = Mapping[str, Any]

#: What is a post, whatever else it carries; `share` is somebody's own post, which we cannot read.
_POSTS = frozenset({"post", "status", "photo", "video", "album", "link", "event", "note"})
_ADDED, _CHANGED, _GONE = (
    frozenset({"add", "block_added"}),
    frozenset({"edit", "edited", "hide", "unhide", "update", "unblock"}),
    frozenset({"remove", "delete"}),
)
#: What shows that there is more to see than words.
_PICTURES = ("photo", "photos", "photo_id", "photo_ids", "video", "video_id", "link", "sticker")


def tidings_of(body: JSON) -> dict[str, Tidings]:
    """Return what a call says, by the Page it is about. Raises when it is no such call."""
    if body["object"] != "page":
        raise ValueError(f"this is about {body['object']!r}, not about a Page")
    found: dict[str, Tidings] = {}
    for entry in body["entry"]:
        page, at = str(entry["id"]), datetime.fromtimestamp(int(entry["time"]), UTC)
        changes = entry.get("changes") or []
        told = Tidings(ignored=len(entry.get("messaging") or []))
        for change in changes:
            try:
                told += _change(str(change["field"]), change["value"], page, at)
            except (AttributeError, KeyError, TypeError, ValueError, OverflowError) as error:
                told += fault_of(error)  # the others are no worse for it
        found[page] = found.get(page, Tidings()) + told
    return found


def _change(field: str, value: JSON, page: str, at: datetime) -> Tidings:
    """Read one change of a call that was made `at`: what has no time of its own is as old as that."""
    if field == "mention":
        return _mention(value, page, at)
    item, verb = str(value.get("item") or ""), str(value.get("verb") or "")
    is_comment, is_post = item == "comment", item in _POSTS
    if field != "feed" or not (is_comment or is_post) or _is_unpublished(value):
        return Tidings(ignored=1)
    key = _id(value, "comment_id" if is_comment else "post_id")
    thread = _id(value, "post_id")
    if not key:
        raise ValueError(f"a change of a {item} names none")
    if verb in _GONE:
        kind = ItemKind.COMMENT if is_comment else ItemKind.VISITOR_POST
        return Tidings(gone=(Gone(key, kind, thread or key),))
    if verb in _CHANGED:
        return Tidings(look=(key,))
    if verb not in _ADDED:
        return Tidings(ignored=1)
    if not _is_told_in_full(value, thread):
        return Tidings(look=(key,))
    return Tidings(fresh=((_comment if is_comment else _post)(value, page, at),))


def _is_unpublished(value: JSON) -> bool:
    """A post that waits for its time is nobody's business yet."""
    return str(value.get("published", 1)) == "0" or value.get("is_published") is False


def _is_told_in_full(value: JSON, thread: str) -> bool:
    is_plain = bool(value.get("message")) and not any(value.get(name) for name in _PICTURES)
    return is_plain and bool(thread) and _moment(value) is not None


def _comment(value: JSON, page: str, at: datetime) -> Fetched:
    """Return a comment. What stands above it is filled in by whoever lands it."""
    key, thread, parent = (_id(value, n) for n in ("comment_id", "post_id", "parent_id"))
    is_reply = bool(parent) and parent != thread
    author = _author(value)
    return Fetched(
        external_id=key,
        kind=ItemKind.REPLY if is_reply else ItemKind.COMMENT,
        text=_text(value),
        posted_at=_moment(value) or at,
        thread_external_id=thread,
        author=author,
        parent_external_id=parent if is_reply else "",
        is_own=author is not None and author.external_id == page,
    )


def _post(value: JSON, page: str, at: datetime) -> Fetched:
    key, author = _id(value, "post_id"), _author(value)
    is_own = author is not None and author.external_id == page
    address = str((value.get("post") or {}).get("permalink_url") or "")
    return Fetched(
        external_id=key,
        kind=ItemKind.OWN_POST if is_own else ItemKind.VISITOR_POST,
        text=_text(value),
        posted_at=_moment(value) or at,
        thread_external_id=key,
        author=author,
        permalink=address or f"https://www.facebook.com/{key}",
        is_own=is_own,
    )


def _mention(value: JSON, page: str, at: datetime) -> Tidings:
    """Somebody names the Page: on the Page itself, in a post of their own, or in a comment below one.

    The first two are read as polls read them. Such a comment we may not read, and cannot answer: what the
    event tells is all there will be.
    """
    comment, post = _id(value, "comment_id"), _id(value, "post_id")
    if not comment and not post:
        raise ValueError("a mention names nothing")
    author = _author(value)
    if str(value.get("verb") or "add") not in _ADDED or (author and author.external_id == page):
        return Tidings(ignored=1)
    if post.startswith(f"{page}_"):
        return Tidings(look=(comment or post,))
    if not comment:
        return Tidings(look=(f"{TAGGED}{post}",))
    mention = Fetched(
        external_id=f"{ONLY_TOLD}{comment}",
        kind=ItemKind.MENTION,
        text=_text(value),
        posted_at=_moment(value) or at,
        thread_external_id=f"{ONLY_TOLD}{post or comment}",
        author=author,
        permalink=f"https://www.facebook.com/{comment}",
        limits=(Limit.CLOSED,),
    )
    return Tidings(fresh=(mention,))


def _author(value: JSON) -> Profile | None:
    """Return the author: `from` today, two keys of their own before, neither where the person is withheld."""
    who = value.get("from") or {}
    key = str(who.get("id") or value.get("sender_id") or "")
    if not key:
        return None
    return Profile(external_id=key, name=str(who.get("name") or value.get("sender_name") or ""))


def _id(value: JSON, name: str) -> str:
    """Return an id; old events spell some as numbers."""
    return str(value.get(name) or "")


def _moment(value: JSON) -> datetime | None:
    """Read a webhook's time: seconds of the epoch, or as in Graph; photos may have none."""
    given = value.get("created_time")
    if given is None:
        return None
    if isinstance(given, int | float) or str(given).isdigit():
        return datetime.fromtimestamp(int(given), UTC)
    return datetime.fromisoformat(str(given))


def _text(value: JSON) -> str:
    return unicodedata.normalize("NFC", str(value.get("message") or ""))
