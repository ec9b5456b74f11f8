"""Answers that a colleague lets out: asked for, approved, approved with other words, declined.

Whoever decides holds the conversation first and the draft second, as everybody does: of two who decide
at once, or of one who decides while the author takes it back, exactly one comes first.
"""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from inbox.actions import changes
from inbox.actions.announcing import announce, tell
from inbox.actions.assignment import conversation_claim
from inbox.actions.drafts import draft_save, live_draft, write
from inbox.actions.giving_back import candidate_give_back
from inbox.actions.leases import lease_end
from inbox.actions.notices import notices_give
from inbox.actions.parking import or_park
from inbox.actions.pictures import Shown, pictures_for, pictures_keep
from inbox.actions.replies import (
    answered_line,
    must_be_answerable,
    nothing_new_since,
    one_ending,
    reply_put,
)
from inbox.actions.saying import wording_of
from inbox.candidates import digest_of
from inbox.lifecycle import DraftState
from inbox.models import Conversation, Draft, Reply
from inbox.notices import NoticeKind
from inbox.selectors.access import conversation_for
from inbox.selectors.drafts import draft_for
from inbox.selectors.pictures import pictures_kept
from opsconsole.audit.actions import record
from opsconsole.kernel.actor import Actor
from opsconsole.kernel.clock import now
from opsconsole.kernel.errors import Conflict, Invalid, NotAllowed
from opsconsole.kernel.text import typed
from opsconsole.people.roles import Ability
from opsconsole.people.selectors import actor_for, people_who_can

D = DraftState


def candidate_submit(
    actor: Actor,
    *,
    conversation_id: int,
    text: str,
    request_key: UUID,
    answers_id: int | None = None,
    seen_version: int | None = None,
    resolve_after: bool = False,
    is_part: bool = False,
    confirm: str = "",
    private: bool = False,
    pictures: Sequence[Shown] = (),
) -> Draft:
    """Ask for approval of an answer, which is checked now as if it left now. Twice is once.

    Several people may each ask in one conversation, whoever has it. Conflict and Invalid as `reply_send`.
    """
    text = typed(text)
    one_ending(resolve_after=resolve_after, is_part=is_part)
    with transaction.atomic():
        conversation = conversation_for(
            actor, conversation_id, ability=Ability.DRAFT_REPLIES, lock=True
        )
        draft = live_draft(conversation, actor.person_id)
        if draft is not None and (draft.state, draft.text, draft.is_private) == (
            D.SUBMITTED, text, private,
        ):  # fmt: skip
            return draft
        target = must_be_answerable(
            conversation, answered_line(conversation, answers_id), private=private
        )
        nothing_new_since(conversation, target, seen_version)
        wording_of(
            conversation, target, text=text, author_id=actor.person_id, confirm=confirm,
            is_public=not private,
        )  # fmt: skip
        shown = pictures_for(actor, conversation, pictures, is_public=not private)
        draft = _kept(actor, conversation, draft, text, request_key)
        pictures_keep(shown, draft)
        draft.answers, draft.is_private = target, private
        draft.resolve_after, draft.is_part = resolve_after, is_part
        _submit(actor, conversation, draft)
    return draft


def candidate_submit_or_park(actor: Actor, **given: Any) -> Draft:
    """Ask for approval as `candidate_submit` does; a text that came too late is parked, then refused."""
    return or_park(candidate_submit, actor, **given)


def _kept(
    actor: Actor, conversation: Conversation, draft: Draft | None, text: str, request_key: UUID
) -> Draft:
    """Return the author's draft with these words in it."""
    if draft is None or draft.text != text:
        draft_save(
            actor, conversation_id=conversation.pk, text=text, request_key=request_key,
            revision=draft.revision if draft else 0,
        )  # fmt: skip
        draft = live_draft(conversation, actor.person_id)
    if draft is None:
        raise Invalid(_("Write something first."), code="blank", field="text")
    return draft


def _submit(actor: Actor, conversation: Conversation, draft: Draft) -> None:
    changes.touch(conversation)
    at = now()
    write(
        draft, state=D.SUBMITTED, answers_id=draft.answers_id, resolve_after=draft.resolve_after,
        is_part=draft.is_part, is_private=draft.is_private, base_version=conversation.version,
        base_at=at, send_at=None,
        park_reason="", submitted_at=at, submitted_digest=_digest(draft),
        decided_by_id=None, decided_at=None, decision_note="",
    )  # fmt: skip
    lease_end(conversation, actor.person_id)
    record(
        actor, "inbox.candidate.submitted", conversation,
        unit_id=conversation.unit_id, draft=draft.pk,
    )  # fmt: skip
    approvers = people_who_can(Ability.APPROVE_REPLIES, conversation.unit_id)
    notices_give(
        approvers.exclude(pk=actor.person_id).values_list("pk", flat=True),
        NoticeKind.APPROVAL_ASKED, key=f"draft:{draft.pk}:{draft.revision}",
        conversation=conversation, data={"by": actor.name},
    )  # fmt: skip
    tell(draft, conversation)
    announce(conversation, actor.person_id)


