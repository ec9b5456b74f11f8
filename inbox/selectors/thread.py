"""One conversation as a timeline of messages, replies on their way, notes and acts."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from channels.lifecycle import DeliveryState
from channels.registry import capabilities_for
from channels.types import Capabilities
from inbox.models import Conversation, Message, Note, Reply
from inbox.selectors.access import conversation_for
from opsconsole.audit.models import Activity
from opsconsole.kernel.actor import Actor
from opsconsole.kernel.errors import Invalid
from opsconsole.kernel.pagination import decode, encode
from opsconsole.people.roles import Ability

#: Acts that are shown by what they brought about.
_SHOWN_OTHERWISE = ("inbox.conversation.opened", "inbox.reply.sent", "inbox.note.added")


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the timeline: `kind` is message, reply, note or activity; `row` is that row."""

    kind: str
    at: datetime
    row: Any


@dataclass(frozen=True, slots=True)
class Thread:
    """A conversation and as much of its timeline as fits a page, oldest first."""

    conversation: Conversation
    entries: list[Entry]
    older_cursor: str
    reply_target: Message | None
    capabilities: Capabilities
    can_work: bool
    can_note: bool
    can_direct: bool
    can_settle: bool
    why_not_reply: str

    @property
    def can_reply(self) -> bool:
        """Whether the composer may be opened."""
        return not self.why_not_reply


def thread(actor: Actor, conversation_id: int, *, limit: int = 100, before: str = "") -> Thread:
    """Return a conversation with its timeline; a fixed number of queries at any length."""
    conversation = conversation_for(actor, conversation_id)
    entries = _entries(conversation, limit + 1, _place(before))
    kept = entries[-limit:]
    older = encode(_key(kept[0])) if len(entries) > limit else ""
    target = reply_target(conversation)
    capabilities = capabilities_for(conversation.channel)
    unit = conversation.unit_id
    can_work = actor.can(Ability.WORK_INBOX, unit)
    return Thread(
        conversation=conversation,
        entries=kept,
        older_cursor=older,
        reply_target=target,
        capabilities=capabilities,
        can_work=can_work,
        can_note=actor.can(Ability.WRITE_NOTES, unit),
        can_direct=actor.can(Ability.DIRECT_INBOX, unit),
        can_settle=actor.can(Ability.SETTLE_DELIVERIES, unit),
        why_not_reply=why_not_reply(conversation, target, capabilities, can_work),
    )


def why_not_reply(
    conversation: Conversation, target: Message | None, capabilities: Capabilities, can_work: bool
) -> str:
    """Say in words why no public answer can be given now; empty when it can."""
    if not can_work:
        return _("Your role reads this inbox but does not answer in it.")
    if not capabilities.can_reply:
        return _("This feed can only be read. Answer on the site itself.")
    if conversation.account.is_paused:
        return _("The account is paused.")
    if conversation.account.needs_reconnect:
        return _("The account must be reconnected before anyone can answer.")
    if target is None:
        return _("Everything the customer wrote here has been removed.")
    return ""


def reply_target(conversation: Conversation) -> Message | None:
    """Return the message that an answer goes to: the customer's latest that still stands."""
    return (
        conversation.messages.filter(direction="inbound", removed_at__isnull=True)
        .exclude(visibility__in=["removed", "spam"])
        .order_by("-posted_at", "-id")
        .first()
    )


#: A place in the timeline: moment, rank of the kind, number of the row.
Place = tuple[datetime, int, int]
_RANKS = {kind: rank for rank, kind in enumerate(("message", "reply", "note", "activity"))}


def _key(entry: Entry) -> tuple[str, int, int]:
    return entry.at.isoformat(), _RANKS[entry.kind], entry.row.pk


def _place(before: str) -> Place | None:
    if not before:
        return None
    try:
        at, rank, pk = decode(before, 3)
        return datetime.fromisoformat(at).astimezone(UTC), int(rank), int(pk)
    except (ValueError, OverflowError) as error:
        raise Invalid(code="bad_cursor") from error


def _entries(conversation: Conversation, limit: int, before: Place | None) -> list[Entry]:
    """Take the newest of each kind, merge, and keep the newest of all."""

    def window(kind: str, field: str) -> Q:
        """Many lines may share one second: where kinds meet, their rank decides."""
        if before is None:
            return Q()
        at, rank, pk = before
        earlier, same = Q(**{f"{field}__lt": at}), Q(**{field: at})
        if _RANKS[kind] == rank:
            return earlier | same & Q(pk__lt=pk)
        return earlier | same if _RANKS[kind] < rank else earlier

    messages = (
        Message.objects.filter(window("message", "posted_at"), conversation=conversation)
        .select_related("contact", "operator", "delivery", "delivery__reply")
        .prefetch_related("revisions")
        .order_by("-posted_at", "-id")[:limit]
    )
    replies = (
        Reply.objects.filter(window("reply", "created_at"), conversation=conversation)
        .exclude(delivery__state=DeliveryState.SENT, delivery__message__isnull=False)
        .select_related("author", "delivery", "delivery__account", "answers__contact")
        .order_by("-created_at", "-id")[:limit]
    )
    notes = (
        Note.objects.filter(window("note", "created_at"), conversation=conversation)
        .select_related("author")
        .order_by("-created_at", "-id")[:limit]
    )
    acts = (
        Activity.objects.filter(
            window("activity", "at"), subject_type="inbox.conversation", subject_id=conversation.pk
        )
        .exclude(verb__in=_SHOWN_OTHERWISE)
        .order_by("-at", "-id")[:limit]
    )
    merged = [
        *(Entry("message", row.posted_at, row) for row in messages),
        *(Entry("reply", row.created_at, row) for row in replies),
        *(Entry("note", row.created_at, row) for row in notes),
        *(Entry("activity", row.at, row) for row in acts),
    ]
    merged.sort(key=lambda entry: (entry.at, _RANKS[entry.kind], entry.row.pk))
    return merged[-limit:]
