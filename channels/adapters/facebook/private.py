"""Private answers to comments, in Graph's words. Pure.

https://developers.facebook.com/docs/messenger-platform/discovery/private-replies
"""

import json
from collections.abc import Mapping
from typing import Any

from channels.adapters.facebook import mapping
from channels.errors import Ambiguous
from channels.types import Outgoing, Receipt

#: What a comment says of the conversation that its private answer has begun.
CONVERSATION = "private_reply_conversation"


def words(out: Outgoing) -> dict[str, str]:
    """Return what the Page's messages are asked to send."""
    return {
        "recipient": json.dumps({"comment_id": out.reply_to}),
        "message": json.dumps({"text": out.text}, ensure_ascii=False),
    }


def receipt(answer: Any) -> Receipt:
    """Return the receipt of a message; it has no address that one could open, and no time."""
    external_id = str(answer.get("message_id") or "") if isinstance(answer, dict) else ""
    if not external_id:
        raise Ambiguous("Facebook answered without the message's id.")
    return Receipt(external_id)


def found(row: Mapping[str, Any]) -> Receipt:
    """Return the receipt of a message that was read back."""
    return Receipt(str(row["id"]), "", mapping.moment(str(row["created_time"])))
