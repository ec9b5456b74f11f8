"""The sandbox's own time, its spellings on each platform, and identifiers made from it."""

import time
from datetime import UTC, datetime

#: X counts the milliseconds of its identifiers from here (2010-11-04T01:42:54.657Z).
X_EPOCH_MS = 1288834974657
#: The lower bits name the machine that made an identifier. A floating number loses them.
WORKER = 0b1010101011 << 12 | 1
#: Identifiers run ahead of the clock by less than a second: thousands within one millisecond.
_SLACK = 1000 << 22


#: By how much the sandbox's time is ahead of the machine's: a simulated day sets it forward.
_ahead = 0.0


def now() -> float:
    """Return seconds since 1970."""
    return time.time() + _ahead


def set_to(at: float) -> None:
    """Let it be this moment, everywhere in the sandbox; time goes on from there."""
    global _ahead  # noqa: PLW0603 - there is one time in a program
    _ahead = at - time.time()


def moment(at: float) -> datetime:
    """Return an aware UTC datetime."""
    return datetime.fromtimestamp(at, UTC)


def x_time(at: float) -> str:
    """Spell a moment as X does: milliseconds and Z."""
    return moment(at).strftime("%Y-%m-%dT%H:%M:%S.") + f"{int(at * 1000) % 1000:03d}Z"


def graph_time(at: float) -> str:
    """Spell a moment as Graph does: seconds and an offset without a colon."""
    return moment(at).strftime("%Y-%m-%dT%H:%M:%S+0000")


def parse_time(text: str) -> float:
    """Read ISO 8601 (or epoch seconds); ValueError otherwise. Without an offset it is UTC."""
    if text.isdigit():
        return float(text)
    parsed = datetime.fromisoformat(text)
    return (parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)).timestamp()


class Snowflakes:
    """Makes X identifiers: 64 bits whose order is the order of time, never the same twice."""

    def __init__(self) -> None:
        self._last = 0
        self._taken: set[int] = set()

    def next(self, at: float | None = None) -> str:
        """Return an identifier for `at`, or one greater than all before for the present.

        A clock that was set back, as tests do, is followed.
        """
        wanted = (int((now() if at is None else at) * 1000) - X_EPOCH_MS << 22) + WORKER
        is_present = at is None
        is_in_step = is_present and self._last - wanted < _SLACK
        candidate = max(wanted, self._last + 1) if is_in_step else wanted
        while candidate in self._taken:
            candidate += 1
        self._taken.add(candidate)
        self._last = candidate if is_present else max(self._last, candidate)
        return str(candidate)

    def remember(self, identifier: str) -> None:
        """Take note of an identifier read from a journal."""
        self._taken.add(int(identifier))
        self._last = max(self._last, int(identifier))


def snowflake_time(identifier: str) -> float:
    """Return when an X identifier was made."""
    return ((int(identifier) >> 22) + X_EPOCH_MS) / 1000
