"""The quick choices of when a scheduled answer leaves, on the wall clock of the place it is for. Pure."""

from datetime import datetime, time, timedelta

MORNING = time(9)
SEND_CHOICES = ("hour", "tomorrow", "monday")


def sending_time(choice: str, local: datetime) -> datetime:
    """Return the moment of a choice; `local` is the present with its zone, whose clock is meant."""
    if choice == "hour":
        return local + timedelta(hours=1)
    days = 1 if choice == "tomorrow" else 7 - local.weekday()
    return datetime.combine(local.date() + timedelta(days=days), MORNING, local.tzinfo)
