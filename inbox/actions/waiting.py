"""Who waits in a conversation, read from its messages. Called with the conversation locked."""

from datetime import datetime
from typing import Any

from channels.types import Visibility
from inbox.lifecycle import ConversationState, Direction
from inbox.models import Conversation
from inbox.waits import waiting_since

S = ConversationState
#: Visible enough to ask for an answer: a held comment waits for us too.
LIVE = frozenset({Visibility.PUBLIC, Visibility.HELD})


def recounted(conversation: Conversation, answered_up_to: datetime | None) -> dict[str, Any]:
    """Return `waiting_since` and `state` as the messages have them; nobody waits once resolved."""
    if conversation.state == S.RESOLVED:
        return {"waiting_since": None}
    since = oldest_unanswered(conversation, answered_up_to, conversation.closed_through)
    return {
        "waiting_since": since,
        "state": _state(conversation, since is not None, answered_up_to is not None),
    }


def oldest_unanswered(
    conversation: Conversation, answered_up_to: datetime | None, closed_through: int
) -> datetime | None:
    """Return when the wait began, leaving out what an earlier resolve has closed."""
    lines = conversation.messages.filter(
        direction=Direction.INBOUND,
        removed_at__isnull=True,
        visibility__in=LIVE,
        pk__gt=closed_through,
    )
    if answered_up_to is not None:
        lines = lines.filter(posted_at__gt=answered_up_to)
    return waiting_since(lines.values_list("posted_at", flat=True), answered_up_to)


def _state(conversation: Conversation, somebody_waits: bool, is_answered: bool) -> str:
    if somebody_waits and conversation.state == S.WAITING:
        return S.OPEN if conversation.assignee_id else S.NEW
    if not somebody_waits and is_answered and conversation.state in {S.NEW, S.OPEN}:
        return S.WAITING
    return conversation.state
