"""How long something takes, as people type it: 45, 45m, 1h 30m, 1:30, 2d, 1시간 30분."""

import re

_UNITS = {
    "d": 86_400, "일": 86_400,
    "h": 3_600, "시간": 3_600,
    "m": 60, "min": 60, "분": 60,
}  # fmt: skip
_PART = re.compile(r"(\d{1,6})\s*([^\W\d]+)")
_CLOCK = re.compile(r"(\d{1,4}):([0-5]\d)")


def seconds_of(typed: str) -> int:
    """Return seconds; a bare number is minutes. Raises ValueError for anything else."""
    text = typed.strip().lower()
    if text.isascii() and text.isdigit():
        return int(text[:9]) * 60
    if clock := _CLOCK.fullmatch(text):
        return int(clock[1]) * 3_600 + int(clock[2]) * 60
    parts = _PART.findall(text)
    if not parts or _PART.sub("", text).strip():
        raise ValueError(typed)
    try:
        return sum(int(number) * _UNITS[unit] for number, unit in parts)
    except KeyError as error:
        raise ValueError(typed) from error


def typed(seconds: int | None) -> str:
    """Return seconds as one would type them; empty for none."""
    if not seconds:
        return ""
    days, rest = divmod(seconds, 86_400)
    hours, rest = divmod(rest, 3_600)
    parts = [(days, "d"), (hours, "h"), (rest // 60, "m")]
    return " ".join(f"{number}{unit}" for number, unit in parts if number)


def intervals_of(typed_hours: str) -> list[tuple[int, int]]:
    """Return "09:00-12:00, 13:00-18:00" as minutes after midnight; ValueError for anything else."""
    found = []
    for part in re.split(r"[,;]", typed_hours):
        if not part.strip():
            continue
        ends = re.split(r"[-–~]", part)
        if len(ends) != 2:
            raise ValueError(part)
        found.append((_minute(ends[0]), _minute(ends[1])))
    return found


def _minute(text: str) -> int:
    clock = re.fullmatch(r"\s*(\d{1,2})(?::([0-5]\d))?\s*", text, re.ASCII)
    if clock is None:
        raise ValueError(text)
    minute = int(clock[1]) * 60 + int(clock[2] or 0)
    if minute > 1_440:
        raise ValueError(text)
    return minute


def hours_typed(intervals: "list[tuple[int, int]] | list[list[int]]") -> str:
    """Return intervals as one would type them."""
    return ", ".join(
        f"{opens // 60:02}:{opens % 60:02}-{closes // 60:02}:{closes % 60:02}"
        for opens, closes in intervals
    )
