"""The gate: nobody gets a conversation except through here."""

from uuid import UUID

from django.db.models import QuerySet

from inbox.models import Conversation
from opsconsole.kernel.actor import Actor
from opsconsole.kernel.errors import NotFound
from opsconsole.kernel.prepared import prepared
from opsconsole.people.roles import Ability

#: What no screen shows of the account and the assignee that come along with every conversation.
_UNSEEN = (
    *(f"account__{name}" for name in (
        "base_url", "cursor", "poll_every", "verified_at", "poll_due_at", "poll_lease_until",
        "poll_fence", "recheck_due_at", "last_polled_at", "last_success_at",
        "last_error", "last_gap", "failures", "created_at",
    )),
    *(f"assignee__{name}" for name in (
        "password", "last_login", "is_superuser", "first_name", "last_name", "email", "is_staff",
        "is_active", "date_joined", "language", "theme", "undo_seconds",
    )),
)  # fmt: skip


def conversations_for(actor: Actor) -> QuerySet[Conversation]:
    """Return the conversations of the units whose inbox the actor may read."""
    return within(actor.units(Ability.READ_INBOX))


def within(units: frozenset[int] | None) -> QuerySet[Conversation]:
    """Return the conversations of some units, of every unit for None, dressed."""
    return dressed() if units is None else dressed().filter(unit_id__in=sorted(units))


def dressed() -> QuerySet[Conversation]:
    """Return all conversations with what is always shown beside them. No gate: whoever uses it is one."""
    rows = Conversation.objects.select_related("contact", "assignee", "unit", "account")
    return rows.defer(*_UNSEEN)


def conversation_for(
    actor: Actor,
    conversation_id: int,
    *,
    ability: str = Ability.READ_INBOX,
    lock: bool = False,
) -> Conversation:
    """Return one conversation within reach, locked on request.

    Raises NotFound when the actor may not see it, NotAllowed when only the ability is missing.
    """
    # Joined rows are as old as the query: whoever waited for the lock would see the new assignee's
    # number beside the old assignee. Relations of a locked row are read afterwards.
    units = actor.units(Ability.READ_INBOX)
    found = _locked_within(conversation_id, units) if lock else _one.first(conversation_id)
    if found is None or (units is not None and found.unit_id not in units):
        raise NotFound
    actor.must(ability, found.unit_id)
    return found


@prepared
def _one(conversation_id: int) -> QuerySet[Conversation]:
    return dressed().filter(pk=conversation_id)


def _locked_within(conversation_id: int, units: frozenset[int] | None) -> Conversation | None:
    """Lock only what is within reach: nobody else may hold its operators up."""
    if units is None:
        return _locked.first(conversation_id)
    return _locked_in.first(conversation_id, tuple(sorted(units))) if units else None


@prepared
def _locked(conversation_id: int) -> QuerySet[Conversation]:
    return Conversation.objects.filter(pk=conversation_id).select_for_update()


@prepared
def _locked_in(conversation_id: int, units: tuple[int, ...]) -> QuerySet[Conversation]:
    rows = Conversation.objects.filter(pk=conversation_id, unit_id__in=units)
    return rows.select_for_update()


def conversation_of_reply(actor: Actor, request_key: UUID) -> Conversation:
    """Return the conversation in which an answer was given; NotFound when it is out of reach."""
    found = conversations_for(actor).filter(replies__request_key=request_key).first()
    if found is None:
        raise NotFound
    return found
