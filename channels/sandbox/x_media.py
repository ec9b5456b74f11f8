"""X's media upload v2: in one piece (multipart or JSON), in chunks, and alternative text."""

import base64
import binascii
from typing import Any

from channels.sandbox.clock import now
from channels.sandbox.media import content_of, fill, sniff
from channels.sandbox.rows import Media
from channels.sandbox.wire import Call, Reply
from channels.sandbox.world import World
from channels.sandbox.x_errors import XError, forbidden, invalid, problem

CATEGORIES = frozenset(
    [
        "tweet_image",
        "tweet_gif",
        "tweet_video",
        "amplify_video",
        "dm_image",
        "dm_gif",
        "dm_video",
        "subtitles",
    ]
)
UPLOAD_KEYS = frozenset({"media", "media_category", "media_type", "additional_owners", "shared"})
#: Largest picture, animation and film (bytes).
LARGEST = {"tweet_image": 5 << 20, "dm_image": 5 << 20, "tweet_gif": 15 << 20}
LIFETIME = 86_400
#: Largest piece of a chunked upload (bytes).
LARGEST_PIECE = 5_000_000
#: What X works on after the upload, and may refuse to play.
WORKED_ON = frozenset({"tweet_video", "tweet_gif", "amplify_video", "dm_video", "dm_gif"})
#: What each category must be.
KINDS = {"tweet_image": "image/", "tweet_gif": "image/gif", "tweet_video": "video/"}


def _wrong(message: str) -> XError:
    return invalid([{"parameters": {}, "message": message}])


def _new(world: World, owner: str, category: str, media_type: str) -> Media:
    at = now()
    return Media(
        id=world.snowflakes.next(),
        owner=owner,
        content_type=media_type,
        category=category,
        created=at,
        expires_at=at + LIFETIME,
    )


def _check_content(content: bytes, category: str) -> None:
    if category not in CATEGORIES:
        raise _wrong(f"$.media_category: is not one of {sorted(CATEGORIES)}")
    if not content or not sniff(content):
        raise _wrong("Failed to process image. media type unrecognized.")
    if not sniff(content).startswith(KINDS.get(category, "")):
        raise _wrong("The media does not match its media_category.")
    if len(content) > LARGEST.get(category, 512 << 20):
        raise _wrong("media file size exceeds the limit")


def _shown(media: Media) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "id": media.id,
        "media_key": f"3_{media.id}",
        "size": len(content_of(media)),
        "expires_after_secs": LIFETIME,
    }
    if media.category in WORKED_ON:
        shown["processing_info"] = _processing(media)
    else:
        shown["image"] = {"image_type": media.content_type, "w": media.width, "h": media.height}
    return shown


def _processing(media: Media) -> dict[str, Any]:
    left = media.ready_at - now()
    if left > 0:
        return {"state": "in_progress", "check_after_secs": max(1, int(left + 0.999)),
                "progress_percent": 30}  # fmt: skip
    if media.problem:
        error = {"code": 1, "name": "InvalidMedia", "message": media.problem}
        return {"state": "failed", "progress_percent": 30, "error": error}
    return {"state": "succeeded", "progress_percent": 100}


def _owner(call: Call) -> str:
    if call.account is None:
        raise forbidden("Forbidden")
    return call.account.id


def upload(call: Call) -> Reply:
    """POST /2/media/upload with the whole file."""
    owner = _owner(call)
    fields = call.fields()
    unknown = set(fields) - UPLOAD_KEYS
    if unknown:
        raise _wrong(f"$.{min(unknown)}: is not defined in the schema and the schema does "
                     "not allow additional properties")  # fmt: skip
    file = call.files().get("media")
    try:
        content = (
            file.content if file else base64.b64decode(fields.get("media", ""), validate=True)
        )
    except (binascii.Error, TypeError, ValueError) as error:
        raise _wrong("$.media: is not valid base64") from error
    category = str(fields.get("media_category", ""))
    _check_content(content, category)
    media = _new(call.world, owner, category, str(fields.get("media_type", "")))
    media.filename = file.filename if file else ""
    call.world.store.media.put(fill(media, content))
    return Reply(200, {"data": _shown(media)})


