"""Writing on Facebook: posts, scheduled posts, photos, comments, hiding, editing, deletion."""

import json
from typing import Any

from channels.sandbox.clock import now, parse_time
from channels.sandbox.fb_posts import (
    delete_object,
    edit_object,
    hide_object,
    is_visible,
    make_comment,
    make_post,
)
from channels.sandbox.graph_errors import GraphError, no_such_object
from channels.sandbox.media import fill, sniff
from channels.sandbox.rows import Account, FbObject, Media
from channels.sandbox.wire import Call, Created, Reply

#: How far ahead a post may be scheduled (seconds).
SOONEST, LATEST = 600, 30 * 86_400
#: How long the same status message is refused again (seconds).
DUPLICATE_WINDOW = 600

TRUE = {"1", "true", "True"}


def _must_be(call: Call, page: Account) -> None:
    if call.account is None or call.account.id != page.id:
        raise GraphError(200)


def publish(call: Call, page: Account, params: dict[str, str]) -> Reply:
    """POST /{page}/feed."""
    _must_be(call, page)
    message, link = params.get("message", ""), params.get("link", "")
    photos = _attached(call, params)
    if not (message.strip() or link or photos):
        raise GraphError(100, "(#100) Missing message or attachment", error_subcode=1349125)
    published, scheduled = _schedule(call, params)
    if published and _is_repeated(call, page, message):
        raise GraphError(506)
    post = make_post(
        call.world,
        page.identity,
        page.identity,
        message,
        photos=photos,
        link=link,
        published=published,
        scheduled=scheduled,
        visible_at=call.visible_at,
    )
    call.created = Created(post.id, message)
    return Reply(200, {"id": post.id})


def _attached(call: Call, params: dict[str, str]) -> list[str]:
    """Read `attached_media`, as a JSON list or as indexed fields."""
    pieces = [v for k, v in sorted(params.items()) if k.startswith("attached_media[")]
    try:
        items = [json.loads(piece) for piece in pieces]
        items += json.loads(params.get("attached_media", "[]"))
        ids = [str(item["media_fbid"]) for item in items]
    except (ValueError, TypeError, KeyError) as error:
        raise GraphError(100, "(#100) Param attached_media must be an array.") from error
    for media_id in ids:
        if call.world.store.media.get(media_id) is None:
            raise GraphError(100, "(#100) Invalid photo id", error_subcode=1366046)
    return ids


def _schedule(call: Call, params: dict[str, str]) -> tuple[bool, float]:
    """Return whether to publish now, and when otherwise."""
    published = params.get("published", "true") in TRUE
    if not params.get("scheduled_publish_time"):
        return published, 0.0
    if published:
        text = "(#100) You must set published to false to schedule a post"
        raise GraphError(100, text, error_subcode=1363126)
    try:
        at = parse_time(params["scheduled_publish_time"])
    except ValueError as error:
        text = "(#100) Param scheduled_publish_time must be a valid time"
        raise GraphError(100, text) from error
    if not SOONEST <= at - call.at <= LATEST:
        user_text = "The scheduled publish time must be between 10 minutes and 30 days from now."
        text = "(#100) The specified scheduled publish time is invalid."
        raise GraphError(100, text, error_subcode=1390113, error_user_msg=user_text)
    return False, at


def _is_repeated(call: Call, page: Account, message: str) -> bool:
    if call.world.setting("fb_duplicate_posts", page) != "refuse" or not message.strip():
        return False
    return any(
        row.message == message
        and row.author_id == page.identity
        and not row.deleted
        and call.at - row.created < DUPLICATE_WINDOW
        for row in call.world.store.fb_objects.by("page", page.identity)
    )


