"""The one way a worker moves a delivery: compare and set on (id, state, fence). Decides nothing."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import QuerySet

from channels.actions import statements
from channels.errors import ChannelError
from channels.lifecycle import DELIVERY, LEASED, DeliveryState
from channels.models import Delivery, DeliveryAttempt
from opsconsole.kernel.clock import now
from opsconsole.kernel.doorbell import ring_on_commit
from opsconsole.kernel.live import hint_on_commit

#: Reason code of an outcome that is unclear because the platform already has this, or its id.
DUPLICATE = "duplicate"
#: Reason code of what may have been sent in what a copy of the database has lost.
DATABASE_CHANGED = "database_changed"


@dataclass(frozen=True, slots=True)
class Claim:
    """The right to move one delivery until its lease ends."""

    delivery_id: int
    fence: int


def held(claim: Claim) -> Delivery | None:
    """Lock the delivery while this claim holds it: the reaper waits, or has already taken it."""
    rows = Delivery.objects.filter(pk=claim.delivery_id, fence=claim.fence, state__in=LEASED)
    return rows.select_for_update(no_key=True).first()


def move(claim: Claim, old: set[DeliveryState], new: DeliveryState, **changes: object) -> bool:
    """Compare and set on state and fence. Tells whether this claim moved it."""
    legal = [state for state in old if DELIVERY.allows(state, new)]
    moved = Delivery.objects.filter(
        pk=claim.delivery_id, fence=claim.fence, state__in=legal
    ).update(state=new, is_unseen=new not in LEASED, **changes)
    if moved:
        moved_on(claim.delivery_id, is_news=new not in LEASED)
    return bool(moved)


def moved_on(delivery_id: int, *, is_news: bool = True) -> None:
    """Tell open screens that a delivery moved, and the apps when that is news to them."""
    shown_to(statements.unit_of(delivery_id), delivery_id, is_news=is_news)


def shown_to(units: Iterable[int], delivery_id: int, *, is_news: bool = True) -> None:
    """The same, by who already knows whose screens show it."""
    hint_on_commit("delivery", units=units, id=delivery_id)
    if is_news:
        ring_on_commit("delivery_settled")


def end_attempt(claim: Claim, outcome: str, error: ChannelError | None) -> None:
    """Complete the attempt under way."""
    detail = {"http_status": error.http_status, "detail": error.detail[:1000]} if error else {}
    DeliveryAttempt.objects.filter(delivery=claim.delivery_id, outcome__isnull=True).update(
        outcome=outcome, ended_at=now(), **detail
    )


def units_of(deliveries: QuerySet[Delivery]) -> dict[int, int]:
    """Return whose screens show some deliveries: unit by delivery."""
    return dict(deliveries.values_list("pk", "account__unit_id"))


def show(units: Mapping[int, int]) -> None:
    """Hint that deliveries moved."""
    for pk, unit_id in units.items():
        hint_on_commit("delivery", units=[unit_id], id=pk)


def next_look(start: datetime, reads: int) -> datetime:
    """Return when an unclear delivery is read back for the next time."""
    schedule = settings.RECONCILE_SCHEDULE
    return start + timedelta(seconds=schedule[min(reads, len(schedule) - 1)])


def lease_end(at: datetime) -> datetime:
    """Return when a lease taken now ends."""
    return at + timedelta(seconds=settings.DELIVERY_LEASE_SECONDS)
