"""Answers that leave at a time: only ever into a conversation in which nothing has happened since."""

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.db import DatabaseError, transaction
from django.utils.translation import gettext_lazy as _

from inbox.actions import changes
from inbox.actions.announcing import announce, tell
from inbox.actions.assignment import conversation_claim
from inbox.actions.drafts import draft_save, live_draft, write
from inbox.actions.leases import lease_end
from inbox.actions.parking import park_by_itself
from inbox.actions.pictures import Shown, pictures_for, pictures_keep, pictures_with
from inbox.actions.replies import draft_must_be_fresh, one_ending, reply_check, reply_send
from inbox.lifecycle import DraftState
from inbox.models import Draft
from inbox.selectors.access import conversation_for
from inbox.wording import confirmation
from opsconsole.audit.actions import record
from opsconsole.kernel.actor import Actor
from opsconsole.kernel.clock import now
from opsconsole.kernel.errors import Conflict, DomainError, Invalid
from opsconsole.people.roles import Ability
from opsconsole.people.selectors import actor_for

logger = logging.getLogger(__name__)

D = DraftState
#: What is further away than this is a mistyped year.
FURTHEST = timedelta(days=90)


def reply_schedule(
    actor: Actor,
    *,
    conversation_id: int,
    text: str,
    request_key: UUID,
    send_at: datetime,
    seen_version: int | None = None,
    resolve_after: bool = False,
    is_part: bool = False,
    confirm: str = "",
    private: bool = False,
    pictures: Sequence[Shown] = (),
) -> Draft:
    """Have an answer leave at a time, checked now as if it left now. Claims what nobody has.

    It is parked instead when the customer writes or somebody answers before. The customer's wait
    goes on until it is sent.
    """
    at = now()
    if not at < send_at <= at + FURTHEST:
        raise Invalid(_("Choose a time within the next 90 days."), code="send_at", field="send_at")
    one_ending(resolve_after=resolve_after, is_part=is_part)
    with transaction.atomic():
        conversation = conversation_for(
            actor, conversation_id, ability=Ability.WORK_INBOX, lock=True
        )
        draft = live_draft(conversation, actor.person_id)
        reply_check(actor, conversation, text, seen_version, confirm, private=private)
        shown = pictures_for(actor, conversation, pictures, is_public=not private)
        draft_must_be_fresh(conversation, draft, request_key)
        if draft is None or draft.text != text:
            draft_save(
                actor, conversation_id=conversation_id, text=text, request_key=request_key,
                revision=draft.revision if draft else 0,
            )  # fmt: skip
            draft = live_draft(conversation, actor.person_id)
        if draft is None:
            raise Invalid(_("Write something first."), code="blank", field="text")
        if conversation.assignee_id is None:
            conversation_claim(actor, conversation_id=conversation_id)
            conversation = conversation_for(actor, conversation_id, lock=True)
        changes.touch(conversation)
        write(
            draft, state=D.SCHEDULED, send_at=send_at, resolve_after=resolve_after, is_part=is_part,
            park_reason="", is_private=private,
            base_version=conversation.version, base_at=at,
        )  # fmt: skip
        pictures_keep(shown, draft)
        lease_end(conversation, actor.person_id)
        record(
            actor, "inbox.reply.scheduled", conversation,
            unit_id=conversation.unit_id, draft=draft.pk, send_at=send_at.isoformat(),
        )  # fmt: skip
        tell(draft, conversation)
        announce(conversation, actor.person_id)
    return draft


def scheduled_stop(actor: Actor, *, draft_id: int, conversation_id: int) -> Draft:
    """Keep a colleague's scheduled answer from leaving: parked, for its author to decide anew."""
    with transaction.atomic():
        conversation = conversation_for(
            actor, conversation_id, ability=Ability.DIRECT_INBOX, lock=True
        )
        rows = conversation.drafts.filter(pk=draft_id, state=D.SCHEDULED)
        draft = rows.select_for_update(of=("self",)).first()
        if draft is None:
            raise Conflict(_("This has been sent meanwhile."), code="closed")
        park_by_itself(draft, "stopped")
        record(
            actor, "inbox.reply.unscheduled", conversation,
            unit_id=conversation.unit_id, draft=draft.pk,
        )  # fmt: skip
    return draft


def scheduled_send_due(limit: int = 50) -> int:
    """Send every scheduled answer whose time has come, or park it. Returns how many were looked at."""
    due = Draft.objects.filter(state=D.SCHEDULED, send_at__lte=now()).order_by("send_at")
    return sum(_send(pk) for pk in list(due.values_list("pk", flat=True)[:limit]))


def _send(draft_id: int) -> bool:
    """One transaction each; what breaks alone waits for the next call."""
    try:
        try:
            with transaction.atomic():
                return _send_if_still_due(draft_id)
        except DomainError as problem:
            return _park(draft_id, problem.code)
    except DatabaseError:
        logger.exception("the scheduled draft %s could not be sent", draft_id)
        return False


def _send_if_still_due(draft_id: int) -> bool:
    """Send with its author's rights of today, against what its author saw."""
    found = Draft.objects.select_related("author").get(pk=draft_id)
    actor = actor_for(found.author)
    conversation = conversation_for(
        actor, found.conversation_id, ability=Ability.WORK_INBOX, lock=True
    )
    draft = live_draft(conversation, found.author_id)
    if draft is None or draft.state != D.SCHEDULED or (draft.send_at or now()) > now():
        return False
    reply_send(
        actor, conversation_id=conversation.pk, answers_id=None, text=draft.text,
        request_key=draft.request_key, seen_version=draft.base_version,
        resolve_after=draft.resolve_after, is_part=draft.is_part, private=draft.is_private,
        pictures=pictures_with(draft),
        confirm=confirmation(conversation.pk, draft.text),  # given when it was scheduled
    )  # fmt: skip
    return True


def _park(draft_id: int, reason: str) -> bool:
    with transaction.atomic():
        rows = Draft.objects.filter(pk=draft_id, state=D.SCHEDULED).select_related("conversation")
        draft = rows.select_for_update(of=("self",)).first()
        if draft is not None:
            park_by_itself(draft, reason)
    return draft is not None
