"""Rules against libraries that know nothing of ours: ten years, five zones whose clocks change.

Every library of RFC 5545 rules for Python that is kept up (recurring-ical-events, ical, icalevents, django-recurrence)
asks dateutil.rrule for the dates, as we do. So the dates are held against two others, which share no code with it and
none with each other: cronsim, which walks a calendar by the expressions of cron, for every rule that one can say
there; and the dates of `whenever`, stepped on from the start, for every interval. Instants are held against
`whenever`, which reads the database of time zones itself: there "compatible" is what we promise, a time that is
skipped moves forward by the gap, and of one that comes twice the first is meant. The second implementation by hand,
in test_recurrence.py, goes on to hold for rules of all kinds at once.
"""

from datetime import date, datetime, time, timedelta
from itertools import takewhile

import pytest
from cronsim import CronSim
from whenever import Date, PlainDateTime

from campaigns.calendar import instant
from campaigns.recurrence import LAST_OF_MONTH, Frequency, Rule, Shift, days, occurrences

#: Seoul has kept its clocks since 1988; the others change them, by half an hour, against the seasons, or for Ramadan.
ZONES = (
    "Asia/Seoul", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Africa/Casablanca",
)  # fmt: skip
START, END = date(2026, 1, 1), date(2035, 12, 31)
#: Times at which clocks of these zones change, and one at which none do.
CLOCKS = ("00:00", "00:30", "01:30", "02:00", "02:15", "02:30", "03:00", "14:30")


def rule(frequency, *, starts_on=START, zone="Asia/Seoul", clock="14:30", **given):
    return Rule(frequency, starts_on, time.fromisoformat(clock), zone, until=END, **given)


# --- Dates, by cron ---


def by_cron(expression: str, starts_on: date = START) -> list[date]:
    """The days on which a cron expression is true at midnight."""
    before = datetime.combine(starts_on, time.min) - timedelta(minutes=1)
    found = CronSim(f"0 0 {expression}", before)
    return [at.date() for at in takewhile(lambda at: at.date() <= END, found)]


def months(first: int, interval: int) -> str:
    """The months of a year in which a rule comes round whose interval divides twelve."""
    return ",".join(str((first - 1 + step) % 12 + 1) for step in range(0, 12, interval))


def test_daily_rules_are_those_of_cron():
    assert list(days(rule(Frequency.DAILY))) == by_cron("* * *")


@pytest.mark.parametrize("weekdays", [(0,), (6,), (1, 3), (0, 2, 4), (5, 6), tuple(range(7))])
def test_weekly_rules_are_those_of_cron(weekdays):
    names = ",".join(("MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN")[day] for day in weekdays)
    assert list(days(rule(Frequency.WEEKLY, weekdays=weekdays))) == by_cron(f"* * {names}")


@pytest.mark.parametrize("interval", [1, 2, 3, 4, 6, 12])
@pytest.mark.parametrize("month_day", [1, 15, 28, 29, 30, 31, LAST_OF_MONTH])
def test_monthly_rules_by_day_are_those_of_cron(month_day, interval):
    written = "L" if month_day == LAST_OF_MONTH else month_day
    mine = list(days(rule(Frequency.MONTHLY, month_day=month_day, interval=interval)))
    assert mine == by_cron(f"{written} {months(1, interval)} *")
    assert mine or (month_day, interval) == (29, 12)


@pytest.mark.parametrize("weekday", range(7))
@pytest.mark.parametrize("nth", [1, 2, 3, 4, -1])
@pytest.mark.parametrize("interval", [1, 3])
def test_monthly_rules_by_weekday_are_those_of_cron(weekday, nth, interval):
    number = (weekday + 1) % 7  # cron counts from Sunday
    written = f"{number}L" if nth == -1 else f"{number}#{nth}"
    mine = list(days(rule(Frequency.MONTHLY, weekdays=(weekday,), nth=nth, interval=interval)))
    assert mine == by_cron(f"* {months(1, interval)} {written}")


