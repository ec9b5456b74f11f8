"""Rules that repeat: from a rule to local dates, from those to instants. Pure: no rows, no present time."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from enum import StrEnum

from dateutil.rrule import DAILY, MONTHLY, WEEKLY, rrule, weekday

from campaigns.calendar import instant, is_skipped, is_twice, wall_time

#: Beyond it nobody plans; it also ends rules that never come true, such as every 30 February.
LAST_DAY = date(2100, 12, 31)
#: As `month_day`: the last day of a month, however long it is.
LAST_OF_MONTH = -1


class Frequency(StrEnum):
    """How often a rule comes round."""

    DAILY = "daily"
    WEEKLY = "weekly"
    MONTHLY = "monthly"


class Shift(StrEnum):
    """What the clocks of the zone did to a wall time."""

    NONE = ""
    FORWARD = "forward"
    FIRST = "first"


@dataclass(frozen=True, slots=True)
class Rule:
    """When something repeats, by the clocks on the walls of a zone.

    `weekdays` count from Monday, 0. A monthly rule follows `month_day` (1 to 31, months without it are
    left out; -1 is the last), or, with `nth`, the nth (1 to 4, -1 the last) of its first weekday.
    `until` is the last day it may fall on; `count` how often it comes, exceptions counted.
    """

    frequency: Frequency
    starts_on: date
    clock: time
    zone: str
    interval: int = 1
    weekdays: tuple[int, ...] = ()
    month_day: int = 0
    nth: int = 0
    until: date | None = None
    count: int | None = None


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One time a rule comes round: its number, its local date, what clocks show then, and the instant."""

    number: int
    day: date
    local: datetime
    at: datetime
    shift: Shift

    @property
    def key(self) -> str:
        """The name of this occurrence within its series: the local date."""
        return self.day.isoformat()


_FREQUENCIES = {Frequency.DAILY: DAILY, Frequency.WEEKLY: WEEKLY, Frequency.MONTHLY: MONTHLY}


def days(rule: Rule) -> Iterator[date]:
    """Yield the local dates of a rule, in order."""
    last = min(rule.until or LAST_DAY, LAST_DAY)
    rest: dict[str, object] = {"until": datetime.combine(last, time.max)}
    if rule.frequency == Frequency.WEEKLY:
        rest["byweekday"] = rule.weekdays or (rule.starts_on.weekday(),)
    elif rule.frequency == Frequency.MONTHLY and rule.nth:
        rest["byweekday"] = weekday(rule.weekdays[0])(rule.nth)
    elif rule.frequency == Frequency.MONTHLY:
        rest["bymonthday"] = rule.month_day or rule.starts_on.day
    start = datetime.combine(rule.starts_on, time.min)
    found = rrule(_FREQUENCIES[rule.frequency], dtstart=start, interval=rule.interval, **rest)
    for number, moment in enumerate(found, 1):
        if rule.count is not None and number > rule.count:
            return
        yield moment.date()


def occurrences(rule: Rule, first_number: int = 1) -> Iterator[Occurrence]:
    """Yield each time the rule comes round, numbered on from `first_number`."""
    for number, day in enumerate(days(rule), first_number):
        yield _occurrence(rule, number, day)


def _occurrence(rule: Rule, number: int, day: date) -> Occurrence:
    local = datetime.combine(day, rule.clock)
    at = instant(local, rule.zone)
    if is_skipped(local, rule.zone):
        shift = Shift.FORWARD
    else:
        shift = Shift.FIRST if is_twice(local, rule.zone) else Shift.NONE
    return Occurrence(number, day, wall_time(at, rule.zone), at, shift)


def last_day(rule: Rule) -> date | None:
    """Return the day a rule ends on; None when nothing ends it."""
    if rule.count is None:
        return rule.until
    found = list(days(rule))
    return found[-1] if found else rule.starts_on
