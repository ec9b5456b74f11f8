"""Until when one may put a conversation aside: the quick choices and their moments. Pure."""

from datetime import datetime, time, timedelta
from enum import StrEnum

#: When the working day begins for what is put aside until another day.
MORNING = time(9)
#: Nothing is put aside for longer.
LONGEST = timedelta(days=365)


class SnoozeChoice(StrEnum):
    """What the menu offers."""

    HOUR = "hour"
    THREE_HOURS = "three_hours"
    TOMORROW = "tomorrow"
    MONDAY = "monday"
    CUSTOMER = "customer"  # until the customer writes
    OWN = "own"  # a moment of one's own


def moment_of(choice: SnoozeChoice, at: datetime) -> datetime | None:
    """Return when a quick choice ends, in the wall time that `at` is given in; None for the others."""
    if choice == SnoozeChoice.HOUR:
        return at + timedelta(hours=1)
    if choice == SnoozeChoice.THREE_HOURS:
        return at + timedelta(hours=3)
    if choice == SnoozeChoice.TOMORROW:
        return _morning(at, days=1)
    if choice == SnoozeChoice.MONDAY:
        return _morning(at, days=7 - at.weekday())
    return None


def _morning(at: datetime, *, days: int) -> datetime:
    day = at.date() + timedelta(days=days)
    return datetime.combine(day, MORNING, tzinfo=at.tzinfo)
