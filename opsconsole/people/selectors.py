"""Reads about people. `actor_for` is where a signed-in user becomes an actor."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, F, OuterRef, Prefetch, Q, QuerySet

from opsconsole.kernel.actor import EVERY_UNIT, WHOLE_HOUSE, Actor
from opsconsole.kernel.errors import NotFound
from opsconsole.kernel.pagination import KeysetPage, after_number, cut
from opsconsole.kernel.prepared import prepared
from opsconsole.people.models import BusinessUnit, Membership, User
from opsconsole.people.roles import ABILITIES, Ability, Role, abilities_of, goes_past_walls


def actor_for(user: User) -> Actor:
    """Return what this user may do and where. One query; two for a role in every unit where walls stand."""
    held = _held_by(user.pk)
    roles: list[tuple[Any, ...]] = [tuple(row[:-1]) for row in held]
    if user.is_superuser:
        roles.append((str(Role.ADMINISTRATOR), None))
    is_wide = any(row[1] is None for row in roles)
    walls_may_stand = user.is_superuser or any(row[-1] for row in held)
    unwalled = _unwalled() if is_wide and walls_may_stand else None
    return Actor(
        kind="user", name=str(user), user_id=user.pk, reach=reach_of(roles, unwalled=unwalled)
    )


@prepared
def _held_by(user_id: int) -> QuerySet[Membership, tuple[Any, ...]]:
    return Membership.objects.filter(user_id=user_id).values_list(
        "role", "unit_id", "needs_approval", "may_approve", _walls_stand()
    )


def actors_of(user_ids: Iterable[int]) -> dict[int, Actor]:
    """Return what these active users may do and where, by number. At most three queries."""
    held: dict[int, list[tuple[str, int | None]]] = defaultdict(list)
    memberships = Membership.objects.filter(user__in=list(user_ids))
    for user_id, role, unit_id in memberships.values_list("user", "role", "unit_id"):
        held[user_id].append((role, unit_id))
    unwalled = _unwalled()
    users = User.objects.filter(pk__in=held, is_active=True)
    return {
        user.pk: Actor(
            kind="user", name=str(user), user_id=user.pk,
            reach=reach_of(held[user.pk], unwalled=unwalled),
        )
        for user in users
    }  # fmt: skip


def administrators() -> list[User]:
    """Return the active people who administer everything."""
    everywhere = Membership.objects.filter(
        user=OuterRef("pk"), role=Role.ADMINISTRATOR, unit__isnull=True
    )
    wide = Q(Exists(everywhere)) | Q(is_superuser=True)
    return list(User.objects.filter(wide, is_active=True))


def _walls_stand() -> Exists:
    return Exists(BusinessUnit.objects.filter(is_walled=True))


def _unwalled() -> frozenset[int] | None:
    """Return the units without a wall; None when no wall stands."""
    rows = list(BusinessUnit.objects.values_list("pk", "is_walled"))
    if not any(is_walled for _pk, is_walled in rows):
        return None
    return frozenset(pk for pk, is_walled in rows if not is_walled)


def undo_window_of(actor: Actor) -> int:
    """Return the seconds in which this person can take an answer back; 0 for the console itself."""
    if actor.user_id is None:
        return 0
    user = User.objects.filter(pk=actor.user_id).only("undo_seconds").first()
    return user.undo_window if user else 0


def reach_of(
    memberships: Iterable[tuple[Any, ...]], *, unwalled: frozenset[int] | None = None
) -> dict[str, frozenset[int]]:
    """Turn memberships into the units of each ability: role, unit id or None, and what `abilities_of` takes.

    `unwalled` are the units that a role in every unit opens; None when no unit has a wall.
    """
    units: dict[str, set[int]] = defaultdict(set)
    wide = EVERY_UNIT if unwalled is None else unwalled | {WHOLE_HOUSE}
    for given, unit_id, *flags in memberships:
        role = Role(given)
        for ability in abilities_of(role, *flags):
            if unit_id is not None:
                units[str(ability)].add(unit_id)
            else:
                units[str(ability)] |= EVERY_UNIT if goes_past_walls(role, ability) else wide
    return {
        ability: EVERY_UNIT if found >= EVERY_UNIT else frozenset(found)
        for ability, found in units.items()
    }


def units_within(actor: Actor, ability: str) -> QuerySet[BusinessUnit]:
    """Return the active units in which the actor has the ability."""
    units = actor.units(ability)
    rows = BusinessUnit.objects.filter(is_active=True)
    return rows if units is None else rows.filter(pk__in=units)


@prepared
def active_units() -> QuerySet[BusinessUnit]:
    """Return every active unit: one may hand over to a unit one does not belong to."""
    return BusinessUnit.objects.filter(is_active=True)


def unit_named(slug: str) -> BusinessUnit:
    """Return an active unit by its slug."""
    unit = BusinessUnit.objects.filter(slug=slug, is_active=True).first()
    if unit is None:
        raise NotFound
    return unit


def people_who_can(ability: Ability, unit_id: int) -> QuerySet[User]:
    """Return active users with an ability in a unit, by nickname. A role in every unit stops at a wall."""
    roles = {role for role, abilities in ABILITIES.items() if ability in abilities}
    past_walls = {str(role) for role in roles if goes_past_walls(role, ability)}
    walled = BusinessUnit.objects.filter(pk=unit_id, is_walled=True)
    wide = Q(unit__isnull=True) & (Q(role__in=past_walls) | ~Exists(walled))
    held = Membership.objects.filter(
        Q(unit=unit_id) | wide, _with(ability, roles), user=OuterRef("pk")
    )
    return User.objects.filter(Exists(held), is_active=True).order_by("nickname", "id")


def _with(ability: Ability, roles: set[Role]) -> Q:
    """The condition that a membership holds an ability, as `abilities_of` says it."""
    by_role = Q(role__in=[str(role) for role in roles])
    if ability == Ability.APPROVE_REPLIES:
        senders = [str(role) for role, held in ABILITIES.items() if Ability.SEND_REPLIES in held]
        return Q(needs_approval=False) & (by_role | Q(may_approve=True, role__in=senders))
    if ability == Ability.SEND_REPLIES:
        return by_role & Q(needs_approval=False)
    return by_role


def unit_to_wall(actor: Actor, unit_id: int) -> BusinessUnit:
    """Return a unit whose people the actor manages; NotFound for any other."""
    actor.must(Ability.MANAGE_PEOPLE)
    found = units_within(actor, Ability.MANAGE_PEOPLE).filter(pk=unit_id).first()
    if found is None:
        raise NotFound
    return found


def people_inside(unit: BusinessUnit) -> list[User]:
    """Return the active people with a role in this very unit, by nickname: who a wall lets in."""
    held = Membership.objects.filter(user=OuterRef("pk"), unit=unit)
    return list(User.objects.filter(Exists(held), is_active=True).order_by("nickname", "id"))


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
