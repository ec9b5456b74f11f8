"""The customer panel: who somebody is, on every network, and what we had to do with them."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Lower

from inbox.models import Contact, ContactNote, Conversation, Message
from inbox.search.words import folded
from inbox.selectors.access import conversations_for, dressed
from inbox.selectors.names import contacts_named
from opsconsole.kernel.actor import Actor
from opsconsole.kernel.errors import NotFound
from opsconsole.kernel.prepared import prepared
from opsconsole.people.roles import Ability

#: Rows of each list in the panel.
HISTORY, SUGGESTIONS, FOUND = 10, 4, 8
#: Namesakes among whom those within reach are looked for.
COMPARED = 200
#: A name of fewer letters is shared by too many to suggest anything.
SHORTEST_NAME = 2
#: Nobody is called so; stands for a name or handle that is not there.
NOBODY = "\x01"


@dataclass(frozen=True, slots=True)
class ContactPanel:
    """What an operator sees about the customer beside the conversation.

    `others` are the same person's contacts elsewhere, `suggestions` may be: equal name or handle.
    `found` is what a search for more has brought, None when nobody searched. `directs` are the units
    of notes that the actor may change though a colleague wrote them.
    """

    contact: Contact
    others: list[Contact]
    suggestions: list[Contact]
    found: list[Contact] | None
    conversations: list[Conversation]
    notes: list[ContactNote]
    message_count: int
    first_seen_at: datetime
    can_note: bool
    can_work: bool
    can_erase: bool
    directs: frozenset[int]

    @property
    def vip_reason(self) -> str:
        """Why the person is a VIP, from whichever contact says so."""
        reasons = [c.vip_reason for c in (self.contact, *self.others) if c.vip_since]
        return next(filter(None, reasons), "")


def contact_panel(actor: Actor, conversation: Conversation, *, search: str = "") -> ContactPanel:
    """Return the profile and what is within reach of the person behind it, newest first."""
    contact = conversation.contact
    circle = circle_of(contact)
    ids = [one.pk for one in circle]
    within = conversations_for(actor).filter(contact__in=ids)
    others = _seen(within, [one for one in circle if one.pk != contact.pk])
    unit = conversation.unit_id
    notes = _notes_about(actor, ids)
    return ContactPanel(
        contact=contact,
        others=others,
        suggestions=_suggestions(actor, contact, ids),
        found=contact_search(actor, conversation, search) if search.strip() else None,
        conversations=_history(actor, conversation, ids),
        notes=notes,
        message_count=_line_count(actor, ids),
        first_seen_at=min(one.first_seen_at for one in (contact, *others)),
        can_note=actor.can(Ability.WRITE_NOTES, unit),
        can_work=actor.can(Ability.WORK_INBOX, unit),
        can_erase=actor.can(Ability.ERASE_CUSTOMERS, unit),
        directs=frozenset(n.unit_id for n in notes if actor.can(Ability.DIRECT_INBOX, n.unit_id)),
    )


def circle_of(contact: Contact) -> list[Contact]:
    """Return all contacts of the person behind one, itself among them. Says nothing about reach."""
    if contact.person_id is None:
        return [contact]
    return list(Contact.objects.filter(person=contact.person_id).order_by("pk"))


def _history(actor: Actor, conversation: Conversation, ids: list[int]) -> list[Conversation]:
    """Return the person's other conversations within reach, the latest first."""
    units = actor.units(Ability.READ_INBOX)
    if units is None:
        return _all_of(tuple(ids), conversation.pk)
    return _theirs_in(tuple(ids), conversation.pk, tuple(sorted(units))) if units else []


@prepared
def _all_of(contacts: tuple[int, ...], but: int) -> QuerySet[Conversation]:
    rows = dressed().filter(contact__in=contacts).exclude(pk=but)
    return rows.order_by("-last_message_at")[:HISTORY]


@prepared
def _theirs_in(
    contacts: tuple[int, ...], but: int, units: tuple[int, ...]
) -> QuerySet[Conversation]:
    rows = dressed().filter(contact__in=contacts, unit__in=units).exclude(pk=but)
    return rows.order_by("-last_message_at")[:HISTORY]


def _line_count(actor: Actor, ids: Collection[int]) -> int:
    """Count what the person has written within reach. One query."""
    units = actor.units(Ability.READ_INBOX)
    if units is None:
        return sum(_lines_of(tuple(ids)))
    return sum(_lines_in(tuple(ids), tuple(sorted(units)))) if units else 0


