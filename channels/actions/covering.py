"""The ledger of what has been read: extended by whoever reads, in the transaction that stores the items.

Workers only. Callers hold the account's row, so that those who extend one ledger do so one after the other.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from channels.coverage import Stretch, joined
from channels.lifecycle import HoleState, PastKind
from channels.models import ChannelAccount, CoveredStretch, Hole, InboundItem, PastReading
from channels.port import Recalling, Remembering
from channels.registry import adapter_type
from channels.streams import is_beside, shown_in
from channels.types import Reach
from opsconsole.kernel.clock import now
from opsconsole.kernel.doorbell import ring_on_commit
from opsconsole.kernel.live import hint_on_commit
from opsconsole.kernel.plans import Statement

#: A platform shows some things late: the last moments count as read with the next reading only.
SETTLES_WITHIN = timedelta(seconds=30)
#: However much was lost, a reading has seen this much.
_LEAST = timedelta(seconds=1)
#: Reading that pauses no longer than this, or than so many intervals, is reading without a break.
PATIENCE, INTERVALS = timedelta(minutes=5), 3


#: The latest stretch of a stream goes on, where reading has not paused: one statement, as it is done with every poll.
_GO_ON = Statement("""
UPDATE channels_coveredstretch SET until = greatest(until, %(until)s)
WHERE id = (
    SELECT id FROM channels_coveredstretch WHERE account_id = %(account)s AND stream = %(stream)s
    ORDER BY since DESC LIMIT 1
) AND until >= %(paused)s RETURNING id
""")


def late_after(account: ChannelAccount, intervals: int = 1) -> timedelta:
    """Return after which pause an account was not being read, and what comes then comes late."""
    return max(PATIENCE, timedelta(seconds=account.poll_every * INTERVALS * intervals))


@dataclass(frozen=True, slots=True)
class Reading:
    """How some streams were read: when the first page was asked for, and after which pause that comes late.

    `first` is from when on a stream counts as covered that has not been read before; None: from now on.
    """

    began: datetime
    patience: timedelta
    first: datetime | None = None

    @property
    def until(self) -> datetime:
        """Up to when everything has been seen."""
        return self.began - SETTLES_WITHIN


def poll_reading(account: ChannelAccount, began: datetime, intervals: int = 1) -> Reading:
    """Return how a poll that `began` at a moment reads what comes in; some of it only every few polls."""
    first = account.live_since or account.last_success_at
    return Reading(began, late_after(account, intervals), first)


def beside_reading(account: ChannelAccount, began: datetime, every: int) -> Reading:
    """Return how a side stream is read that is due every so many seconds, with the poll that comes next then."""
    pause = timedelta(seconds=(every + account.poll_every) * INTERVALS)
    return Reading(began, max(PATIENCE, pause))


def reach_note(account: ChannelAccount, reached: Iterable[Reach], reading: Reading) -> None:
    """Extend the ledger by streams that a reading has read to their end."""
    until = reading.until
    told = {"account": account.pk, "until": until, "paused": until - reading.patience}
    for reach in reached:
        if reach.since is None and _GO_ON({**told, "stream": reach.stream}):
            continue
        latest = _latest(account, reach.stream)
        since = _since(reading, latest, reach.since)
        if latest is not None and until > latest.until:
            _break_note(account, reach.stream, latest.until, since, reading)
        if latest is not None and since == latest.until:
            CoveredStretch.objects.filter(pk=latest.pk, until__lt=until).update(until=until)
        else:
            stretch_add(account, reach.stream, Stretch(since, until))


def _since(reading: Reading, latest: CoveredStretch | None, told: datetime | None) -> datetime:
    """Return from when on a stream is covered by a reading: what joins is covered from where the last one ended."""
    if latest is not None and (told is None or told <= latest.until):
        return latest.until
    least = reading.until - _LEAST
    if told is None:
        return reading.first or least
    return min(told, least)


def _latest(account: ChannelAccount, stream: str) -> CoveredStretch | None:
    stretches = CoveredStretch.objects.filter(account=account, stream=stream)
    return stretches.order_by("-since").first()


def _break_note(
    account: ChannelAccount, stream: str, last: datetime, since: datetime, reading: Reading
) -> None:
    """Name what was not read in time: what has come in now, and what could not be had this way."""
    until = reading.until
    if since > last:
        hole_open(account, stream, Stretch(last, min(since, until)))
    if until > since and until - last > reading.patience:
        found = found_in(account, stream, Stretch(since, until), until)
        _hole_keep(account, stream, Stretch(since, until), HoleState.FILLED, found)


def hole_open(account: ChannelAccount, stream: str, stretch: Stretch) -> None:
    """Name a hole, and have it read from the past where the platform still gives that out."""
    past = Recalling if is_beside(stream) else Remembering
    can_fill = issubclass(adapter_type(account.kind), past)
    hole = _hole_keep(account, stream, stretch, HoleState.OPEN if can_fill else HoleState.LOST)
    if hole is None or not can_fill:
        return
    PastReading.objects.create(
        account=account, kind=PastKind.HOLE, hole=hole, streams=[stream], since=stretch.since,
        until=stretch.until, due_at=now(), asked_at=now(),
    )  # fmt: skip
    ring_on_commit("past_asked")


def _hole_keep(
    account: ChannelAccount, stream: str, stretch: Stretch, state: HoleState, found: int = 0
) -> Hole | None:
    if not stretch:
        return None
    at = now()
    hole, _is_new = Hole.objects.update_or_create(
        account=account, stream=stream, since=stretch.since,
        defaults={
            "until": stretch.until, "state": state, "found": found, "noticed_at": at,
            "closed_at": None if state == HoleState.OPEN else at,
        },
    )  # fmt: skip
    hint_on_commit("account", units=[account.unit_id], id=account.pk)
    return hole


def hole_close(hole: Hole, floor: datetime, found: int) -> None:
    """End a hole that was read from the past down to a moment: what lies before that is lost."""
    at = now()
    if floor >= hole.until:
        Hole.objects.filter(pk=hole.pk).update(state=HoleState.LOST, found=found, closed_at=at)
    elif floor > hole.since:
        _hole_keep(hole.account, hole.stream, Stretch(floor, hole.until), HoleState.FILLED, found)
        Hole.objects.filter(pk=hole.pk).update(
            state=HoleState.LOST, until=floor, found=0, closed_at=at
        )
    else:
        Hole.objects.filter(pk=hole.pk).update(state=HoleState.FILLED, found=found, closed_at=at)


def found_in(
    account: ChannelAccount, stream: str, stretch: Stretch, landed_since: datetime
) -> int:
    """Count what was written in a stretch of a stream and came in since a moment."""
    return InboundItem.objects.filter(
        shown_in(stream), account=account, posted_at__gte=stretch.since,
        posted_at__lt=stretch.until, landed_at__gte=landed_since,
    ).count()  # fmt: skip


def stretch_add(account: ChannelAccount, stream: str, stretch: Stretch) -> None:
    """Add a stretch to the ledger of a stream, and join what now touches."""
    if not stretch:
        return
    rows = list(
        CoveredStretch.objects.filter(
            account=account, stream=stream, since__lte=stretch.until, until__gte=stretch.since
        )
    )
    (whole,) = joined([stretch, *(Stretch(row.since, row.until) for row in rows)])
    CoveredStretch.objects.filter(pk__in=[row.pk for row in rows]).delete()
    CoveredStretch.objects.create(
        account=account, stream=stream, since=whole.since, until=whole.until
    )


def ledger_forget(account: ChannelAccount, stream: str) -> None:
    """Forget what has been read of a stream that is another from now on. In the caller's transaction."""
    PastReading.objects.filter(account=account, hole__stream=stream).delete()
    Hole.objects.filter(account=account, stream=stream).delete()
    CoveredStretch.objects.filter(account=account, stream=stream).delete()
