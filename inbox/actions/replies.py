"""Answering in public: the intention, and what became of it."""

import logging
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import DatabaseError, transaction
from django.utils.translation import gettext_lazy as _

from channels.actions.deliveries import delivery_request
from channels.lifecycle import URGENT, DeliveryState
from channels.models import ChannelAccount, Delivery
from channels.registry import capabilities_for
from channels.types import OutgoingKind
from inbox.actions import changes
from inbox.actions.assignment import conversation_claim
from inbox.actions.drafts import draft_close, live_draft
from inbox.actions.giving_back import candidates_return
from inbox.actions.leases import lease_end, lease_must_be_free
from inbox.actions.notices import notices_give
from inbox.actions.pictures import Shown, pictures_attach, pictures_for
from inbox.actions.saying import Wording, note_confirmed, wording_of
from inbox.actions.searching import search_later
from inbox.actions.signatures import signature_of
from inbox.actions.speaking import speaker_meant
from inbox.actions.triage import resolve
from inbox.actions.waiting import covered_up_to, recounted
from inbox.lifecycle import (
    ConversationState,
    Direction,
    DraftState,
    MessageKind,
    Resolution,
    Searchable,
)
from inbox.models import Conversation, Draft, Message, Picture, Reply
from inbox.notices import NoticeKind
from inbox.selectors.access import conversation_for
from inbox.selectors.eligibility import limits_of, private_answer
from inbox.selectors.thread import reply_target, why_not_reply
from inbox.waits import later
from opsconsole.audit.actions import record
from opsconsole.kernel.actor import SYSTEM, Actor
from opsconsole.kernel.clock import now
from opsconsole.kernel.errors import Conflict, DomainError, Invalid, NotAllowed, NotFound
from opsconsole.kernel.text import typed
from opsconsole.people.roles import Ability

logger = logging.getLogger(__name__)

#: A reply that could not leave for this long is shown as missed instead of coming out of the blue.
REPLY_WINDOW = timedelta(hours=6)

#: Nobody knows yet what becomes of it.
ON_ITS_WAY = [
    DeliveryState.PLANNED, DeliveryState.READY, DeliveryState.CLAIMED, DeliveryState.PREPARED,
    DeliveryState.ARMED, DeliveryState.AMBIGUOUS, DeliveryState.RECONCILING,
    DeliveryState.RETRY_WAIT, DeliveryState.HELD, DeliveryState.NEEDS_HUMAN,
]  # fmt: skip

#: Ends, or halts, of which an author must know.
_TROUBLE = frozenset(
    {DeliveryState.NEEDS_HUMAN, DeliveryState.REJECTED, DeliveryState.FAILED, DeliveryState.MISSED}
)


def reply_send(
    actor: Actor,
    *,
    conversation_id: int,
    answers_id: int | None,
    text: str,
    request_key: UUID,
    seen_version: int | None = None,
    resolve_after: bool = False,
    is_part: bool = False,
    after_reading: bool = False,
    undo_seconds: int = 0,
    confirm: str = "",
    private: bool = False,
    pictures: Sequence[Shown] = (),
    speaks_as: int | None = None,
) -> Reply:
    """Answer a message, by default the one that `reply_target` names; `private` for its author alone,
    `pictures` with what has been uploaded for it. After one that `is_part` the customer's wait goes on.

    The same `request_key` again returns the first reply and sends nothing; Conflict when it came
    with something else.

    Claims the conversation when nobody has it. Raises Conflict when a colleague has it or is
    answering it, when an answer is already on its way, when the customer has written or one of us
    has answered since `seen_version`, or when its draft lies parked or began before an answer of
    ours, unless `after_reading` says that its author has read it; Invalid when the text cannot go out
    as it is, or holds personal data that `confirm` does not let through (`wording_of`). It leaves
    after `undo_seconds`; until then `reply_undo` takes it back. `speaks_as` is the account that its author
    has been shown as the one that says it.
    """
    text = typed(text)
    one_ending(resolve_after=resolve_after, is_part=is_part)
    with transaction.atomic():
        conversation = conversation_for(
            actor, conversation_id, ability=Ability.DRAFT_REPLIES, lock=True
        )
        must_send_alone(actor, conversation)
        earlier = Reply.objects.filter(request_key=request_key).first()
        if earlier is not None:
            return _same(earlier, conversation, text, is_part=is_part)
        target = answered_line(conversation, answers_id)
        target = _check(actor, conversation, target, seen_version, private=private)
        wording = wording_of(
            conversation, target, text=text, author_id=actor.person_id, confirm=confirm,
            is_public=not private,
        )  # fmt: skip
        shown = pictures_for(actor, conversation, pictures, is_public=not private)
        if not after_reading:
            draft_must_be_fresh(
                conversation, live_draft(conversation, actor.person_id), request_key
            )
        if conversation.assignee_id is None:
            conversation_claim(actor, conversation_id=conversation.pk)
            conversation = conversation_for(actor, conversation_id, lock=True)
        return reply_put(
            actor, conversation, target, wording, author_id=actor.person_id, text=text,
            request_key=request_key, resolve_after=resolve_after, is_part=is_part,
            undo_seconds=undo_seconds, private=private, pictures=shown,
            speaker=speaker_meant(conversation, speaks_as, is_public=not private),
        )  # fmt: skip


