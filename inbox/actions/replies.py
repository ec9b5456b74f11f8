"""Answering in public: the intention, and what became of it."""

import logging
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import DatabaseError, transaction
from django.utils.translation import gettext_lazy as _

from channels.actions.deliveries import URGENT, delivery_request
from channels.lifecycle import DeliveryState
from channels.models import Delivery
from channels.registry import capabilities_for
from channels.types import OutgoingKind
from guidelines.checks import Severity, run_all
from guidelines.phrases import sentence
from inbox.actions import changes
from inbox.actions.assignment import conversation_claim
from inbox.actions.triage import resolve
from inbox.actions.waiting import covered_up_to, recounted
from inbox.lifecycle import ConversationState, Direction, MessageKind
from inbox.models import Conversation, Message, Reply
from inbox.selectors.access import conversation_for
from inbox.selectors.thread import reply_target, why_not_reply
from inbox.waits import later
from opsconsole.audit.actions import record
from opsconsole.kernel.actor import SYSTEM, Actor
from opsconsole.kernel.clock import now
from opsconsole.kernel.errors import Conflict, DomainError, Invalid, NotFound
from opsconsole.kernel.text import typed
from opsconsole.people.roles import Ability

logger = logging.getLogger(__name__)

#: A reply that could not leave for this long is shown as missed instead of coming out of the blue.
REPLY_WINDOW = timedelta(hours=6)

_ON_ITS_WAY = [
    DeliveryState.PLANNED, DeliveryState.READY, DeliveryState.CLAIMED, DeliveryState.PREPARED,
    DeliveryState.ARMED, DeliveryState.AMBIGUOUS, DeliveryState.RECONCILING,
    DeliveryState.RETRY_WAIT, DeliveryState.HELD, DeliveryState.NEEDS_HUMAN,
]  # fmt: skip


def reply_send(
    actor: Actor,
    *,
    conversation_id: int,
    answers_id: int | None,
    text: str,
    request_key: UUID,
    seen_version: int | None = None,
    resolve_after: bool = False,
) -> Reply:
    """Answer a message, by default the one that `reply_target` names.

    The same `request_key` again returns the first reply and sends nothing; Conflict when it came
    with something else.

    Claims the conversation when nobody has it. Raises Conflict when a colleague has it, when an
    answer is already on its way, or when the customer has written or one of us has answered since
    `seen_version`; Invalid when the text cannot go out as it is.
    """
    text = typed(text)
    with transaction.atomic():
        conversation = conversation_for(
            actor, conversation_id, ability=Ability.WORK_INBOX, lock=True
        )
        earlier = Reply.objects.filter(request_key=request_key).first()
        if earlier is not None:
            return _same(earlier, conversation, text)
        target = _target(conversation, answers_id)
        target = _check(actor, conversation, target, text, seen_version)
        if conversation.assignee_id is None:
            conversation_claim(actor, conversation_id=conversation.pk)
            conversation = conversation_for(actor, conversation_id, lock=True)
        at = now()
        delivery = delivery_request(
            actor, origin=f"reply:{request_key}", account=conversation.account,
            kind=OutgoingKind.REPLY, text=text, reply_to=target.external_id,
            thread=target.thread_external_id, not_before=at, deadline=at + REPLY_WINDOW,
            priority=URGENT,
        )  # fmt: skip
        reply = Reply.objects.create(
            conversation=conversation, answers=target, author_id=actor.person_id, text=text,
            request_key=request_key, delivery=delivery, resolve_after=resolve_after, created_at=at,
        )  # fmt: skip
        changes.apply(conversation, answer_version=conversation.version + 1)
        record(
            actor, "inbox.reply.sent", conversation,
            unit_id=conversation.unit_id, reply=reply.pk, delivery=delivery.pk,
        )  # fmt: skip
    return reply


def _same(earlier: Reply, conversation: Conversation, text: str) -> Reply:
    if earlier.conversation_id != conversation.pk or earlier.text != text:
        raise Conflict(_("This key already stands for another answer."), code="key_reused")
    return earlier


def _target(conversation: Conversation, answers_id: int | None) -> Message | None:
    if answers_id is None:
        return reply_target(conversation)
    target = conversation.messages.filter(pk=answers_id, direction=Direction.INBOUND).first()
    if target is None:
        raise NotFound
    if target.removed_at is not None:
        raise Conflict(_("The customer has removed this message."), code="target_gone")
    return target