def candidate_approve(
    actor: Actor,
    *,
    draft_id: int,
    digest: str,
    text: str | None = None,
    read_version: int | None = None,
    confirm: str = "",
) -> Reply:
    """Let a colleague's answer out as it was submitted, or with other words; its author stays its author.

    `digest` is that of the candidate as the approver saw it. Raises Conflict when it has been decided,
    taken back or changed meanwhile, and when the customer has written or somebody has answered since it
    was submitted: whoever has read that says so by `read_version`, the version they saw.
    """
    with transaction.atomic():
        conversation, draft = _to_decide(actor, draft_id, digest)
        target = must_be_answerable(
            conversation, answered_line(conversation, draft.answers_id), private=draft.is_private
        )
        seen = draft.base_version if read_version is None else read_version
        nothing_new_since(conversation, target, seen)
        words = draft.text if text is None else typed(text)
        wording = wording_of(
            conversation, target, text=words, author_id=draft.author_id, confirm=confirm,
            is_public=not draft.is_private,
        )  # fmt: skip
        conversation = _claimed(actor, conversation, draft)
        write(draft, decided_by_id=actor.person_id, decided_at=now())
        reply = reply_put(
            actor, conversation, target, wording, author_id=draft.author_id, text=words,
            request_key=draft.request_key, resolve_after=draft.resolve_after, is_part=draft.is_part,
            private=draft.is_private, pictures=pictures_kept(draft),
        )  # fmt: skip
        is_edited = words != draft.text
        record(
            actor, "inbox.candidate.approved", conversation, unit_id=conversation.unit_id,
            draft=draft.pk, author=str(draft.author), is_edited=is_edited,
        )  # fmt: skip
        notices_give(
            [draft.author_id], NoticeKind.APPROVAL_GIVEN, key=f"draft:{draft.pk}",
            conversation=conversation, data={"by": actor.name, "is_edited": is_edited},
        )  # fmt: skip
    return reply


def _claimed(actor: Actor, conversation: Conversation, draft: Draft) -> Conversation:
    """What nobody has becomes its author's who may work on it, else that of whoever let it out."""
    if conversation.assignee_id is not None:
        return conversation
    author = actor_for(draft.author)
    may_work = author.can(Ability.WORK_INBOX, conversation.unit_id)
    conversation_claim(author if may_work else actor, conversation_id=conversation.pk)
    return conversation_for(actor, conversation.pk, lock=True)


def candidate_decline(actor: Actor, *, draft_id: int, digest: str, note: str) -> Draft:
    """Give an answer back to its author with a word about it."""
    note = typed(note).strip()
    if not note:
        raise Invalid(_("Say in a few words why."), code="note", field="note")
    with transaction.atomic():
        conversation, draft = _to_decide(actor, draft_id, digest)
        changes.touch(conversation)
        candidate_give_back(actor, conversation, draft, reason="declined", note=note)
        record(
            actor, "inbox.candidate.declined", conversation, unit_id=conversation.unit_id,
            draft=draft.pk, author=str(draft.author), note=note[:500],
        )  # fmt: skip
    return draft


def _to_decide(actor: Actor, draft_id: int, digest: str) -> tuple[Conversation, Draft]:
    """Lock a candidate that the actor may decide, its conversation first."""
    conversation_id = draft_for(actor, draft_id).conversation_id
    conversation = conversation_for(
        actor, conversation_id, ability=Ability.APPROVE_REPLIES, lock=True
    )
    rows = Draft.objects.select_related("author").select_for_update(of=("self",))
    draft = rows.get(pk=draft_id)
    if draft.author_id == actor.user_id:
        raise NotAllowed(_("Nobody approves an answer of their own."), code="own")
    if draft.state == D.SENT or (draft.state == D.PARKED and draft.decided_at):
        raise Conflict(_("Somebody has just decided about this."), code="decided")
    if draft.state != D.SUBMITTED:
        raise Conflict(_("Its author has just taken this back."), code="withdrawn")
    if not digest == draft.submitted_digest == _digest(draft):
        raise Conflict(_("This no longer reads as you saw it. Look again."), code="changed")
    return conversation, draft


def _digest(draft: Draft) -> str:
    """Return the mark of a draft as it reads now, pictures and their descriptions included. One query."""
    return digest_of(
        text=draft.text, answers_id=draft.answers_id, is_private=draft.is_private,
        resolve_after=draft.resolve_after, is_part=draft.is_part,
        images=[f"{picture.pk}:{picture.alt_text}" for picture in pictures_kept(draft)],
    )  # fmt: skip