def reply_put(
    actor: Actor,
    conversation: Conversation,
    target: Message,
    wording: Wording,
    *,
    author_id: int,
    text: str,
    request_key: UUID,
    resolve_after: bool,
    is_part: bool = False,
    undo_seconds: int = 0,
    private: bool = False,
    pictures: Iterable[Picture] = (),
    speaker: ChannelAccount | None = None,
) -> Reply:
    """Write an answer and its delivery down. The caller has locked the conversation and checked everything.

    The actor is its author, or the colleague who lets it out. Whatever else waits for approval in the
    conversation goes back: it was written before this answer.
    """
    at = now()
    leaves_at = at + timedelta(seconds=undo_seconds)
    delivery = delivery_request(
        actor, origin=f"reply:{request_key}", account=speaker or conversation.account,
        kind=OutgoingKind.PRIVATE if private else OutgoingKind.REPLY, text=wording.text,
        reply_to=target.external_id, thread=target.thread_external_id, not_before=leaves_at,
        deadline=leaves_at + REPLY_WINDOW, priority=URGENT,
        article=signature_of(conversation.account, author_id),
    )  # fmt: skip
    reply = Reply.objects.create(
        conversation=conversation, answers=target, author_id=author_id, text=text,
        request_key=request_key, delivery=delivery, resolve_after=resolve_after, is_part=is_part, created_at=at,
        approved_by_id=None if author_id == actor.user_id else actor.user_id,
    )  # fmt: skip
    pictures_attach(pictures, reply, delivery)
    changes.apply(conversation, answer_version=conversation.version + 1)
    draft_close(conversation, author_id, request_key)
    candidates_return(actor, conversation, reason="answered")
    lease_end(conversation, author_id)
    note_confirmed(actor, conversation, wording)
    record(
        actor, "inbox.reply.sent", conversation,
        unit_id=conversation.unit_id, reply=reply.pk, delivery=delivery.pk,
        is_part=is_part,
    )  # fmt: skip
    return reply


def one_ending(*, resolve_after: bool, is_part: bool) -> None:
    """Raise Invalid for an answer that shall resolve though it is only a part."""
    if resolve_after and is_part:
        raise Invalid(
            _("A part answer cannot resolve: the customer waits for the rest."), code="is_part"
        )


def _same(earlier: Reply, conversation: Conversation, text: str, *, is_part: bool) -> Reply:
    if (earlier.conversation_id, earlier.text, earlier.is_part) != (
        conversation.pk,
        text,
        is_part,
    ):
        raise Conflict(_("This key already stands for another answer."), code="key_reused")
    return earlier


def answered_line(conversation: Conversation, answers_id: int | None) -> Message | None:
    """Return the line that is to be answered: the named one, else the customer's newest that stands."""
    if answers_id is None:
        return reply_target(conversation)
    target = conversation.messages.filter(pk=answers_id, direction=Direction.INBOUND).first()
    if target is None:
        raise NotFound
    if target.removed_at is not None:
        raise Conflict(_("The customer has removed this message."), code="target_gone")
    return target


def must_send_alone(actor: Actor, conversation: Conversation) -> None:
    """Raise NotAllowed when the actor's answers need a colleague's approval."""
    if not actor.can(Ability.SEND_REPLIES, conversation.unit_id):
        raise NotAllowed(_("A colleague has to approve your answer first."), code="needs_approval")


