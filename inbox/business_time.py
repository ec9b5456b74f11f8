"""Open hours as data, and the arithmetic of time that counts only within them. Pure.

A moment is open when the wall clock of the calendar's zone then shows a time within one of that day's
intervals; intervals are half-open. That holds on days on which clocks change, too.
"""

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from itertools import accumulate, pairwise
from zoneinfo import ZoneInfo

from opsconsole.kernel.public_holidays import holidays_of

#: Opening and closing in minutes after midnight; 1440 is the end of the day.
Interval = tuple[int, int]
Intervals = tuple[Interval, ...]
DAY = 24 * 60
#: Whoever finds no open time for this long has a calendar that is wrong.
HORIZON = timedelta(days=370)


class NoOpenTimeError(Exception):
    """A calendar has no open time within the horizon."""


@dataclass(frozen=True)
class Hours:
    """When a unit is open.

    `week` holds the intervals of Monday to Sunday. `exceptions` holds those of single dates and
    beats both week and holidays; no intervals mean closed. `country` closes its public holidays.
    """

    zone: str
    week: tuple[Intervals, ...]
    exceptions: tuple[tuple[date, Intervals], ...] = ()
    country: str = ""
    by_date: Mapping[date, Intervals] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "by_date", dict(self.exceptions))

    def on(self, day: date) -> Intervals:
        """Return the intervals of one day."""
        special = self.by_date.get(day)
        if special is not None:
            return special
        if self.country and day in holidays_of(self.country, day.year):
            return ()
        return self.week[day.weekday()]


def business_seconds(hours: Hours | None, start: datetime, end: datetime) -> float:
    """Return the open seconds from `start` to `end`; without hours every second is open."""
    if end <= start:
        return 0.0
    if hours is None:
        return (end - start).total_seconds()
    first, last = start.astimezone(UTC).year, end.astimezone(UTC).year
    a, b = start.timestamp(), end.timestamp()
    if first == last:
        year = _year_of(hours, first)
        return year.until(b) - year.until(a)
    between = sum(_year_of(hours, year).total for year in range(first + 1, last))
    begun = _year_of(hours, first)
    return begun.total - begun.until(a) + between + _year_of(hours, last).until(b)


def due_after(hours: Hours | None, start: datetime, seconds: float) -> datetime:
    """Return the first moment at which `seconds` of open time have gone by since `start`.

    Raises NoOpenTimeError when the hours leave no open time for 370 days on end.
    """
    if hours is None or seconds <= 0:
        return start + timedelta(seconds=max(seconds, 0))
    number = start.astimezone(UTC).year
    year = _year_of(hours, number)
    wanted = year.until(start.timestamp()) + seconds
    last_open = start.timestamp()
    while wanted > year.total:
        wanted -= year.total
        last_open = max([last_open, *year.ends[-1:]])
        number += 1
        year = _year_of(hours, number)
        opens = [*year.starts[:1], datetime(number + 1, 1, 1, tzinfo=UTC).timestamp()][0]
        if opens - last_open > HORIZON.total_seconds():
            raise NoOpenTimeError
    return datetime.fromtimestamp(year.at(wanted), UTC)


def next_open(hours: Hours | None, start: datetime) -> datetime | None:
    """Return the first open moment from `start` on; None when the next 370 days have none."""
    if hours is None:
        return start
    number, at = start.astimezone(UTC).year, start.timestamp()
    for year in (
        _year_of(hours, number),
        _year_of(hours, number + 1),
        _year_of(hours, number + 2),
    ):
        place = bisect_right(year.ends, at)
        if place < len(year.starts):
            opens = datetime.fromtimestamp(max(at, year.starts[place]), UTC)
            return opens if opens - start <= HORIZON else None
    return None


def open_until(hours: Hours, at: datetime) -> datetime | None:
    """Return when the hours that are open at a moment close; None when they are closed then.

    At the turn of a year (UTC) that is the turn at most.
    """
    year, moment = _year_of(hours, at.astimezone(UTC).year), at.timestamp()
    place = bisect_right(year.starts, moment) - 1
    if place < 0 or moment >= year.ends[place]:
        return None
    return datetime.fromtimestamp(year.ends[place], UTC)


@dataclass(frozen=True, slots=True)
class _Year:
    """The open spans of one year (UTC) as timestamps, and how many open seconds precede each."""

    starts: list[float]
    ends: list[float]
    before: list[float]
    total: float

    def until(self, at: float) -> float:
        """Return the open seconds of this year before a moment of it."""
        place = bisect_right(self.starts, at) - 1
        if place < 0:
            return 0.0
        return self.before[place] + min(at, self.ends[place]) - self.starts[place]

    def at(self, seconds: float) -> float:
        """Return the first moment before which so many open seconds lie; 0 < seconds <= total."""
        place = bisect_right(self.before, seconds) - 1
        if self.before[place] == seconds:
            place -= 1  # the end of the span before, not the beginning of this one
        return self.starts[place] + seconds - self.before[place]


@lru_cache(maxsize=256)
def _year_of(hours: Hours, number: int) -> _Year:
    """Lay out a year once; every question about it is then a search in sorted lists."""
    spans: list[tuple[float, float]] = []
    begin, end = (datetime(n, 1, 1, tzinfo=UTC) for n in (number, number + 1))
    for piece_start, piece_end in pairwise(_offset_changes(ZoneInfo(hours.zone), begin, end)):
        spans += _open_within(hours, piece_start, piece_end)
    spans = _joined(sorted(spans))
    lengths = [close - opens for opens, close in spans]
    return _Year(
        starts=[opens for opens, _close in spans],
        ends=[close for _opens, close in spans],
        before=[0.0, *accumulate(lengths)][: len(spans)],
        total=sum(lengths),
    )


def _offset_changes(zone: ZoneInfo, begin: datetime, end: datetime) -> list[datetime]:
    """Return `begin`, every moment between at which the zone's clocks change, and `end`."""

    def offset(at: datetime) -> timedelta | None:
        return at.astimezone(zone).utcoffset()

    found, at = [begin], begin
    while at < end:
        following = min(at + timedelta(days=1), end)
        if offset(at) != offset(following):
            low, high = at, following
            while high - low > timedelta(seconds=1):
                middle = low + timedelta(seconds=int((high - low).total_seconds()) // 2)
                low, high = (middle, high) if offset(middle) == offset(at) else (low, middle)
            found.append(high)
        at = following
    return [*found, end]


def _open_within(hours: Hours, start: datetime, end: datetime) -> list[tuple[float, float]]:
    """Return the open spans of a stretch during which the clocks do not change."""
    shift = start.astimezone(ZoneInfo(hours.zone)).utcoffset() or timedelta()
    first, last = (start + shift).replace(tzinfo=None), (end + shift).replace(tzinfo=None)
    spans = []
    for number in range((last.date() - first.date()).days + 1):
        day = first.date() + timedelta(days=number)
        midnight = datetime(day.year, day.month, day.day)  # noqa: DTZ001 - a wall time on purpose
        for opens, closes in hours.on(day):
            begin = max(first, midnight + timedelta(minutes=opens))
            stop = min(last, midnight + timedelta(minutes=closes))
            if begin < stop:
                spans.append((_utc(begin - shift), _utc(stop - shift)))
    return spans


def _utc(moment: datetime) -> float:
    return moment.replace(tzinfo=UTC).timestamp()


def _joined(spans: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """Make one of spans that touch or overlap."""
    joined: list[tuple[float, float]] = []
    for opens, closes in spans:
        if joined and opens <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], closes))
        else:
            joined.append((opens, closes))
    return joined
