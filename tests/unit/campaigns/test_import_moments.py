"""Dates, times, zones and states as people type them."""

from datetime import date, time

import pytest

from campaigns.importing.columns import account_heading, heading, read_headings
from campaigns.importing.moments import read_date, read_state, read_time, read_zone, split_moment


@pytest.mark.parametrize(
    "typed",
    ["2026-10-09", "2026.10.9", "2026. 10. 9.", "2026/10/09", "20261009", "2026년 10월 9일",
     "2026-10-09 (금)", "2026년 10월 9일 금요일", " 2026-10-9 "],
)  # fmt: skip
def test_dates_are_read_year_first(typed):
    assert read_date(typed) == date(2026, 10, 9)


@pytest.mark.parametrize(
    "typed", ["10/09/2026", "09.10.2026", "26-10-09", "2026-13-01", "2026-02-30", "tomorrow", ""]
)
def test_what_could_mean_two_days_is_not_read(typed):
    assert read_date(typed) is None


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("14:30", time(14, 30)), ("9:05:07", time(9, 5, 7)), ("오후 2:30", time(14, 30)),
        ("오전 12:00", time(0)), ("오후 12:00", time(12)), ("2:30 PM", time(14, 30)),
        ("오후 2시", time(14)), ("14시 30분", time(14, 30)), ("9시30분", time(9, 30)),
        ("오후 3", time(15)), ("3 p.m.", time(15)), ("14:30:00.000", time(14, 30)),
        ("오후 15:00", time(15)), ("9시 5분 7초", time(9, 5, 7)),
    ],
)  # fmt: skip
def test_times_are_read(typed, meant):
    assert read_time(typed) == meant


@pytest.mark.parametrize(
    "typed", ["9", "25:00", "14:60", "noon", "", "오전 9:00 pm", "1430", "14:3"]
)
def test_other_times_are_not(typed):
    assert read_time(typed) is None


@pytest.mark.parametrize(
    ("typed", "parts"),
    [
        ("2026-10-09 14:30", ("2026-10-09", "14:30")),
        ("2026-10-09T14:30:00", ("2026-10-09", "14:30:00")),
        ("2026. 10. 9. 오후 2:30", ("2026. 10. 9.", "오후 2:30")),
        ("20261009 14:30", ("20261009", "14:30")),
        ("2026-10-09", ("2026-10-09", "")),
    ],
)
def test_a_date_and_a_time_in_one_cell_are_parted(typed, parts):
    assert split_moment(typed) == parts


def test_zones():
    assert read_zone("") == read_zone("서울") == read_zone("KST") == "Asia/Seoul"
    assert read_zone("america/new_york") == "America/New_York"
    assert read_zone("Mars") is None


def test_states():
    assert read_state("") == read_state("초안") == read_state("Draft") == "draft"
    assert read_state("예약") == read_state("예약 발행") == read_state("SCHEDULED") == "scheduled"
    assert read_state("완료") is None


def test_headings_are_read_in_both_languages():
    typed = [
        "제목*",
        "본문 (필수)",
        "Accounts",
        "time zone",
        "X본문",
        "Text for @a_b",
        "담당",
        "Faults",
        "",
    ]
    found = read_headings(typed)
    assert list(found.keys.values()) == [
        "title", "text", "accounts", "zone", "x_text", "account:@a_b", "other:담당",
    ]  # fmt: skip
    assert found.unknown == ["담당"]
    assert read_headings(["Text", "본문"]).twice == ("본문",)
    for language in ("ko", "en"):
        names = [heading("blog_text", language), account_heading("account:A, B", language)]
        assert list(read_headings(names).keys.values()) == ["blog_text", "account:A, B"]
