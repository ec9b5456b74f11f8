"""What a customer's new line does to its conversation, worked out without writing anything."""

from dataclasses import dataclass
from typing import Any

from channels.models import InboundItem
from inbox.lifecycle import UNASKED, ConversationState
from inbox.models import Conversation
from inbox.selectors.wait_logs import LIVE

S = ConversationState
PREVIEW_LENGTH = 200


@dataclass(frozen=True, slots=True)
class Arrival:
    """The columns that a line changes, and whether it opens again what was resolved."""

    fields: dict[str, Any]
    reopens: bool = False


def arrival(conversation: Conversation, item: InboundItem) -> Arrival:
    """Reopen, start or keep the wait, and show the newest line in the queue."""
    is_newest = conversation.message_count == 0 or item.posted_at >= conversation.last_message_at
    fields: dict[str, Any] = {
        "message_count": conversation.message_count + 1,
        "inbound_version": conversation.version + 1,
        "last_inbound_at": max(conversation.last_inbound_at or item.posted_at, item.posted_at),
    }
    if is_newest:
        fields |= {
            "last_message_at": item.posted_at,
            "preview": item.text[:PREVIEW_LENGTH],
            "language": item.language or conversation.language,
        }
    if item.visibility not in LIVE or item.kind in UNASKED:
        return Arrival(fields)
    wait = _wait_after(conversation, item)
    reopens = conversation.state == S.RESOLVED and "state" in wait
    return Arrival(fields | wait, reopens)


def _wait_after(conversation: Conversation, item: InboundItem) -> dict[str, Any]:
    answered_up_to = conversation.answered_up_to
    if answered_up_to is not None and item.posted_at <= answered_up_to:
        return {}  # a late line, older than the answer that already stands
    back = S.OPEN if conversation.assignee_id else S.NEW
    if conversation.state == S.RESOLVED:
        return {
            "state": back,
            "resolved_at": None,
            "waiting_since": item.posted_at,
            "reopenings": conversation.reopenings + 1,
        }
    since = min(conversation.waiting_since or item.posted_at, item.posted_at)
    state = back if conversation.state in {S.WAITING, S.SNOOZED} else conversation.state
    return {"state": state, "waiting_since": since}
