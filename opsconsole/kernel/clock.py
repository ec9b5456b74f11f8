"""The only source of time: this machine's clock, corrected where it differs from the database's."""

from datetime import UTC, datetime, timedelta

#: A smaller difference is left alone: asking takes that long, and corrected time would tremble.
UNNOTICED = timedelta(milliseconds=100)
_NONE = timedelta(0)
_ahead = _NONE


def now() -> datetime:
    """Return the present moment, aware, in UTC."""
    return datetime.now(UTC) + _ahead


def machine_time() -> datetime:
    """Return what this machine's own clock says."""
    return datetime.now(UTC)


def follow(ahead: timedelta) -> None:
    """Go by a clock that is so far ahead of this machine's, from now on and in this whole process."""
    global _ahead  # noqa: PLW0603 - there is one time in a process
    _ahead = ahead if abs(ahead) > UNNOTICED else _NONE
