"""Setting the roster: single shifts, the same every week, and a week copied from the one before."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from inbox.models import Shift
from inbox.selectors.duty import manages, shifts_in
from opsconsole.audit.actions import record
from opsconsole.kernel.actor import Actor
from opsconsole.kernel.clock import now
from opsconsole.kernel.doorbell import ring_on_commit
from opsconsole.kernel.errors import Conflict, Invalid, NotAllowed
from opsconsole.people.models import BusinessUnit, User
from opsconsole.people.roles import Ability
from opsconsole.people.selectors import people_who_can

WEEK = timedelta(days=7)
#: Nobody plans further ahead by repeating.
LONGEST_REPEAT = timedelta(weeks=26)


@dataclass(frozen=True, slots=True)
class Pattern:
    """When somebody works: a day, from one wall time to another, and until which day it repeats weekly.

    An end that is not after the beginning is on the next day.
    """

    day: date
    begins: time
    ends: time
    repeats_until: date | None = None

    def spans(self) -> list[tuple[datetime, datetime]]:
        """Return beginning and end of each shift, aware, in the console's zone."""
        last = self.repeats_until or self.day
        count = (last - self.day).days // 7 + 1
        return [self._span(self.day + n * WEEK) for n in range(count)]

    def _span(self, day: date) -> tuple[datetime, datetime]:
        until = day if self.ends > self.begins else day + timedelta(days=1)
        return _moment(day, self.begins), _moment(until, self.ends)


def _moment(day: date, at: time) -> datetime:
    return datetime.combine(day, at, tzinfo=timezone.get_current_timezone())


def shifts_plan(
    actor: Actor, *, person_id: int, unit_id: int | None, pattern: Pattern
) -> tuple[int, int]:
    """Put somebody on the roster. Returns how many shifts were made, and how many were there already.

    Raises Conflict when the only one overlaps with another shift of that person.
    """
    _must_set(actor, unit_id)
    person = _plannable(person_id, unit_id)
    last = pattern.repeats_until
    if last is not None and not pattern.day <= last <= pattern.day + LONGEST_REPEAT:
        raise Invalid(
            _("Repeat until a day within half a year."), code="repeat", field="repeats_until"
        )
    spans = pattern.spans()
    if spans[-1][1] <= now():
        raise Invalid(_("This shift is over already."), code="past", field="day")
    with transaction.atomic():
        _one_at_a_time([person.pk])
        made = [shift for span in spans if (shift := _added(person.pk, unit_id, *span))]
        if not made:
            raise Conflict(_("This overlaps with a shift of the same person."), code="overlap")
        record(
            actor, "inbox.shift.planned", made[0],
            unit_id=unit_id, whose=str(person), count=len(made),
        )  # fmt: skip
        ring_on_commit("work_changed")
    return len(made), len(spans) - len(made)


def week_copy(actor: Actor, *, unit_id: int, monday: date) -> int:
    """Fill a week with the shifts of the week before, at the same wall times. Returns how many were made.

    What overlaps with a shift that is there already, and what would be over, is left out.
    """
    _must_set(actor, unit_id)
    begins, ends = _moment(monday - WEEK, time()), _moment(monday, time())
    rows = shifts_in(unit_id).filter(unit=unit_id, starts_at__gte=begins, starts_at__lt=ends)
    with transaction.atomic():
        spans = [(row.person_id, _later(row.starts_at), _later(row.ends_at)) for row in rows]
        _one_at_a_time([person_id for person_id, _start, _end in spans])
        made = [
            shift
            for person_id, start, end in spans
            if end > now() and (shift := _added(person_id, unit_id, start, end))
        ]
        if made:
            record(actor, "inbox.shift.copied", made[0], unit_id=unit_id, count=len(made))
            ring_on_commit("work_changed")
    return len(made)


def _later(at: datetime) -> datetime:
    """Return the same wall time a week later."""
    local = timezone.localtime(at)
    return _moment(local.date() + WEEK, local.time())


def _one_at_a_time(people: Iterable[int]) -> None:
    """Let whoever plans for the same people wait: writers who meet at an exclusion constraint deadlock."""
    rows = User.objects.filter(pk__in=set(people)).order_by("pk")
    list(rows.select_for_update(no_key=True).values_list("pk"))


def _added(
    person_id: int, unit_id: int | None, starts_at: datetime, ends_at: datetime
) -> Shift | None:
    """Make one shift; None when the database knows of another of that person at that time."""
    try:
        with transaction.atomic():
            return Shift.objects.create(
                person_id=person_id, unit_id=unit_id, starts_at=starts_at, ends_at=ends_at
            )
    except IntegrityError:
        return None


def _must_set(actor: Actor, unit_id: int | None) -> None:
    if not manages(actor, unit_id):
        raise NotAllowed


def _plannable(person_id: int, unit_id: int | None) -> User:
    units = [unit_id] if unit_id is not None else BusinessUnit.objects.values_list("pk", flat=True)
    for unit in units:
        person = people_who_can(Ability.WORK_INBOX, unit).filter(pk=person_id).first()
        if person is not None:
            return person
    raise Invalid(_("Choose somebody who answers in this unit."), code="person", field="person")
