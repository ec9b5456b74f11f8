"""From WordPress's JSON to the port's values. Pure."""

import hashlib
import html
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from channels.markup import plain
from channels.types import Fetched, ItemKind, Limit, Profile, Visibility

JSON = Mapping[str, Any]

_UNKNOWN_TIME = datetime(1970, 1, 1, tzinfo=UTC)
_VISIBILITY = {
    "approved": Visibility.PUBLIC,
    "hold": Visibility.HELD,
    "spam": Visibility.SPAM,
    "trash": Visibility.REMOVED,
}
#: Comment and post numbers would collide; threads are posts.
THREAD_PREFIX = "post:"


def thread_of(post_id: object) -> str:
    """Return a post's number as a thread id."""
    return f"{THREAD_PREFIX}{post_id}"


def moment(gmt: str) -> datetime:
    """Read WordPress's GMT time, which carries no zone. The local `date` is never used.

    Comments that came from another program may have no time; WordPress then says -0001-11-30.
    """
    try:
        return datetime.fromisoformat(gmt).replace(tzinfo=UTC)
    except ValueError:
        return _UNKNOWN_TIME


def as_html(text: str) -> str:
    """Return plain words as content that shows exactly these words."""
    return html.escape(text, quote=False)


def fingerprint(raw: str) -> str:
    """Reduce a stored text to what survives WordPress's changes, to recognise our words again."""
    return " ".join(unicodedata.normalize("NFC", html.unescape(raw)).split())


def comment_of(
    comment: JSON, *, own_ids: Collection[str], titles: Mapping[str, list[str]]
) -> Fetched:
    """Return a comment, pingback or trackback in any state."""
    title, address, *closed = titles.get(str(comment["post"]), ["", ""])
    address = address or str(comment.get("link") or "").partition("#")[0]
    parent = int(comment.get("parent") or 0)
    is_own = bool(comment.get("author")) and str(comment["author"]) in own_ids
    return Fetched(
        external_id=str(comment["id"]),
        kind=_kind(comment, parent),
        text=plain(str((comment.get("content") or {}).get("rendered") or "")),
        posted_at=moment(str(comment["date_gmt"])),
        thread_external_id=thread_of(comment["post"]),
        author=_author(comment),
        parent_external_id=str(parent) if parent else "",
        permalink=str(comment.get("link") or ""),
        visibility=_VISIBILITY.get(str(comment.get("status")), Visibility.HELD),
        is_own=is_own,
        context=title,
        context_url=address,
        limits=(Limit.CLOSED,) if any(closed) and not is_own else (),
    )


def _kind(comment: JSON, parent: int) -> ItemKind:
    kinds = {"pingback": ItemKind.PINGBACK, "trackback": ItemKind.TRACKBACK}
    default = ItemKind.REPLY if parent else ItemKind.COMMENT
    return kinds.get(str(comment.get("type")), default)


def _author(comment: JSON) -> Profile | None:
    """Visitors have no id: their address stands for them, hashed, since we need it for nothing else."""
    url = str(comment.get("author_url") or "")
    mail = str(comment.get("author_email") or "").strip().lower()
    name = html.unescape(str(comment.get("author_name") or ""))
    avatars = comment.get("author_avatar_urls") or {}
    avatar = avatars.get("96") if isinstance(avatars, dict) else ""
    if comment.get("author"):
        identity = f"user:{comment['author']}"
    elif mail or url or name:
        seed = mail or f"{name}|{url}"
        identity = "visitor:" + hashlib.sha256(seed.encode()).hexdigest()[:24]
    else:
        return None
    return Profile(identity, name=name, url=url, avatar_url=str(avatar or ""))


def titles_of(posts: Sequence[JSON]) -> dict[str, list[str]]:
    """Return each post's title as text, its address, and "closed" where nobody may comment any more."""
    return {
        str(post["id"]): [
            plain(str(post["title"]["rendered"])),
            str(post.get("link") or ""),
            "closed" if post.get("comment_status") == "closed" else "",
        ]
        for post in posts
    }
