"""What {{…}} in a repeating text becomes on its day, in Korean and English. Pure."""

import re
from collections.abc import Callable, Sequence
from datetime import datetime

from campaigns.recurrence import Occurrence
from channels.types import LINK

_VARIABLE = re.compile(r"\{\{\s*(\w+)\s*\}\}")
_WEEKDAYS = {
    "ko": ("월요일", "화요일", "수요일", "목요일", "금요일", "토요일", "일요일"),
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
}
_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
)  # fmt: skip


def _date(local: datetime, language: str) -> str:
    if language == "ko":
        return f"{local.month}월 {local.day}일"
    return f"{local.day} {_MONTHS[local.month - 1]}"


def _time(local: datetime, language: str) -> str:
    hour, minute = local.hour % 12 or 12, local.minute
    if language == "ko":
        half = "오전" if local.hour < 12 else "오후"
        return f"{half} {hour}시" + (f" {minute}분" if minute else "")
    return f"{hour}" + (f":{minute:02}" if minute else "") + (" am" if local.hour < 12 else " pm")


def _month(local: datetime, language: str) -> str:
    return f"{local.month}월" if language == "ko" else _MONTHS[local.month - 1]


_MAKERS: dict[str, Callable[[Occurrence, str], str]] = {
    "date": lambda found, language: _date(found.local, language),
    "weekday": lambda found, language: _WEEKDAYS[language][found.local.weekday()],
    "time": lambda found, language: _time(found.local, language),
    "month": lambda found, language: _month(found.local, language),
    "day": lambda found, _language: str(found.local.day),
    "year": lambda found, _language: str(found.local.year),
    "number": lambda found, _language: str(found.number),
}
#: Korean names of the same.
_KOREAN = {
    "날짜": "date", "요일": "weekday", "시각": "time", "월": "month", "일": "day", "연도": "year",
    "회차": "number",
}  # fmt: skip
#: What may stand between the braces, by language, in the order in which it is offered.
NAMES: dict[str, tuple[str, ...]] = {"ko": tuple(_KOREAN), "en": tuple(_MAKERS)}


def unknown(text: str) -> list[str]:
    """Return the variables of a text that do not exist, as written."""
    return [
        found[0]
        for found in _VARIABLE.finditer(text)
        if found[1] not in _MAKERS and found[1] not in _KOREAN and not LINK.fullmatch(found[0])
    ]


def fill(text: str, occurrence: Occurrence, language: str) -> str:
    """Return the text of one occurrence. Unknown variables stay as they are."""

    def value(found: re.Match[str]) -> str:
        make = _MAKERS.get(_KOREAN.get(found[1], found[1]))
        return make(occurrence, language) if make else found[0]

    return _VARIABLE.sub(value, text)


def turn(texts: Sequence[str], number: int) -> str:
    """Return the text whose turn it is: they go round by the occurrence's number."""
    return texts[(number - 1) % len(texts)]