def initialize(call: Call) -> Reply:
    """POST /2/media/upload/initialize."""
    fields = call.fields()
    category = str(fields.get("media_category", ""))
    if category not in CATEGORIES or not fields.get("media_type"):
        raise _wrong("$.media_category and $.media_type are required")
    total = fields.get("total_bytes")
    if not isinstance(total, int) or total <= 0:
        raise _wrong("$.total_bytes: must be a positive integer")
    media = _new(call.world, _owner(call), category, str(fields["media_type"]))
    media.state, media.expires_at, media.total = "pending", 0.0, total
    call.world.store.media.put(media)
    shown = {"id": media.id, "media_key": f"3_{media.id}", "expires_after_secs": LIFETIME}
    return Reply(200, {"data": shown})


def _mine(call: Call, media_id: str) -> Media:
    media = call.world.store.media.get(media_id)
    if media is None or media.owner != _owner(call):
        raise XError(problem(404, "Not Found"))
    return media


def append(call: Call, id: str) -> Reply:
    """POST /2/media/upload/:id/append."""
    media, fields, file = _mine(call, id), call.fields(), call.files().get("media")
    index = str(fields.get("segment_index", ""))
    if not index.isdigit() or int(index) > 999:
        raise _wrong("$.segment_index: must be an integer between 0 and 999")
    if media.state != "pending":
        raise _wrong("The media has been finalized.")
    if file and len(file.content) > LARGEST_PIECE:
        raise _wrong("media chunk exceeds the limit")
    if file:
        media.segments[index] = base64.b64encode(file.content).decode()
    else:
        media.segments[index] = str(fields.get("media", ""))
    call.world.store.media.put(media)
    return Reply(200, {"data": {"expires_at": int(call.at) + LIFETIME}})


def finalize(call: Call, id: str) -> Reply:
    """POST /2/media/upload/:id/finalize. Films are then worked on for a while."""
    media = _mine(call, id)
    order = sorted(media.segments, key=int)
    if [int(i) for i in order] != list(range(len(order))):
        raise _wrong("Segments do not add up to provided total file size.")
    content = b"".join(base64.b64decode(media.segments[i]) for i in order)
    if len(content) != media.total:
        raise _wrong("Segments do not add up to provided total file size.")
    _check_content(content, media.category)
    media.segments, media.state = {}, "succeeded"
    media.expires_at = call.at + LIFETIME
    if media.category in WORKED_ON:
        media.ready_at = call.at + float(call.world.setting("x_processing_seconds", call.account))
        if call.world.setting("x_processing", call.account) == "fails":
            media.problem = "The video could not be processed."
    call.world.store.media.put(fill(media, content))
    return Reply(200, {"data": _shown(media)})


def upload_status(call: Call) -> Reply:
    """GET /2/media/upload?command=STATUS&media_id=."""
    if call.params.get("command", "STATUS") != "STATUS":
        raise _wrong("The `command` query parameter is not STATUS")
    return Reply(200, {"data": _shown(_mine(call, call.params.get("media_id", "")))})


def metadata(call: Call) -> Reply:
    """POST /2/media/metadata: alternative text of at most 1,000 characters."""
    fields = call.fields()
    text = (fields.get("metadata") or {}).get("alt_text", {}).get("text")
    if not isinstance(text, str) or not 1 <= len(text) <= 1000:
        raise _wrong("$.metadata.alt_text.text: must be between 1 and 1000 characters")
    media = _mine(call, str(fields.get("id", "")))
    media.alt_text = text
    call.world.store.media.put(media)
    shown = {"id": media.id, "associated_metadata": {"alt_text": {"text": text}}}
    return Reply(200, {"data": shown})
