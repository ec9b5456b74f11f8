"""Lasting notes about customers: seen wherever the customer writes, by those who read the note's unit."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from inbox.actions import changes
from inbox.models import ContactNote, Conversation
from inbox.selectors.access import conversation_for
from inbox.selectors.contacts import contactnote_for
from opsconsole.audit.actions import record
from opsconsole.kernel.actor import Actor
from opsconsole.kernel.clock import now
from opsconsole.kernel.errors import Invalid
from opsconsole.kernel.text import typed
from opsconsole.people.roles import Ability

LONGEST = 2000


def contactnote_add(actor: Actor, *, conversation_id: int, text: str) -> ContactNote:
    """Remember something about a conversation's customer."""
    text = _checked(text)
    with transaction.atomic():
        conversation = _conversation(actor, conversation_id)
        note = ContactNote.objects.create(
            contact_id=conversation.contact_id, unit_id=conversation.unit_id,
            author_id=actor.person_id, text=text, created_at=now(),
        )  # fmt: skip
        changes.touch(conversation)
        record(
            actor, "inbox.contactnote.added", conversation,
            unit_id=conversation.unit_id, note=note.pk,
        )  # fmt: skip
    return note


def contactnote_change(
    actor: Actor, *, conversation_id: int, note_id: int, text: str
) -> ContactNote:
    """Say it in other words. One's own; a colleague's only with the right to direct its unit."""
    text = _checked(text)
    with transaction.atomic():
        conversation = _conversation(actor, conversation_id)
        note = _mine(actor, conversation, note_id)
        if note.text != text:
            note.text, note.edited_at = text, now()
            note.save(update_fields=["text", "edited_at"])
            changes.touch(conversation)
            record(
                actor, "inbox.contactnote.changed", conversation,
                unit_id=note.unit_id, note=note.pk,
            )  # fmt: skip
    return note


def contactnote_remove(actor: Actor, *, conversation_id: int, note_id: int) -> None:
    """Forget it again. The record keeps that it was there, not what it said."""
    with transaction.atomic():
        conversation = _conversation(actor, conversation_id)
        note = _mine(actor, conversation, note_id)
        note.delete()
        changes.touch(conversation)
        record(
            actor, "inbox.contactnote.removed", conversation, unit_id=note.unit_id, note=note_id
        )


def _conversation(actor: Actor, conversation_id: int) -> Conversation:
    return conversation_for(actor, conversation_id, ability=Ability.WRITE_NOTES, lock=True)


def _mine(actor: Actor, conversation: Conversation, note_id: int) -> ContactNote:
    note = contactnote_for(actor, conversation, note_id)
    if note.author_id != actor.user_id:
        actor.must(Ability.DIRECT_INBOX, note.unit_id)
    return note


def _checked(text: str) -> str:
    text = typed(text).strip()
    if not text:
        raise Invalid(_("Write something first."), code="blank", field="text")
    if len(text) > LONGEST:
        raise Invalid(
            _("A note about a customer has at most 2,000 characters."),
            code="too_long",
            field="text",
        )
    return text
