"""How far a platform's clock is from ours, as the Date of its answers tells.

https://www.rfc-editor.org/rfc/rfc9110#name-date: whole seconds, so a difference is known only where
the whole second of the platform lies outside of the call's own time.
"""

import threading
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime

_SECOND = timedelta(seconds=1)
_heard = threading.local()


def listen() -> None:
    """Forget what this thread has heard."""
    _heard.least = None


def hear(told: str, asked: datetime, answered: datetime) -> None:
    """Take note of an answer's Date, and of when the call began and ended."""
    try:
        at = parsedate_to_datetime(told)
        ahead = max(at - answered, timedelta(0)) - max(asked - at - _SECOND, timedelta(0))
    except (ValueError, TypeError, OverflowError):
        return
    least = least_heard()
    if least is None or abs(ahead.total_seconds()) < abs(least):
        _heard.least = ahead.total_seconds()


def least_heard() -> float | None:
    """Return by how many seconds the platform's clock is ahead of ours at least; None when it never said.

    The least of all answers counts: one that was kept or handed on for a while bears an old date.
    """
    least: float | None = getattr(_heard, "least", None)
    return least
