"""Who is on duty where, now and in the week to come, and how much each has in hand."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from inbox.lifecycle import ConversationState
from inbox.models import Conversation, Desk, OperatorProfile, Shift
from opsconsole.kernel.actor import Actor
from opsconsole.kernel.errors import NotFound
from opsconsole.kernel.prepared import prepared
from opsconsole.people.models import NAMING, User
from opsconsole.people.roles import Ability
from opsconsole.people.selectors import people_who_can, units_within

S = ConversationState
#: A unit whose last shift is longer ago than this no longer works by a roster.
ROSTER_MEMORY = timedelta(days=7)
#: What counts as in hand: somebody waits, and it is neither put aside nor closed.
IN_HAND = Q(state__in=[S.NEW, S.OPEN], waiting_since__isnull=False)


def shifts_in(unit_id: int) -> QuerySet[Shift]:
    """Return the shifts that count in a unit, those of every unit too."""
    return Shift.objects.filter(Q(unit=unit_id) | Q(unit__isnull=True), cancelled_at__isnull=True)


def running(shifts: QuerySet[Shift], at: datetime) -> QuerySet[Shift]:
    """Narrow shifts to those that run at a moment: from their start until just before their end."""
    return shifts.filter(starts_at__lte=at, ends_at__gt=at)


def has_roster(unit_id: int, at: datetime) -> bool:
    """Say whether a unit works by a roster: somebody has been on duty within the last week."""
    recent = shifts_in(unit_id).filter(starts_at__lte=at, ends_at__gt=at - ROSTER_MEMORY)
    return recent.exists()


def on_duty(unit_id: int, at: datetime) -> QuerySet[User]:
    """Return who is on duty in a unit and may answer there, by nickname; those on a pause too."""
    shifts = running(shifts_in(unit_id), at)
    return people_who_can(Ability.WORK_INBOX, unit_id).filter(pk__in=shifts.values("person"))


def is_on_duty(user_id: int, at: datetime, unit_id: int | None = None) -> bool:
    """Say whether somebody is on duty, in one unit or anywhere."""
    shifts = Shift.objects.filter(cancelled_at__isnull=True)
    if unit_id is not None:
        shifts = shifts_in(unit_id)
    return running(shifts, at).filter(person=user_id).exists()


def is_off_shift(user_id: int, unit_id: int, at: datetime) -> bool:
    """Say whether somebody is off duty in a unit that works by a roster."""
    return not is_on_duty(user_id, at, unit_id) and has_roster(unit_id, at)


def people_to_tell(unit_id: int, at: datetime) -> list[int]:
    """Return who is told about a unit's work: those on duty; everybody where there is no roster."""
    if has_roster(unit_id, at):
        return list(on_duty(unit_id, at).values_list("pk", flat=True))
    return list(people_who_can(Ability.WORK_INBOX, unit_id).values_list("pk", flat=True))


@dataclass(frozen=True, slots=True)
class CrewMember:
    """Somebody who answers in a unit: whether they are there, and how much they have in hand.

    `in_hand` counts over all units: a person has two hands, wherever the work comes from.
    """

    person: User
    duty_until: datetime | None
    away_until: datetime | None
    in_hand: int
    capacity: int
    languages: tuple[str, ...]

    @property
    def is_on_duty(self) -> bool:
        """Whether a shift of theirs is running."""
        return self.duty_until is not None

    @property
    def is_there(self) -> bool:
        """Whether they are on duty and not on a pause."""
        return self.is_on_duty and self.away_until is None

    @property
    def has_room(self) -> bool:
        """Whether they can take on one more."""
        return self.in_hand < self.capacity


def crew(unit_id: int, at: datetime) -> list[CrewMember]:
    """Return who answers in a unit: those on duty first, then by nickname. One query."""
    members = [_member(row) for row in _crew(unit_id, at)]
    return sorted(members, key=lambda member: not member.is_on_duty)


