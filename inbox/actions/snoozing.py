"""Putting a conversation aside, and bringing it back: by hand, by the beat, or because the customer writes."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from inbox.actions import changes
from inbox.actions.notices import notices_give
from inbox.actions.shifts_over import back_when_off_shift
from inbox.actions.telling import tell_those_on_duty
from inbox.actions.triage import nothing_new_since
from inbox.lifecycle import ConversationState
from inbox.models import Conversation
from inbox.notices import NoticeKind
from inbox.selectors.access import conversation_for
from inbox.snoozes import LONGEST
from opsconsole.audit.actions import record
from opsconsole.kernel.actor import SYSTEM, Actor
from opsconsole.kernel.clock import now
from opsconsole.kernel.errors import Conflict, Invalid
from opsconsole.people.roles import Ability

S = ConversationState
LONGEST_REASON = 200


def conversation_snooze(
    actor: Actor,
    *,
    conversation_id: int,
    until: datetime | None,
    reason: str = "",
    seen_version: int | None = None,
) -> Conversation:
    """Put a conversation aside until a moment, or until the customer writes when `until` is None.

    No clock stops meanwhile: whoever lets a customer wait beyond the due time, or without an end, says
    why. Refuses when the customer has written since `seen_version`.
    """
    reason = reason.strip()[:LONGEST_REASON]
    with transaction.atomic():
        conversation = conversation_for(
            actor, conversation_id, ability=Ability.WORK_INBOX, lock=True
        )
        if conversation.state == S.RESOLVED:
            raise Conflict(_("This is resolved already."), code="state")
        if seen_version is not None:
            nothing_new_since(conversation, seen_version)
        _check_moment(until)
        if _waits_too_long(conversation, until) and not reason:
            raise Invalid(
                _("The customer is waiting. Say why this may wait longer."),
                code="reason",
                field="reason",
            )
        changes.apply(conversation, state=S.SNOOZED, snoozed_until=until, snooze_reason=reason)
        record(
            actor, "inbox.conversation.snoozed", conversation, unit_id=conversation.unit_id,
            until=until.isoformat() if until else "", reason=reason,
        )  # fmt: skip
    return conversation


def _check_moment(until: datetime | None) -> None:
    if until is not None and not now() < until <= now() + LONGEST:
        raise Invalid(_("Choose a moment within the next year."), code="until", field="until")


def _waits_too_long(conversation: Conversation, until: datetime | None) -> bool:
    if conversation.waiting_since is None:
        return False
    due = conversation.due_at
    return until is None or (due is not None and until > due)


def conversation_wake(actor: Actor, *, conversation_id: int) -> Conversation:
    """Take a snoozed conversation up again before its time."""
    with transaction.atomic():
        conversation = conversation_for(
            actor, conversation_id, ability=Ability.WORK_INBOX, lock=True
        )
        if conversation.state == S.SNOOZED:
            _wake(actor, conversation)
    return conversation


def snoozes_end(limit: int = 100) -> int:
    """Wake what has been put aside long enough. Returns how many; call again until 0."""
    over = Conversation.objects.filter(state=S.SNOOZED, snoozed_until__lte=now())
    found = over.order_by("snoozed_until").values_list("pk", flat=True)[:limit]
    return sum(_end_one(pk) for pk in found)


def _end_one(conversation_id: int) -> bool:
    """Look again with the row locked: somebody may have woken it, or put it aside for longer."""
    with transaction.atomic():
        conversation = (
            Conversation.objects.filter(
                pk=conversation_id, state=S.SNOOZED, snoozed_until__lte=now()
            )
            .select_for_update(skip_locked=True)
            .first()
        )
        if conversation is None:
            return False
        key = f"snooze:{conversation.pk}:{conversation.snoozed_until}"
        _wake(SYSTEM, conversation)
        back_when_off_shift(conversation)
        _tell(conversation, key)
    return True


def _wake(actor: Actor, conversation: Conversation) -> None:
    state = S.OPEN if conversation.assignee_id else S.NEW
    changes.apply(conversation, state=state)
    record(actor, "inbox.conversation.woken", conversation, unit_id=conversation.unit_id)


def _tell(conversation: Conversation, key: str) -> None:
    kind = NoticeKind.SNOOZE_ENDED
    if conversation.assignee_id is not None:
        notices_give([conversation.assignee_id], kind, key=key, conversation=conversation)
    else:
        tell_those_on_duty(conversation.unit_id, kind, key=key, conversation=conversation)
