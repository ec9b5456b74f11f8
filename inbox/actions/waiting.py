"""Who waits in a conversation and what is answered, read from its messages. Called with it locked."""

from datetime import datetime
from typing import Any

from inbox.lifecycle import UNASKED, ConversationState, Direction
from inbox.models import Conversation
from inbox.selectors.wait_logs import LIVE
from inbox.waits import later, waiting_since

S = ConversationState


def recounted(conversation: Conversation, answered_up_to: datetime | None) -> dict[str, Any]:
    """Return `waiting_since` and `state` as the messages have them.

    What is resolved stays so, unless a line that came after the end has become visible since, or has
    lost its answer.
    """
    since = oldest_unanswered(conversation, answered_up_to, conversation.closed_through)
    if conversation.state == S.RESOLVED:
        back = S.OPEN if conversation.assignee_id else S.NEW
        reopened = {"state": back, "resolved_at": None, "waiting_since": since}
        return reopened if since else {"waiting_since": None}
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
    ).exclude(kind__in=UNASKED)
    if answered_up_to is not None:
        lines = lines.filter(posted_at__gt=answered_up_to)
    return waiting_since(lines.values_list("posted_at", flat=True), answered_up_to)


def covered_up_to(conversation: Conversation) -> datetime | None:
    """Return up to when our standing answers cover the customer's lines; None when none stands.

    Part answers cover nothing: the customer waits for the rest.
    Platforms keep whole seconds and clocks of their own: an answer is never older than its question.
    """
    lines = conversation.messages
    ours = lines.filter(direction=Direction.OUTBOUND, visibility__in=LIVE, is_part=False)
    questions = dict(
        lines.filter(external_id__in=ours.values("parent_external_id")).values_list(
            "external_id", "posted_at"
        )
    )
    return max(
        (
            later(questions.get(parent), at)
            for parent, at in ours.values_list("parent_external_id", "posted_at")
        ),
        default=None,
    )


def _state(conversation: Conversation, somebody_waits: bool, is_answered: bool) -> str:
    wakes = conversation.state == S.SNOOZED and conversation.waiting_since is None
    if somebody_waits and (wakes or conversation.state == S.WAITING):
        return S.OPEN if conversation.assignee_id else S.NEW
    if not somebody_waits and is_answered and conversation.state in {S.NEW, S.OPEN}:
        return S.WAITING
    return conversation.state
