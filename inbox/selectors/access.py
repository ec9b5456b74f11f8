"""The gate: nobody gets a conversation except through here."""

from uuid import UUID

from django.db.models import QuerySet

from inbox.models import Conversation
from opsconsole.kernel.actor import Actor
from opsconsole.kernel.errors import NotFound
from opsconsole.people.roles import Ability


def conversations_for(actor: Actor) -> QuerySet[Conversation]:
    """Return the conversations of the units whose inbox the actor may read."""
    units = actor.units(Ability.READ_INBOX)
    rows = Conversation.objects.select_related("contact", "assignee", "unit", "account")
    return rows if units is None else rows.filter(unit_id__in=units)


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
    rows = conversations_for(actor).filter(pk=conversation_id)
    if lock:
        # Joined rows are as old as the query: whoever waited for the lock would see the new
        # assignee's number beside the old assignee. Relations of a locked row are read afterwards.
        rows = rows.select_related(None).select_for_update()
    found = rows.first()
    if found is None:
        raise NotFound
    actor.must(ability, found.unit_id)
    return found


def conversation_of_reply(actor: Actor, request_key: UUID) -> Conversation:
    """Return the conversation in which an answer was given; NotFound when it is out of reach."""
    found = conversations_for(actor).filter(replies__request_key=request_key).first()
    if found is None:
        raise NotFound
    return found