@prepared
def _lines_of(contacts: tuple[int, ...]) -> QuerySet[Message, int]:
    rows = Message.objects.filter(contact__in=contacts).order_by()
    return rows.values("contact").annotate(n=Count("pk")).values_list("n", flat=True)


@prepared
def _lines_in(contacts: tuple[int, ...], units: tuple[int, ...]) -> QuerySet[Message, int]:
    rows = Message.objects.filter(contact__in=contacts, conversation__unit__in=units).order_by()
    return rows.values("contact").annotate(n=Count("pk")).values_list("n", flat=True)


def _seen(within: QuerySet[Conversation], contacts: list[Contact]) -> list[Contact]:
    """Keep whoever has a conversation within reach. No query when there is nobody."""
    if not contacts:
        return []
    seen = set(within.order_by().values_list("contact", flat=True).distinct())
    return [one for one in contacts if one.pk in seen]


def _notes(actor: Actor, contact_ids: Collection[int]) -> QuerySet[ContactNote]:
    units = actor.units(Ability.READ_INBOX)
    rows = ContactNote.objects.filter(contact__in=contact_ids).select_related("author", "unit")
    return rows if units is None else rows.filter(unit__in=units)


def _notes_about(actor: Actor, ids: list[int]) -> list[ContactNote]:
    """Return the notes within reach about some contacts, oldest first."""
    units = actor.units(Ability.READ_INBOX)
    return [note for note in _noted(tuple(ids)) if units is None or note.unit_id in units]


@prepared
def _noted(contacts: tuple[int, ...]) -> QuerySet[ContactNote]:
    return ContactNote.objects.filter(contact__in=contacts).select_related("author", "unit")


def contactnote_for(actor: Actor, conversation: Conversation, note_id: int) -> ContactNote:
    """Return a note about a conversation's customer; NotFound when its unit is out of reach."""
    ids = [one.pk for one in circle_of(conversation.contact)]
    found = _notes(actor, ids).filter(pk=note_id).first()
    if found is None:
        raise NotFound
    return found


def _within_reach(actor: Actor) -> QuerySet[Contact]:
    """Contacts exist for whoever may read a conversation of theirs."""
    theirs = conversations_for(actor).select_related(None).filter(contact=OuterRef("pk"))
    return Contact.objects.filter(Exists(theirs.order_by().values("pk")))


def contact_within_reach(actor: Actor, contact_id: int) -> Contact:
    """Return a contact of whom the actor may read a conversation; NotFound for any other."""
    found = _within_reach(actor).filter(pk=contact_id).first()
    if found is None:
        raise NotFound
    return found


def contact_search(actor: Actor, conversation: Conversation, words: str) -> list[Contact]:
    """Return contacts whose name or handle has these words, the customer's own left out."""
    asked = folded(words).lstrip("@").split()
    named = contacts_named(asked, limit=COMPARED) or []
    ids = [one.pk for one in circle_of(conversation.contact)]
    rows = _within_reach(actor).filter(pk__in=named).exclude(pk__in=ids)
    return list(rows.order_by("-last_seen_at", "-pk")[:FOUND])


def _suggestions(actor: Actor, contact: Contact, ids: Collection[int]) -> list[Contact]:
    """Equal names are a hint, never a proof: a person decides. One query, or none for the nameless."""
    handle = contact.handle or NOBODY
    name = contact.name if len(contact.name) >= SHORTEST_NAME else NOBODY
    units = actor.units(Ability.READ_INBOX)
    if (handle, name) == (NOBODY, NOBODY) or units == frozenset():
        return []
    if units is None:
        return _alike(handle, name, tuple(ids))
    return _alike_in(handle, name, tuple(ids), tuple(sorted(units)))


@prepared
def _alike(handle: str, name: str, but: tuple[int, ...]) -> QuerySet[Contact]:
    return _called(handle, name, but, Conversation.objects.all())


@prepared
def _alike_in(
    handle: str, name: str, but: tuple[int, ...], units: tuple[int, ...]
) -> QuerySet[Contact]:
    return _called(handle, name, but, Conversation.objects.filter(unit__in=units))


def _called(
    handle: str, name: str, but: tuple[int, ...], reach: QuerySet[Conversation]
) -> QuerySet[Contact]:
    alike = Q(low_handle=Lower(Value(handle))) | Q(low_name=Lower(Value(name)))
    rows = Contact.objects.annotate(low_name=Lower("name"), low_handle=Lower("handle"))
    rows = rows.filter(Exists(reach.filter(contact=OuterRef("pk")).order_by().values("pk")))
    return rows.exclude(pk__in=but).filter(alike).order_by("-last_seen_at")[:SUGGESTIONS]
