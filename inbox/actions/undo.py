"""Taking an answer back in the seconds before it leaves."""

from uuid import uuid4

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from channels.actions.deliveries import delivery_withdraw
from channels.types import OutgoingKind
from inbox.actions import changes
from inbox.actions.announcing import announce, tell
from inbox.actions.drafts import live_draft, write
from inbox.actions.pictures import pictures_release
from inbox.lifecycle import DraftState
from inbox.models import Conversation, Draft, Reply
from inbox.selectors.access import conversation_for
from inbox.selectors.timeline import UNDONE
from opsconsole.audit.actions import record
from opsconsole.kernel.actor import Actor
from opsconsole.kernel.clock import now
from opsconsole.kernel.errors import Conflict, NotFound
from opsconsole.people.roles import Ability


def reply_undo(actor: Actor, *, conversation_id: int, reply_id: int) -> Draft:
    """Take one's own answer back while no worker has it; its words return to the draft.

    Compare and set against the worker that would send it: Conflict when the worker was faster.
    """
    with transaction.atomic():
        conversation = conversation_for(
            actor, conversation_id, ability=Ability.WORK_INBOX, lock=True
        )
        rows = conversation.replies.filter(pk=reply_id, author_id=actor.user_id)
        reply = rows.select_related("delivery__account").first()
        if reply is None:
            raise NotFound
        delivery_withdraw(actor, delivery=reply.delivery, reason_code=UNDONE)
        pictures_release(reply)
        draft = _back_to_draft(reply, conversation)
        changes.touch(conversation)
        record(
            actor, "inbox.reply.undone", conversation,
            unit_id=conversation.unit_id, reply=reply.pk,
        )  # fmt: skip
        tell(draft, conversation)
        announce(conversation, reply.author_id)
    return draft


def _back_to_draft(reply: Reply, conversation: Conversation) -> Draft:
    """The words go before what has been typed since. The old key stands for the old reply."""
    at = now()
    is_private = reply.delivery.kind == OutgoingKind.PRIVATE
    draft = live_draft(conversation, reply.author_id)
    if draft is not None and draft.state not in {DraftState.WRITING, DraftState.PARKED}:
        raise Conflict(_("Take it back first; then it can be changed."), code="not_writing")
    if draft is not None:
        text = f"{reply.text}\n\n{draft.text}".rstrip()
        write(
            draft, text=text, base_version=conversation.version + 1, base_at=at,
            is_private=is_private or draft.is_private,
        )  # fmt: skip
        return draft
    return Draft.objects.create(
        conversation=conversation, author_id=reply.author_id, state=DraftState.WRITING,
        text=reply.text, answers=reply.answers, resolve_after=reply.resolve_after,
        is_private=is_private, request_key=uuid4(), base_version=conversation.version + 1,
        base_at=at, created_at=at, updated_at=at,
    )  # fmt: skip
