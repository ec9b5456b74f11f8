"""Whose replies need approval, and who gives it: set on memberships by those who set a unit's ways."""

from django.db import transaction
from django.db.models import F, Q, QuerySet

from opsconsole.audit.actions import record
from opsconsole.kernel.actor import Actor
from opsconsole.kernel.errors import NotAllowed, NotFound
from opsconsole.people.models import Membership
from opsconsole.people.roles import ABILITIES, Ability

_ANSWERING = [str(role) for role, held in ABILITIES.items() if Ability.DRAFT_REPLIES in held]


def answering_memberships(actor: Actor, unit_id: int) -> QuerySet[Membership]:
    """Return the memberships by which people answer in a unit, those of the unit itself first."""
    actor.must(Ability.MANAGE_DESK, unit_id)
    return (
        Membership.objects.filter(
            Q(unit=unit_id) | Q(unit__isnull=True), role__in=_ANSWERING, user__is_active=True
        )
        .select_related("user")
        .order_by(F("unit").asc(nulls_last=True), "user__nickname", "pk")
    )


def membership_approval_set(
    actor: Actor, *, membership_id: int, needs_approval: bool, may_approve: bool
) -> Membership:
    """Say whether somebody's replies need approval, and whether they approve others'.

    Nobody lifts their own. A role in every unit is set by whoever sets the ways of all of them.
    """
    with transaction.atomic():
        rows = Membership.objects.filter(pk=membership_id, role__in=_ANSWERING)
        membership = rows.select_for_update().first()
        if membership is None:
            raise NotFound
        _must_set(actor, membership)
        old = (membership.needs_approval, membership.may_approve)
        if old == (needs_approval, may_approve):
            return membership
        membership.needs_approval, membership.may_approve = needs_approval, may_approve
        membership.save(update_fields=["needs_approval", "may_approve"])
        record(
            actor, "people.membership.approval_changed", membership.user,
            unit_id=membership.unit_id, username=membership.user.username,
            needs_approval=needs_approval, may_approve=may_approve,
        )  # fmt: skip
    return membership


def _must_set(actor: Actor, membership: Membership) -> None:
    if membership.unit_id is not None:
        actor.must(Ability.MANAGE_DESK, membership.unit_id)
    elif not actor.everywhere(Ability.MANAGE_DESK):
        raise NotAllowed
    if membership.user_id == actor.user_id:
        raise NotAllowed
