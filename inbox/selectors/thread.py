"""One conversation as a timeline of messages, replies on their way, notes and acts."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from channels.health import silence_of
from channels.models import Moderation
from channels.registry import capabilities_for
from channels.types import Capabilities, Limit, Visibility
from inbox.models import Conversation, Message, Picture, Reply
from inbox.selectors.above import count_reactions
from inbox.selectors.access import conversation_for
from inbox.selectors.answered import Quotable, quotables
from inbox.selectors.belongings import Belongings, belongings_of
from inbox.selectors.eligibility import (
    Hint,
    PrivateAnswer,
    limits_of,
    private_answer,
    reply_hint,
    why_closed,
)
from inbox.selectors.moderation import last_moderations
from inbox.selectors.pictures import pictures_shown
from inbox.selectors.removed import withhold_removed
from inbox.selectors.timeline import Entry, entries_of, key_of, place_of
from opsconsole.kernel.actor import Actor
from opsconsole.kernel.clock import now
from opsconsole.kernel.pagination import encode
from opsconsole.people.roles import Ability

#: How messages look that nobody answers.
_GONE = (Visibility.REMOVED, Visibility.SPAM)


@dataclass(frozen=True, slots=True)
class Thread:
    """A conversation and as much of its timeline as fits a page, oldest first.

    `earlier_at` is the moment of the entry just before the page, None when the page begins at the
    beginning. `elsewhere` is what lines of the page answer without standing on it, by external id.
    """

    conversation: Conversation
    belongings: Belongings
    entries: list[Entry]
    older_cursor: str
    earlier_at: datetime | None
    elsewhere: dict[str, Quotable]
    reply_target: Message | None
    capabilities: Capabilities
    can_work: bool
    can_draft: bool
    can_send: bool
    can_approve: bool
    can_note: bool
    can_direct: bool
    can_settle: bool
    why_not_reply: str
    hint: Hint | None
    moderations: dict[str, Moderation]
    private: PrivateAnswer | None
    pictures: dict[int, list[Picture]]
    waiting_pictures: list[Picture]

    @property
    def messages(self) -> list[Message]:
        """The messages of the page, oldest first."""
        return _messages(self.entries)

    @property
    def first_message(self) -> Message | None:
        """What the conversation began with, when the page reaches back to it."""
        return next(iter(self.messages), None) if not self.older_cursor else None

    @property
    def newest_message(self) -> int:
        """The highest number among the messages shown: what came last, in whatever order it stands."""
        return max((message.pk for message in self.messages), default=0)

    @property
    def can_reply(self) -> bool:
        """Whether the composer may be opened."""
        return not self.why_not_reply

    @property
    def last_acts(self) -> list[Moderation]:
        """What was last done to each of its messages."""
        return list(self.moderations.values())


def thread(actor: Actor, conversation_id: int, *, limit: int = 100, before: str = "") -> Thread:
    """Return a conversation with its timeline; a fixed number of queries at any length."""
    conversation = conversation_for(actor, conversation_id)
    belongings = belongings_of(conversation)
    entries = entries_of(conversation, belongings, limit + 1, before=place_of(before))
    kept = entries[-limit:]
    older = encode(key_of(kept[0])) if len(entries) > limit else ""
    messages = _messages(kept)
    count_reactions(conversation, messages)
    target = (None if before else _target_among(messages)) or reply_target(conversation)
    capabilities = capabilities_for(conversation.channel)
    unit = conversation.unit_id
    acts = last_moderations(conversation.account, messages) if belongings.moderations else {}
    if not actor.can(Ability.READ_REMOVED, unit):
        withhold_removed([*messages, *(e.row.answers for e in kept if e.kind == "reply")])
    can_draft = actor.can(Ability.DRAFT_REPLIES, unit)
    replies = [reply.pk for entry in kept if (reply := _reply_of(entry))]
    limits = limits_of(target)
    sent_pictures, waiting_pictures = (
        pictures_shown(conversation, actor.user_id, replies) if belongings.pictures else ({}, [])
    )
    return Thread(
        conversation=conversation,
        belongings=belongings,
        entries=kept,
        older_cursor=older,
        earlier_at=entries[-limit - 1].at if len(entries) > limit else None,
        elsewhere=quotables(conversation, messages),
        reply_target=target,
        capabilities=capabilities,
        can_work=actor.can(Ability.WORK_INBOX, unit),
        can_draft=can_draft,
        can_send=actor.can(Ability.SEND_REPLIES, unit),
        can_approve=actor.can(Ability.APPROVE_REPLIES, unit),
        can_note=actor.can(Ability.WRITE_NOTES, unit),
        can_direct=actor.can(Ability.DIRECT_INBOX, unit),
        can_settle=actor.can(Ability.SETTLE_DELIVERIES, unit),
        why_not_reply=why_not_reply(conversation, target, capabilities, can_draft, limits),
        hint=reply_hint(conversation, target, limits, now()) if target else None,
        pictures=sent_pictures,
        waiting_pictures=waiting_pictures,
        private=private_answer(conversation, target, capabilities, now(), limits),
        moderations=acts,
    )


def why_not_reply(
    conversation: Conversation,
    target: Message | None,
    capabilities: Capabilities,
    can_draft: bool,
    limits: frozenset[str] = frozenset(),
) -> str:
    """Say in words why no public answer can be given now; empty when it can."""
    if not can_draft:
        return _("Your role reads this inbox but does not answer in it.")
    if not capabilities.can_reply:
        return _("This feed can only be read. Answer on the site itself.")
    if silence := silence_of(conversation.account, now()):
        return silence
    if target is None:
        return _("Everything the customer wrote here has been removed.")
    if Limit.CLOSED in limits:
        return why_closed(conversation.channel)
    return ""


def reply_target(conversation: Conversation) -> Message | None:
    """Return the message that an answer goes to: the customer's latest that still stands."""
    return (
        conversation.messages.filter(direction="inbound", removed_at__isnull=True)
        .select_related("contact")
        .exclude(visibility__in=_GONE)
        .order_by("-posted_at", "-id")
        .first()
    )


def _target_among(messages: Iterable[Message]) -> Message | None:
    """Find the reply target among the newest messages, whose customers are at hand. Reads no rows."""
    standing = (
        message
        for message in messages
        if message.is_inbound and message.removed_at is None and message.visibility not in _GONE
    )
    return max(standing, key=lambda message: (message.posted_at, message.pk), default=None)


def _messages(entries: Iterable[Entry]) -> list[Message]:
    return [entry.row for entry in entries if entry.kind == "message"]


def _reply_of(entry: Entry) -> Reply | None:
    """Return the answer that a line is, or has become a fact of. Reads no rows."""
    if entry.kind == "message":
        return getattr(entry.row.delivery, "reply", None) if entry.row.delivery_id else None
    return entry.row if entry.kind == "reply" else None