def _check(
    actor: Actor,
    conversation: Conversation,
    target: Message | None,
    seen_version: int | None,
    *,
    private: bool = False,
) -> Message:
    standing = must_be_answerable(conversation, target, private=private)
    if conversation.assignee_id not in {None, actor.user_id}:
        name = conversation.assignee
        raise Conflict(_("%(name)s is answering this.") % {"name": name}, code="taken")
    lease_must_be_free(conversation, actor.user_id)
    nothing_new_since(conversation, standing, seen_version)
    return standing


def must_be_answerable(
    conversation: Conversation, target: Message | None, *, private: bool = False
) -> Message:
    """Return the line that is answered; Conflict when none stands or the account cannot answer so."""
    capabilities = capabilities_for(conversation.channel)
    limits = limits_of(target)
    reason = why_not_reply(conversation, target, capabilities, can_draft=True, limits=limits)
    if target is None or reason:
        raise Conflict(reason, code="cannot_reply")
    if private:
        may = private_answer(conversation, target, capabilities, now(), limits)
        if may is None or not may.is_possible:
            why_not = may.why_not if may else _("This channel has no private answers.")
            raise Conflict(why_not, code="cannot_reply_privately")
    return target


def nothing_new_since(
    conversation: Conversation, target: Message, seen_version: int | None
) -> None:
    """Raise Conflict when an answer is on its way, or somebody has written since that version."""
    if conversation.replies.filter(answers=target, delivery__state__in=ON_ITS_WAY).exists():
        raise Conflict(_("An answer to this message is already on its way."), code="in_flight")
    if seen_version is None:
        return
    if conversation.inbound_version > seen_version:
        raise Conflict(_("The customer has just written again. Read it first."), code="unseen")
    if conversation.answer_version > seen_version:
        raise Conflict(_("This has been answered meanwhile. Read it first."), code="answered")


def reply_check(
    actor: Actor,
    conversation: Conversation,
    text: str,
    seen_version: int | None,
    confirm: str = "",
    *,
    private: bool = False,
) -> None:
    """Raise what `reply_send` would raise for this text now. The caller has locked the conversation."""
    must_send_alone(actor, conversation)
    target = _check(actor, conversation, reply_target(conversation), seen_version, private=private)
    wording_of(
        conversation, target, text=typed(text), author_id=actor.person_id, confirm=confirm,
        is_public=not private,
    )  # fmt: skip


def draft_must_be_fresh(
    conversation: Conversation, draft: Draft | None, request_key: UUID
) -> None:
    """What lies parked, or began before an answer that stands now, is looked at again first."""
    if draft is None or draft.request_key != request_key:
        return
    if draft.state == DraftState.PARKED:
        raise Conflict(_("Something has happened meanwhile. Read it first."), code="parked")
    if conversation.answer_version > draft.base_version:
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
        _tell_of_trouble(reply, delivery, conversation)
        changes.touch(conversation)
        return
    _message_of(reply, delivery, conversation)
    answered(conversation, at=later(delivery.sent_at, reply.answers.posted_at))
    if reply.resolve_after and conversation.state == ConversationState.WAITING:
        resolve(SYSTEM, conversation, resolution=Resolution.ANSWERED)


def _tell_of_trouble(reply: Reply, delivery: Delivery, conversation: Conversation) -> None:
    """Tell the author once about an answer that did not leave; a withdrawn one is no trouble."""
    if delivery.state not in _TROUBLE:
        return
    notices_give(
        [reply.author_id], NoticeKind.DELIVERY_TROUBLE,
        key=f"delivery:{delivery.pk}:{delivery.state}", conversation=conversation,
        data={"reason": delivery.reason[:200]},
    )  # fmt: skip


def _message_of(reply: Reply, delivery: Delivery, conversation: Conversation) -> None:
    """Make the fact of the intention; a poll may have brought our own words back first."""
    is_private = delivery.kind == OutgoingKind.PRIVATE
    message, _is_new = Message.objects.update_or_create(
        account=delivery.account,
        external_id=delivery.external_id,
        defaults={"delivery": delivery, "operator": reply.author, "is_part": reply.is_part},
        create_defaults={
            "conversation": conversation,
            "direction": Direction.OUTBOUND,
            "kind": MessageKind.PRIVATE if is_private else MessageKind.REPLY,
            "delivery": delivery,
            "operator": reply.author,
            "is_part": reply.is_part,
            "thread_external_id": delivery.thread,
            "parent_external_id": delivery.reply_to,
            "text": delivery.text,
            "permalink": delivery.url,
            "posted_at": delivery.sent_at or now(),
            "landed_at": now(),
        },
    )
    search_later(Searchable.MESSAGE, [message.pk])


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
