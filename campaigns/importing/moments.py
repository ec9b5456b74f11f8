"""Dates, times, zones and states as people type them into a spreadsheet. Pure.

Only what can be meant in one way is read: 10/11/2026 is not.
"""

import re
from datetime import date, time
from functools import cache
from zoneinfo import available_timezones

SEOUL = "Asia/Seoul"
_DATE = re.compile(
    r"(\d{4})\s*[-./년]\s*(\d{1,2})\s*[-./월]\s*(\d{1,2})\s*[일.]?"
    r"\s*(?:[(（]\s*[월화수목금토일]\s*[)）]|[월화수목금토일]요일)?"
)
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})")
_HALF = r"(?P<{}>오전|오후|am|pm|a\.m\.|p\.m\.)?"
_CLOCK = re.compile(
    _HALF.format("before") + r"\s*(?P<hour>\d{1,2})\s*(?:"
    r":\s*(?P<minute>\d{2})(?::(?P<second>\d{2})(?:\.0+)?)?"
    r"|시\s*(?:(?P<min>\d{1,2})\s*분\s*(?:(?P<sec>\d{1,2})\s*초)?)?"
    r")?\s*" + _HALF.format("after"),
    re.IGNORECASE,
)
_LATE = {"오후", "pm", "p.m."}
_ZONE_WORDS = {"kst": SEOUL, "서울": SEOUL, "seoul": SEOUL, "한국": SEOUL, "korea": SEOUL}
#: The state of a post -> how files say it, by language.
STATE_WORDS: dict[str, dict[str, str]] = {
    "draft": {"ko": "초안", "en": "Draft"},
    "scheduled": {"ko": "예약", "en": "Scheduled"},
    "done": {"ko": "완료", "en": "Done"},
    "cancelled": {"ko": "취소", "en": "Cancelled"},
}
#: What else the two states are called that a new post may have.
_STATES = {
    "예약발행": "scheduled",
    "예약됨": "scheduled",
    "schedule": "scheduled",
    "임시저장": "draft",
}


def read_date(text: str) -> date | None:
    """Return the date, year first; None when it cannot be read."""
    found = _DATE.fullmatch(text.strip()) or _COMPACT.fullmatch(text.strip())
    if found is None:
        return None
    try:
        return date(*map(int, found.groups()))
    except ValueError:
        return None


def read_time(text: str) -> time | None:
    """Return the time of day, by 24 hours or with 오전/오후, AM/PM; None when it cannot be read."""
    found = _CLOCK.fullmatch(text.strip())
    if found is None:
        return None
    half = (found["before"] or found["after"] or "").lower()
    is_plain_number = ":" not in text and "시" not in text
    if (found["before"] and found["after"]) or (is_plain_number and not half):
        return None
    hour, minute = int(found["hour"]), int(found["minute"] or found["min"] or 0)
    if half and hour <= 12:
        hour = hour % 12 + (12 if half in _LATE else 0)
    try:
        return time(hour, minute, int(found["second"] or found["sec"] or 0))
    except ValueError:
        return None


def split_moment(text: str) -> tuple[str, str]:
    """Part a date from a time that stands in the same cell."""
    found = re.fullmatch(
        r"(\d{4}\D.*?|\d{8})[T\s]+((?:오전|오후)?\s*\d{1,2}\s*[:시].*)", text.strip()
    )
    return (found[1], found[2]) if found else (text, "")


def read_zone(text: str) -> str | None:
    """Return the zone's name in the database of zones; Seoul where nothing is typed."""
    name = text.strip()
    if not name:
        return SEOUL
    return _ZONE_WORDS.get(name.casefold()) or _zones().get(name.casefold())


@cache
def _zones() -> dict[str, str]:
    return {name.casefold(): name for name in available_timezones()}


def read_state(text: str) -> str | None:
    """Return "draft" or "scheduled", a draft where nothing is typed; None for anything else."""
    name = re.sub(r"\s+", "", text).casefold()
    if not name:
        return "draft"
    for state in ("draft", "scheduled"):
        if name in {state, *(word.casefold() for word in STATE_WORDS[state].values())}:
            return state
    return _STATES.get(name)
