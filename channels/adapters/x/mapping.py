"""From X's JSON to the port's values. Pure; reads the field names of both spec generations."""

import html
import re
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from channels.port import readable
from channels.types import Fetched, ItemKind, Limit, Media, Profile

JSON = Mapping[str, Any]

_TRAILING_LINK = re.compile(r"\s*https://t\.co/\w+$")
_SCHEME = re.compile(r"https?://", re.IGNORECASE)
_LEADING_MENTIONS = re.compile(r"^(?:@\w{1,15}\s+)+")
_MEDIA_PAGE = re.compile(r"^https://(?:x|twitter)\.com/.+/(?:photo|video)/\d+$")
_SNOWFLAKE_EPOCH_MS = 1_288_834_974_657
#: Languages that mean "none": undecided, only mentions, only links and the like.
_NO_LANGUAGE = frozenset({"und", "qme", "zxx", "qam", "qct", "qht", "qst"})
#: Problems that mean that a post is not there for us any more, rather than just now.
_GONE = ("resource-not-found", "not-authorized-for-resource")


def items_of(body: JSON, *, own_id: str, base_url: str) -> list[Fetched]:
    """Return every post of a listing. Partial errors beside the data are left aside."""
    includes = body.get("includes") or {}
    users = {str(user["id"]): user for user in includes.get("users") or []}
    posts = {
        str(p["id"]): p for p in [*(includes.get("tweets") or []), *(includes.get("posts") or [])]
    }
    media = {m["media_key"]: m for m in includes.get("media") or []}

    def read(post: JSON) -> Fetched:
        return item_of(
            post, users=users, posts=posts, media=media, own_id=own_id, base_url=base_url
        )

    return readable(body.get("data") or [], read)


def above_of(body: JSON, *, own_id: str, base_url: str) -> list[Fetched]:
    """Return the posts that those of a listing answer or quote, as far as they came along."""
    includes = body.get("includes") or {}
    inner = {**body, "data": [*(includes.get("tweets") or []), *(includes.get("posts") or [])]}
    return items_of(inner, own_id=own_id, base_url=base_url)


def item_of(
    post: JSON,
    *,
    users: Mapping[str, JSON],
    posts: Mapping[str, JSON],
    media: Mapping[str, JSON],
    own_id: str,
    base_url: str,
) -> Fetched:
    """Return one post. What it answers may be missing from the includes: deleted or protected."""
    author_id = str(post.get("author_id") or "")
    parent_id, passed_on = _referenced(post, "replied_to"), _referenced(post, "retweeted")
    context_id = parent_id or passed_on or _referenced(post, "quoted")
    context = posts.get(context_id)
    is_own = author_id == own_id
    kind = ItemKind.REPLY if parent_id else ItemKind.OWN_POST if is_own else ItemKind.MENTION
    kind = ItemKind.REPOST if passed_on and not is_own else kind
    handle = str((users.get(author_id) or {}).get("username") or "i")
    return Fetched(
        external_id=first_id(post),
        kind=kind,
        text=plain_text(context if passed_on and context else post),
        posted_at=posted_at(post),
        thread_external_id=str(post.get("conversation_id") or first_id(post)),
        author=profile_of(users[author_id], base_url) if author_id in users else _bare(author_id),
        parent_external_id=first_id(posts[parent_id]) if parent_id in posts else parent_id,
        permalink=f"{base_url}/{handle}/status/{post['id']}",
        is_own=is_own,
        language=_language(post),
        context=plain_text(context) if context else "",
        context_url=f"{base_url}/i/status/{context_id}" if context_id else "",
        media=_media(post, media),
        limits=() if is_own else _limits(post, posts, own_id),
    )


def _limits(post: JSON, posts: Mapping[str, JSON], own_id: str) -> tuple[Limit, ...]:
    """Whoever is mentioned, answered or quoted may answer, whatever an author allows the others.

    https://docs.x.com/x-api/posts/creation-of-a-post
    """
    spoken_to = {str(one.get("id")) for one in (post.get("entities") or {}).get("mentions") or []}
    spoken_to.add(str(post.get("in_reply_to_user_id") or ""))
    spoken_to.add(str(posts.get(_referenced(post, "quoted"), {}).get("author_id") or ""))
    if own_id in spoken_to:
        return ()
    is_open = str(post.get("reply_settings") or "everyone") == "everyone"
    return (Limit.UNSUMMONED,) if is_open else (Limit.CLOSED,)


def _history(post: JSON) -> Sequence[Any]:
    return post.get("edit_history_tweet_ids") or post.get("edit_history_post_ids") or [post["id"]]


def first_id(post: JSON) -> str:
    """Return the id under which a post began: every edit gives it another one."""
    return str(_history(post)[0])


def latest_id(post: JSON) -> str:
    """Return the id of a post's present version; the old ones keep their text."""
    return str(_history(post)[-1])


