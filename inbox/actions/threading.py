"""Where an item belongs: which conversation it joins, or the key and cycle of a new one."""

from dataclasses import dataclass
from datetime import timedelta

from channels.lifecycle import ChannelKind
from channels.models import InboundItem
from inbox.lifecycle import ConversationState
from inbox.models import Contact, Conversation, Message
from inbox.selectors.desks import desk_of


@dataclass(frozen=True, slots=True)
class Place:
    """Either a conversation to join, or what a new one needs."""

    contact: Contact
    key: str
    conversation: Conversation | None = None
    cycle: int = 1
    previous: Conversation | None = None


def place_of(item: InboundItem, contact: Contact) -> Place:
    """Find the conversation an item joins and lock it.

    On X a conversation is one customer's share of a thread: hundreds may answer one post of ours.
    On Facebook and blogs it is a comment with everything below it, or a visitor's post.
    """
    key = f"{item.thread_external_id}:{contact.external_id}"
    if item.account.kind != ChannelKind.X:
        key = _branch_of(item)
    latest = (
        Conversation.objects.select_for_update(of=("self",))
        .filter(account=item.account, thread_key=key)
        .order_by("-cycle")
        .first()
    )
    if latest is None:
        return Place(contact, key)
    if begins_anew(latest, item):
        return Place(contact, key, cycle=latest.cycle + 1, previous=latest)
    return Place(contact, key, conversation=latest)


def _branch_of(item: InboundItem) -> str:
    """Return the key of the comment branch, by what is already known of the item's ancestors."""
    ancestors = [item.parent_external_id, item.thread_external_id]
    known = dict(
        Message.objects.filter(
            account=item.account, external_id__in=[a for a in ancestors if a]
        ).values_list("external_id", "conversation__thread_key")
    )
    for ancestor in ancestors:
        if ancestor in known:
            return known[ancestor]
    # An answer that overtook its parent waits under the parent's key, where the parent will join.
    own = Conversation.objects.filter(account=item.account, thread_key=item.external_id)
    return item.external_id if own.exists() else item.parent_external_id or item.external_id


def answered_message(item: InboundItem) -> Message | None:
    """Return the message that an answer of ours belongs under, None when we never saw it.

    On X the root of the thread will not do: it may be another customer's.
    """
    ancestors = [item.parent_external_id]
    if item.account.kind != ChannelKind.X:
        ancestors.append(item.thread_external_id)
    known = {
        message.external_id: message
        for message in Message.objects.filter(account=item.account, external_id__in=ancestors)
    }
    return next((known[ancestor] for ancestor in ancestors if ancestor in known), None)


def begins_anew(latest: Conversation, item: InboundItem) -> bool:
    """Tell whether a line begins a new conversation after the latest one of its thread."""
    return _is_long_after(latest, item) and not _is_answered(latest, item)


def _is_long_after(conversation: Conversation, item: InboundItem) -> bool:
    """A line written long after the end begins a new conversation, linked to the old one.

    By the platform's time: what we fetch late was not written late.
    """
    if conversation.state != ConversationState.RESOLVED or conversation.resolved_at is None:
        return False
    window = timedelta(hours=desk_of(conversation.unit_id).reopen_hours)
    return item.posted_at - conversation.resolved_at > window


def _is_answered(conversation: Conversation, item: InboundItem) -> bool:
    """A late line from before our answer belongs to the conversation that was answered."""
    answered_up_to = conversation.answered_up_to
    return answered_up_to is not None and item.posted_at <= answered_up_to
