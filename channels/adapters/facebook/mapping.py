"""From Graph's JSON to the port's values. Pure."""

import unicodedata
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from channels.types import (
    Fetched,
    ItemKind,
    Limit,
    Media,
    Outgoing,
    OutgoingKind,
    Planned,
    Profile,
    Receipt,
    Visibility,
)

JSON = Mapping[str, Any]

COMMENT_FIELDS = (
    "id,message,from{id,name},parent{id},created_time,permalink_url,is_hidden,"
    "attachment{type,url,title,media},can_comment,can_reply_privately,"
    "reactions.limit(0).summary(total_count)"
)
POST_FIELDS = (
    "id,message,from{id,name},created_time,permalink_url,is_hidden,"
    "attachments{type,url,title,media},reactions.limit(0).summary(total_count)"
)
CONTEXT_LENGTH = 600


#: Posts of others bear the number of whoever wrote them; with this in front nobody takes them for ours.
TAGGED = "tagged:"


def bare(external_id: str) -> str:
    """Return what Graph itself calls something."""
    return external_id.removeprefix(TAGGED)


def moment(text: str) -> datetime:
    """Read Graph's time, e.g. 2021-02-04T15:22:43+0000."""
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%S%z")


def post_of(post: JSON, page_id: str) -> Fetched:
    """Return a post on the Page: ours, or a visitor's."""
    is_own = _is_own(post, page_id)
    return Fetched(
        external_id=str(post["id"]),
        kind=ItemKind.OWN_POST if is_own else ItemKind.VISITOR_POST,
        text=_text(post),
        posted_at=moment(str(post["created_time"])),
        thread_external_id=str(post["id"]),
        author=_author(post),
        permalink=str(post.get("permalink_url") or ""),
        visibility=_visibility(post),
        is_own=is_own,
        media=_media((post.get("attachments") or {}).get("data") or []),
        reactions=_reactions(post),
    )


def tagged_of(post: JSON, page_id: str) -> Fetched:
    """Return a post on somebody's own timeline that names the Page."""
    name = TAGGED + str(post["id"])
    found = post_of(post, page_id)
    return replace(found, external_id=name, thread_external_id=name, kind=ItemKind.TAGGED)


def comment_below(comment: JSON, post: JSON, page_id: str) -> Fetched:
    """Return a comment below a post that names the Page."""
    found, name = comment_of(comment, post, page_id), TAGGED + str(post["id"])
    is_top = found.parent_external_id == str(post["id"])
    parent = name if is_top else found.parent_external_id
    return replace(found, thread_external_id=name, parent_external_id=parent)


def comment_of(comment: JSON, post: JSON, page_id: str) -> Fetched:
    """Return a comment or a reply to one. Its thread is the post; only replies have a parent."""
    parent = str((comment.get("parent") or {}).get("id") or "")
    is_visitor_post = not _is_own(post, page_id)
    return Fetched(
        external_id=str(comment["id"]),
        kind=ItemKind.REPLY if parent else ItemKind.COMMENT,
        text=_text(comment),
        posted_at=moment(str(comment["created_time"])),
        thread_external_id=str(post["id"]),
        author=_author(comment),
        parent_external_id=parent or (str(post["id"]) if is_visitor_post else ""),
        permalink=str(comment.get("permalink_url") or ""),
        visibility=_visibility(comment),
        is_own=_is_own(comment, page_id),
        context=_text(post)[:CONTEXT_LENGTH],
        context_url=str(post.get("permalink_url") or ""),
        media=_media([comment["attachment"]] if comment.get("attachment") else []),
        reactions=_reactions(comment),
        limits=() if _is_own(comment, page_id) else _limits(comment),
    )


def _limits(comment: JSON) -> tuple[Limit, ...]:
    """Graph says both of every comment; where it says nothing, nothing speaks against an answer."""
    told = {Limit.CLOSED: "can_comment", Limit.NO_PRIVATE: "can_reply_privately"}
    return tuple(limit for limit, name in told.items() if comment.get(name) is False)


def _is_own(row: JSON, page_id: str) -> bool:
    return str((row.get("from") or {}).get("id") or "") == page_id


def _author(row: JSON) -> Profile | None:
    """Return the author; Facebook leaves the key out when it withholds the person."""
    author = row.get("from")
    if not author or not author.get("id"):
        return None
    return Profile(external_id=str(author["id"]), name=str(author.get("name") or ""))


def _visibility(row: JSON) -> Visibility:
    return Visibility.HIDDEN if row.get("is_hidden") else Visibility.PUBLIC


def _text(row: JSON) -> str:
    """Return the words; stickers and bare photos have none."""
    return unicodedata.normalize("NFC", str(row.get("message") or ""))


def _media(attachments: list[JSON]) -> tuple[Media, ...]:
    found = []
    for attachment in attachments:
        kind = str(attachment.get("type"))
        media = attachment.get("media") or {}
        picture = str((media.get("image") or {}).get("src") or "")
        address, title = str(attachment.get("url") or ""), str(attachment.get("title") or "")
        if "video" in kind:
            film = str(media.get("source") or picture)
            found.append(Media(url=film, kind="video", preview=picture))
        elif kind == "sticker":
            found.append(Media(url=picture, kind="sticker"))
        elif kind == "share" and address:
            found.append(Media(url=address, kind="link", alt_text=title, preview=picture))
        elif picture:
            found.append(Media(url=picture))
        elif address:
            found.append(Media(url=address, kind="link", alt_text=title))
    return tuple(found)


def _reactions(row: JSON) -> int | None:
    """Return how many people like something, or love it, or laugh; None where Graph does not say."""
    count = ((row.get("reactions") or {}).get("summary") or {}).get("total_count")
    return int(count) if isinstance(count, int | str) and str(count).isdigit() else None


def planned_of(row: JSON) -> Planned:
    """Return a post that is scheduled on Facebook itself."""
    due_at = datetime.fromtimestamp(int(row["scheduled_publish_time"]), UTC)
    address = str(row.get("permalink_url") or "")
    return Planned(str(row["id"]), _text(row), due_at, address)


def fingerprint(text: str) -> str:
    """Reduce a text to what survives Graph's changes, to recognise our words again."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def words(out: Outgoing) -> dict[str, str]:
    """Return a post or a comment as Graph takes it, with pictures that are uploaded already."""
    given = {"message": out.text}
    if out.kind == OutgoingKind.REPLY and out.media_handles:
        given["attachment_id"] = out.media_handles[0]  # a comment carries one picture
    elif out.kind == OutgoingKind.POST:
        for number, handle in enumerate(out.media_handles):
            given[f"attached_media[{number}]"] = f'{{"media_fbid":"{handle}"}}'
    return given


def receipt(row: JSON) -> Receipt:
    """Return where something of ours stands, and since when if Graph says so."""
    at = moment(row["created_time"]) if row.get("created_time") else None
    return Receipt(str(row["id"]), str(row.get("permalink_url") or ""), at)
