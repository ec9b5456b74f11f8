"""Somebody says that a customer was answered on the site itself, where the console cannot see; or takes it back."""

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from inbox.actions import changes
from inbox.actions.triage import nothing_new_since
from inbox.actions.waiting import oldest_unanswered
from inbox.lifecycle import ConversationState
from inbox.models import Closing, Conversation
from inbox.selectors.access import conversation_for
from inbox.wait_log import ELSEWHERE
from opsconsole.audit.actions import record
from opsconsole.kernel.actor import Actor
from opsconsole.kernel.clock import now
from opsconsole.kernel.errors import Conflict
from opsconsole.people.roles import Ability

S = ConversationState


def conversation_answered_elsewhere(
    actor: Actor, *, conversation_id: int, seen_version: int | None = None
) -> Conversation:
    """End the customer's wait: the actor has answered on the site itself. Twice is once.

    With `seen_version`, refuses when the customer has written since then; Conflict when nobody waits.
    """
    with transaction.atomic():
        conversation = conversation_for(
            actor, conversation_id, ability=Ability.WORK_INBOX, lock=True
        )
        if conversation.waiting_since is None:
            if _mark_of(conversation) is not None:
                return conversation
            raise Conflict(_("Nobody waits for an answer here."), code="nobody_waits")
        if seen_version is not None:
            nothing_new_since(conversation, seen_version)
        newest = conversation.messages.aggregate(newest=Max("pk"))["newest"] or 0
        Closing.objects.create(
            conversation=conversation, at=now(), through=newest, reason=ELSEWHERE,
            by_id=actor.user_id,
        )  # fmt: skip
        changes.apply(conversation, state=S.WAITING, waiting_since=None, closed_through=newest)
        record(
            actor, "inbox.conversation.answered_elsewhere", conversation,
            unit_id=conversation.unit_id,
        )  # fmt: skip
    return conversation


def answered_elsewhere_undo(actor: Actor, *, conversation_id: int) -> Conversation:
    """Take the latest such word back: the customer waits again, since when they did before.

    Conflict once the conversation is resolved; nothing happens when there is nothing to take back.
    """
    with transaction.atomic():
        conversation = conversation_for(
            actor, conversation_id, ability=Ability.WORK_INBOX, lock=True
        )
        mark = _mark_of(conversation)
        if mark is None:
            return conversation
        if conversation.state == S.RESOLVED:
            raise Conflict(_("This is resolved. Reopen it first."), code="resolved")
        Closing.objects.filter(pk=mark.pk).update(undone_at=now())
        stands = Closing.objects.filter(conversation=conversation, undone_at__isnull=True)
        closed = stands.aggregate(through=Max("through"))["through"] or 0
        since = oldest_unanswered(conversation, conversation.answered_up_to, closed)
        state = conversation.state
        if since is not None:
            state = S.OPEN if conversation.assignee_id else S.NEW
        changes.apply(conversation, state=state, waiting_since=since, closed_through=closed)
        record(
            actor, "inbox.conversation.answered_elsewhere_undone", conversation,
            unit_id=conversation.unit_id,
        )  # fmt: skip
    return conversation


def _mark_of(conversation: Conversation) -> Closing | None:
    rows = Closing.objects.filter(
        conversation=conversation, reason=ELSEWHERE, undone_at__isnull=True
    )
    return rows.order_by("-id").first()
