"""Writing out what is kept about one customer, and writing down that somebody did."""

from typing import Any

from django.db import transaction

from inbox.selectors.access import conversation_for
from inbox.selectors.privacy import record_of
from opsconsole.audit.actions import record
from opsconsole.kernel.actor import Actor


def contact_export(actor: Actor, *, conversation_id: int) -> dict[str, Any]:
    """Return all that is kept about a conversation's customer within the actor's reach."""
    with transaction.atomic():
        found = record_of(actor, conversation_id)
        conversation = conversation_for(actor, conversation_id)
        record(
            actor, "inbox.contact.exported", conversation, unit_id=conversation.unit_id,
            conversations=len(found["conversations"]),
        )  # fmt: skip
    return found
