"""Days as reports count them: from midnight to midnight in the console's time zone."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

from django.utils import timezone


def day_of(moment: datetime) -> date:
    """Return the day on which a moment falls."""
    return timezone.localtime(moment).date()


def midnight(day: date) -> datetime:
    """Return the moment at which a day begins."""
    return timezone.make_aware(datetime.combine(day, time.min))


def bounds(day: date) -> tuple[datetime, datetime]:
    """Return when a day begins and when the next one does."""
    return midnight(day), midnight(day + timedelta(days=1))


def days_between(since: date, until: date) -> Iterator[date]:
    """Yield each day, both ends included."""
    for number in range((until - since).days + 1):
        yield since + timedelta(days=number)
