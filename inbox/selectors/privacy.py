"""What is kept about one person: counted before it is erased, written out when they ask for it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from inbox.lifecycle import Direction
from inbox.models import Contact, ContactNote, Conversation, Message, Note
from inbox.selectors.access import conversation_for, conversations_for
from inbox.selectors.contacts import circle_of
from opsconsole.kernel.actor import Actor
from opsconsole.kernel.clock import now
from opsconsole.people.roles import Ability


@dataclass(frozen=True, slots=True)
class Kept:
    """How much is known about one person, in all units."""

    contact: Contact
    contacts: list[Contact]
    conversations: int
    theirs: int
    ours: int
    notes: int


def person_to_erase(actor: Actor, conversation_id: int) -> tuple[Conversation, Contact]:
    """Return a conversation within reach and its customer, whom the actor may erase wherever they wrote."""
    conversation = conversation_for(actor, conversation_id, ability=Ability.ERASE_CUSTOMERS)
    contact = conversation.contact
    theirs = Conversation.objects.filter(contact__in=[one.pk for one in circle_of(contact)])
    for unit in set(theirs.order_by().values_list("unit", flat=True)):
        actor.must(Ability.ERASE_CUSTOMERS, unit)
    return conversation, contact


def kept_about(actor: Actor, conversation_id: int) -> Kept:
    """Count what erasing the customer of a conversation takes away. A fixed number of queries."""
    _conversation, contact = person_to_erase(actor, conversation_id)
    circle = circle_of(contact)
    conversations = Conversation.objects.filter(contact__in=[one.pk for one in circle]).order_by()
    lines = Message.objects.filter(conversation__in=conversations.values("pk"))
    notes = Note.objects.filter(conversation__in=conversations.values("pk")).count()
    about = ContactNote.objects.filter(contact__in=[one.pk for one in circle]).count()
    return Kept(
        contact=contact,
        contacts=circle,
        conversations=conversations.count(),
        theirs=lines.filter(direction=Direction.INBOUND).count(),
        ours=lines.filter(direction=Direction.OUTBOUND).count(),
        notes=notes + about,
    )


def record_of(actor: Actor, conversation_id: int) -> dict[str, Any]:
    """Return all that is kept about the customer of a conversation within the actor's reach, as plain data.

    Colleagues' notes are part of it: whoever hands it over decides what of them the customer gets.
    """
    conversation = conversation_for(actor, conversation_id, ability=Ability.ERASE_CUSTOMERS)
    circle = circle_of(conversation.contact)
    ids = [one.pk for one in circle]
    rows = conversations_for(actor).filter(contact__in=ids).order_by("opened_at", "pk")
    everywhere = Conversation.objects.filter(contact__in=ids).count()
    shown = [_conversation(row) for row in rows.prefetch_related("messages", "notes", "tags")]
    notes = ContactNote.objects.filter(contact__in=ids, unit__in=_units(rows))
    return {
        "exported_at": now().isoformat(),
        "profiles": [_profile(one) for one in circle],
        "conversations": shown,
        "conversations_out_of_reach": everywhere - len(shown),
        "notes": [{"at": note.created_at.isoformat(), "text": note.text} for note in notes],
    }


def _units(rows: QuerySet[Conversation]) -> list[int]:
    return sorted({row.unit_id for row in rows})


def _profile(contact: Contact) -> dict[str, Any]:
    return {
        "network": contact.network,
        "id": contact.external_id,
        "name": contact.name,
        "handle": contact.handle,
        "address": contact.url,
        "followers": contact.followers,
        "language": contact.language,
        "first_seen_at": contact.first_seen_at.isoformat(),
        "last_seen_at": contact.last_seen_at.isoformat(),
        "vip_reason": contact.vip_reason,
        "blocked_at": _moment(contact.blocked_at),
        "block_reason": contact.block_reason,
    }


def _conversation(row: Conversation) -> dict[str, Any]:
    return {
        "number": row.pk,
        "channel": row.channel,
        "account": row.account.name,
        "opened_at": row.opened_at.isoformat(),
        "resolved_at": _moment(row.resolved_at),
        "context": row.context,
        "tags": [tag.name for tag in row.tags.all()],
        "messages": [_line(line) for line in sorted(row.messages.all(), key=_in_order)],
        "notes": [
            {"at": note.created_at.isoformat(), "text": note.text} for note in row.notes.all()
        ],
    }


def _line(line: Message) -> dict[str, Any]:
    return {
        "at": line.posted_at.isoformat(),
        "from": "customer" if line.is_inbound else "company",
        "text": line.text,
        "address": line.permalink,
        "media": [media.get("url", "") for media in line.media],
        "removed_at": _moment(line.removed_at),
    }


def _in_order(line: Message) -> tuple[datetime, int]:
    return line.posted_at, line.pk


def _moment(at: datetime | None) -> str | None:
    return at.isoformat() if at else None
