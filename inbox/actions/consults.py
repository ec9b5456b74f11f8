"""Asking another unit without giving the case away, and what becomes of the question."""

from datetime import timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from inbox.actions import changes
from inbox.actions.notices import notices_give
from inbox.lifecycle import ConsultState
from inbox.models import Consult, Conversation
from inbox.notices import NoticeKind
from inbox.selectors.access import conversation_for
from inbox.selectors.consults import consult_for
from inbox.selectors.desks import desk_of
from opsconsole.audit.actions import record
from opsconsole.kernel.actor import SYSTEM, Actor
from opsconsole.kernel.clock import now
from opsconsole.kernel.errors import Conflict, Invalid
from opsconsole.kernel.live import hint_on_commit
from opsconsole.kernel.text import typed
from opsconsole.people.models import Membership
from opsconsole.people.roles import ABILITIES, Ability
from opsconsole.people.selectors import active_units

#: A question that nobody has answered by then is over.
EXPIRES_AFTER = timedelta(days=7)
LONGEST = 4000


def consult_ask(actor: Actor, *, conversation_id: int, unit_id: int, question: str) -> Consult:
    """Ask another unit about a conversation, which stays where it is.

    The unit's own target time holds. Conflict when that unit has an open question about it already.
    """
    question = words(question, _("Write a question first."), "question")
    with transaction.atomic():
        conversation = conversation_for(
            actor, conversation_id, ability=Ability.WORK_INBOX, lock=True
        )
        unit = next((unit for unit in active_units() if unit.pk == unit_id), None)
        if unit is None or unit.pk == conversation.unit_id:
            raise Invalid(_("Choose another unit."), code="unit", field="unit")
        if conversation.consults.filter(unit=unit, state=ConsultState.OPEN).exists():
            raise Conflict(_("This unit has been asked already."), code="asked", field="unit")
        at = now()
        target = timedelta(minutes=desk_of(unit.pk).consult_minutes)
        consult = Consult.objects.create(
            conversation=conversation, unit=unit, question=question, asked_by_id=actor.person_id,
            asked_at=at, due_at=at + target, expires_at=at + EXPIRES_AFTER,
        )  # fmt: skip
        changes.touch(conversation)
        record(
            actor, "inbox.consult.asked", conversation,
            unit_id=conversation.unit_id, consult=consult.pk, to_unit=unit.slug,
        )  # fmt: skip
        notices_give(
            _people_of(unit.pk) - {actor.person_id}, NoticeKind.CONSULT_ASKED,
            key=f"consult:{consult.pk}", data={"consult": consult.pk},
        )  # fmt: skip
        hint_on_commit("consult", units=[unit.pk], id=consult.pk)
    return consult


def _people_of(unit_id: int) -> set[int]:
    """Who has a role in this very unit and writes there: those in every unit are not told of each question."""
    roles = [
        str(role) for role, abilities in ABILITIES.items() if Ability.WRITE_NOTES in abilities
    ]
    held = Membership.objects.filter(unit=unit_id, role__in=roles, user__is_active=True)
    return set(held.values_list("user_id", flat=True))


def consult_answer(actor: Actor, *, consult_id: int, answer: str) -> Consult:
    """Answer for the unit that was asked. Conflict when somebody has been faster."""
    answer = words(answer, _("Write an answer first."), "answer")
    consult = consult_for(actor, consult_id)
    actor.must(Ability.WRITE_NOTES, consult.unit_id)
    with transaction.atomic():
        conversation, consult = locked(consult.pk)
        consult.answer, consult.answered_by_id = answer, actor.person_id
        end(consult, conversation, ConsultState.ANSWERED)
        record(
            actor, "inbox.consult.answered", conversation,
            unit_id=conversation.unit_id, consult=consult.pk,
        )  # fmt: skip
        tell_asker(consult, conversation, NoticeKind.CONSULT_ANSWERED, by=actor.user_id)
    return consult


def consult_withdraw(actor: Actor, *, consult_id: int) -> Consult:
    """Take a question back, as somebody who works on the conversation. Its guest links end."""
    consult = consult_for(actor, consult_id)
    actor.must(Ability.WORK_INBOX, consult.conversation.unit_id)
    with transaction.atomic():
        conversation, consult = locked(consult.pk)
        end(consult, conversation, ConsultState.WITHDRAWN)
        record(
            actor, "inbox.consult.withdrawn", conversation,
            unit_id=conversation.unit_id, consult=consult.pk,
        )  # fmt: skip
    return consult


def consults_expire(limit: int = 200) -> int:
    """End the questions that nobody has answered in time, and tell who asked. Returns how many."""
    over = Consult.objects.filter(state=ConsultState.OPEN, expires_at__lte=now())
    ended = 0
    for pk in over.order_by("due_at").values_list("pk", flat=True)[:limit]:
        with transaction.atomic():
            try:
                conversation, consult = locked(pk)
            except Conflict:
                continue
            end(consult, conversation, ConsultState.EXPIRED)
            record(
                SYSTEM, "inbox.consult.expired", conversation,
                unit_id=conversation.unit_id, consult=consult.pk,
            )  # fmt: skip
            tell_asker(consult, conversation, NoticeKind.CONSULT_EXPIRED, by=None)
            ended += 1
    return ended


def locked(consult_id: int) -> tuple[Conversation, Consult]:
    """Lock an open consult that has come through its gate, its conversation first; Conflict when it is over."""
    home = Consult.objects.values_list("conversation_id", flat=True).get(pk=consult_id)
    conversation = Conversation.objects.select_for_update().get(pk=home)
    consult = Consult.objects.select_for_update().get(pk=consult_id)
    if not consult.is_open:
        raise Conflict(_("This question is no longer open."), code="not_open")
    return conversation, consult


def end(consult: Consult, conversation: Conversation, state: ConsultState) -> None:
    """Bring a locked consult to its end; open screens of both units hear of it."""
    consult.state, consult.ended_at = state, now()
    consult.save(update_fields=["state", "ended_at", "answer", "answered_by", "guest_name"])
    changes.touch(conversation)
    hint_on_commit("consult", units=[consult.unit_id], id=consult.pk)


def tell_asker(
    consult: Consult, conversation: Conversation, kind: NoticeKind, *, by: int | None
) -> None:
    """Tell who asked, and who has the conversation now."""
    told = {consult.asked_by_id, conversation.assignee_id or 0} - {0, by}
    notices_give(
        told, kind, key=f"consult:{consult.pk}", conversation=conversation,
        data={"consult": consult.pk},
    )  # fmt: skip


def words(given: str, blank: object, field: str) -> str:
    """Return what was typed; Invalid when it is nothing or too much."""
    text = typed(given).strip()
    if not text:
        raise Invalid(blank, code="blank", field=field)
    if len(text) > LONGEST:
        raise Invalid(_("At most 4,000 characters."), code="too_long", field=field)
    return text
