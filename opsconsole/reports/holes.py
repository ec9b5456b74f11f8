"""Days of which not everything that was written is here: reports mark them wherever they tell of a day."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from channels.coverage import Stretch
from channels.models import ChannelAccount
from channels.selectors.coverage import gaps_of
from opsconsole.reports.days import day_of, days_between, midnight


def incomplete_days(
    units: Iterable[int], since: date, until: date, at: datetime
) -> dict[date, list[ChannelAccount]]:
    """Return the days of which something is missing, each with the accounts. Two queries.

    What that is, and what is no part of it, the ledger says.
    """
    period = Stretch(midnight(since), midnight(until + timedelta(days=1)))
    found: dict[date, list[ChannelAccount]] = {}
    for account, gaps in gaps_of(units, period, at).items():
        for day in sorted({day for gap in gaps for day in _days(gap)}):
            found.setdefault(day, []).append(account)
    return dict(sorted(found.items()))


def _days(gap: Stretch) -> Iterable[date]:
    return days_between(day_of(gap.since), day_of(gap.until - timedelta(microseconds=1)))
