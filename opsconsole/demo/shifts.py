"""The demo's roster: two ordinary weeks, and whoever is needed on duty at the moment one looks."""

from datetime import date, datetime, time, timedelta

from django.utils import timezone

from inbox.models import Shift
from opsconsole.kernel.clock import now
from opsconsole.people.models import BusinessUnit, User

#: user name → units (None: every unit), first and last hour of an ordinary day, how many days from Monday
WEEK: dict[str, tuple[list[str | None], int, int, int]] = {
    "yuna": (["mobile"], 9, 18, 5),
    "minho": (["home", "mobile"], 10, 19, 5),
    "haneul": (["corporate"], 9, 18, 5),
    "emma": ([None], 13, 22, 7),
    "sora": ([None], 9, 18, 5),
}
#: A newcomer looks at any hour; then everybody has just begun and stays for a while.
AT_ANY_HOUR = timedelta(hours=10)


def seed_shifts() -> None:
    """Plan this week and the next, once; and let everybody be on duty now, every time."""
    units = {unit.slug: unit for unit in BusinessUnit.objects.all()}
    people = {user.username: user for user in User.objects.filter(username__in=WEEK)}
    is_first = not Shift.objects.exists()
    for name, (slugs, first, last, days) in WEEK.items():
        for slug in slugs if name in people else ():
            unit = units[slug] if slug else None
            if is_first:
                _plan(people[name], unit, first, last, days)
            _be_there(people[name], unit)


def _plan(person: User, unit: BusinessUnit | None, first: int, last: int, days: int) -> None:
    today = timezone.localdate()
    monday = today - timedelta(days=today.weekday())
    worked = [monday + timedelta(days=7 * week + day) for week in range(2) for day in range(days)]
    Shift.objects.bulk_create(
        Shift(person=person, unit=unit, starts_at=_moment(day, first), ends_at=_moment(day, last))
        for day in worked
    )


def _moment(day: date, hour: int) -> datetime:
    return datetime.combine(day, time(hour), tzinfo=timezone.get_current_timezone())


def _be_there(person: User, unit: BusinessUnit | None) -> None:
    at = now()
    ahead = Shift.objects.filter(
        person=person, unit=unit, cancelled_at__isnull=True, ends_at__gt=at
    ).order_by("starts_at")
    upcoming = ahead.first()
    if upcoming is not None and upcoming.starts_at <= at:
        return
    ends = at + AT_ANY_HOUR
    if upcoming is not None:
        ends = min(ends, upcoming.starts_at)
    Shift.objects.create(person=person, unit=unit, starts_at=at, ends_at=ends)