@prepared
def _crew(unit_id: int, at: datetime) -> QuerySet[User]:
    held = Conversation.objects.filter(IN_HAND, assignee=OuterRef("pk")).order_by()
    shifts = running(shifts_in(unit_id), at).filter(person=OuterRef("pk")).order_by("-ends_at")
    profile = OperatorProfile.objects.filter(person=OuterRef("pk"))
    return (
        people_who_can(Ability.WORK_INBOX, unit_id)
        .only(*NAMING)
        .annotate(
            in_hand=Coalesce(
                Subquery(held.values("assignee").annotate(n=Count("pk")).values("n")), 0
            ),
            duty_until=Subquery(shifts.values("ends_at")[:1]),
            away_until=Subquery(profile.filter(away_until__gt=at).values("away_until")),
            own_capacity=Subquery(profile.values("capacity")),
            languages=Subquery(profile.values("languages")),
            desk_capacity=Subquery(Desk.objects.filter(unit=unit_id).values("capacity")),
        )
    )


def _member(row: Any) -> CrewMember:
    fallback = Desk._meta.get_field("capacity").default
    own = row.own_capacity if row.own_capacity is not None else row.desk_capacity
    return CrewMember(
        person=row,
        duty_until=row.duty_until,
        away_until=row.away_until,
        in_hand=row.in_hand,
        capacity=fallback if own is None else own,
        languages=tuple(row.languages or ()),
    )


@dataclass(frozen=True, slots=True)
class Me:
    """One's own duty: the shifts that run now, the next one, and the end of a pause."""

    shifts: list[Shift]
    upcoming: Shift | None
    away_until: datetime | None


def my_duty(user_id: int, at: datetime) -> Me:
    """Return somebody's own duty at a moment. Two queries."""
    ahead = Shift.objects.filter(person=user_id, cancelled_at__isnull=True, ends_at__gt=at)
    found = list(ahead.select_related("unit").order_by("starts_at")[:20])
    profile = OperatorProfile.objects.filter(person=user_id, away_until__gt=at).first()
    return Me(
        shifts=[shift for shift in found if shift.starts_at <= at],
        upcoming=next((shift for shift in found if shift.starts_at > at), None),
        away_until=profile.away_until if profile else None,
    )


def week_of(unit_id: int, begins: datetime, ends: datetime) -> list[Shift]:
    """Return the shifts that touch a span of time in a unit, earliest first."""
    rows = shifts_in(unit_id).filter(starts_at__lt=ends, ends_at__gt=begins)
    return list(rows.select_related("person", "unit").order_by("starts_at", "id"))


def next_shift_ends(unit_id: int, at: datetime) -> datetime:
    """Return until when the next shift of a unit is there; half a day from now when none is planned."""
    ahead = shifts_in(unit_id).filter(starts_at__gt=at).order_by("starts_at").first()
    return ahead.ends_at if ahead else at + timedelta(hours=12)


def shift_for(actor: Actor, shift_id: int) -> Shift:
    """Return a shift that the actor may change: their own, or one of a unit whose desk they manage."""
    found = Shift.objects.select_related("person", "unit").filter(pk=shift_id).first()
    if found is None:
        raise NotFound
    if found.person_id != actor.user_id and not manages(actor, found.unit_id):
        raise NotFound
    return found


def manages(actor: Actor, unit_id: int | None) -> bool:
    """Say whether the actor may set the roster of a unit; of every unit when none is named."""
    if unit_id is None:
        return actor.units(Ability.MANAGE_DESK) is None
    return actor.can(Ability.MANAGE_DESK, unit_id)


def operator_to_manage(actor: Actor, person_id: int) -> User:
    """Return somebody who answers in a unit whose desk the actor manages; NotFound for anybody else."""
    for unit in units_within(actor, Ability.MANAGE_DESK):
        found = people_who_can(Ability.WORK_INBOX, unit.pk).filter(pk=person_id).first()
        if found is not None:
            return found
    raise NotFound


def profile_of(person_id: int) -> OperatorProfile:
    """Return what somebody can take on; the defaults, not stored, when nothing was set."""
    found = OperatorProfile.objects.filter(person=person_id).first()
    return found or OperatorProfile(person_id=person_id)
