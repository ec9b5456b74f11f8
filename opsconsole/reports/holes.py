"""Days of which not everything that was written is here: reports mark them wherever they tell of a day."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from channels.coverage import Stretch, missing
from channels.models import ChannelAccount, CoveredStretch
from channels.registry import capabilities_for
from opsconsole.reports.days import day_of, days_between, midnight

#: How much later than it should a poll may come before what it reads counts as missing, in polls.
_SLACK, _SLOW_SLACK = 3, 30


def incomplete_days(
    units: Iterable[int], since: date, until: date, at: datetime
) -> dict[date, list[ChannelAccount]]:
    """Return the days of which something is missing, each with the accounts. Two queries.

    What was written before an account was connected is no part of it, nor what polls have no reason to
    have read yet.
    """
    period = Stretch(midnight(since), midnight(until + timedelta(days=1)))
    accounts = list(
        ChannelAccount.objects.filter(
            unit__in=list(units), created_at__lt=period.until, verified_at__isnull=False
        ).order_by("pk")
    )
    covered: dict[tuple[int, str], list[Stretch]] = {}
    for row in CoveredStretch.objects.filter(account__in=accounts, until__gt=period.since):
        own = covered.setdefault((row.account_id, row.stream), [])
        own.append(Stretch(row.since, row.until))
    found: dict[date, list[ChannelAccount]] = {}
    for account in accounts:
        for day in sorted(_days(account, covered, period, at)):
            found.setdefault(day, []).append(account)
    return dict(sorted(found.items()))


def _days(
    account: ChannelAccount,
    covered: dict[tuple[int, str], list[Stretch]],
    period: Stretch,
    at: datetime,
) -> set[date]:
    can, days = capabilities_for(account.kind), set[date]()
    for stream in can.streams:
        polls = _SLOW_SLACK if stream in can.slow_streams else _SLACK
        slack = max(timedelta(minutes=5), timedelta(seconds=account.poll_every * polls))
        begun = (account.live_since or account.created_at) + slack
        wanted = Stretch(max(period.since, begun), min(period.until, at - slack))
        for hole in missing(covered.get((account.pk, stream), []), wanted) if wanted else ():
            last = day_of(hole.until - timedelta(microseconds=1))
            days.update(days_between(day_of(hole.since), last))
    return days
