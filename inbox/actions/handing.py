"""Passing a shift on: a note for those who come, and their word that they have read it."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from inbox.models import HandOverNote
from inbox.selectors.handing import note_for
from opsconsole.audit.actions import record
from opsconsole.kernel.actor import Actor
from opsconsole.kernel.clock import now
from opsconsole.kernel.errors import Conflict, Invalid
from opsconsole.kernel.live import hint_on_commit
from opsconsole.kernel.text import typed
from opsconsole.people.roles import Ability

LONGEST_NOTE = 5000


def hand_over_note_leave(actor: Actor, *, unit_id: int, text: str) -> HandOverNote:
    """Leave a note for the next shift of a unit."""
    actor.must(Ability.WORK_INBOX, unit_id)
    text = typed(text).strip()
    if not text:
        raise Invalid(_("Write something first."), code="blank", field="text")
    if len(text) > LONGEST_NOTE:
        raise Invalid(_("A note has at most 5,000 characters."), code="too_long", field="text")
    with transaction.atomic():
        note = HandOverNote.objects.create(
            unit_id=unit_id, author_id=actor.person_id, text=text, created_at=now()
        )
        record(actor, "inbox.handover.noted", note, unit_id=unit_id)
        hint_on_commit("duty", units=[unit_id])
    return note


def hand_over_note_confirm(actor: Actor, *, note_id: int) -> HandOverNote:
    """Confirm having read a note; the first to do so counts. Not for its author."""
    with transaction.atomic():
        note = note_for(actor, note_id, lock=True)
        if note.confirmed_at is not None:
            return note
        if note.author_id == actor.person_id:
            raise Conflict(_("Somebody of the next shift confirms this."), code="own_note")
        note.confirmed_by_id, note.confirmed_at = actor.person_id, now()
        note.save(update_fields=["confirmed_by", "confirmed_at"])
        record(actor, "inbox.handover.read", note, unit_id=note.unit_id)
        hint_on_commit("duty", units=[note.unit_id])
    return note