def posted_at(post: JSON) -> datetime:
    """Return when a post first appeared, from its id when the field is missing or tells of an edit."""
    first = first_id(post)
    given = str(post.get("created_at") or "")
    if given and first == str(post["id"]):
        return moment(given)
    return snowflake_time(first) or moment(given)


def snowflake_time(external_id: str) -> datetime | None:
    """Return when an id was made: X's ids carry the moment of creation in milliseconds."""
    ticks = int(external_id) >> 22 if external_id.isdigit() else 0
    return datetime.fromtimestamp((ticks + _SNOWFLAKE_EPOCH_MS) / 1000, UTC) if ticks else None


def snowflake_of(at: datetime) -> int:
    """Return the smallest id that X can have made at a moment; 0 before there were any."""
    ticks = int(at.timestamp() * 1000) - _SNOWFLAKE_EPOCH_MS
    return max(ticks, 0) << 22


def _language(post: JSON) -> str:
    language = str(post.get("lang") or "")
    return "" if language in _NO_LANGUAGE else language


def _bare(author_id: str) -> Profile | None:
    return Profile(author_id) if author_id else None


def _referenced(post: JSON, kind: str) -> str:
    references = post.get("referenced_tweets") or post.get("referenced_posts") or []
    return next((str(ref["id"]) for ref in references if ref.get("type") == kind), "")


def profile_of(user: JSON, base_url: str) -> Profile:
    """Return a person or our own account."""
    handle = str(user.get("username") or "")
    metrics = user.get("public_metrics") or {}
    return Profile(
        external_id=str(user["id"]),
        name=html.unescape(str(user.get("name") or "")),
        handle=handle,
        url=f"{base_url}/{handle}" if handle else "",
        avatar_url=str(user.get("profile_image_url") or ""),
        followers=metrics.get("followers_count"),
    )


def _media(post: JSON, media: Mapping[str, JSON]) -> tuple[Media, ...]:
    keys: Sequence[str] = (post.get("attachments") or {}).get("media_keys") or []
    found = [media[key] for key in keys if key in media]
    return tuple(
        Media(
            url=str(m.get("url") or _film(m) or m.get("preview_image_url") or ""),
            kind="image" if m.get("type") == "photo" else "video",
            alt_text=str(m.get("alt_text") or ""),
            preview=str(m.get("preview_image_url") or ""),
        )
        for m in found
    )


def _film(media: JSON) -> str:
    """Return the smallest file of a film that every browser plays; empty when X names none.

    Source: https://docs.x.com/x-api/fundamentals/data-dictionary
    """
    files = [v for v in media.get("variants") or [] if v.get("content_type") == "video/mp4"]
    files.sort(key=lambda v: v.get("bit_rate") or v.get("bitrate") or 0)
    return str(files[0].get("url") or "") if files else ""


def plain_text(post: JSON) -> str:
    """Return the words as written: unescaped once, NFC, short links shown as what they lead to.

    The link X appends for a picture is nobody's word and goes. Long posts carry their full text in a
    note. Source: https://docs.x.com/x-api/fundamentals/data-dictionary
    """
    note = post.get("note_tweet") or post.get("note_post") or {}
    source = note if note.get("text") else post
    text = html.unescape(str(source.get("text") or ""))
    for url in (source.get("entities") or post.get("entities") or {}).get("urls") or []:
        short, long = str(url.get("url") or ""), str(url.get("expanded_url") or "")
        if short and (url.get("media_key") or _MEDIA_PAGE.match(long)):
            text = text.replace(short, "").rstrip()
        elif short and long:
            text = text.replace(short, long)
    return unicodedata.normalize("NFC", text)


def moment(text: str) -> datetime:
    """Read X's time, e.g. 2026-11-24T02:52:35.764Z."""
    return datetime.fromisoformat(text)


def gone_ids(body: JSON) -> set[str]:
    """Return the ids that partial errors call deleted or closed to us; others may come back."""
    return {
        str(error.get("resource_id") or error.get("value") or "")
        for error in body.get("errors") or []
        if str(error.get("type") or "").rsplit("/", 1)[-1] in _GONE
    }


def fingerprint(text: str, *, is_reply: bool) -> str:
    """Reduce a text to what survives X's own changes, to recognise our words again.

    X puts mentions in front of a reply and a link to its pictures behind any post, and makes a link
    with a scheme of a bare `example.com`.
    """
    text = unicodedata.normalize("NFC", html.unescape(text))
    text = _LEADING_MENTIONS.sub("", text) if is_reply else text
    words = _SCHEME.sub("", _TRAILING_LINK.sub("", text)).split()
    return " ".join(word.rstrip("/") for word in words)


def answers(post: JSON, target: str) -> bool:
    """Whether a post answers the target, or nothing when no target is given."""
    return _referenced(post, "replied_to") == target
