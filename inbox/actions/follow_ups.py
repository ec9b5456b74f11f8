"""Promises to customers: noted, moved, kept or dropped, and brought back when they are due."""

import logging
from datetime import datetime

from django.db import DatabaseError, transaction
from django.utils.translation import gettext_lazy as _

from inbox.actions import changes
from inbox.actions.notices import notices_give
from inbox.lifecycle import ConversationState, FollowUpState
from inbox.models import Conversation, FollowUp
from inbox.notices import NoticeKind
from inbox.promises import LONGEST_QUOTE
from inbox.selectors.access import conversation_for
from inbox.selectors.follow_ups import follow_up_for
from opsconsole.audit.actions import record
from opsconsole.kernel.actor import SYSTEM, Actor
from opsconsole.kernel.clock import now
from opsconsole.kernel.errors import Conflict, DomainError, Invalid, NotFound
from opsconsole.kernel.text import storable
from opsconsole.people.roles import Ability
from opsconsole.people.selectors import people_who_can

logger = logging.getLogger(__name__)
S = FollowUpState


def followup_make(
    actor: Actor,
    *,
    conversation_id: int,
    quote: str,
    due_at: datetime,
    message_id: int | None = None,
    owner_id: int | None = None,
) -> FollowUp:
    """Note a promise with the day by which it is kept, and who keeps it: the actor unless said otherwise.

    The same sentence of the same answer again returns what is there.
    """
    quote = _quote(quote)
    with transaction.atomic():
        conversation = _conversation(actor, conversation_id)
        if known := _known(conversation, message_id, quote):
            return known
        follow_up = _create(actor, conversation, quote, due_at, message_id, owner_id)
        changes.touch(conversation)
        record(
            actor, "inbox.followup.made", conversation, unit_id=conversation.unit_id,
            followup=follow_up.pk, quote=quote, due_at=due_at.isoformat(),
        )  # fmt: skip
    return follow_up


def followup_dismiss(
    actor: Actor, *, conversation_id: int, message_id: int, quote: str
) -> FollowUp:
    """Say that a sentence of ours is no promise: it is not proposed again."""
    quote = _quote(quote)
    with transaction.atomic():
        conversation = _conversation(actor, conversation_id)
        if known := _known(conversation, message_id, quote):
            return known
        follow_up = _create(actor, conversation, quote, now(), message_id, None)
        _close(actor, follow_up, S.DROPPED)
        changes.touch(conversation)
        record(
            actor, "inbox.followup.dismissed", conversation,
            unit_id=conversation.unit_id, followup=follow_up.pk,
        )  # fmt: skip
    return follow_up


def followup_change(
    actor: Actor,
    *,
    conversation_id: int,
    followup_id: int,
    due_at: datetime,
    owner_id: int | None = None,
) -> FollowUp:
    """Give an open promise another day or another owner. It is told anew when that day comes."""
    with transaction.atomic():
        conversation = _conversation(actor, conversation_id)
        follow_up = _open(conversation, followup_id)
        if owner_id is not None:
            follow_up.owner_id = _owner(conversation, owner_id)
        if due_at != follow_up.due_at:
            follow_up.told_at = None
        follow_up.due_at = due_at
        follow_up.save(update_fields=["due_at", "owner", "told_at"])
        changes.touch(conversation)
        record(
            actor, "inbox.followup.changed", conversation, unit_id=conversation.unit_id,
            followup=follow_up.pk, due_at=due_at.isoformat(), owner=follow_up.owner_id,
        )  # fmt: skip
    return follow_up


def followup_keep(actor: Actor, *, conversation_id: int, followup_id: int) -> FollowUp:
    """Say that a promise has been kept. Twice is once."""
    with transaction.atomic():
        conversation = _conversation(actor, conversation_id)
        follow_up = follow_up_for(conversation, followup_id)
        if follow_up.state != S.KEPT:
            _must_be_open(follow_up)
            _close(actor, follow_up, S.KEPT)
            changes.touch(conversation)
            record(
                actor, "inbox.followup.kept", conversation,
                unit_id=conversation.unit_id, followup=follow_up.pk, quote=follow_up.quote,
            )  # fmt: skip
    return follow_up


def followup_drop(actor: Actor, *, conversation_id: int, followup_id: int) -> FollowUp:
    """Say that a promise need not be kept any more. Twice is once."""
    with transaction.atomic():
        conversation = _conversation(actor, conversation_id)
        follow_up = follow_up_for(conversation, followup_id)
        if follow_up.state != S.DROPPED:
            _must_be_open(follow_up)
            _close(actor, follow_up, S.DROPPED)
            changes.touch(conversation)
            record(
                actor, "inbox.followup.dropped", conversation,
                unit_id=conversation.unit_id, followup=follow_up.pk, quote=follow_up.quote,
            )  # fmt: skip
    return follow_up


