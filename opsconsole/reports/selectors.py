"""Reads of the activity, behind a gate: acts of one's units, and all others only for who may read everywhere."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import Q, QuerySet
from django.utils import timezone

from opsconsole.audit.models import Activity
from opsconsole.kernel.actor import Actor
from opsconsole.kernel.pagination import KeysetPage, cut, moment_and_number
from opsconsole.people.models import BusinessUnit, User
from opsconsole.people.roles import Ability
from opsconsole.reports.groups import GROUPS
from opsconsole.reports.subjects import about

#: Stands for the console itself where a person is chosen.
CONSOLE = "console"


@dataclass(frozen=True, slots=True)
class ActivityFilter:
    """Which acts to list. Empty means no restriction; days are whole days in Seoul."""

    person: str = ""
    group: str = ""
    unit: int | None = None
    since: date | None = None
    until: date | None = None
    text: str = ""


def activities_for(actor: Actor) -> QuerySet[Activity]:
    """Return the acts the actor may read: those without a unit only with the right to every unit."""
    actor.must(Ability.READ_AUDIT)
    units = actor.units(Ability.READ_AUDIT)
    rows = Activity.objects.select_related("actor")
    if units is None:
        return rows
    mine = Q(unit_id__in=units)
    if actor.everywhere(Ability.READ_AUDIT):  # walls stand: acts of the house itself stay readable
        mine |= Q(unit_id__isnull=True)
    return rows.filter(mine)


def activity_page(
    actor: Actor, filters: ActivityFilter, *, cursor: str = "", size: int = 50
) -> KeysetPage[Activity]:
    """Return one page, newest first."""
    rows = activities_for(actor).filter(_wanted(actor, filters))
    if cursor:
        at, pk = moment_and_number(cursor)
        rows = rows.filter(at__lte=at).exclude(at=at, pk__gte=pk)
    rows = rows.order_by("-at", "-id")
    return cut(rows[: size + 1], size, lambda row: [row.at.isoformat(), row.pk])


def _wanted(actor: Actor, filters: ActivityFilter) -> Q:
    wanted = Q()
    if filters.person == CONSOLE:
        wanted &= Q(actor__isnull=True)
    elif filters.person:
        wanted &= Q(actor_id=int(filters.person))
    if filters.group:
        wanted &= _in_group(filters.group)
    if filters.unit is not None:
        wanted &= Q(unit_id=filters.unit)
    if filters.since:
        wanted &= Q(at__gte=midnight(filters.since))
    if filters.until:
        wanted &= Q(at__lt=midnight(filters.until + timedelta(days=1)))
    if filters.text:
        wanted &= about(actor, filters.text)
    return wanted


def _in_group(group: str) -> Q:
    found = Q()
    for beginning in GROUPS[group][1]:
        found |= Q(verb__startswith=beginning)
    return found


def midnight(day: date) -> datetime:
    """Return the moment a day begins in Seoul."""
    return timezone.make_aware(datetime.combine(day, time.min))


def people_to_ask_about(actor: Actor) -> QuerySet[User]:
    """Return the people whose acts one may look for: colleagues, or everybody for who manages people."""
    rows = User.objects.order_by("nickname", "username")
    if actor.everywhere(Ability.READ_AUDIT) or actor.can(Ability.MANAGE_PEOPLE):
        return rows
    units = actor.units(Ability.READ_AUDIT) or ()
    here = Q(memberships__unit__in=units) | Q(memberships__unit__isnull=True)
    return rows.filter(here, memberships__isnull=False).distinct()


def every_unit() -> list[BusinessUnit]:
    """Return all units, closed ones too: acts outlive units."""
    return list(BusinessUnit.objects.all())
