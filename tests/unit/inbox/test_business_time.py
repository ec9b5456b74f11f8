"""Time that counts only within open hours: the vectors of the definitions, and a slow second opinion."""

from datetime import UTC, date, datetime, timedelta
from time import perf_counter
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from inbox.business_time import Hours, NoOpenTimeError, business_seconds, due_after, next_open
from opsconsole.kernel.public_holidays import holidays_of

SEOUL = ZoneInfo("Asia/Seoul")
MINUTE, HOUR = 60, 3600


def at(text: str, zone: str = "Asia/Seoul") -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone))


def hours(
    *intervals: tuple[float, float], days: int = 5, zone: str = "Asia/Seoul", **given
) -> Hours:
    """The same intervals, in hours, on the first days of the week."""
    daily = tuple((int(a * 60), int(b * 60)) for a, b in intervals)
    week = tuple(daily if day < days else () for day in range(7))
    return Hours(zone=zone, week=week, **given)


NINE_TO_FIVE = hours((9, 17))
LUNCH = hours((8, 12), (13.5, 18))


@pytest.mark.parametrize(
    ("start", "minutes", "due"),
    [
        (
            "2026-11-27T16:30",
            60,
            "2026-11-30T09:30",
        ),  # Friday half past four: half an hour is left
        ("2026-11-27T16:45", 30, "2026-11-30T09:15"),
        (
            "2026-11-27T16:30",
            30,
            "2026-11-27T17:00",
        ),  # used up at closing, not at the next opening
        ("2026-11-28T12:00", 1, "2026-11-30T09:01"),  # Saturday
        ("2026-11-27T06:00", 60, "2026-11-27T10:00"),  # before opening
        ("2026-11-27T17:00", 60, "2026-11-30T10:00"),  # half-open: closing time is closed
    ],
)
def test_a_target_is_used_up_in_open_time_alone(start, minutes, due):
    assert due_after(NINE_TO_FIVE, at(start), minutes * MINUTE) == at(due)


def test_the_moment_it_is_due_is_in_time_and_the_next_is_not():
    due = due_after(NINE_TO_FIVE, at("2026-11-27T16:45"), 30 * MINUTE)
    assert business_seconds(NINE_TO_FIVE, at("2026-11-27T16:45"), due) == 30 * MINUTE
    later = due + timedelta(microseconds=1000)
    assert business_seconds(NINE_TO_FIVE, at("2026-11-27T16:45"), later) > 30 * MINUTE


def test_lunch_is_closed():
    asked, answered = at("2026-11-25T12:30"), at("2026-11-25T13:40")
    assert business_seconds(LUNCH, asked, answered) == 600


def test_an_answer_before_opening_took_no_time():
    asked, answered = at("2026-11-25T06:00"), at("2026-11-25T06:05")
    assert business_seconds(NINE_TO_FIVE, asked, answered) == 0
    assert answered <= due_after(NINE_TO_FIVE, asked, HOUR)


def test_without_hours_day_and_night_count():
    asked = at("2026-11-28T23:00")
    assert business_seconds(None, asked, asked + timedelta(hours=9)) == 9 * HOUR
    assert due_after(None, asked, 9 * HOUR) == asked + timedelta(hours=9)


def test_chuseok_in_the_middle():
    # 2026: Thursday 24 to Saturday 26 September. Korea works again on Monday 28.
    korean = hours((9, 18), country="KR")
    assert due_after(korean, at("2026-09-23T17:30"), HOUR) == at("2026-09-28T09:30")
    assert business_seconds(korean, at("2026-09-23T17:30"), at("2026-09-28T09:30")) == HOUR


def test_days_made_up_for_holidays_on_weekends_are_closed():
    # Liberation Day 2026 is a Saturday: Monday 17 August makes up for it.
    assert date(2026, 8, 17) in holidays_of("KR", 2026)
    assert next_open(hours((9, 18), country="KR"), at("2026-08-14T18:00")) == at(
        "2026-08-18T09:00"
    )


def test_an_exception_beats_week_and_holiday():
    special = hours(
        (9, 18), country="KR",
        exceptions=((date(2026, 11, 26), ()), (date(2026, 12, 25), ((600, 720),))),
    )  # fmt: skip
    assert due_after(special, at("2026-11-25T17:30"), HOUR) == at("2026-11-27T09:30")
    christmas = at("2026-12-25T00:00"), at("2026-12-26T00:00")
    assert business_seconds(special, *christmas) == 2 * HOUR


