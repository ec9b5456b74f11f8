"""Reads of deliveries."""

from django.db.models import QuerySet

from channels.lifecycle import DeliveryState
from channels.models import Delivery
from opsconsole.kernel.actor import Actor
from opsconsole.kernel.errors import Invalid, NotFound
from opsconsole.kernel.pagination import KeysetPage, after_number, cut
from opsconsole.people.roles import Ability


def deliveries_for(actor: Actor) -> QuerySet[Delivery]:
    """Return the deliveries of accounts the actor may read."""
    units = actor.units(Ability.READ_ACCOUNTS)
    rows = Delivery.objects.select_related("account", "account__unit", "requested_by")
    return rows if units is None else rows.filter(account__unit_id__in=units)


def delivery_for(actor: Actor, delivery_id: int, ability: str = Ability.READ_ACCOUNTS) -> Delivery:
    """Return one delivery with its attempts; NotFound when invisible, NotAllowed when only readable."""
    row = (
        deliveries_for(actor).prefetch_related("attempts", "media").filter(pk=delivery_id).first()
    )
    if row is None:
        raise NotFound
    actor.must(ability, row.account.unit_id)
    return row


def delivery_page(
    actor: Actor, *, state: str = "", account: int | None = None, cursor: str = "", size: int = 50
) -> KeysetPage[Delivery]:
    """Return deliveries, newest first."""
    rows = deliveries_for(actor).order_by("-id")
    if state:
        if state not in set(DeliveryState):
            raise Invalid(code="unknown_state")
        rows = rows.filter(state=state)
    if account is not None:
        rows = rows.filter(account_id=account)
    if cursor:
        rows = rows.filter(pk__lt=after_number(cursor))
    return cut(rows[: size + 1], size, lambda row: [row.pk])


def deliveries_needing_people(actor: Actor) -> int:
    """Count the deliveries that only a person can settle."""
    return deliveries_for(actor).filter(state=DeliveryState.NEEDS_HUMAN).count()
