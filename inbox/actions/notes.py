"""Words among colleagues."""

from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from inbox.actions import changes
from inbox.actions.drafts import draft_close
from inbox.actions.notices import notices_give
from inbox.actions.searching import search_later
from inbox.lifecycle import DraftKind, Searchable
from inbox.mentions import mentioned
from inbox.models import Conversation, Note
from inbox.notices import NoticeKind
from inbox.selectors.access import conversation_for
from opsconsole.audit.actions import record
from opsconsole.kernel.actor import Actor
from opsconsole.kernel.clock import now
from opsconsole.kernel.errors import Invalid
from opsconsole.kernel.text import typed
from opsconsole.people.roles import Ability
from opsconsole.people.selectors import people_who_can

LONGEST_NOTE = 5000


def note_add(
    actor: Actor, *, conversation_id: int, text: str, draft_key: UUID | None = None
) -> Note:
    """Leave a note. It never leaves the house and stops no clock. Ends the draft of that key."""
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
        if draft_key is not None:
            draft_close(conversation, actor.person_id, draft_key, DraftKind.NOTE)
        search_later(Searchable.NOTE, [note.pk])
        changes.touch(conversation)
        _tell_the_mentioned(actor, conversation, note)
        record(actor, "inbox.note.added", conversation, unit_id=conversation.unit_id, note=note.pk)
    return note


def _tell_the_mentioned(actor: Actor, conversation: Conversation, note: Note) -> None:
    """Tell colleagues who may read here and whose name follows an @; oneself never."""
    if "@" not in note.text:
        return
    readers = people_who_can(Ability.READ_INBOX, conversation.unit_id)
    names = {person.pk: (person.username, person.nickname) for person in readers}
    notices_give(
        mentioned(note.text, names) - {actor.user_id}, NoticeKind.MENTION,
        key=f"note:{note.pk}", conversation=conversation, data={"note": note.text[:200]},
    )  # fmt: skip
