"""Reads about people. `actor_for` is where a signed-in user becomes an actor."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import F, Prefetch, Q, QuerySet

from opsconsole.kernel.actor import EVERY_UNIT, Actor
from opsconsole.kernel.errors import NotFound
from opsconsole.kernel.pagination import KeysetPage, after_number, cut
from opsconsole.people.models import BusinessUnit, Membership, User
from opsconsole.people.roles import ABILITIES, Ability, Role


def actor_for(user: User) -> Actor:
    """Return what this user may do and where. One query."""
    memberships = Membership.objects.filter(user=user).values_list("role", "unit_id")
    reach = reach_of(memberships)
    if user.is_superuser:
        reach = dict.fromkeys(map(str, Ability), EVERY_UNIT)
    return Actor(kind="user", name=str(user), user_id=user.pk, reach=reach)


def reach_of(memberships: Iterable[tuple[str, int | None]]) -> dict[str, frozenset[int]]:
    """Turn (role, unit id or None) pairs into the units of each ability."""
    units: dict[str, set[int]] = defaultdict(set)
    for role, unit_id in memberships:
        for ability in ABILITIES[Role(role)]:
            units[str(ability)].add(-1 if unit_id is None else unit_id)
    return {
        ability: EVERY_UNIT if -1 in found else frozenset(found)
        for ability, found in units.items()
    }


def units_within(actor: Actor, ability: str) -> QuerySet[BusinessUnit]:
    """Return the active units in which the actor has the ability."""
    units = actor.units(ability)
    rows = BusinessUnit.objects.filter(is_active=True)
    return rows if units is None else rows.filter(pk__in=units)


def active_units() -> list[BusinessUnit]:
    """Return every active unit: one may hand over to a unit one does not belong to."""
    return list(BusinessUnit.objects.filter(is_active=True))


def unit_named(slug: str) -> BusinessUnit:
    """Return an active unit by its slug."""
    unit = BusinessUnit.objects.filter(slug=slug, is_active=True).first()
    if unit is None:
        raise NotFound
    return unit


def people_who_can(ability: Ability, unit_id: int) -> QuerySet[User]:
    """Return active users with an ability in a unit, by nickname."""
    roles = [str(role) for role, abilities in ABILITIES.items() if ability in abilities]
    here = Q(memberships__unit=unit_id) | Q(memberships__unit__isnull=True)
    return (
        User.objects.filter(here, memberships__role__in=roles, is_active=True)
        .distinct()
        .order_by("nickname", "id")
    )


@dataclass(frozen=True, slots=True)
class PersonFilter:
    """Which people to list. Empty means no restriction."""

    text: str = ""
    unit: int | None = None
    role: str = ""
    state: str = ""


def person_page(
    actor: Actor, filters: PersonFilter, *, cursor: str = "", size: int = 50
) -> KeysetPage[User]:
    """Return everybody, shut-out people too, for those who manage people."""
    rows = _people(actor).order_by("pk")
    if words := filters.text.strip():
        rows = rows.filter(Q(username__icontains=words) | Q(nickname__icontains=words))
    held = Membership.objects.all()
    if filters.unit is not None:
        held = held.filter(Q(unit=filters.unit) | Q(unit__isnull=True))
    if filters.role:
        held = held.filter(role=filters.role)
    if filters.unit is not None or filters.role:
        rows = rows.filter(pk__in=held.values("user"))
    if filters.state:
        rows = rows.filter(is_active=filters.state == "active")
    if cursor:
        rows = rows.filter(pk__gt=after_number(cursor))
    return cut(rows[: size + 1], size, lambda row: [row.pk])


def person_for(actor: Actor, user_id: int) -> User:
    """Return one person with their roles, for those who manage people."""
    found = _people(actor).filter(pk=user_id).first()
    if found is None:
        raise NotFound
    return found


def _people(actor: Actor) -> QuerySet[User]:
    """Return people with their roles, those in every unit first."""
    actor.must(Ability.MANAGE_PEOPLE)
    roles = Membership.objects.select_related("unit").order_by(F("unit").asc(nulls_first=True))
    return User.objects.prefetch_related(Prefetch("memberships", queryset=roles))


def actor_named(username: str) -> Actor:
    """Return what the active user of this name may do: for acts from the command line."""
    found = User.objects.filter(username=username, is_active=True).first()
    if found is None:
        raise NotFound
    return actor_for(found)


def photo_bytes(user_id: int, name: str) -> bytes:
    """Return a person's present photo; NotFound for any other file."""
    user = User.objects.filter(pk=user_id).only("photo").first()
    if user is None or not user.photo or user.photo_name != name:
        raise NotFound
    try:
        with user.photo.open("rb") as file:
            return bytes(file.read())
    except FileNotFoundError as error:
        raise NotFound from error