# --- Dates, stepped on by `whenever` ---


def stepped(starts_on: date, **step: int) -> list[date]:
    """The days from a start in equal steps, worked out from the start each time; months without the day left out."""
    found: list[date] = []
    number, first = 0, Date(starts_on)
    while True:
        one = first.add(**{unit: count * number for unit, count in step.items()})
        if one > Date(END):
            return found
        if "months" not in step or one.day == first.day:
            found.append(one.to_stdlib())
        number += 1


@pytest.mark.parametrize("interval", [1, 2, 3, 5, 7, 13, 30, 365])
@pytest.mark.parametrize("starts_on", [START, date(2027, 10, 31), date(2028, 2, 29)])
def test_daily_rules_of_any_interval(interval, starts_on):
    mine = list(days(rule(Frequency.DAILY, starts_on=starts_on, interval=interval)))
    assert mine == stepped(starts_on, days=interval)


@pytest.mark.parametrize("interval", [1, 2, 3, 4, 9, 52])
@pytest.mark.parametrize("starts_on", [START, date(2026, 3, 29), date(2028, 2, 29)])
def test_weekly_rules_of_any_interval(interval, starts_on):
    """Weeks begin on Monday: of the week of the start only what comes after it counts."""
    monday = starts_on - timedelta(days=starts_on.weekday())
    wanted = sorted(
        day
        for weekday in (0, 3, 6)
        for day in stepped(monday + timedelta(days=weekday), weeks=interval)
        if day >= starts_on
    )
    mine = rule(
        Frequency.WEEKLY, starts_on=starts_on, interval=interval, weekdays=(0, 3, 6)
    )  # fmt: skip
    assert list(days(mine)) == wanted


@pytest.mark.parametrize("interval", [1, 2, 5, 7, 12, 18])
@pytest.mark.parametrize(
    "starts_on", [START, date(2026, 1, 29), date(2026, 8, 31), date(2028, 2, 29)]
)
def test_monthly_rules_of_any_interval(interval, starts_on):
    mine = list(days(rule(Frequency.MONTHLY, starts_on=starts_on, interval=interval)))
    assert mine == stepped(starts_on, months=interval)


# --- Instants ---


def shown_first(local: datetime, zone: str) -> tuple[datetime, datetime, Shift]:
    """The instant of a wall time, what clocks show at it, and what they did."""
    plain = PlainDateTime(local)
    at = plain.assume_tz(zone, disambiguation="compatible")
    later = plain.assume_tz(zone, disambiguation="later")
    earlier = plain.assume_tz(zone, disambiguation="earlier")
    shown = at.to_plain().to_stdlib()
    if shown != local:
        shift = Shift.FORWARD
    else:
        shift = Shift.NONE if earlier.to_instant() == later.to_instant() else Shift.FIRST
    return at.to_instant().to_stdlib(), shown, shift


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("clock", CLOCKS)
@pytest.mark.parametrize(
    "given",
    [
        {"frequency": Frequency.DAILY},
        {"frequency": Frequency.WEEKLY, "weekdays": (0, 6)},
        {"frequency": Frequency.MONTHLY, "weekdays": (6,), "nth": -1},
    ],
    ids=["daily", "weekly", "monthly"],
)
def test_ten_years_of_occurrences_are_at_the_instants_of_another_library(zone, clock, given):
    found = list(occurrences(rule(**given, zone=zone, clock=clock)))
    assert len(found) >= 120
    for one in found:
        wanted = shown_first(datetime.combine(one.day, time.fromisoformat(clock)), zone)
        assert (one.at, one.local, one.shift) == wanted, one


@pytest.mark.parametrize("zone", ZONES)
def test_every_half_hour_of_ten_years_has_its_instant(zone):
    local = datetime.combine(START, time.min)
    while local.date() <= END:
        assert instant(local, zone) == shown_first(local, zone)[0], local
        local += timedelta(minutes=30)
