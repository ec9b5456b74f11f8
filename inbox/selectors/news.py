"""What has happened in a conversation since somebody began to write: shown beside the text."""

from dataclasses import dataclass, field
from datetime import timedelta

from django.db.models import Q

from channels.lifecycle import DeliveryState
from inbox.lifecycle import DraftState
from inbox.models import Conversation, Draft, Message, MessageRevision, Reply
from opsconsole.kernel.differences import Piece, difference

#: A line may have been fetched a moment before the draft began and ingested a moment after.
_SLACK = timedelta(seconds=3)
_OFF = [DeliveryState.SENT, DeliveryState.CANCELLED, DeliveryState.REJECTED, DeliveryState.MISSED]
#: More than this nobody reads beside a text; the thread has them all.
MOST = 10


@dataclass(frozen=True, slots=True)
class Edit:
    """A line that its author has changed."""

    message: Message
    pieces: list[Piece]


@dataclass(frozen=True, slots=True)
class News:
    """What is new to a draft. `is_parked`: nothing is sent before its author has decided."""

    draft: Draft
    is_parked: bool
    lines: list[Message] = field(default_factory=list)
    edits: list[Edit] = field(default_factory=list)
    removed: list[Message] = field(default_factory=list)
    on_their_way: list[Reply] = field(default_factory=list)


def news_since(draft: Draft | None, conversation: Conversation) -> News | None:
    """Return what an author has not seen; None when the draft is up to date. At most four queries."""
    if draft is None or draft.state not in {DraftState.WRITING, DraftState.PARKED}:
        return None
    is_parked = draft.state == DraftState.PARKED
    newest = max(conversation.inbound_version, conversation.answer_version)
    if newest <= draft.base_version and not is_parked:
        return None
    since = draft.base_at
    lines = conversation.messages.select_related("contact", "operator", "account")
    others = conversation.replies.filter(created_at__gt=since).exclude(delivery__state__in=_OFF)
    return News(
        draft=draft,
        is_parked=is_parked,
        lines=list(
            lines.filter(landed_at__gt=since - _SLACK, removed_at__isnull=True).order_by(
                "posted_at", "id"
            )[:MOST]
        ),
        edits=_edits(conversation, draft),
        removed=list(
            lines.filter(Q(removed_at__gt=since - _SLACK), direction="inbound").order_by("id")[
                :MOST
            ]
        ),
        on_their_way=list(others.select_related("author")[:MOST]),
    )


def _edits(conversation: Conversation, draft: Draft) -> list[Edit]:
    """Compare what stood when the draft began with what stands now; steps between do not matter."""
    changed = MessageRevision.objects.filter(
        message__conversation=conversation, replaced_at__gt=draft.base_at
    )
    first: dict[int, MessageRevision] = {}
    for revision in changed.select_related("message__contact").order_by("replaced_at", "id"):
        first.setdefault(revision.message_id, revision)
    return [
        Edit(revision.message, difference(revision.text, revision.message.text))
        for revision in list(first.values())[:MOST]
        if revision.text != revision.message.text
    ]
