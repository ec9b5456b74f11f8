"""Planned moments brought closer together, and back."""

from datetime import UTC, datetime, timedelta

from campaigns.rehearsal.timing import LONGEST_GAP, densest, timing_of

NINE = datetime(2026, 12, 1, 9, tzinfo=UTC)
START = datetime(2026, 11, 30, tzinfo=UTC)


def later(**more):
    return NINE + timedelta(**more)


def test_pauses_shrink_by_the_speed():
    timing = timing_of([later(minutes=30), NINE, NINE, later(hours=2)], speed=60, skips_gaps=False)
    assert timing.planned == (NINE, later(minutes=30), later(hours=2))
    assert timing.offsets == (0, 30, 120)
    assert timing.seconds == 120
    assert timing.moment(later(minutes=30), START) == START + timedelta(seconds=30)


def test_long_pauses_are_cut_where_that_is_wanted():
    timing = timing_of([NINE, later(minutes=1), later(days=9)], speed=60, skips_gaps=True)
    assert timing.offsets == (0, 1, 1 + LONGEST_GAP)


def test_the_time_in_the_campaign_is_read_back():
    timing = timing_of([NINE, later(minutes=10), later(days=1)], speed=60, skips_gaps=True)
    assert timing.campaign_time(START - timedelta(seconds=3), START) == NINE
    assert timing.campaign_time(START + timedelta(seconds=2.5), START) == later(minutes=5)
    assert timing.campaign_time(START + timedelta(seconds=5), START) == later(minutes=10)
    assert timing.campaign_time(START + timedelta(hours=1), START) == later(days=1)


def test_without_posts_there_is_no_time():
    assert timing_of([], speed=60, skips_gaps=True).seconds == 0


def test_the_fullest_window_is_found():
    times = [NINE, later(minutes=14), later(minutes=15), later(minutes=28), later(hours=5)]
    assert densest(times, timedelta(minutes=15)) == (3, later(minutes=14))
