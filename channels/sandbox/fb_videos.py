"""Films on Facebook: uploaded in pieces of the page's own choice, and the post that the last call makes.

https://developers.facebook.com/docs/video-api/guides/publishing
"""

import base64
from typing import Any

from channels.sandbox.clock import graph_time
from channels.sandbox.fb_posts import make_post
from channels.sandbox.graph_errors import GraphError, no_such_object
from channels.sandbox.media import fill, sniff
from channels.sandbox.rows import Account, Media
from channels.sandbox.wire import Call, Created, Reply

#: Bytes that Facebook asks for at a time; small here, so that films come in several pieces.
PIECE = 200_000
FIELDS = frozenset({"id", "post_id", "permalink_url", "created_time", "status", "description"})
_PHASES = frozenset({"start", "transfer", "finish"})


def upload(call: Call, page: Account, params: dict[str, str]) -> Reply:
    """POST /{page}/videos, in its three phases."""
    if call.account is None or call.account.id != page.id:
        raise GraphError(200)
    phase = params.get("upload_phase", "")
    if phase not in _PHASES:
        raise GraphError(100, "(#100) Param upload_phase must be one of {START, TRANSFER, FINISH}")
    if phase == "start":
        return _start(call, page, params)
    row = _session(call, page, params)
    return (
        _transfer(call, row, params) if phase == "transfer" else _finish(call, page, row, params)
    )


def _start(call: Call, page: Account, params: dict[str, str]) -> Reply:
    size = params.get("file_size", "")
    if not size.isdigit() or int(size) < 1:
        raise GraphError(100, "(#100) Param file_size must be a positive integer")
    row = Media(id=f"8{call.world.serial()}", owner=page.id, content_type="video/mp4",
                created=call.at, total=int(size), state="pending", published=False)  # fmt: skip
    call.world.store.media.put(row)
    return Reply(200, {"video_id": row.id, "upload_session_id": f"7{row.id}", **_wanted(row)})


def _session(call: Call, page: Account, params: dict[str, str]) -> Media:
    row = call.world.store.media.get(params.get("upload_session_id", "")[1:])
    if row is None or row.owner != page.id or row.state != "pending":
        raise GraphError(6000, "(#6000) There was a problem uploading your video file",
                         error_subcode=1363036)  # fmt: skip
    return row


def _received(row: Media) -> bytes:
    return base64.b64decode(row.segments.get("all", ""))


def _wanted(row: Media) -> dict[str, str]:
    start = len(_received(row))
    return {"start_offset": str(start), "end_offset": str(min(start + PIECE, row.total))}


def _transfer(call: Call, row: Media, params: dict[str, str]) -> Reply:
    piece, wanted = call.files().get("video_file_chunk"), _wanted(row)
    if piece is None:
        raise GraphError(100, "(#100) Missing video_file_chunk")
    if params.get("start_offset") != wanted["start_offset"]:
        raise GraphError(6001, "(#6001) There was a problem uploading your video. Please try again.",
                         error_subcode=1363037, error_data=wanted)  # fmt: skip
    if len(_received(row)) + len(piece.content) > row.total:
        raise GraphError(100, "(#100) The chunk is larger than the rest of the file")
    row.segments = {"all": base64.b64encode(_received(row) + piece.content).decode()}
    call.world.store.media.put(row)
    return Reply(200, _wanted(row))


def _finish(call: Call, page: Account, row: Media, params: dict[str, str]) -> Reply:
    content = _received(row)
    if len(content) != row.total:
        raise GraphError(6000, "(#6000) The video file is not complete", error_subcode=1363041)
    if not sniff(content).startswith("video/"):
        raise GraphError(352, "(#352) The video file you selected is in a format that we don't "
                         "support.", error_subcode=1363024)  # fmt: skip
    row.segments, row.state = {}, "succeeded"
    fill(row, content)
    description = params.get("description", "")
    if params.get("published", "true") in {"true", "1"}:
        post = make_post(call.world, page.identity, page.identity, description, photos=[row.id],
                         visible_at=call.visible_at)  # fmt: skip
        row.post, row.published = post.id, True
        call.created = Created(post.id, description)
    call.world.store.media.put(row)
    return Reply(200, {"success": True})


def read(call: Call, account: Account, path: list[str], params: dict[str, str]) -> Reply | None:
    """GET /{video}; None when the path is another's."""
    row = call.world.store.media.get(path[0]) if len(path) == 1 else None
    if row is None or not row.content_type.startswith("video/"):
        return None
    if row.owner != account.id or row.state == "pending":
        raise no_such_object(path[0])
    names = [name for name in params.get("fields", "id").split(",") if name]
    for name in names:
        if name not in FIELDS:
            text = f"(#100) Tried accessing nonexisting field ({name}) on node type (Video)"
            raise GraphError(100, text)
    post = row.post.split("_")[-1]
    values: dict[str, Any] = {
        "post_id": post,
        "permalink_url": f"{call.origin}/world/facebook/{account.identity}#{post}",
        "created_time": graph_time(row.created),
        "status": {"video_status": "ready"},
    }
    shown = {name: values[name] for name in names if values.get(name)}
    return Reply(200, {**shown, "id": row.id})
