"""Spam, and customers whose lines nobody has to answer any more. What they write is kept, but waits for nobody."""

from collections.abc import Iterable

from django.db import transaction

from inbox.actions import changes
from inbox.actions.triage import conversation_reopen, nothing_new_since, resolve
from inbox.lifecycle import ConversationState, Direction, Resolution
from inbox.models import Contact, Conversation
from inbox.selectors.access import conversation_for, conversations_for
from inbox.selectors.wait_logs import LIVE
from opsconsole.audit.actions import record
from opsconsole.kernel.actor import SYSTEM, Actor
from opsconsole.kernel.clock import now
from opsconsole.kernel.text import one_line, storable
from opsconsole.people.roles import Ability

S = ConversationState
LONGEST_REASON = 200
#: Conversations of one customer that are closed with the block; nobody has more of them open.
MOST_CLOSED = 200


def contact_block(actor: Actor, *, conversation_id: int, reason: str = "") -> Contact:
    """Let nobody wait for a conversation's customer any more: now and for whatever they write later.

    Only the contact of this network: a person may behave elsewhere. Their open conversations within the
    actor's reach are resolved. Blocking twice changes nothing but the reason.
    """
    reason = one_line(storable(reason), LONGEST_REASON)
    with transaction.atomic():
        conversation, contact = _customer(actor, conversation_id)
        is_new = contact.blocked_at is None
        contact.blocked_at, contact.block_reason = contact.blocked_at or now(), reason
        contact.save(update_fields=["blocked_at", "block_reason"])
        if is_new:
            record(
                actor, "inbox.contact.blocked", conversation,
                unit_id=conversation.unit_id, contact=contact.pk, reason=reason,
            )  # fmt: skip
        for row in _open_of(actor, contact):
            resolve_if_blocked(actor, row)
        changes.touch(conversation)
    return contact


def contact_unblock(actor: Actor, *, conversation_id: int) -> Contact:
    """Let a customer's lines wait again from now on. What was resolved meanwhile stays so."""
    with transaction.atomic():
        conversation, contact = _customer(actor, conversation_id)
        if contact.blocked_at is not None:
            contact.blocked_at, contact.block_reason = None, ""
            contact.save(update_fields=["blocked_at", "block_reason"])
            changes.touch(conversation)
            record(
                actor, "inbox.contact.unblocked", conversation,
                unit_id=conversation.unit_id, contact=contact.pk,
            )  # fmt: skip
    return contact


def conversation_spam(
    actor: Actor, *, conversation_id: int, block: bool = False, seen_version: int | None = None
) -> Conversation:
    """Resolve a conversation as spam, whatever its state; with `block`, block its customer in the same act.

    The customer's wait ends without a reply. `conversation_not_spam` undoes both.
    """
    with transaction.atomic():
        conversation, _contact = _customer(actor, conversation_id)
        if seen_version is not None:
            nothing_new_since(conversation, seen_version)
        if conversation.state != S.RESOLVED:
            resolve(actor, conversation, resolution=Resolution.SPAM)
        elif conversation.resolution != Resolution.SPAM:
            changes.apply(conversation, resolution=Resolution.SPAM)
            record(
                actor, "inbox.conversation.marked_spam", conversation,
                unit_id=conversation.unit_id,
            )  # fmt: skip
        if block:
            contact_block(actor, conversation_id=conversation_id, reason="spam")
            conversation.refresh_from_db()
    return conversation


def conversation_not_spam(actor: Actor, *, conversation_id: int) -> Conversation:
    """Take a conversation out of the spam: its wait goes on as if nothing had been, its customer is unblocked."""
    with transaction.atomic():
        conversation, contact = _customer(actor, conversation_id)
        if conversation.resolution not in {Resolution.SPAM, Resolution.BLOCKED}:
            return conversation
        if contact.blocked_at is not None:
            contact_unblock(actor, conversation_id=conversation_id)
        return conversation_reopen(actor, conversation_id=conversation_id)


def lines_of_blocked(conversations: Iterable[Conversation]) -> None:
    """After new lines: resolve what waits for nobody but blocked customers. The caller has locked them."""
    for conversation in conversations:
        resolve_if_blocked(SYSTEM, conversation)


def resolve_if_blocked(actor: Actor, conversation: Conversation) -> None:
    """Resolve a locked conversation as blocked, unless somebody who is not blocked waits in it."""
    if conversation.state == S.RESOLVED or _somebody_else_waits(conversation):
        return
    resolve(actor, conversation, resolution=Resolution.BLOCKED)


def _somebody_else_waits(conversation: Conversation) -> bool:
    lines = conversation.messages.filter(
        direction=Direction.INBOUND,
        removed_at__isnull=True,
        visibility__in=LIVE,
        pk__gt=conversation.closed_through,
        contact__blocked_at__isnull=True,
    )
    if conversation.answered_up_to is not None:
        lines = lines.filter(posted_at__gt=conversation.answered_up_to)
    return lines.exists()


def _open_of(actor: Actor, contact: Contact) -> Iterable[Conversation]:
    """Yield a customer's open conversations in which the actor may work, each locked."""
    rows = conversations_for(actor).filter(contact=contact).exclude(state=S.RESOLVED)
    units = actor.units(Ability.WORK_INBOX)
    rows = rows if units is None else rows.filter(unit__in=units)
    for pk in list(rows.order_by("pk").values_list("pk", flat=True)[:MOST_CLOSED]):
        yield conversation_for(actor, pk, ability=Ability.WORK_INBOX, lock=True)


def _customer(actor: Actor, conversation_id: int) -> tuple[Conversation, Contact]:
    """Return a conversation and its customer, both locked, the customer first: as new lines do it."""
    contact_id = conversation_for(actor, conversation_id, ability=Ability.WORK_INBOX).contact_id
    contact = Contact.objects.select_for_update().get(pk=contact_id)
    conversation = conversation_for(actor, conversation_id, ability=Ability.WORK_INBOX, lock=True)
    return conversation, contact
