"""Reads of colleagues: those who share a unit with the actor."""

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet

from opsconsole.kernel.actor import Actor
from opsconsole.kernel.errors import NotFound
from opsconsole.kernel.pagination import KeysetPage, after_number, cut
from opsconsole.people.models import BusinessUnit, Membership, User
from opsconsole.people.roles import ABILITIES, Ability


def colleague_page(
    actor: Actor,
    *,
    unit: int | None = None,
    ability: str = "",
    cursor: str = "",
    size: int = 50,
) -> KeysetPage[User]:
    """Return active colleagues, oldest account first, of one unit or with one ability on request.

    Raises NotFound for a unit the actor has no part in.
    """
    held = _memberships(actor)
    if unit is not None:
        if not actor.can(Ability.READ_INBOX, unit):
            raise NotFound
        walled = BusinessUnit.objects.filter(pk=unit, is_walled=True)
        held = held.filter(Q(unit_id=unit) | Q(unit__isnull=True) & ~Exists(walled))
    if ability:
        roles = [str(role) for role, abilities in ABILITIES.items() if ability in abilities]
        held = held.filter(role__in=roles)
    rows = _colleagues(actor, held).order_by("pk")
    if cursor:
        rows = rows.filter(pk__gt=after_number(cursor))
    return cut(rows[: size + 1], size, lambda row: [row.pk])


def colleague(actor: Actor, user_id: int) -> User:
    """Return one active colleague; NotFound when they share no unit with the actor."""
    found = _colleagues(actor, _memberships(actor)).filter(pk=user_id).first()
    if found is None:
        raise NotFound
    return found


def _memberships(actor: Actor) -> QuerySet[Membership]:
    units = actor.units(Ability.READ_INBOX)
    rows = Membership.objects.order_by("pk")
    return rows if units is None else rows.filter(Q(unit_id__in=units) | Q(unit__isnull=True))


def _colleagues(actor: Actor, held: QuerySet[Membership]) -> QuerySet[User]:
    """Those who hold one of these memberships, with the memberships the actor may know of."""
    shown = Prefetch("memberships", queryset=_memberships(actor))
    return User.objects.filter(
        Exists(held.filter(user=OuterRef("pk"))), is_active=True
    ).prefetch_related(shown)
