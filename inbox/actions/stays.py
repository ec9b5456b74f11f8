"""Writing down where a conversation has been: called with the conversation locked, before it moves."""

from datetime import datetime

from inbox.lifecycle import HandOverReason, StayCause
from inbox.models import Conversation, UnitStay
from opsconsole.kernel.actor import Actor
from opsconsole.kernel.clock import now


def stay_change(
    actor: Actor, conversation: Conversation, *, unit_id: int, reason: HandOverReason, words: str
) -> UnitStay:
    """End the stay in the present unit and begin one in another, with what the old one has cost."""
    at = now()
    earlier = list(conversation.stays.order_by("began_at", "id"))
    ending = next((stay for stay in earlier if stay.ended_at is None), None)
    if ending is None:
        ending = _first_stay(conversation, at)
        earlier.append(ending)
    else:
        UnitStay.objects.filter(pk=ending.pk).update(ended_at=at)
    return UnitStay.objects.create(
        conversation=conversation, account_id=conversation.account_id, unit_id=unit_id,
        came_by=StayCause.HAND_OVER, moved_by_id=actor.user_id, reason=reason, words=words,
        came_from_id=conversation.unit_id, wrong_rule_id=ending.rule_id,
        lost_seconds=_lost(conversation, ending.began_at, at),
        is_return=any(stay.unit_id == unit_id for stay in earlier), began_at=at,
    )  # fmt: skip


def _first_stay(conversation: Conversation, ended_at: datetime) -> UnitStay:
    return UnitStay.objects.create(
        conversation=conversation, account_id=conversation.account_id,
        unit_id=conversation.unit_id, came_by=StayCause.ACCOUNT,
        began_at=conversation.opened_at, ended_at=ended_at,
    )  # fmt: skip


def _lost(conversation: Conversation, began_at: datetime, at: datetime) -> int:
    """Return the seconds of the open wait that passed here; what was answered here was not lost."""
    if conversation.waiting_since is None:
        return 0
    return max(0, int((at - max(began_at, conversation.waiting_since)).total_seconds()))
