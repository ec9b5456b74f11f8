"""Promises: what a thread proposes, what is open in it, and what is due anywhere within reach."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q, QuerySet
from django.utils import timezone

from inbox.lifecycle import FollowUpState
from inbox.models import Conversation, FollowUp, Message
from inbox.promises import LONGEST_QUOTE, promises_in
from opsconsole.kernel.actor import Actor
from opsconsole.kernel.clock import now
from opsconsole.kernel.errors import Invalid, NotFound
from opsconsole.kernel.pagination import KeysetPage, cut, moment_and_number
from opsconsole.people.roles import Ability

S = FollowUpState
#: What stands in answers older than this is no longer proposed.
PROPOSED_FOR = timedelta(days=14)
#: Answers of a thread that are looked through, newest first.
LOOKED_THROUGH = 10
VIEWS = ("open", "overdue", "kept")
COUNT_LIMIT = 1000


@dataclass(frozen=True, slots=True)
class Proposal:
    """A sentence of ours that may be a promise. `due_at` is None when it names no day."""

    message: Message
    quote: str
    due_at: datetime | None


def follow_ups_of(conversation: Conversation) -> list[FollowUp]:
    """Return all promises of a conversation, closed ones too, by when they are due. One query."""
    rows = FollowUp.objects.filter(conversation=conversation).select_related("owner", "message")
    return list(rows.order_by("due_at", "id"))


def proposals(messages: Iterable[Message], known: Iterable[FollowUp]) -> list[Proposal]:
    """Return what our answers among these messages promise and nobody has decided about yet."""
    decided = {(row.message_id, row.quote) for row in known}
    since = now() - PROPOSED_FOR
    ours = [
        message
        for message in messages
        if not message.is_inbound and message.removed_at is None and message.posted_at >= since
    ]
    return [
        Proposal(message, promise.quote, promise.due_at)
        for message in ours[-LOOKED_THROUGH:]
        for promise in promises_in(message.text, at=timezone.localtime(message.posted_at))
        if (message.pk, promise.quote[:LONGEST_QUOTE]) not in decided
    ]


def follow_up_for(conversation: Conversation, follow_up_id: int) -> FollowUp:
    """Return a promise of a conversation that is within reach already, locked."""
    rows = FollowUp.objects.filter(conversation=conversation, pk=follow_up_id)
    found = rows.select_for_update().first()
    if found is None:
        raise NotFound
    return found


def _within_reach(actor: Actor) -> QuerySet[FollowUp]:
    rows = FollowUp.objects.all()
    units = actor.units(Ability.READ_INBOX)
    return rows if units is None else rows.filter(conversation__unit__in=units)


def _of_view(rows: QuerySet[FollowUp], view: str) -> QuerySet[FollowUp]:
    wanted = {
        "open": Q(state=S.OPEN),
        "overdue": Q(state=S.OPEN, due_at__lte=now()),
        "kept": Q(state=S.KEPT),
    }
    if view not in wanted:
        raise Invalid(code="unknown_view", field="view")
    return rows.filter(wanted[view])


def promise_page(
    actor: Actor, *, view: str = "open", cursor: str = "", size: int = 50
) -> KeysetPage[FollowUp]:
    """Return one page of promises within reach: what is due first, kept ones newest first."""
    rows = _of_view(_within_reach(actor), view).select_related(
        "owner", "conversation__contact", "conversation__unit", "conversation__account"
    )
    after = moment_and_number(cursor) if cursor else None
    if view == "kept":
        if after:
            at, pk = after
            rows = rows.filter(closed_at__lte=at).filter(Q(closed_at__lt=at) | Q(pk__lt=pk))
        page = rows.order_by("-closed_at", "-id")[: size + 1]
        return cut(page, size, lambda row: [(row.closed_at or row.due_at).isoformat(), row.pk])
    if after:
        at, pk = after
        rows = rows.filter(due_at__gte=at).filter(Q(due_at__gt=at) | Q(pk__gt=pk))
    page = rows.order_by("due_at", "id")[: size + 1]
    return cut(page, size, lambda row: [row.due_at.isoformat(), row.pk])


def promise_counts(actor: Actor) -> dict[str, int]:
    """Count the promises of each view, up to COUNT_LIMIT. One query each."""
    rows = _within_reach(actor)
    return {view: _of_view(rows, view).values("pk")[:COUNT_LIMIT].count() for view in VIEWS}


def open_follow_ups(units: Collection[int], until: datetime) -> list[FollowUp]:
    """Return the open promises of some units that fall due by then, earliest first: for hand-overs."""
    rows = FollowUp.objects.filter(
        state=S.OPEN, due_at__lte=until, conversation__unit__in=list(units)
    )
    return list(rows.select_related("owner", "conversation__contact").order_by("due_at", "id"))
