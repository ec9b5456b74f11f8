"""The return timer: who lets a customer wait in silence loses the conversation back to the unit."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Max
from django.utils.timezone import localtime

from inbox.actions import changes
from inbox.actions.assignment import end
from inbox.actions.notices import notices_give
from inbox.actions.replies import ON_ITS_WAY
from inbox.lifecycle import ConversationState, DraftState, PresenceState
from inbox.models import Conversation, Desk, Draft, Lease, Presence
from inbox.notices import NoticeKind
from inbox.selectors.duty import IN_HAND
from opsconsole.audit.actions import record
from opsconsole.kernel.actor import SYSTEM
from opsconsole.kernel.clock import now

S = ConversationState
#: The assignee is warned when this share of the time is left.
WARNED_AT = 0.2
#: Drafts whose author has done all there is to do for now.
_DONE = [DraftState.SCHEDULED, DraftState.SUBMITTED]


def silent_return(limit: int = 100) -> int:
    """Return what assignees let wait in silence, and warn them before. Returns how many were handled."""
    return sum(
        _of_unit(desk.unit_id, timedelta(minutes=desk.return_after_minutes), limit)
        for desk in Desk.objects.filter(return_after_minutes__isnull=False).order_by("unit")
        if desk.return_after_minutes
    )


def _of_unit(unit_id: int, patience: timedelta, limit: int) -> int:
    warned_from = now() - patience * (1 - WARNED_AT)
    silent = Conversation.objects.filter(
        IN_HAND, unit=unit_id, assignee__isnull=False, silent_since__lte=warned_from
    )
    found = silent.order_by("silent_since").values_list("pk", flat=True)[:limit]
    return sum(_look_at(pk, patience) for pk in found)


def _look_at(conversation_id: int, patience: timedelta) -> bool:
    """Look again with the row locked: the assignee may have just done something, or another taken it."""
    with transaction.atomic():
        conversation = (
            Conversation.objects.filter(
                IN_HAND, pk=conversation_id, assignee__isnull=False, silent_since__isnull=False
            )
            .select_for_update(skip_locked=True)
            .first()
        )
        if conversation is None or conversation.silent_since is None:
            return False
        at, since = now(), conversation.silent_since
        last = last_sign_of_work(conversation, at)
        if last is not None and last > since:
            Conversation.objects.filter(pk=conversation.pk).update(silent_since=last)
            return False
        if since + patience <= at:
            _return(conversation)
            return True
        _warn(conversation, since, since + patience)
    return False


def last_sign_of_work(conversation: Conversation, at: datetime) -> datetime | None:
    """Return when the assignee last wrote, noted or drafted; `at` itself while they are at it."""
    who = conversation.assignee_id
    leased = Lease.objects.filter(conversation=conversation, holder=who, expires_at__gt=at)
    typing = Presence.objects.filter(
        conversation=conversation, user=who, state=PresenceState.TYPING
    )
    drafts = Draft.objects.filter(conversation=conversation, author=who)
    sent = conversation.replies.filter(author=who)
    if (
        leased.exists()
        or typing.exists()
        or sent.filter(delivery__state__in=ON_ITS_WAY).exists()
        or drafts.filter(state__in=_DONE).exists()
    ):
        return at
    signs = [
        sent.aggregate(last=Max("created_at"))["last"],
        conversation.notes.filter(author=who).aggregate(last=Max("created_at"))["last"],
        drafts.aggregate(last=Max("updated_at"))["last"],
    ]
    return max((sign for sign in signs if sign is not None), default=None)


def _return(conversation: Conversation) -> None:
    who, name = conversation.assignee_id, str(conversation.assignee)
    open_one = conversation.assignments.filter(ended_at__isnull=True)
    number = open_one.values_list("pk", flat=True).first()
    end(conversation, "returned")
    state = S.NEW if conversation.state == S.OPEN else conversation.state
    changes.apply(conversation, assignee_id=None, state=state)
    record(
        SYSTEM, "inbox.conversation.returned", conversation,
        unit_id=conversation.unit_id, whose=name,
    )  # fmt: skip
    if who is not None:
        notices_give(
            [who], NoticeKind.RETURNED, key=f"assignment:{number}", conversation=conversation
        )


def _warn(conversation: Conversation, since: datetime, returns_at: datetime) -> None:
    if conversation.assignee_id is None:
        return
    notices_give(
        [conversation.assignee_id],
        NoticeKind.RETURN_SOON,
        key=f"silence:{conversation.pk}:{since.timestamp():.0f}",
        conversation=conversation,
        data={"returns_at": localtime(returns_at).isoformat()},
    )
