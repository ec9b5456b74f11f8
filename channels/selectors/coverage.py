"""Reads of what has been read: up to when, where holes are, and whether a day is whole."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db.models import Q

from channels.coverage import Stretch, clipped, missing
from channels.lifecycle import PastState
from channels.models import ChannelAccount, CoveredStretch, Hole, PastReading
from channels.registry import capabilities_for, side_intervals
from channels.selectors.accounts import accounts_for
from channels.streams import BESIDE, is_beside
from opsconsole.kernel.actor import Actor
from opsconsole.kernel.errors import NotFound
from opsconsole.people.roles import Ability

#: How much later than it should a reading may come before what it reads counts as missing: polls, slow ones, and time.
_POLLS, _SLOW_POLLS, _LEAST_SLACK = 3, 30, timedelta(minutes=5)
#: Readings of the past that a page lists.
READINGS = 5


@dataclass(frozen=True, slots=True)
class StreamCoverage:
    """What has been read of one stream within a period, and up to when in all."""

    stream: str
    until: datetime | None
    stretches: Sequence[Stretch] = ()
    holes: Sequence[Hole] = ()
    is_slow: bool = False


@dataclass(frozen=True, slots=True)
class Coverage:
    """What has been read of an account within a period."""

    period: Stretch
    streams: Sequence[StreamCoverage]
    readings: Sequence[PastReading] = field(default_factory=list)

    @property
    def until(self) -> datetime | None:
        """Up to when all that polls read is here; None while nothing is."""
        told = [one.until for one in self.streams if not one.is_slow]
        return min((at for at in told if at), default=None) if all(told) else None

    @property
    def holes(self) -> list[Hole]:
        """Return the holes of all streams, the latest first."""
        found = [hole for one in self.streams for hole in one.holes]
        return sorted(found, key=lambda hole: (hole.since, hole.stream), reverse=True)


def coverage_of(account: ChannelAccount, period: Stretch) -> Coverage:
    """Return what has been read of an account that has come through its gate. Three queries."""
    stretches: dict[str, list[Stretch]] = {}
    for row in CoveredStretch.objects.filter(account=account).order_by("since"):
        stretches.setdefault(row.stream, []).append(Stretch(row.since, row.until))
    holes = Hole.objects.filter(
        account=account, until__gt=period.since, since__lt=period.until
    ).order_by("since")
    by_stream: dict[str, list[Hole]] = {}
    for hole in holes:
        by_stream.setdefault(hole.stream, []).append(hole)
    can = capabilities_for(account.kind)
    names = [*can.streams, *(name for name in stretches if name not in can.streams)]
    streams = [
        StreamCoverage(
            name,
            max((one.until for one in stretches.get(name, [])), default=None),
            clipped(stretches.get(name, []), period),
            by_stream.get(name, []),
            name in can.slow_streams or is_beside(name),
        )
        for name in names
    ]
    readings = PastReading.objects.filter(account=account, hole__isnull=True)
    return Coverage(
        period, streams, list(readings.select_related("asked_by").order_by("-pk")[:READINGS])
    )


def past_for(actor: Actor, reading_id: int, ability: str = Ability.READ_ACCOUNTS) -> PastReading:
    """Return a reading of the past within reach; NotFound when invisible, NotAllowed when only readable."""
    rows = PastReading.objects.select_related("account__unit")
    reading = rows.filter(pk=reading_id, account__in=accounts_for(actor)).first()
    if reading is None:
        raise NotFound
    actor.must(ability, reading.account.unit_id)
    return reading


def past_of(account: ChannelAccount, reading_id: int) -> PastReading:
    """Return a reading of an account that has come through its gate; NotFound when it is another's."""
    reading = PastReading.objects.filter(account=account, pk=reading_id).first()
    if reading is None:
        raise NotFound
    return reading


def incomplete_accounts(
    units: Iterable[int], period: Stretch, at: datetime
) -> list[ChannelAccount]:
    """Return the accounts of units of which something is missing in a period, or not read yet. Two queries."""
    return list(gaps_of(units, period, at))


def gaps_of(
    units: Iterable[int], period: Stretch, at: datetime
) -> dict[ChannelAccount, list[Stretch]]:
    """Return what is missing, or not read yet, of the accounts of units within a period. Two queries.

    What was written before an account was connected is no part of it, nor from before a side stream was read
    for the first time, nor what polls have no reason to have read yet.
    """
    accounts = list(
        ChannelAccount.objects.filter(
            unit__in=list(units), created_at__lt=period.until, verified_at__isnull=False
        ).order_by("pk")
    )
    covered: dict[tuple[int, str], list[Stretch]] = {}
    told = Q(until__gt=period.since) | Q(stream__in=sorted(BESIDE))  # of these from when on, too
    for row in CoveredStretch.objects.filter(told, account__in=accounts):
        own = covered.setdefault((row.account_id, row.stream), [])
        own.append(Stretch(row.since, row.until))
    begun = {key: min(one.since for one in own) for key, own in covered.items()}
    found = {}
    for account in accounts:
        wanted = _expected(account, begun, at)
        gaps = [
            gap
            for stream, whole in wanted.items()
            for gap in missing(covered.get((account.pk, stream), []), whole.within(period))
        ]
        if gaps:
            found[account] = gaps
    return found


def _expected(
    account: ChannelAccount, begun: Mapping[tuple[int, str], datetime], at: datetime
) -> dict[str, Stretch]:
    """Return from when to when each stream of an account should have been read by a moment."""
    can, wanted = capabilities_for(account.kind), dict[str, Stretch]()
    connected = account.live_since or account.created_at
    for stream in can.streams:
        polls = _SLOW_POLLS if stream in can.slow_streams else _POLLS
        slack = max(_LEAST_SLACK, timedelta(seconds=account.poll_every * polls))
        wanted[stream] = Stretch(connected + slack, at - slack)
    for kind, every in side_intervals(account.kind).items():
        since = begun.get((account.pk, kind))
        if since is not None:
            pause = timedelta(seconds=(every + account.poll_every) * _POLLS)
            slack = max(_LEAST_SLACK, pause)
            wanted[kind] = Stretch(max(since, connected + slack), at - slack)
    return wanted


def is_reading(reading: PastReading) -> bool:
    """Whether a reading of the past goes on."""
    return reading.state in {PastState.WAITING, PastState.READING}
