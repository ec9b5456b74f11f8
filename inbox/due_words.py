"""Reads by when something shall be done from words: 내일, 금요일까지, within 3 days. Pure: `at` is an argument.

Where only the day is said, the day ends at CLOSE_OF_DAY. What lies in the past or further off than
FURTHEST is not believed.
"""

import re
from collections.abc import Callable
from datetime import datetime, time, timedelta

#: When a day that was promised is over for whoever was promised something.
CLOSE_OF_DAY = time(18, 0)
#: Nobody promises for later than this in an answer on social media.
FURTHEST = timedelta(days=366)

_KOREAN_DAYS = "월화수목금토일"
_ENGLISH_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_COUNTED = {"하루": 1, "이틀": 2, "사흘": 3, "나흘": 4, "닷새": 5, "일주일": 7, "보름": 15}
_SAID = {"a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "seven": 7}
_FRIDAY = 4
_WORKDAYS = 5

#: What a rule makes of its match: a moment, or None when the words make no sense.
Rule = Callable[[re.Match[str], datetime], datetime | None]


def due_in(text: str, *, at: datetime) -> datetime | None:
    """Return the moment that a sentence names, in the time zone of `at`; None when it names none."""
    for pattern, rule in _RULES:
        if found := pattern.search(text):
            day = rule(found, at)
            if day is not None:
                return _sensible(_with_time(day, text, found), at)
    clock = _clock(text)
    return None if clock is None else _sensible(datetime.combine(at, clock, at.tzinfo), at)


def _sensible(due: datetime, at: datetime) -> datetime | None:
    return due if at <= due <= at + FURTHEST else None


def _with_time(day: datetime, text: str, found: re.Match[str]) -> datetime:
    """A time of day beside the day is meant with it; hours from now are exact already."""
    if found.re in _EXACT:
        return day
    clock = _clock(text[: found.start()] + " " + text[found.end() :])
    return day if clock is None else datetime.combine(day, clock, day.tzinfo)


_KOREAN_CLOCK = re.compile(
    r"(?P<half>오전|오후|저녁|밤)?\s*(?P<hour>\d{1,2})\s*시(?!간)(?:\s*(?P<minute>\d{1,2})\s*분|\s*(?P<mid>반))?"
    r"\s*(?:까지|전까지|전|에|이전|안)"
)
_ENGLISH_CLOCK = re.compile(
    r"\b(?:by|before|at|until)\s+(?P<hour>\d{1,2})(?::(?P<minute>\d\d))?\s*(?P<half>am|pm|a\.m\.|p\.m\.)",
    re.IGNORECASE,
)


def _clock(text: str) -> time | None:
    found = _KOREAN_CLOCK.search(text) or _ENGLISH_CLOCK.search(text)
    if found is None:
        return None
    parts = found.groupdict()
    hour = int(parts["hour"])
    minute = 30 if parts.get("mid") else int(parts["minute"] or 0)
    half = (parts["half"] or "").lower().replace(".", "")
    if half in {"오후", "저녁", "밤", "pm"} and hour < 12:
        hour += 12
    elif half in {"오전", "am"} and hour == 12:
        hour = 0
    elif not half and 1 <= hour <= 7:  # nobody promises anything for four in the morning
        hour += 12
    return time(hour, minute) if hour < 24 and minute < 60 else None


def _close(day: datetime) -> datetime:
    return datetime.combine(day, CLOSE_OF_DAY, day.tzinfo)


def _in_days(days: int) -> Rule:
    return lambda _found, at: _close(at + timedelta(days=days))


def _today(_found: re.Match[str], at: datetime) -> datetime:
    """Said in the evening, "today" ends with the day."""
    close = _close(at)
    return close if close > at else datetime.combine(at, time(23, 59), at.tzinfo)


def _number(found: re.Match[str]) -> int:
    given = found["n"].lower()
    return _COUNTED.get(given) or _SAID.get(given) or int(given)


def _after_days(found: re.Match[str], at: datetime) -> datetime:
    return _close(at + timedelta(days=_number(found)))


def _after_weeks(found: re.Match[str], at: datetime) -> datetime:
    return _close(at + timedelta(weeks=_number(found)))


def _after_hours(found: re.Match[str], at: datetime) -> datetime:
    return at + timedelta(hours=_number(found))


def _after_minutes(found: re.Match[str], at: datetime) -> datetime:
    return at + timedelta(minutes=_number(found))


def _after_workdays(found: re.Match[str], at: datetime) -> datetime:
    day = at
    for _ in range(min(_number(found), 60)):
        day += timedelta(days=1)
        while day.weekday() >= _WORKDAYS:
            day += timedelta(days=1)
    return _close(day)


def _end_of_week(weeks: int) -> Rule:
    """A week ends on Friday; on a weekend it ends on Sunday."""

    def rule(_found: re.Match[str], at: datetime) -> datetime:
        last = _FRIDAY if weeks or at.weekday() <= _FRIDAY else 6
        return _close(at + timedelta(days=last - at.weekday() + 7 * weeks))

    return rule


def _weekday(found: re.Match[str], at: datetime) -> datetime:
    """The next such day, today included; "next" and 다음 주 mean the week after this one."""
    said = found["day"].lower()
    wanted = _KOREAN_DAYS.index(said) if said in _KOREAN_DAYS else _ENGLISH_DAYS.index(said[:3])
    if found["next"]:
        return _close(at + timedelta(days=7 - at.weekday() + wanted))
    ahead = (wanted - at.weekday()) % 7
    day = _close(at + timedelta(days=ahead))
    return day if day > at else day + timedelta(days=7)


def _end_of_month(_found: re.Match[str], at: datetime) -> datetime:
    first_of_next = (at.replace(day=1) + timedelta(days=32)).replace(day=1)
    return _close(first_of_next - timedelta(days=1))


def _date(found: re.Match[str], at: datetime) -> datetime | None:
    said = found["month"].lower()
    month = int(said) if said.isdigit() else _MONTHS.index(said[:3]) + 1
    for year in (at.year, at.year + 1):
        day = _on(at, year, month, int(found["date"]))
        if day is not None and day >= at:
            return day
    return None


def _day_of_month(found: re.Match[str], at: datetime) -> datetime | None:
    date = int(found["date"])
    this = _on(at, at.year, at.month, date)
    if this is not None and this >= at:
        return this
    after = (at.replace(day=1) + timedelta(days=32)).replace(day=1)
    return _on(at, after.year, after.month, date)


def _on(at: datetime, year: int, month: int, date: int) -> datetime | None:
    try:
        return _close(at.replace(year=year, month=month, day=date))
    except ValueError:
        return None


_N = r"(?P<n>\d{1,3})"
_WITHIN = r"\s*(?:안|내|이내|후|뒤|정도)"
_ENGLISH_N = (
    r"(?:within|in|after)\s+(?:the next\s+)?(?P<n>\d{1,3}|an?|one|two|three|four|five|seven)"
)
_ENGLISH_MONTH = (
    r"(?P<month>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?"
    r"|sep(?:t(?:ember)?)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?"
)
_ENGLISH_DAY = (
    r"(?P<day>mon(?:day)?|tue(?:s(?:day)?)?|wed(?:nesday)?|thu(?:rs(?:day)?)?|fri(?:day)?"
    r"|sat(?:urday)?|sun(?:day)?)"
)

#: The first that matches decides: what says more comes first.
_TABLE: list[tuple[str, Rule]] = [
    (_N + r"\s*분" + _WITHIN, _after_minutes),
    (_N + r"\s*시간" + _WITHIN, _after_hours),
    (r"\b" + _ENGLISH_N + r"\s+minutes?\b", _after_minutes),
    (r"\b" + _ENGLISH_N + r"\s+hours?\b", _after_hours),
    (r"영업일\s*(?:기준\s*)?" + _N + r"\s*일", _after_workdays),
    (_N + r"\s*영업일", _after_workdays),
    (r"\b" + _ENGLISH_N + r"\s+(?:business|working)\s+days?\b", _after_workdays),
    (r"(?P<month>\d{1,2})\s*월\s*(?P<date>\d{1,2})\s*일", _date),
    (r"\b" + _ENGLISH_MONTH + r"\s+(?P<date>\d{1,2})(?:st|nd|rd|th)?\b", _date),
    (r"\b(?P<date>\d{1,2})(?:st|nd|rd|th)?\s+(?:of\s+)?" + _ENGLISH_MONTH + r"\b", _date),
    (_N + r"\s*일" + _WITHIN, _after_days),
    (_N + r"\s*주(?:일)?" + _WITHIN, _after_weeks),
    (r"(?P<n>" + "|".join(_COUNTED) + r")" + _WITHIN, _after_days),
    (r"\b" + _ENGLISH_N + r"\s+days?\b", _after_days),
    (r"\b" + _ENGLISH_N + r"\s+weeks?\b", _after_weeks),
    (
        r"(?P<next>(?:다음|내)\s*주\s*)?(?:이번\s*주\s*)?(?P<day>[월화수목금토일])요일",
        _weekday,
    ),
    (r"\b(?P<next>next\s+)" + _ENGLISH_DAY + r"\b", _weekday),
    (r"\b(?:by|on|before|until|this)\s+(?P<next>)" + _ENGLISH_DAY + r"\b", _weekday),
    (r"(?P<date>\d{1,2})\s*일\s*(?:까지|에)", _day_of_month),
    (r"글피", _in_days(3)),
    (r"모레", _in_days(2)),
    (r"내일", _in_days(1)),
    (r"\bday after tomorrow\b", _in_days(2)),
    (r"\btomorrow\b", _in_days(1)),
    (r"(?:다음|내)\s*주", _end_of_week(1)),
    (r"\bnext week\b", _end_of_week(1)),
    (r"(?:이번\s*주|금주)", _end_of_week(0)),
    (r"\b(?:this week|end of (?:the )?week)\b", _end_of_week(0)),
    (r"(?:이번\s*달|이달|월)\s*말", _end_of_month),
    (r"\bend of (?:the |this )?month\b", _end_of_month),
    (r"오늘|금일", _today),
    (r"\b(?:today|tonight|end of (?:the )?day|eod)\b", _today),
]
_RULES = [(re.compile(pattern, re.IGNORECASE), rule) for pattern, rule in _TABLE]
_EXACT = {pattern for pattern, rule in _RULES if rule in {_after_hours, _after_minutes}}
