"""Rules against a second implementation, written by hand: over ten years, in zones whose clocks change."""

import calendar
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from campaigns.recurrence import LAST_OF_MONTH, Frequency, Rule, Shift, days, last_day, occurrences

ZONES = (
    "Asia/Seoul", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Africa/Casablanca",
)  # fmt: skip
START, END = date(2026, 1, 1), date(2035, 12, 31)


# --- The second implementation: looks at every day and every offset, knows no library of rules ---


def every_day(start, end):
    day = start
    while day <= end:
        yield day
        day += timedelta(days=1)


def falls_on(rule, day):
    if rule.frequency == "daily":
        return (day - rule.starts_on).days % rule.interval == 0
    if rule.frequency == "weekly":
        monday = rule.starts_on - timedelta(days=rule.starts_on.weekday())
        weeks = (day - monday).days // 7
        wanted = rule.weekdays or (rule.starts_on.weekday(),)
        return weeks % rule.interval == 0 and day.weekday() in wanted
    months = (day.year - rule.starts_on.year) * 12 + day.month - rule.starts_on.month
    return months % rule.interval == 0 and is_the_day(rule, day)


def is_the_day(rule, day):
    length = calendar.monthrange(day.year, day.month)[1]
    if rule.nth:
        in_month = [
            number
            for number in range(1, length + 1)
            if date(day.year, day.month, number).weekday() == rule.weekdays[0]
        ]
        place = rule.nth - 1 if rule.nth > 0 else -1
        return in_month[place] == day.day
    if rule.month_day == LAST_OF_MONTH:
        return day.day == length
    return day.day == (rule.month_day or rule.starts_on.day)


def by_hand(rule, end):
    last = min(rule.until or end, end)
    found = [day for day in every_day(rule.starts_on, last) if falls_on(rule, day)]
    return found if rule.count is None else found[: rule.count]


def instant_by_hand(local, zone):
    """The first moment at which clocks show this; where none does, as far after the gap as it lies in it."""
    near = (local.replace(tzinfo=UTC) + timedelta(days=days) for days in (-1, 1))
    offsets = [at.astimezone(ZoneInfo(zone)).utcoffset() for at in near]
    shown = []
    for offset in offsets:
        at = (local - offset).replace(tzinfo=UTC)
        if at.astimezone(ZoneInfo(zone)).replace(tzinfo=None) == local:
            shown.append(at)
    return min(shown) if shown else (local - offsets[0]).replace(tzinfo=UTC)


# --- Against it ---


@st.composite
def rules(draw):
    frequency = draw(st.sampled_from(list(Frequency)))
    start = draw(st.dates(START, date(2034, 12, 31)))
    weekdays = draw(st.sets(st.integers(0, 6)))
    nth = 0
    if frequency == Frequency.MONTHLY:
        nth = draw(st.sampled_from([0, 0, 0, 1, 2, 3, 4, -1]))
        weekdays = {draw(st.integers(0, 6))} if nth else set()
    return Rule(
        frequency=frequency,
        starts_on=start,
        clock=draw(st.times()).replace(microsecond=0),
        zone=draw(st.sampled_from(ZONES)),
        interval=draw(st.integers(1, 14)),
        weekdays=tuple(sorted(weekdays)),
        month_day=draw(st.integers(-1, 31)) if frequency == Frequency.MONTHLY and not nth else 0,
        nth=nth,
        until=draw(st.none() | st.dates(start, END)),
        count=draw(st.none() | st.integers(1, 200)),
    )


@settings(max_examples=120, deadline=None)
@given(rules())
def test_any_rule_falls_on_the_days_it_says(rule):
    found = [day for day in days(rule) if day <= END] if rule.until else _to_the_end(rule)
    assert found == by_hand(rule, END)
    assert len(set(found)) == len(found)


def _to_the_end(rule):
    found = []
    for day in days(rule):
        if day > END:
            break
        found.append(day)
    return found


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("clock", ["00:00", "00:30", "01:30", "02:15", "02:30", "03:00", "15:00"])
def test_ten_years_of_days_are_each_at_their_instant(zone, clock):
    rule = Rule(Frequency.DAILY, START, time.fromisoformat(clock), zone, until=END)
    found = list(occurrences(rule))
    assert len(found) == 3652
    for one in found:
        local = datetime.combine(one.day, rule.clock)
        assert one.at == instant_by_hand(local, zone), one
        shown = one.at.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
        assert one.local == shown
        assert (one.shift == Shift.FORWARD) == (shown != local)
        assert one.day == shown.date(), "never on another day"
    moments = [one.at for one in found]
    assert moments == sorted(set(moments))


@pytest.mark.parametrize(
    ("zone", "clock", "forward", "first"),
    [
        ("Asia/Seoul", "02:30", 0, 0),
        ("Europe/Berlin", "02:30", 10, 10),
        ("America/New_York", "01:30", 0, 10),
        ("Australia/Lord_Howe", "02:15", 10, 0),
        ("Australia/Lord_Howe", "01:45", 0, 10),
        ("Africa/Casablanca", "02:30", 11, 11),
    ],
)
def test_what_clocks_do_is_told(zone, clock, forward, first):
    rule = Rule(Frequency.DAILY, START, time.fromisoformat(clock), zone, until=END)
    shifts = [one.shift for one in occurrences(rule)]
    assert (shifts.count(Shift.FORWARD), shifts.count(Shift.FIRST)) == (forward, first)


def some(rule, many=4):
    found = days(rule)
    return [next(found).isoformat() for _ in range(many)]


def test_the_31st_leaves_short_months_out():
    rule = Rule(Frequency.MONTHLY, date(2026, 1, 31), time(15), "Asia/Seoul", month_day=31)
    assert some(rule) == ["2026-01-31", "2026-03-31", "2026-05-31", "2026-07-31"]


def test_the_last_day_leaves_none_out():
    start = date(2028, 1, 31)
    rule = Rule(Frequency.MONTHLY, start, time(15), "Asia/Seoul", month_day=LAST_OF_MONTH)
    assert some(rule) == ["2028-01-31", "2028-02-29", "2028-03-31", "2028-04-30"]


def test_29_february_comes_in_leap_years():
    rule = Rule(Frequency.MONTHLY, date(2028, 2, 29), time(9), "Asia/Seoul", interval=12)
    assert some(rule) == ["2028-02-29", "2032-02-29", "2036-02-29", "2040-02-29"]


def test_eleven_eleven_is_the_same_second_every_year():
    rule = Rule(
        Frequency.MONTHLY,
        date(2026, 11, 11),
        time(11, 11, 11),
        "Asia/Seoul",
        interval=12,
        count=10,
    )
    found = list(occurrences(rule))
    assert [one.at.isoformat() for one in found] == [
        f"{year}-11-11T02:11:11+00:00" for year in range(2026, 2036)
    ]


def test_a_rule_that_never_comes_ends():
    rule = Rule(
        Frequency.MONTHLY, date(2026, 2, 1), time(9), "Asia/Seoul", interval=12, month_day=30
    )
    assert list(days(rule)) == []


@settings(max_examples=40, deadline=None)
@given(rules())
def test_the_last_day_is_where_the_rule_ends(rule):
    end = last_day(rule)
    if rule.count is None:
        assert end == rule.until
    else:
        assert end == (list(days(rule)) or [rule.starts_on])[-1]


def test_numbers_go_on_where_an_earlier_series_stopped():
    rule = Rule(Frequency.DAILY, date(2026, 3, 1), time(9), "Asia/Seoul", count=3)
    assert [one.number for one in occurrences(rule, 8)] == [8, 9, 10]
