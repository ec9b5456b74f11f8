"""Words among colleagues."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from inbox.actions import changes
from inbox.models import Note
from inbox.selectors.access import conversation_for
from opsconsole.audit.actions import record
from opsconsole.kernel.actor import Actor
from opsconsole.kernel.clock import now
from opsconsole.kernel.errors import Invalid
from opsconsole.kernel.text import typed
from opsconsole.people.roles import Ability

LONGEST_NOTE = 5000


def note_add(actor: Actor, *, conversation_id: int, text: str) -> Note:
    """Leave a note. It never leaves the house and stops no clock."""
    text = typed(text).strip()
    if not text:
        raise Invalid(_("Write something first."), code="blank", field="text")
    if len(text) > LONGEST_NOTE:
        raise Invalid(_("A note has at most 5,000 characters."), code="too_long", field="text")
    with transaction.atomic():
        conversation = conversation_for(
            actor, conversation_id, ability=Ability.WRITE_NOTES, lock=True
        )
        note = Note.objects.create(
            conversation=conversation, author_id=actor.person_id, text=text, created_at=now()
        )
        changes.touch(conversation)
        record(actor, "inbox.note.added", conversation, unit_id=conversation.unit_id, note=note.pk)
    return note
