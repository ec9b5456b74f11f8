"""The customer panel."""

from dataclasses import dataclass
from datetime import datetime

from inbox.models import Contact, Conversation, Message
from inbox.selectors.access import conversations_for
from opsconsole.kernel.actor import Actor


@dataclass(frozen=True, slots=True)
class ContactPanel:
    """What an operator sees about the customer beside the conversation."""

    contact: Contact
    conversations: list[Conversation]
    message_count: int
    first_seen_at: datetime


def contact_panel(actor: Actor, conversation: Conversation) -> ContactPanel:
    """Return the profile and the customer's other conversations within reach, newest first."""
    contact = conversation.contact
    others = (
        conversations_for(actor)
        .filter(contact=contact)
        .exclude(pk=conversation.pk)
        .order_by("-last_message_at")[:10]
    )
    return ContactPanel(
        contact=contact,
        conversations=list(others),
        message_count=Message.objects.filter(contact=contact).count(),
        first_seen_at=contact.first_seen_at,
    )
