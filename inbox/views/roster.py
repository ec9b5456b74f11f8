"""A week of the roster as a grid: a row for each person, a cell for each day. Reads no rows."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from django.utils import timezone

from inbox.models import Shift
from opsconsole.people.models import User

DAYS = 7


@dataclass(frozen=True, slots=True)
class Day:
    """One column of the grid."""

    date: date
    is_today: bool


@dataclass(frozen=True, slots=True)
class Cell:
    """What somebody does on a day."""

    day: Day
    shifts: list[Shift] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Row:
    """One person's week."""

    person: User
    cells: list[Cell]


@dataclass(frozen=True, slots=True)
class Week:
    """The days from a Monday on, and the weeks beside it."""

    monday: date
    days: list[Day]

    @property
    def sunday(self) -> date:
        """The last day."""
        return self.monday + timedelta(days=DAYS - 1)

    @property
    def before(self) -> str:
        """The Monday before, as an address says it."""
        return (self.monday - timedelta(days=DAYS)).isoformat()

    @property
    def after(self) -> str:
        """The Monday after, as an address says it."""
        return (self.monday + timedelta(days=DAYS)).isoformat()

    @property
    def begins(self) -> datetime:
        """The first moment, in the console's zone."""
        return datetime.combine(self.monday, time(), tzinfo=timezone.get_current_timezone())

    @property
    def ends(self) -> datetime:
        """The first moment of the week after."""
        return datetime.combine(
            self.monday + timedelta(days=DAYS), time(), tzinfo=timezone.get_current_timezone()
        )


def week_at(given: str) -> Week:
    """Return the week that an address names by any of its days; this week when it names none."""
    today = timezone.localdate()
    try:
        day = date.fromisoformat(given)
    except ValueError:
        day = today
    if abs((day - today).days) > 3660:
        day = today
    monday = day - timedelta(days=day.weekday())
    days = [monday + timedelta(days=n) for n in range(DAYS)]
    return Week(monday, [Day(one, one == today) for one in days])


def grid(week: Week, people: Sequence[User], shifts: Iterable[Shift]) -> list[Row]:
    """Put shifts into the cells of the day on which they begin; what began before stands on Monday."""
    rows = {person.pk: Row(person, [Cell(day) for day in week.days]) for person in people}
    for shift in shifts:
        if shift.person_id not in rows:
            rows[shift.person_id] = Row(shift.person, [Cell(day) for day in week.days])
        begins = timezone.localtime(shift.starts_at).date()
        number = max(0, (begins - week.monday).days)
        rows[shift.person_id].cells[number].shifts.append(shift)
    return list(rows.values())
