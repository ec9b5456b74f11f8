"""The ledger of what has been read: extended by whoever reads, in the transaction that stores the items.

Workers only. Callers hold the account's row, so that those who extend one ledger do so one after the other.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from channels.coverage import Stretch, joined
from channels.lifecycle import HoleState, PastKind
from channels.models import ChannelAccount, CoveredStretch, Hole, InboundItem, PastReading
from channels.port import Remembering
from channels.registry import adapter_type
from channels.streams import shown_in
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


def reach_note(
    account: ChannelAccount, reached: Iterable[Reach], began: datetime, intervals: int = 1
) -> None:
    """Extend the ledger by streams that were read to their end in a reading that `began` at a moment."""
    until = began - SETTLES_WITHIN
    told = {
        "account": account.pk,
        "until": until,
        "paused": until - late_after(account, intervals),
    }
    for reach in reached:
        if reach.since is None and _GO_ON({**told, "stream": reach.stream}):
            continue
        latest = _latest(account, reach.stream)
        since = _since(account, latest, reach.since, until)
        if latest is not None and until > latest.until:
            _break_note(account, reach.stream, latest.until, since, until, intervals)
        if latest is not None and since == latest.until:
            CoveredStretch.objects.filter(pk=latest.pk, until__lt=until).update(until=until)
        else:
            stretch_add(account, reach.stream, Stretch(since, until))


def _since(
    account: ChannelAccount, latest: CoveredStretch | None, told: datetime | None, until: datetime
) -> datetime:
    """Return from when on a stream is covered by a reading: what joins is covered from where the last one ended."""
    if latest is not None and (told is None or told <= latest.until):
        return latest.until
    if told is None:
        told = account.live_since or account.last_success_at
        return told or until - _LEAST
    return min(told, until - _LEAST)


def _latest(account: ChannelAccount, stream: str) -> CoveredStretch | None:
    stretches = CoveredStretch.objects.filter(account=account, stream=stream)
    return stretches.order_by("-since").first()


def _break_note(
    account: ChannelAccount, stream: str, last: datetime, since: datetime, until: datetime,
    intervals: int,
) -> None:  # fmt: skip
    """Name what was not read in time: what has come in now, and what could not be had this way."""
    began = account.walk_began_at or until
    if since > last:
        hole_open(account, stream, Stretch(last, min(since, until)))
    if until > since and until - last > late_after(account, intervals):
        found = found_in(account, stream, Stretch(since, until), began)
        _hole_keep(account, stream, Stretch(since, until), HoleState.FILLED, found)


def hole_open(account: ChannelAccount, stream: str, stretch: Stretch) -> None:
    """Name a hole, and have it read from the past where the platform still gives that out."""
    can_fill = issubclass(adapter_type(account.kind), Remembering)
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
