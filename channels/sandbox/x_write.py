"""Writing on X: what POST /2/tweets accepts, what it refuses and in which words, and deletion."""

import unicodedata
from typing import Any

from twitter_text import parse_tweet

from channels.sandbox.rows import Account, Tweet, XUser
from channels.sandbox.wire import Call, Created, Reply
from channels.sandbox.x_errors import (
    DUPLICATE,
    NOT_SUMMONED,
    NOT_VISIBLE,
    TOO_LONG,
    forbidden,
    invalid,
)
from channels.sandbox.x_media import WORKED_ON
from channels.sandbox.x_params import check_id, check_names
from channels.sandbox.x_posts import delete_tweet, make_tweet
from channels.sandbox.x_view import HANDLE, is_visible, wire_text

BODY_KEYS: dict[str, type | tuple[type, ...]] = {
    "text": str, "reply": dict, "quote_tweet_id": str, "media": dict, "poll": dict, "geo": dict,
    "reply_settings": str, "community_id": str, "made_with_ai": bool, "paid_partnership": bool,
    "nullcast": bool, "edit_options": dict, "direct_message_deep_link": str, "card_uri": str,
    "for_super_followers_only": bool, "share_with_followers": bool,
}  # fmt: skip
REPLY_KEYS = {"in_reply_to_tweet_id", "exclude_reply_user_ids", "auto_populate_reply_metadata"}
MEDIA_KEYS = {"media_ids", "tagged_user_ids"}


def _schema_error(path: str, why: str) -> dict[str, Any]:
    return {"parameters": {}, "message": f"{path}: {why}"}


def _unknown(keys: set[str], known: set[str], path: str) -> list[dict[str, Any]]:
    why = "is not defined in the schema and the schema does not allow additional properties"
    return [_schema_error(f"{path}.{key}", why) for key in sorted(keys - known)]


def _read_body(call: Call) -> dict[str, Any]:
    try:
        body = call.json()
    except ValueError as error:
        raise invalid([_schema_error("$", "is not valid JSON")]) from error
    if call.content_type != "application/json" or not isinstance(body, dict):
        raise invalid([_schema_error("$", "must be object")])
    errors = _unknown(set(body), set(BODY_KEYS), "$")
    errors += [
        _schema_error(f"$.{key}", f"must be {BODY_KEYS[key]}")
        for key, value in body.items()
        if key in BODY_KEYS and not isinstance(value, BODY_KEYS[key])
    ]
    if errors:
        raise invalid(errors)
    errors = _unknown(set(body.get("reply", {})), REPLY_KEYS, "$.reply")
    errors += _unknown(set(body.get("media", {})), MEDIA_KEYS, "$.media")
    if errors:
        raise invalid(errors)
    return body


def weight(text: str, *, is_reply: bool) -> int:
    """Return the weighted length; mentions at the head of an answer weigh nothing."""
    text = unicodedata.normalize("NFC", text)
    if is_reply:
        while match := HANDLE.match(text):
            text = text[match.end() :].lstrip()
    return int(parse_tweet(text).asdict()["weightedLength"]) if text else 0


def _media(call: Call, body: dict[str, Any], account: Account) -> list[str]:
    ids = body.get("media", {}).get("media_ids", [])
    if "media" in body and not 1 <= len(ids) <= 4:
        raise invalid([_schema_error("$.media.media_ids", "must have between 1 and 4 items")])
    for media_id in ids:
        media = call.world.store.media.get(str(media_id))
        if media is None or media.owner != account.id or call.at > media.expires_at:
            message = "Your media IDs are invalid."
            raise invalid([{"parameters": {"media.media_ids": ids}, "message": message}])
        if media.category in WORKED_ON and len(ids) > 1:
            message = "You can attach at most 4 images, or one GIF, or one video."
            raise invalid([{"parameters": {"media.media_ids": ids}, "message": message}])
        if call.at < media.ready_at or media.problem:
            message = "Not all media have finished processing."
            raise invalid([{"parameters": {"media.media_ids": ids}, "message": message}])
    return [str(i) for i in ids]


def _check_text(text: str, media: list[str], *, is_reply: bool) -> None:
    if not text.strip() and not media:
        raise invalid([_schema_error("$", "one of text, media or poll is required")])
    if weight(text, is_reply=is_reply) > 280:
        raise invalid([{"parameters": {}, "message": TOO_LONG}])


def _parent(call: Call, body: dict[str, Any], me: XUser) -> Tweet | None:
    """Return the post to be answered; XError 403 when it is gone or we may not."""
    if "reply" not in body:
        return None
    wanted = body["reply"].get("in_reply_to_tweet_id")
    if not isinstance(wanted, str):
        raise invalid([_schema_error("$.reply.in_reply_to_tweet_id", "is missing")])
    parent = call.world.store.tweets.get(check_id(wanted, "reply.in_reply_to_tweet_id"))
    if parent is None or not is_visible(parent, call.at):
        raise forbidden(NOT_VISIBLE)
    is_closed = parent.reply_settings != "everyone"
    is_strict = is_closed or call.world.setting("x_summoned_only", call.account)
    if is_strict and not _summoned(call, parent, me):
        raise forbidden(NOT_SUMMONED)
    return parent


def _summoned(call: Call, parent: Tweet, me: XUser) -> bool:
    quoted = call.world.store.tweets.get(parent.quote_of)
    quotes_us = quoted is not None and quoted.author_id == me.id
    return parent.author_id == me.id or me.id in parent.mentions or quotes_us


def _is_duplicate(call: Call, me: XUser, text: str, reply_to: str) -> bool:
    said = (text.strip(), reply_to)
    remembered = float(call.world.setting("x_duplicate_seconds", call.account))
    return any(
        (old.sent.strip(), old.reply_to) == said
        for old in call.world.store.tweets.by("author", me.id)
        if not old.deleted and call.at - old.created < remembered
    )


def create_tweet(call: Call) -> Reply:
    """POST /2/tweets. There is no idempotency key: only the duplicate guard, and its one sentence."""
    check_names(call, frozenset())
    if call.account is None:
        raise forbidden("Forbidden")
    body = _read_body(call)
    me = call.world.store.x_users[call.account.identity]
    text = body.get("text", "")
    media = _media(call, body, call.account)
    _check_text(text, media, is_reply="reply" in body)
    parent = _parent(call, body, me)
    reply_to = parent.id if parent else ""
    if not media and _is_duplicate(call, me, text, reply_to):
        raise forbidden(DUPLICATE)
    tweet = make_tweet(
        call.world,
        me,
        text,
        reply_to=reply_to,
        quote_of=body.get("quote_tweet_id", ""),
        media=media,
        visible_at=call.visible_at,
        prefix=bool(call.world.setting("x_reply_prefix", call.account)),
    )
    call.created = Created(tweet.id, text)
    shown = {"id": tweet.id, "text": wire_text(tweet), "edit_history_tweet_ids": [tweet.id]}
    return Reply(201, {"data": shown})


def destroy_tweet(call: Call, id: str) -> Reply:
    """DELETE /2/tweets/:id."""
    tweet = call.world.store.tweets.get(check_id(id))
    if tweet is None or tweet.deleted:
        return Reply(200, {"data": {"deleted": False}})
    if call.account is None or tweet.author_id != call.account.identity:
        raise forbidden("You are not authorized to delete this Tweet.")
    delete_tweet(call.world, tweet)
    return Reply(200, {"data": {"deleted": True}})