def upload_photo(call: Call, page: Account, params: dict[str, str]) -> Reply:
    """POST /{page}/photos. A `url` is believed, not fetched."""
    _must_be(call, page)
    file = call.files().get("source")
    if file is None and not params.get("url"):
        raise GraphError(324, "(#324) Requires upload file")
    if file is not None and not sniff(file.content).startswith("image/"):
        raise GraphError(324, "(#324) Missing or invalid image file", error_subcode=2069019)
    media = Media(
        id=f"9{call.world.serial()}",
        owner=page.id,
        content_type="image/jpeg",
        alt_text=params.get("alt_text_custom", ""),
        created=now(),
    )
    call.world.store.media.put(fill(media, file.content) if file else media)
    if params.get("published", "true") not in TRUE:
        return Reply(200, {"id": media.id})
    caption = params.get("caption") or params.get("message", "")
    post = make_post(call.world, page.identity, page.identity, caption, photos=[media.id],
                     visible_at=call.visible_at)  # fmt: skip
    call.created = Created(post.id, caption)
    return Reply(200, {"id": media.id, "post_id": post.id})


def comment(call: Call, target: FbObject, params: dict[str, str]) -> Reply:
    """POST /{object}/comments. The same text is accepted as often as it comes."""
    if call.account is None or not is_visible(target, call.at):
        raise no_such_object(target.id, "post")
    if not call.world.setting("fb_comments_open", call.account):
        raise GraphError(200, "(#200) Permissions error")
    message = params.get("message", "")
    if (
        not message.strip()
        and not params.get("attachment_url")
        and not params.get("attachment_id")
    ):
        raise GraphError(100, "(#100) Invalid parameter", error_subcode=1346003)
    if len(message) > 8000:
        raise GraphError(100, "(#100) Your comment is too long", error_subcode=1446036)
    photo = params.get("attachment_id", "")
    if photo and call.world.store.media.get(photo) is None:
        raise GraphError(100, "(#100) Invalid photo id", error_subcode=1366046)
    row = make_comment(
        call.world, target, call.account.identity, message, photos=[photo] if photo else [],
        visible_at=call.visible_at,
    )  # fmt: skip
    call.created = Created(row.id, message)
    return Reply(200, {"id": row.id})


def update(call: Call, row: FbObject, params: dict[str, str]) -> Reply:
    """POST /{post or comment}: hide, show, or change our own text."""
    if call.account is None or row.page_id != call.account.identity:
        raise GraphError(200)
    if "is_hidden" in params:
        _must_be_hideable(row)
        hide_object(call.world, row, hidden=params["is_hidden"] in TRUE)
    if "message" in params:
        if row.author_id != call.account.identity:
            raise GraphError(200)
        edit_object(call.world, row, params["message"])
    if params.get("is_published") in TRUE and not row.published:
        row.published, row.scheduled, row.created = True, 0.0, call.at
        call.world.store.fb_objects.put(row)
    return Reply(200, {"success": True})


def _must_be_hideable(row: FbObject) -> None:
    """A page hides what others wrote; comments of its own it can only delete (`can_hide`)."""
    if row.kind == "comment" and row.author_id == row.page_id:
        text = "(#200) Permissions error: the page cannot hide its own comment"
        raise GraphError(200, text, error_subcode=1446036)


def remove(call: Call, row: FbObject) -> Reply:
    """DELETE /{post or comment}."""
    if call.account is None or row.page_id != call.account.identity:
        raise GraphError(200)
    delete_object(call.world, row)
    return Reply(200, {"success": True})


def scopes() -> list[str]:
    """Return the permissions every token here carries."""
    return [
        "pages_show_list", "pages_read_engagement", "pages_read_user_content",
        "pages_manage_engagement", "pages_manage_posts", "pages_manage_metadata", "pages_messaging",
        "public_profile",
    ]  # fmt: skip


def debug_token(call: Call, account: Account, token: str) -> dict[str, Any]:
    """Describe a token as /debug_token does."""
    is_page = token == account.credentials["page_token"]
    return {
        "app_id": account.credentials["app_id"],
        "type": "PAGE" if is_page else "USER",
        "application": "Sandbox",
        "data_access_expires_at": int(call.at) + 90 * 86_400,
        "expires_at": 0 if is_page else int(call.at) + 60 * 86_400,
        "is_valid": True,
        "issued_at": int(call.world.started_at),
        "profile_id": account.identity if is_page else None,
        "user_id": account.credentials["user_id"],
        "scopes": scopes(),
    }