def _check(
    actor: Actor,
    conversation: Conversation,
    target: Message | None,
    text: str,
    seen_version: int | None,
) -> Message:
    capabilities = capabilities_for(conversation.channel)
    reason = why_not_reply(conversation, target, capabilities, can_work=True)
    if target is None or reason:
        raise Conflict(reason, code="cannot_reply")
    _nobody_was_faster(actor, conversation, target, seen_version)
    findings = run_all(text, counting=capabilities.counting, max_length=capabilities.max_length)
    blockers = [finding for finding in findings if finding.severity == Severity.BLOCKER]
    if blockers:
        raise Invalid(sentence(blockers[0]), code=blockers[0].code, field="text")
    return target


def _nobody_was_faster(
    actor: Actor, conversation: Conversation, target: Message, seen_version: int | None
) -> None:
    if conversation.assignee_id not in {None, actor.user_id}:
        name = conversation.assignee
        raise Conflict(_("%(name)s is answering this.") % {"name": name}, code="taken")
    if conversation.replies.filter(answers=target, delivery__state__in=_ON_ITS_WAY).exists():
        raise Conflict(_("An answer to this message is already on its way."), code="in_flight")
    if seen_version is None:
        return
    if conversation.inbound_version > seen_version:
        raise Conflict(_("The customer has just written again. Read it first."), code="unseen")
    if conversation.answer_version > seen_version:
        raise Conflict(_("This has been answered meanwhile. Read it first."), code="answered")


def replies_settle(limit: int = 100) -> int:
    """Bring the inbox up to date with deliveries that moved. Returns how many; call again until 0."""
    moved = Delivery.objects.filter(is_unseen=True, origin__startswith="reply:").order_by("id")
    return sum(_settle_one(pk) for pk in moved.values_list("pk", flat=True)[:limit])


def _settle_one(delivery_id: int) -> bool:
    """One transaction each: what breaks alone waits for the next sweep, and locks stay short."""
    try:
        with transaction.atomic():
            delivery = (
                Delivery.objects.filter(pk=delivery_id, is_unseen=True)
                .select_for_update(skip_locked=True, of=("self",))
                .select_related("account")
                .first()
            )
            if delivery is None:
                return False
            reply = Reply.objects.filter(delivery=delivery).select_related("author", "answers")
            for found in reply:
                _settle(found, delivery)
            Delivery.objects.filter(pk=delivery_id).update(is_unseen=False)
    except (DatabaseError, DomainError):
        logger.exception("delivery %s could not be brought into the inbox", delivery_id)
        return False
    return True


def _settle(reply: Reply, delivery: Delivery) -> None:
    conversation = Conversation.objects.select_for_update().get(pk=reply.conversation_id)
    if delivery.state != DeliveryState.SENT:
        changes.touch(conversation)
        return
    _message_of(reply, delivery, conversation)
    answered(conversation, at=later(delivery.sent_at, reply.answers.posted_at))
    if reply.resolve_after and conversation.state == ConversationState.WAITING:
        resolve(SYSTEM, conversation, reason="answered")


def _message_of(reply: Reply, delivery: Delivery, conversation: Conversation) -> None:
    """Make the fact of the intention; a poll may have brought our own words back first."""
    Message.objects.update_or_create(
        account=delivery.account,
        external_id=delivery.external_id,
        defaults={"delivery": delivery, "operator": reply.author},
        create_defaults={
            "conversation": conversation,
            "direction": Direction.OUTBOUND,
            "kind": MessageKind.REPLY,
            "delivery": delivery,
            "operator": reply.author,
            "thread_external_id": delivery.thread,
            "parent_external_id": delivery.reply_to,
            "text": delivery.text,
            "permalink": delivery.url,
            "posted_at": delivery.sent_at or now(),
            "landed_at": now(),
        },
    )


def answered(conversation: Conversation, *, at: datetime, is_news: bool = False) -> None:
    """Note that a public answer of ours stands since `at`; lines posted after it keep waiting.

    It `is_news` to whoever has the conversation open when it was not written here.
    """
    covered = covered_up_to(conversation)
    last = later(conversation.last_message_at, at)
    news: dict[str, Any] = {"answer_version": conversation.version + 1} if is_news else {}
    changes.apply(
        conversation, answered_up_to=covered, last_message_at=last,
        message_count=conversation.messages.count(), **recounted(conversation, covered), **news,
    )  # fmt: skip
