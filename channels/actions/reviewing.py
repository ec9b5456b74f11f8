"""What people decide about deliveries that did not leave at their time: each alone, or several at once.

They became due under a hold, were missed, or were given up.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from channels.actions import verdicts
from channels.lifecycle import DeliveryState
from channels.models import Delivery
from channels.selectors.deliveries import delivery_for
from opsconsole.audit.actions import record
from opsconsole.kernel.actor import Actor
from opsconsole.kernel.clock import now
from opsconsole.kernel.doorbell import ring_on_commit
from opsconsole.kernel.errors import Conflict, DomainError, Invalid
from opsconsole.people.roles import Ability

S = DeliveryState
#: Not sent, and nobody will without a person.
_OVER = {S.MISSED, S.FAILED}
#: However short its window was: time enough for a worker and a platform.
SHORTEST_WINDOW = timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class Reviewed:
    """How many were decided, how many had moved on before, and why the others may not leave."""

    done: int
    moved_on: int
    refusals: tuple[DomainError, ...] = ()


def review_send(actor: Actor, *, delivery_ids: Iterable[int]) -> Reviewed:
    """Send now what waits for a decision."""
    return _each(actor, delivery_ids, lambda row: _send(actor, row))


def review_plan(actor: Actor, *, delivery_ids: Iterable[int], at: datetime) -> Reviewed:
    """Give what waits for a decision a new time; its window stays as long as it was."""
    if at <= now():
        raise Invalid(_("Choose a time that is still to come."), code="past", field="at")
    return _each(actor, delivery_ids, lambda row: _plan(actor, row, at))


def review_drop(actor: Actor, *, delivery_ids: Iterable[int]) -> Reviewed:
    """Give up what waits for a decision: it will not be sent."""
    return _each(actor, delivery_ids, lambda row: verdicts.drop(actor, row))


def _each(
    actor: Actor, delivery_ids: Iterable[int], decide: Callable[[Delivery], None]
) -> Reviewed:
    """Decide one after the other, each in its own transaction: one that cannot be decided keeps none from it."""
    done = moved_on = 0
    refusals: list[DomainError] = []
    for delivery_id in dict.fromkeys(delivery_ids):
        try:
            with transaction.atomic():
                decide(_undecided(actor, delivery_id))
        except Conflict as error:
            if error.code == "moved_on":
                moved_on += 1
            else:
                refusals.append(error)
        else:
            done += 1
    return Reviewed(done, moved_on, tuple(refusals))


def _undecided(actor: Actor, delivery_id: int) -> Delivery:
    row = delivery_for(actor, delivery_id, Ability.SETTLE_DELIVERIES)
    to_review = row.state == S.HELD and row.hold is not None and not row.hold.is_in_force
    if not (to_review or row.state in _OVER):
        raise Conflict(code="moved_on")
    return row


def _send(actor: Actor, row: Delivery) -> None:
    at = now()
    verdicts.must_be_wanted_late(row)
    verdicts.must_be_permitted(row)
    verdicts.must_be_free(row)
    verdicts.move_by_hand(
        row, {S.HELD} | _OVER, S.READY, not_before=at, deadline=at + _window(row), retries=0,
        hold=None, settled_at=None, reason_code="", reason="",
    )  # fmt: skip
    record(actor, "channels.delivery.sent_again", row, unit_id=row.account.unit_id)
    ring_on_commit("delivery_requested")


def _plan(actor: Actor, row: Delivery, at: datetime) -> None:
    if row.needs_permit:
        raise Conflict(
            _("Its time was approved with it. Give its post a new time, to be approved anew."),
            code="time_approved",
        )
    verdicts.must_be_wanted_late(row)
    verdicts.move_by_hand(
        row, {S.HELD} | _OVER, S.PLANNED, not_before=at, deadline=at + _window(row), retries=0,
        hold=None, settled_at=None, reason_code="", reason="",
    )  # fmt: skip
    record(
        actor, "channels.delivery.planned_anew", row,
        unit_id=row.account.unit_id, at=at.isoformat(),
    )  # fmt: skip


def _window(row: Delivery) -> timedelta:
    return max(row.deadline - row.not_before, SHORTEST_WINDOW)
