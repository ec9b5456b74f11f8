"""Private answers on Facebook: one message to whoever commented, and the conversation it begins.

Graph's own numbers for what it refuses: 10900 when a comment has had its private answer, 10903 when it
may have none (seven days have passed, or it is the page's own).
"""

import json
from typing import Any

from channels.sandbox.clock import graph_time
from channels.sandbox.fb_posts import is_visible
from channels.sandbox.graph_errors import GraphError, no_such_object
from channels.sandbox.rows import Account, FbMessage, FbObject
from channels.sandbox.wire import Call, Created, Reply

#: Until when a comment may be answered privately (seconds), and the longest message (characters).
WINDOW, LONGEST = 7 * 86_400, 2000


def answers_to(call: Call, comment: FbObject) -> list[FbMessage]:
    """Return the private answers to a comment that reads can know of: none or one."""
    rows = call.world.store.fb_messages.by("comment", comment.id)
    return [row for row in rows if row.visible_at <= call.at]


def may_answer(call: Call, comment: FbObject) -> bool:
    """Say what `can_reply_privately` says."""
    is_theirs = comment.author_id != comment.page_id
    is_first = not call.world.store.fb_messages.by("comment", comment.id)
    return is_theirs and is_first and call.at - comment.created <= WINDOW


def conversation_of(call: Call, comment: FbObject) -> dict[str, str] | None:
    """Return `private_reply_conversation` of a comment."""
    sent = answers_to(call, comment)
    if not sent:
        return None
    return {"id": _thread(sent[0]), "link": f"/{sent[0].page_id}/inbox/{sent[0].id[2:]}/"}


def _thread(row: FbMessage) -> str:
    return f"t_{row.person_id}"


def send(call: Call, page: Account, params: dict[str, str]) -> Reply:
    """POST /{page}/messages."""
    if call.account is None or call.account.id != page.id:
        raise GraphError(200)
    comment = _target(call, page, _object(params, "recipient"))
    text = str(_object(params, "message").get("text") or "")
    if not text.strip():
        raise GraphError(100, "(#100) Param message must be non-empty", error_subcode=2018067)
    if len(text) > LONGEST:
        limit = f"(#100) Length of param message[text] must be less than or equal to {LONGEST}"
        raise GraphError(100, limit, error_subcode=2018278)
    if call.world.store.fb_messages.by("comment", comment.id):
        raise GraphError(10900, "(#10900) Activity already replied to")
    if not may_answer(call, comment):
        raise GraphError(10903, "(#10903) This user cannot reply to this activity")
    row = call.world.store.fb_messages.put(
        FbMessage(
            id=f"m_{call.world.serial()}",
            page_id=page.identity,
            person_id=comment.author_id,
            comment_id=comment.id,
            text=text,
            created=call.at,
            visible_at=call.visible_at,
        )
    )
    call.created = Created(row.id, text)
    return Reply(200, {"recipient_id": row.person_id, "message_id": row.id})


def _object(params: dict[str, str], name: str) -> dict[str, Any]:
    try:
        found = json.loads(params.get(name, ""))
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise GraphError(100, f"(#100) The parameter {name} is required")
    return found


def _target(call: Call, page: Account, recipient: dict[str, Any]) -> FbObject:
    wanted = str(recipient.get("comment_id") or "")
    if not wanted:
        raise GraphError(100, "(#100) Param recipient must name one", error_subcode=2018001)
    row = call.world.store.fb_objects.get(wanted)
    is_there = row is not None and row.kind == "comment" and is_visible(row, call.at)
    if row is None or not is_there or row.page_id != page.identity:
        raise no_such_object(wanted, "post")
    return row


def read(call: Call, account: Account, path: list[str]) -> Reply | None:
    """GET /t_…/messages: newest first; None for any other path."""
    if len(path) != 2 or not path[0].startswith("t_") or path[1] != "messages":
        return None
    rows = [
        row
        for row in call.world.store.fb_messages.by("person", path[0][2:])
        if row.page_id == account.identity and row.visible_at <= call.at
    ]
    if not rows:
        raise no_such_object(path[0])
    data = [
        {
            "id": row.id,
            "message": row.text,
            "from": {"name": account.title, "id": account.identity},
            "created_time": graph_time(row.created),
        }
        for row in reversed(rows)
    ]
    return Reply(200, {"data": data})
