"""Wall time and instants. Pure: standard library only."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo


def instant(local: datetime, zone: str) -> datetime:
    """Return the UTC instant of a naive wall time.

    A time that clocks skip moves forward by the gap; one that occurs twice means the first. A wall
    time is skipped when the way to UTC and back does not lead to it again.
    """
    first = local.replace(tzinfo=ZoneInfo(zone), fold=0)
    return first.astimezone(UTC)


def wall_time(at: datetime, zone: str) -> datetime:
    """Return what a clock on the wall shows at an instant, without zone."""
    return at.astimezone(ZoneInfo(zone)).replace(tzinfo=None)


def is_skipped(local: datetime, zone: str) -> bool:
    """Whether no clock in the zone ever shows this time."""
    return wall_time(instant(local, zone), zone) != local


def is_twice(local: datetime, zone: str) -> bool:
    """Whether clocks in the zone show this time twice."""
    both = [local.replace(tzinfo=ZoneInfo(zone), fold=fold).astimezone(UTC) for fold in (0, 1)]
    return both[0] < both[1] and not is_skipped(local, zone)
