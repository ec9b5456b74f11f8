"""Whether a message may be answered now, how, and until when: said before anybody types."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from channels.lifecycle import ChannelKind, DeliveryState
from channels.models import InboundItem
from channels.types import Capabilities, Limit, OutgoingKind, Visibility
from inbox.lifecycle import MessageKind
from inbox.models import Conversation, Message
from opsconsole.kernel.prepared import prepared

#: A private answer in one of these states was certainly never sent: another may be.
_NEVER_SENT = (
    DeliveryState.REJECTED, DeliveryState.FAILED, DeliveryState.MISSED, DeliveryState.CANCELLED,
)  # fmt: skip
#: What may be answered privately.
_COMMENTS = frozenset({MessageKind.COMMENT, MessageKind.REPLY})


@dataclass(frozen=True, slots=True)
class PrivateAnswer:
    """Whether the customer can be answered so that nobody else reads it; `until` when it can."""

    why_not: str = ""
    until: datetime | None = None

    @property
    def is_possible(self) -> bool:
        """Whether it can be sent now."""
        return not self.why_not


@dataclass(frozen=True, slots=True)
class Hint:
    """Something to know before typing: an answer is possible, but. `until` ends it, when that is known."""

    text: str
    until: datetime | None = None


def limits_of(target: Message | None) -> frozenset[str]:
    """Return what the platform says against answering a message. One query."""
    if target is None:
        return frozenset()
    return frozenset(_limits.first(target.account_id, target.external_id) or ())


@prepared
def _limits(account_id: int, external_id: str) -> QuerySet[InboundItem, list[str]]:
    items = InboundItem.objects.filter(account_id=account_id, external_id=external_id)
    return items.values_list("limits", flat=True)


def why_closed(channel: str) -> str:
    """Say why a platform takes no answer to a message that stands."""
    if channel == ChannelKind.BLOG:
        return _("Comments on this article are closed: nobody can answer here.")
    if channel == ChannelKind.X:
        return _("Its author lets only some people answer, and we are not among them.")
    return _("The platform takes no answer to this comment.")


def reply_hint(
    conversation: Conversation, target: Message, limits: frozenset[str], at: datetime
) -> Hint | None:
    """Say what makes an answer later, less seen or less sure than usual; None when nothing does."""
    until = conversation.account.next_allowed_at
    if until is not None and until > at:
        return Hint(_("The platform asks for patience. An answer leaves at the earliest:"), until)
    if Limit.UNSUMMONED in limits:
        return Hint(_("This post does not speak to us: X may refuse an answer."))
    if target.visibility == Visibility.HELD:
        return Hint(_("This comment waits for approval: the answer is seen once it is approved."))
    if target.visibility == Visibility.HIDDEN:
        return Hint(_("This comment is hidden: few people will see the answer."))
    return None


def private_answer(
    conversation: Conversation,
    target: Message | None,
    capabilities: Capabilities,
    at: datetime,
    limits: frozenset[str],
) -> PrivateAnswer | None:
    """Return whether `target` may be answered privately at a moment; None where no channel has that.

    One query. Other reasons that forbid every answer are `why_not_reply`'s.
    """
    if not capabilities.private_days or target is None:
        return None
    if target.kind not in _COMMENTS:
        return PrivateAnswer(_("Only comments can be answered privately."))
    if target.removed_at is not None or target.visibility == Visibility.REMOVED:
        return PrivateAnswer(_("This comment has been removed."))
    until = target.posted_at + timedelta(days=capabilities.private_days)
    if at >= until:
        return PrivateAnswer(_("The platform's time for a private answer has run out."))
    sent = conversation.replies.filter(answers=target, delivery__kind=OutgoingKind.PRIVATE)
    if sent.exclude(delivery__state__in=_NEVER_SENT).exists():
        return PrivateAnswer(_("This comment has had its private answer; there can be only one."))
    if Limit.NO_PRIVATE in limits:
        return PrivateAnswer(_("The platform takes no private answer to this comment any more."))
    return PrivateAnswer(until=until)
