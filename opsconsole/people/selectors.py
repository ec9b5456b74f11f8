"""Reads about people. `actor_for` is where a signed-in user becomes an actor."""

from collections import defaultdict
from collections.abc import Iterable
from typing import BinaryIO, cast

from django.db.models import Q, QuerySet

from opsconsole.kernel.actor import EVERY_UNIT, Actor
from opsconsole.kernel.errors import NotFound
from opsconsole.kernel.pagination import KeysetPage, cut, decode
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


def person_page(
    actor: Actor, *, text: str = "", cursor: str = "", size: int = 50
) -> KeysetPage[User]:
    """Return everybody, shut-out people too, for those who manage people."""
    actor.must(Ability.MANAGE_PEOPLE)
    rows = User.objects.prefetch_related("memberships__unit").order_by("pk")
    if text:
        rows = rows.filter(Q(username__icontains=text) | Q(nickname__icontains=text))
    if cursor:
        rows = rows.filter(pk__gt=int(decode(cursor, 1)[0]))
    return cut(rows[: size + 1], size, lambda row: [row.pk])


def person_for(actor: Actor, user_id: int) -> User:
    """Return one person with their roles, for those who manage people."""
    actor.must(Ability.MANAGE_PEOPLE)
    found = User.objects.prefetch_related("memberships__unit").filter(pk=user_id).first()
    if found is None:
        raise NotFound
    return found


def photo_file(user_id: int, name: str) -> BinaryIO:
    """Open a person's present photo; NotFound for any other file."""
    user = User.objects.filter(pk=user_id).only("photo").first()
    if user is None or not user.photo or user.photo.name.rsplit("/", 1)[-1] != name:
        raise NotFound
    try:
        return cast(BinaryIO, user.photo.open("rb"))
    except FileNotFoundError as error:
        raise NotFound from error
