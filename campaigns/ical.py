"""Calendars as other programs read them (RFC 5545): escaped, folded, in UTC. Pure."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

#: Octets of a line before it is folded, its line break not counted.
_LONGEST_LINE = 75


@dataclass(frozen=True, slots=True)
class Event:
    """One entry. `uid` stays the same for ever, `sequence` steps with each change."""

    uid: str
    at: datetime
    lasts: timedelta
    summary: str
    description: str
    url: str
    sequence: int
    changed_at: datetime
    is_tentative: bool = False


def calendar_file(name: str, events: Iterable[Event], made_at: datetime) -> bytes:
    """Return a whole calendar. Texts may hold anything; control characters are left out."""
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//opsconsole//posts//EN",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        f"X-WR-CALNAME:{escaped(name)}",
        "REFRESH-INTERVAL;VALUE=DURATION:PT15M",
        "X-PUBLISHED-TTL:PT15M",
    ]
    for event in events:
        lines.extend(_event(event, made_at))
    lines.append("END:VCALENDAR")
    return b"".join(folded(line) for line in lines)


def _event(event: Event, made_at: datetime) -> Iterator[str]:
    yield "BEGIN:VEVENT"
    yield f"UID:{escaped(event.uid)}"
    yield f"DTSTAMP:{_moment(made_at)}"
    yield f"DTSTART:{_moment(event.at)}"
    yield f"DTEND:{_moment(event.at + event.lasts)}"
    yield f"LAST-MODIFIED:{_moment(event.changed_at)}"
    yield f"SEQUENCE:{event.sequence}"
    yield f"STATUS:{'TENTATIVE' if event.is_tentative else 'CONFIRMED'}"
    yield "TRANSP:TRANSPARENT"
    yield f"SUMMARY:{escaped(event.summary)}"
    yield f"DESCRIPTION:{escaped(event.description)}"
    yield f"URL:{_printable(event.url)}"
    yield "END:VEVENT"


def _moment(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def escaped(text: str) -> str:
    """Return a text as a value of type TEXT."""
    plain = text.replace("\r\n", "\n").replace("\r", "\n")
    for char in ("\\", ";", ","):
        plain = plain.replace(char, f"\\{char}")
    return _printable(plain.replace("\n", "\\n"))


def _printable(text: str) -> str:
    return "".join(char for char in text if char == "\t" or (ord(char) >= 32 and ord(char) != 127))


def folded(line: str) -> bytes:
    """Return a line with its line break, folded so that no piece exceeds 75 octets nor cuts a character."""
    pieces, room = [bytearray()], _LONGEST_LINE
    for char in line:
        octets = char.encode("utf-8", "replace")
        if len(pieces[-1]) + len(octets) > room:
            pieces.append(bytearray())
            room = _LONGEST_LINE - 1  # a continuation begins with a space
        pieces[-1] += octets
    return b"\r\n ".join(bytes(piece) for piece in pieces) + b"\r\n"
