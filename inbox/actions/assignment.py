"""Who works on what: claim, release, assign, hand over."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from inbox.actions import changes
from inbox.actions.leases import lease_must_be_free
from inbox.actions.notices import notices_give
from inbox.actions.stays import stay_change
from inbox.actions.telling import tell_those_on_duty
from inbox.lifecycle import ConversationState, HandOverReason
from inbox.models import Assignment, Conversation
from inbox.notices import NoticeKind
from inbox.selectors.access import conversation_for
from opsconsole.audit.actions import record
from opsconsole.kernel.actor import Actor
from opsconsole.kernel.clock import now
from opsconsole.kernel.errors import Conflict, Invalid
from opsconsole.people.roles import Ability
from opsconsole.people.selectors import active_units, people_who_can

S = ConversationState


def conversation_claim(actor: Actor, *, conversation_id: int) -> Conversation:
    """Take a conversation for oneself. Conflict names who has it; claiming one's own changes nothing."""
    with transaction.atomic():
        conversation = conversation_for(
            actor, conversation_id, ability=Ability.WORK_INBOX, lock=True
        )
        if conversation.assignee_id == actor.user_id:
            return conversation
        if conversation.assignee is not None:
            raise Conflict(
                _("%(name)s has just taken this.") % {"name": conversation.assignee},
                code="taken",
                assignee=conversation.assignee_id,
            )
        lease_must_be_free(conversation, actor.user_id)
        begin(actor, conversation, actor.person_id)
        record(actor, "inbox.conversation.claimed", conversation, unit_id=conversation.unit_id)
    return conversation


def conversation_release(actor: Actor, *, conversation_id: int) -> Conversation:
    """Give a conversation back to its unit. Another's only with the right to direct."""
    with transaction.atomic():
        conversation = conversation_for(
            actor, conversation_id, ability=Ability.WORK_INBOX, lock=True
        )
        if conversation.assignee_id is None:
            return conversation
        _mine_or_directed(actor, conversation)
        end(conversation, "released")
        back = S.NEW if conversation.state == S.OPEN else conversation.state
        changes.apply(conversation, assignee_id=None, state=back)
        record(actor, "inbox.conversation.released", conversation, unit_id=conversation.unit_id)
    return conversation


def conversation_assign(actor: Actor, *, conversation_id: int, assignee_id: int) -> Conversation:
    """Give a conversation to a colleague who works in its unit."""
    with transaction.atomic():
        conversation = conversation_for(
            actor, conversation_id, ability=Ability.WORK_INBOX, lock=True
        )
        if conversation.assignee_id == assignee_id:
            return conversation
        _mine_or_directed(actor, conversation)
        assignee = people_who_can(Ability.WORK_INBOX, conversation.unit_id).filter(pk=assignee_id)
        colleague = assignee.first()
        if colleague is None:
            raise Invalid(
                _("Choose somebody who answers in this unit."), code="assignee", field="assignee"
            )
        end(conversation, "reassigned")
        begin(actor, conversation, colleague.pk)
        record(
            actor, "inbox.conversation.assigned", conversation,
            unit_id=conversation.unit_id, to=str(colleague), to_id=colleague.pk,
        )  # fmt: skip
        notices_give(
            {colleague.pk} - {actor.user_id}, NoticeKind.ASSIGNED,
            key=f"assigned:{conversation.pk}:{conversation.version}", conversation=conversation,
        )  # fmt: skip
    return conversation


def conversation_hand_over(
    actor: Actor,
    *,
    conversation_id: int,
    unit_id: int,
    reason: str,
    kind: str = HandOverReason.OTHER,
) -> Conversation:
    """Give a conversation to another unit, with the reason. It arrives there unassigned.

    `kind` says what sort of reason it is; only "wrong_unit" counts as a mis-route.
    """
    reason = reason.strip()
    if kind not in set(HandOverReason):
        raise Invalid(_("Choose a reason."), code="kind", field="kind")
    if not reason:
        raise Invalid(_("Say in a few words why."), code="reason", field="reason")
    with transaction.atomic():
        conversation = conversation_for(
            actor, conversation_id, ability=Ability.WORK_INBOX, lock=True
        )
        _mine_or_directed(actor, conversation)
        unit = next((unit for unit in active_units() if unit.pk == unit_id), None)
        if unit is None or unit.pk == conversation.unit_id:
            raise Invalid(_("Choose another unit."), code="unit", field="unit")
        old = conversation.unit
        end(conversation, "handed_over")
        stay_change(
            actor, conversation,
            unit_id=unit.pk, reason=HandOverReason(kind), words=reason[:500],
        )  # fmt: skip
        fields: dict[str, Any] = {"unit_id": unit.pk, "assignee_id": None}
        if conversation.state == S.OPEN:
            fields["state"] = S.NEW
        changes.apply(conversation, also_units=[old.pk], **fields)
        record(
            actor, "inbox.conversation.handed_over", conversation,
            unit_id=unit.pk, from_unit=old.slug, to_unit=unit.slug, reason=reason[:500],
            kind=str(kind),
        )  # fmt: skip
        tell_those_on_duty(
            unit.pk, NoticeKind.HANDED_OVER, conversation=conversation, data={"reason": reason[:200]},
            key=f"handed:{conversation.pk}:{conversation.version}", besides={actor.user_id or 0},
        )  # fmt: skip
    return conversation


def begin(actor: Actor, conversation: Conversation, assignee_id: int) -> Assignment:
    """Give a locked conversation that nobody has to somebody."""
    assignment = Assignment.objects.create(
        conversation=conversation,
        assignee_id=assignee_id,
        unit_id=conversation.unit_id,
        assigned_by_id=actor.user_id,
        started_at=now(),
    )
    state = S.OPEN if conversation.state == S.NEW else conversation.state
    changes.apply(conversation, assignee_id=assignee_id, assigned_at=now(), state=state)
    conversation.refresh_from_db(fields=["assignee"])
    return assignment


def end(conversation: Conversation, reason: str) -> None:
    """Note on a locked conversation that its assignment has ended, and why; the caller changes the row."""
    conversation.assignments.filter(ended_at__isnull=True).update(
        ended_at=now(), end_reason=reason
    )


def _mine_or_directed(actor: Actor, conversation: Conversation) -> None:
    """What nobody has, or I have, I may move; what a colleague has needs the right to direct."""
    if conversation.assignee_id not in {None, actor.user_id}:
        actor.must(Ability.DIRECT_INBOX, conversation.unit_id)