def followups_fall_due(limit: int = 100) -> int:
    """Bring back the conversations whose promises are due. Returns how many; call again until 0."""
    due = FollowUp.objects.filter(state=S.OPEN, told_at__isnull=True, due_at__lte=now())
    numbers = due.order_by("due_at", "id").values_list("pk", flat=True)[:limit]
    return sum(_fall_due(pk) for pk in numbers)


def _fall_due(follow_up_id: int) -> bool:
    """One transaction each: what breaks alone waits for the next beat."""
    try:
        with transaction.atomic():
            row = FollowUp.objects.only("conversation_id").get(pk=follow_up_id)
            conversation = Conversation.objects.select_for_update().get(pk=row.conversation_id)
            follow_up = (
                FollowUp.objects.select_for_update(of=("self",))
                .select_related("owner")
                .filter(pk=follow_up_id, state=S.OPEN, told_at__isnull=True, due_at__lte=now())
                .first()
            )
            if follow_up is None:
                return False
            FollowUp.objects.filter(pk=follow_up.pk).update(told_at=now())
            _bring_back(conversation, follow_up)
    except (DatabaseError, DomainError):
        logger.exception("follow-up %s could not be brought back", follow_up_id)
        return False
    return True


def _bring_back(conversation: Conversation, follow_up: FollowUp) -> None:
    """Tell whoever keeps it, or whoever directs the unit when that person is gone; wake what rests."""
    workers = people_who_can(Ability.WORK_INBOX, conversation.unit_id)
    told = [follow_up.owner_id] if workers.filter(pk=follow_up.owner_id).exists() else []
    if not told:
        directors = people_who_can(Ability.DIRECT_INBOX, conversation.unit_id)
        told = list(directors.values_list("pk", flat=True))
    notices_give(
        told, NoticeKind.PROMISE_DUE, key=f"followup:{follow_up.pk}:{follow_up.due_at.timestamp():.0f}",
        conversation=conversation, data={"quote": follow_up.quote},
    )  # fmt: skip
    resting = {ConversationState.SNOOZED, ConversationState.WAITING, ConversationState.RESOLVED}
    if conversation.state in resting:
        changes.apply(
            conversation, state=ConversationState.OPEN, resolved_at=None, snoozed_until=None
        )
    else:
        changes.touch(conversation)
    record(
        SYSTEM, "inbox.followup.fell_due", conversation, unit_id=conversation.unit_id,
        followup=follow_up.pk, quote=follow_up.quote,
    )  # fmt: skip


def _conversation(actor: Actor, conversation_id: int) -> Conversation:
    return conversation_for(actor, conversation_id, ability=Ability.WORK_INBOX, lock=True)


def _known(conversation: Conversation, message_id: int | None, quote: str) -> FollowUp | None:
    if message_id is None:
        return None
    if not conversation.messages.filter(pk=message_id, direction="outbound").exists():
        raise NotFound
    known = FollowUp.objects.filter(conversation=conversation)
    return known.filter(message=message_id, quote=quote).first()


def _create(
    actor: Actor,
    conversation: Conversation,
    quote: str,
    due_at: datetime,
    message_id: int | None,
    owner_id: int | None,
) -> FollowUp:
    owner = actor.person_id if owner_id is None else _owner(conversation, owner_id)
    return FollowUp.objects.create(
        conversation=conversation, message_id=message_id, quote=quote, due_at=due_at,
        owner_id=owner, created_by_id=actor.person_id, created_at=now(),
    )  # fmt: skip


def _owner(conversation: Conversation, owner_id: int) -> int:
    if not people_who_can(Ability.WORK_INBOX, conversation.unit_id).filter(pk=owner_id).exists():
        raise Invalid(_("Choose somebody who answers in this unit."), code="owner", field="owner")
    return owner_id


def _open(conversation: Conversation, followup_id: int) -> FollowUp:
    follow_up = follow_up_for(conversation, followup_id)
    _must_be_open(follow_up)
    return follow_up


def _must_be_open(follow_up: FollowUp) -> None:
    if follow_up.state != S.OPEN:
        raise Conflict(_("This promise has been settled already."), code="settled")


def _close(actor: Actor, follow_up: FollowUp, state: FollowUpState) -> None:
    follow_up.state, follow_up.closed_at = state, now()
    follow_up.closed_by_id = actor.person_id
    follow_up.save(update_fields=["state", "closed_at", "closed_by"])


def _quote(quote: str) -> str:
    quote = " ".join(storable(quote).split())[:LONGEST_QUOTE]
    if not quote:
        raise Invalid(_("Say what was promised."), code="blank", field="quote")
    return quote
