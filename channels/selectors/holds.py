"""Reads of holds: which are in force, for whom, and what they stop."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet

from channels.lifecycle import WAITING, DeliveryState
from channels.models import Delivery, Hold, HoldInFlight
from channels.scopes import SCOPES, covered_by
from channels.selectors.deliveries import deliveries_for
from opsconsole.kernel.actor import Actor
from opsconsole.kernel.errors import NotFound
from opsconsole.kernel.pagination import KeysetPage, after_number, cut
from opsconsole.kernel.prepared import prepared
from opsconsole.people.roles import Ability


@dataclass(frozen=True, slots=True)
class HoldRow:
    """A hold as one person sees it: what it is about, how much it stops, what came before it."""

    hold: Hold
    label: str
    about: str
    stopped: int
    to_review: int
    in_flight: int
    may_lift: bool


@prepared
def holds_in_force() -> QuerySet[Hold]:
    """Return every hold that stops something now, oldest first. One query on an index of its own."""
    return _with_names(Hold.objects.filter(lifted_at__isnull=True)).order_by("pk")


@prepared
def _any_in_force() -> "QuerySet[Hold, int]":
    """Everything that is armed asks this: the least that can be asked."""
    return Hold.objects.filter(lifted_at__isnull=True).order_by().values_list("pk", flat=True)


def hold_over(delivery_id: int) -> int | None:
    """Return the number of a hold that covers a delivery now. One query while none is in force."""
    for hold in holds_in_force() if _any_in_force() else ():
        if Delivery.objects.filter(covered_by(hold), pk=delivery_id).exists():
            return hold.pk
    return None


def sees_hold(actor: Actor, hold: Hold) -> bool:
    """Tell whether a hold concerns somebody: it can stop posts of a unit whose posts they read."""
    kind = SCOPES[hold.scope]
    units = kind.units(hold)
    if units is None:
        return actor.can(Ability.READ_POSTS)
    if any(actor.can(Ability.READ_POSTS, unit_id) for unit_id in units):
        return True
    return any(actor.can(Ability.READ_POSTS, unit_id) for unit_id in kind.audience(hold))


def may_place(actor: Actor, hold: Hold) -> bool:
    """Tell whether somebody may stop this: in each of its units, or in the whole house."""
    units = SCOPES[hold.scope].units(hold)
    if units is None:
        return actor.everywhere(Ability.PLACE_HOLDS)
    return all(actor.can(Ability.PLACE_HOLDS, unit_id) for unit_id in units)


def may_lift(actor: Actor, hold: Hold) -> bool:
    """Tell whether somebody may let this go on: managers of its units, administrators for the whole house."""
    if actor.everywhere(Ability.LIFT_HOUSE_HOLDS):
        return True
    units = SCOPES[hold.scope].units(hold)
    return bool(units) and all(actor.can(Ability.LIFT_HOLDS, unit_id) for unit_id in units or ())


def hold_for(actor: Actor, hold_id: int) -> Hold:
    """Return one hold that concerns the actor; NotFound for any other."""
    hold = _with_names(Hold.objects.filter(pk=hold_id)).first()
    if hold is None or not sees_hold(actor, hold):
        raise NotFound
    return hold


def holds_seen(actor: Actor) -> list[Hold]:
    """Return the holds in force that concern somebody."""
    return [hold for hold in holds_in_force() if sees_hold(actor, hold)]


def holds_for(actor: Actor) -> QuerySet[Hold]:
    """Return every hold that concerns somebody. Reads them all: there are never many."""
    known = _with_names(Hold.objects.all())
    return known.filter(pk__in=[hold.pk for hold in known if sees_hold(actor, hold)])


def hold_title(hold: Hold) -> str:
    """Say in a few words what a hold is about."""
    kind = SCOPES[hold.scope]
    return " · ".join(filter(None, [str(kind.label), kind.named(hold)]))


def hold_page(
    actor: Actor, *, is_past: bool = False, cursor: str = "", size: int = 50
) -> KeysetPage[HoldRow]:
    """Return holds in force, or those that are over, newest first."""
    rows = Hold.objects.filter(lifted_at__isnull=not is_past).order_by("-pk")
    if cursor:
        rows = rows.filter(pk__lt=after_number(cursor))
    page = cut(_with_names(rows)[: size + 1], size, lambda hold: [hold.pk])
    seen = [hold for hold in page.rows if sees_hold(actor, hold)]
    return KeysetPage(rows_of(actor, seen), page.next_cursor)


def rows_of(actor: Actor, holds: Iterable[Hold]) -> list[HoldRow]:
    """Return what one person sees of holds. Two queries for all of them."""
    holds = list(holds)
    stopped = _counts(deliveries_for(actor), holds)
    flown = dict(
        HoldInFlight.objects.filter(hold__in=holds, delivery__in=deliveries_for(actor).values("pk"))
        .order_by().values_list("hold").annotate(Count("pk"))
    )  # fmt: skip
    return [
        HoldRow(
            hold,
            label=str(SCOPES[hold.scope].label),
            about=SCOPES[hold.scope].named(hold),
            stopped=stopped.get(hold.pk, (0, 0))[0],
            to_review=stopped.get(hold.pk, (0, 0))[1],
            in_flight=flown.get(hold.pk, 0),
            may_lift=may_lift(actor, hold),
        )
        for hold in holds
    ]


def _counts(rows: QuerySet[Delivery], holds: list[Hold]) -> dict[int, tuple[int, int]]:
    held = Q(state=DeliveryState.HELD)
    counted = (
        rows.filter(held | Q(state__in=WAITING), hold__in=holds)
        .order_by()
        .values("hold")
        .annotate(whole=Count("pk"), due=Count("pk", filter=held))
    )
    return {row["hold"]: (row["whole"], row["due"]) for row in counted}


def stopped_by(actor: Actor, hold: Hold) -> QuerySet[Delivery]:
    """Return what a hold stops within reach, what is due first on top."""
    states = WAITING | {DeliveryState.HELD}
    rows = deliveries_for(actor).filter(hold=hold, state__in=states)
    return rows.order_by("not_before", "pk")


def flown_before(actor: Actor, hold: Hold) -> list[HoldInFlight]:
    """Return what was armed or unclear when a hold was placed, as it was then and as it is now."""
    reach = deliveries_for(actor).values("pk")
    rows = HoldInFlight.objects.filter(hold=hold, delivery__in=reach)
    return list(rows.select_related("delivery__account", "delivery__requested_by"))


def deliveries_to_review(actor: Actor) -> QuerySet[Delivery]:
    """Return what became due under a hold that has been lifted: somebody decides about each."""
    rows = deliveries_for(actor).filter(state=DeliveryState.HELD, hold__lifted_at__isnull=False)
    return rows.select_related("hold__lifted_by").order_by("not_before", "pk")


def _with_names(rows: QuerySet[Hold]) -> QuerySet[Hold]:
    return rows.select_related("unit", "account__unit", "placed_by", "lifted_by")