@pytest.mark.parametrize(
    ("zone", "day", "open_hours"),
    [
        ("America/New_York", "2026-03-08", 23),
        ("America/New_York", "2026-11-01", 25),
        ("Europe/Berlin", "2026-03-29", 23),
        ("Europe/Berlin", "2026-10-25", 25),
        ("Australia/Lord_Howe", "2026-10-04", 23.5),
        ("Asia/Seoul", "2026-03-08", 24),
    ],
)
def test_days_on_which_clocks_change_are_shorter_or_longer(zone, day, open_hours):
    always = hours((0, 24), days=7, zone=zone)
    begin = at(f"{day}T00:00", zone)
    end = (begin + timedelta(days=1)).replace(tzinfo=ZoneInfo(zone))  # the next midnight there
    assert business_seconds(always, begin, end) == open_hours * HOUR


def test_opening_in_the_hour_that_does_not_exist():
    early = hours((2.5, 4), days=7, zone="America/New_York")
    assert next_open(early, at("2026-03-08T00:00", "America/New_York")) == datetime(
        2026, 3, 8, 7, tzinfo=UTC
    )


def test_an_hour_that_comes_twice_is_open_twice():
    night = hours((1, 1.5), days=7, zone="America/New_York")
    begin = at("2026-11-01T00:00", "America/New_York")
    assert business_seconds(night, begin, begin + timedelta(hours=5)) == 2 * 30 * MINUTE


@pytest.mark.parametrize(
    "never",
    [
        Hours("Asia/Seoul", ((),) * 7),
        Hours("Asia/Seoul", ((),) * 7, exceptions=((date(2028, 1, 3), ((540, 1020),)),)),
    ],
    ids=["never", "too late"],
)
def test_no_open_time_is_an_error_and_no_endless_search(never):
    begun = perf_counter()
    with pytest.raises(NoOpenTimeError):
        due_after(never, at("2026-11-25T12:00"), 1)
    assert next_open(never, at("2026-11-25T12:00")) is None
    assert perf_counter() - begun < 2


def test_hours_that_end_some_day_are_an_error_only_beyond_that_day():
    ending = Hours("Asia/Seoul", ((),) * 7, exceptions=((date(2026, 12, 1), ((540, 600),)),))
    assert due_after(ending, at("2026-11-25T12:00"), HOUR) == at("2026-12-01T10:00")
    with pytest.raises(NoOpenTimeError):
        due_after(ending, at("2026-11-25T12:00"), HOUR + 1)


# --- A second opinion, minute by minute, that shares nothing with the first ---
def is_open(calendar: Hours, moment: datetime) -> bool:
    wall = moment.astimezone(ZoneInfo(calendar.zone))
    minute = wall.hour * 60 + wall.minute
    special = dict(calendar.exceptions)
    if wall.date() in special:
        intervals = special[wall.date()]
    elif calendar.country and wall.date() in holidays_of(calendar.country, wall.year):
        intervals = ()
    else:
        intervals = calendar.week[wall.weekday()]
    return any(opens <= minute < closes for opens, closes in intervals)


def slowly(calendar: Hours, start: datetime, minutes: int) -> int:
    return MINUTE * sum(
        is_open(calendar, start + timedelta(minutes=minute)) for minute in range(minutes)
    )


INTERVALS = st.lists(st.integers(0, 1440), min_size=0, max_size=6).map(
    lambda marks: tuple(
        (a, b) for a, b in zip(sorted(marks)[::2], sorted(marks)[1::2], strict=False) if a < b
    )
)
#: Around changes of clocks, the turn of a year, Seollal and Chuseok.
DAYS = st.sampled_from(
    ["2026-03-07", "2026-10-31", "2026-10-24", "2026-12-30", "2026-02-14", "2026-09-23"]
)
ZONES = st.sampled_from(["Asia/Seoul", "America/New_York", "Europe/Berlin", "Australia/Lord_Howe"])


@settings(max_examples=60, deadline=None, derandomize=True, database=None)
@given(
    zone=ZONES,
    week=st.tuples(*[INTERVALS] * 7),
    special=st.lists(st.tuples(st.integers(0, 3), INTERVALS), max_size=2),
    country=st.sampled_from(["", "KR"]),
    day=DAYS,
    begin=st.integers(0, 1440),
    length=st.integers(0, 2500),
)
@example("Asia/Seoul", (((540, 1020),),) * 7, [], "KR", "2026-09-23", 900, 2500)
def test_counting_minute_by_minute_comes_to_the_same(
    zone, week, special, country, day, begin, length
):
    first = date.fromisoformat(day)
    exceptions = {first + timedelta(days=offset): intervals for offset, intervals in special}
    calendar = Hours(zone, week, tuple(sorted(exceptions.items())), country)
    start = datetime(first.year, first.month, first.day, tzinfo=UTC) + timedelta(minutes=begin)
    counted = slowly(calendar, start, length)
    end = start + timedelta(minutes=length)
    assert business_seconds(calendar, start, end) == counted
    if counted:
        due = due_after(calendar, start, counted)
        assert due <= end
        assert business_seconds(calendar, start, due) == counted
        assert is_open(calendar, due - timedelta(seconds=1))
