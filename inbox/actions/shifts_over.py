"""What becomes of conversations whose assignee has gone home: they return to their unit."""

from collections.abc import Collection, Iterable
from datetime import timedelta

from django.db import transaction

from inbox.actions import changes
from inbox.actions.assignment import end
from inbox.lifecycle import ConversationState
from inbox.models import Conversation
from inbox.selectors.duty import IN_HAND, is_off_shift
from opsconsole.audit.actions import record
from opsconsole.kernel.actor import SYSTEM, Actor
from opsconsole.kernel.clock import now

S = ConversationState
#: Signs of work this recent show that somebody stays on beyond the end of the shift.
OVERTIME = timedelta(minutes=15)


def back_when_off_shift(conversation: Conversation) -> bool:
    """Return a locked conversation to its unit when its assignee is off duty there; say whether it did.

    Called when somebody is needed again: the customer has written, or a snooze has ended.
    """
    assignee = conversation.assignee_id
    if assignee is None or not conversation.is_active:
        return False
    if not is_off_shift(assignee, conversation.unit_id, now()):
        return False
    give_back(SYSTEM, conversation)
    return True


def customers_need_somebody(
    conversations: Iterable[Conversation], *, waited: Collection[int]
) -> None:
    """After customers' lines: return what belongs to somebody who has gone home.

    Who works on a wait beyond the end of the shift keeps it while they are at it. `waited` numbers
    the conversations whose customer waited before these lines already.
    """
    at = now()
    known: dict[tuple[int, int], bool] = {}
    for conversation in conversations:
        who, unit, since = (
            conversation.assignee_id,
            conversation.unit_id,
            conversation.silent_since,
        )
        if who is None or conversation.waiting_since is None:
            continue
        if conversation.pk in waited and since is not None and since > at - OVERTIME:
            continue
        if (who, unit) not in known:
            known[who, unit] = is_off_shift(who, unit, at)
        if known[who, unit]:
            give_back(SYSTEM, conversation)


def give_back(actor: Actor, conversation: Conversation) -> None:
    """Return a locked conversation to its unit because its assignee's shift is over."""
    name = str(conversation.assignee)
    end(conversation, "off_shift")
    state = S.NEW if conversation.state == S.OPEN else conversation.state
    changes.apply(conversation, assignee_id=None, state=state)
    conversation.assignee = None
    record(
        actor, "inbox.conversation.off_shift", conversation,
        unit_id=conversation.unit_id, whose=name,
    )  # fmt: skip


def all_given_back(actor: Actor, user_id: int, unit_ids: list[int]) -> int:
    """Return what somebody has in hand in some units, one conversation at a time. Returns how many."""
    rows = Conversation.objects.filter(IN_HAND, assignee=user_id, unit__in=unit_ids)
    return sum(
        _given_back(actor, user_id, pk)
        for pk in rows.order_by("queue_at").values_list("pk", flat=True)
    )


def _given_back(actor: Actor, user_id: int, conversation_id: int) -> bool:
    with transaction.atomic():
        held = Conversation.objects.filter(IN_HAND, pk=conversation_id, assignee=user_id)
        conversation = held.select_for_update().first()
        if conversation is None:
            return False
        give_back(actor, conversation)
    return True
