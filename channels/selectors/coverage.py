"""Reads of what has been read: up to when, where holes are, and whether a day is whole."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from channels.coverage import Stretch, clipped, missing
from channels.lifecycle import PastState
from channels.models import ChannelAccount, CoveredStretch, Hole, PastReading
from channels.registry import capabilities_for
from channels.selectors.accounts import accounts_for
from opsconsole.kernel.actor import Actor
from opsconsole.kernel.errors import NotFound
from opsconsole.people.roles import Ability

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
            name in can.slow_streams,
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
    """Return the accounts of units of which something is missing in a period, or not read yet. Three queries.

    What was written before an account was connected is no part of it, nor what polls have no reason to have
    read yet.
    """
    accounts = list(
        ChannelAccount.objects.filter(
            unit__in=list(units), created_at__lt=period.until, verified_at__isnull=False
        ).order_by("pk")
    )
    spans: dict[int, dict[str, list[Stretch]]] = {account.pk: {} for account in accounts}
    rows = CoveredStretch.objects.filter(account__in=accounts, until__gt=period.since)
    for row in rows:
        own = spans[row.account_id]
        own.setdefault(row.stream, []).append(Stretch(row.since, row.until))
    return [
        account for account in accounts if not _is_whole(account, spans[account.pk], period, at)
    ]


def _is_whole(
    account: ChannelAccount, spans: dict[str, list[Stretch]], period: Stretch, at: datetime
) -> bool:
    can = capabilities_for(account.kind)
    for stream in can.streams:
        polls = 30 if stream in can.slow_streams else 3
        slack = max(timedelta(minutes=5), timedelta(seconds=account.poll_every * polls))
        since = max(period.since, (account.live_since or account.created_at) + slack)
        wanted = Stretch(since, min(period.until, at - slack))
        if wanted and missing(spans.get(stream, []), wanted):
            return False
    return True


def is_reading(reading: PastReading) -> bool:
    """Whether a reading of the past goes on."""
    return reading.state in {PastState.WAITING, PastState.READING}
