"""What an account is read for beside what speaks to it: which side stream is due, and what came of reading it.

A stream that fails is no failure of the account: it is tried again at its next time.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet

from channels.actions.covering import Reading, beside_reading, reach_note
from channels.actions.landing import items_land, late_or_live, still_polling
from channels.errors import ChannelError, NoRoom, RateLimited
from channels.models import ChannelAccount, SideStream
from channels.queries import whole
from channels.types import Page, Reach, SideKind
from opsconsole.kernel.clock import now
from opsconsole.kernel.text import storable

#: When an account without streams is looked at again; whoever gives it one has it looked at at once.
NEVER_MIND = timedelta(days=1)
#: A stream whose platform asks for patience without saying how long.
PATIENCE = timedelta(minutes=15)


def streams_due(account: ChannelAccount, offered: Mapping[SideKind, int]) -> list[SideStream]:
    """Return the streams of a polled account that are due, and plan its next look.

    No query while nothing is due. What the platform offers without being told what to look for is
    begun with the first look.
    """
    at = now()
    if account.streams_due_at is not None and account.streams_due_at > at:
        return []
    rows = list(SideStream.objects.filter(account=account))
    known = {row.kind for row in rows}
    fresh = [kind for kind in offered if kind != SideKind.SEARCH and kind not in known]
    if fresh:
        made = [SideStream(account=account, kind=kind, due_at=at) for kind in fresh]
        SideStream.objects.bulk_create(made, ignore_conflicts=True)
        rows = list(SideStream.objects.filter(account=account))
    due = [row for row in rows if row.due_at <= at and row.kind in offered]
    later = [row.due_at for row in rows if row.due_at > at]
    later += [at + timedelta(seconds=offered[SideKind(row.kind)]) for row in due]
    ChannelAccount.objects.filter(pk=account.pk).update(
        streams_due_at=min(later, default=at + NEVER_MIND)
    )
    return due


def query_of(account: ChannelAccount, stream: SideStream) -> str:
    """Return what is sent to the platform for a stream's own words."""
    if not stream.query:
        return ""
    return whole(stream.query, handle=account.handle, with_reposts=account.with_reposts)


@dataclass(frozen=True, slots=True)
class Interval:
    """How often a side stream is read (seconds), and how far back its platform shows it; None: all."""

    every: int
    gives_out: timedelta | None = None


def stream_land(
    account: ChannelAccount, stream: SideStream, page: Page, asked_at: datetime, how: Interval
) -> bool:
    """Store a page of a stream, move its cursor and extend the ledger together.

    False when another worker polls by now. A stream whose query was changed meanwhile keeps the place that it
    was given then, and has not been read.
    """
    reading = beside_reading(account, stream.walk_began_at or asked_at, how.every)
    began = reading.began if page.has_more else None
    told = {"last_gap": storable(page.gap, 300)} if page.gap else {}
    with transaction.atomic():
        if not still_polling(account, account.poll_fence):
            return False
        came_as = late_or_live(account, reading.patience)
        items_land(account, page.items, page.above, came_as=came_as)
        cursor = dict(page.next_cursor)
        if _same(stream).update(cursor=cursor, walk_began_at=began, **told):
            reach_note(account, [_given_out(one, reading, how) for one in page.reached], reading)
    stream.walk_began_at = began
    return True


def _given_out(reach: Reach, reading: Reading, how: Interval) -> Reach:
    """Return a reach that claims no more than the platform shows."""
    if reach.since is None or how.gives_out is None:
        return reach
    return replace(reach, since=max(reach.since, reading.until - how.gives_out))


def stream_read(stream: SideStream, every: int) -> None:
    """Note that a stream was read to its end, and when it is next."""
    at = now()
    _same(stream).update(read_at=at, last_error="", due_at=at + timedelta(seconds=every))


def stream_failed(stream: SideStream, error: ChannelError, every: int) -> None:
    """Note what was wrong; it is tried again at its next time, or when there is room for it."""
    at = now()
    due_at: datetime = at + timedelta(seconds=every)
    if isinstance(error, RateLimited | NoRoom):
        due_at = max(due_at, error.until or at + PATIENCE)
    _same(stream).update(last_error=error.detail[:300], due_at=due_at)


def _same(stream: SideStream) -> QuerySet[SideStream]:
    return SideStream.objects.filter(pk=stream.pk, query=stream.query)


def streams_hurry(accounts: Sequence[int]) -> None:
    """Have all streams of accounts read with their next poll."""
    at = now()
    SideStream.objects.filter(account__in=accounts).update(due_at=at)
    ChannelAccount.objects.filter(pk__in=accounts).update(streams_due_at=at)
