"""What variables become, in both languages, and which text's turn it is."""

from datetime import date, time

import pytest

from campaigns.recurrence import Frequency, Rule, occurrences
from campaigns.variables import NAMES, fill, turn, unknown


def at(clock="15:00", day="2026-11-30", number=3):
    rule = Rule(
        Frequency.DAILY, date.fromisoformat(day), time.fromisoformat(clock), "Asia/Seoul", count=1
    )
    return next(occurrences(rule, number))


@pytest.mark.parametrize(
    ("text", "language", "said"),
    [
        ("{{date}}", "ko", "11월 30일"),
        ("{{ date }}", "en", "30 November"),
        ("{{weekday}}", "ko", "월요일"),
        ("{{weekday}}", "en", "Monday"),
        ("{{time}}", "ko", "오후 3시"),
        ("{{time}}", "en", "3 pm"),
        ("{{month}} {{day}} {{year}} {{number}}", "ko", "11월 30 2026 3"),
        ("{{month}} {{day}} {{year}} {{number}}", "en", "November 30 2026 3"),
        ("{{날짜}} {{요일}} {{시각}} {{회차}}회", "ko", "11월 30일 월요일 오후 3시 3회"),
        ("{{연도}} {{월}} {{일}}", "ko", "2026 11월 30"),
        ("{{nobody}} {date} [link]", "ko", "{{nobody}} {date} [link]"),
    ],
)
def test_variables_are_filled_in(text, language, said):
    assert fill(text, at(), language) == said


@pytest.mark.parametrize(
    ("clock", "ko", "en"),
    [
        ("00:00", "오전 12시", "12 am"), ("12:00", "오후 12시", "12 pm"), ("09:05", "오전 9시 5분", "9:05 am"),
        ("23:30", "오후 11시 30분", "11:30 pm"),
    ],
)  # fmt: skip
def test_times_are_said_as_people_say_them(clock, ko, en):
    assert [fill("{{time}}", at(clock), language) for language in ("ko", "en")] == [ko, en]


def test_the_time_said_is_the_time_clocks_show():
    rule = Rule(Frequency.DAILY, date(2027, 3, 28), time(2, 30), "Europe/Berlin", count=1)
    assert fill("{{time}}", next(occurrences(rule)), "en") == "3:30 am"


def test_unknown_names_are_found():
    assert unknown("{{date}} {{datum}} {{ 요일 }} {{x}}") == ["{{datum}}", "{{x}}"]
    for names in NAMES.values():
        assert unknown(" ".join(f"{{{{{name}}}}}" for name in names)) == []


def test_texts_go_round():
    assert [turn(["a", "b", "c"], number) for number in range(1, 6)] == ["a", "b", "c", "a", "b"]
