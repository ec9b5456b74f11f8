"""How an unclear delivery is read back, and what dead workers held is taken back. Workers only."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q

from channels.actions.moves import (
    DATABASE_CHANGED,
    DUPLICATE,
    Claim,
    end_attempt,
    held,
    lease_end,
    move,
    next_look,
    show,
    units_of,
)
from channels.errors import ChannelError, NoRoom, RateLimited
from channels.lifecycle import LEASED, DeliveryState
from channels.models import Delivery
from channels.types import Receipt
from opsconsole.kernel.clock import now
from opsconsole.kernel.doorbell import ring_on_commit

S = DeliveryState
#: Complete reads without a match that prove absence.
PROOF_READS = 3


def deliveries_to_reconcile(limit: int = 20) -> list[Claim]:
    """Claim unclear deliveries whose next look is due."""
    at = now()
    with transaction.atomic():
        rows = list(
            Delivery.objects.filter(state=S.AMBIGUOUS, next_look_at__lte=at)
            .order_by("next_look_at")
            .select_for_update(skip_locked=True)
            .values_list("pk", "fence")[:limit]
        )
        Delivery.objects.filter(pk__in=[pk for pk, _ in rows]).update(
            state=S.RECONCILING, fence=F("fence") + 1, lease_until=lease_end(at)
        )
    return [Claim(pk, fence + 1) for pk, fence in rows]


def reconciling_is_mine(claim: Claim) -> Delivery | None:
    """Return the unclear delivery when this claim still holds it."""
    return (
        Delivery.objects.select_related("account", "account__credential")
        .filter(pk=claim.delivery_id, fence=claim.fence, state=S.RECONCILING)
        .first()
    )


def search_window(delivery: Delivery) -> tuple[datetime, datetime]:
    """Return the moments between which a lost create call can have been accepted.

    Earlier attempts of the same day are included: one that was believed absent may show up late.
    Where the database has changed, it may have lost attempts up to that moment.
    """
    armed = list(delivery.attempts.order_by("-number").values_list("armed_at", flat=True))
    if delivery.reason_code == DATABASE_CHANGED and delivery.ambiguous_at:
        armed = [delivery.ambiguous_at, *armed, delivery.not_before]
    last = armed[0] if armed else delivery.requested_at
    first = min((at for at in armed if at > last - timedelta(days=1)), default=last)
    longest = timedelta(seconds=settings.SEND_TIMEOUT_SECONDS + 60)
    return first - timedelta(seconds=5), last + longest


def unclaimed(delivery: Delivery, receipts: list[Receipt]) -> list[Receipt]:
    """Leave out what other deliveries of the account already stand for."""
    ids = [receipt.external_id for receipt in receipts]
    taken = set(
        Delivery.objects.filter(account_id=delivery.account_id, external_id__in=ids)
        .exclude(pk=delivery.pk)
        .values_list("external_id", flat=True)
    )
    return [receipt for receipt in receipts if receipt.external_id not in taken]


def delivery_not_found(claim: Claim) -> bool:
    """Record one complete read without a match; enough of them over enough time prove absence."""
    with transaction.atomic():
        delivery = held(claim)
        if delivery is None or delivery.ambiguous_at is None:
            return False
        at = now()
        reads = delivery.empty_reads + 1
        waited = (at - delivery.ambiguous_at).total_seconds()
        if reads >= PROOF_READS and waited >= settings.RECONCILE_SCHEDULE[-1]:
            return _proved_absent(claim, delivery, at)
        return move(
            claim, {S.RECONCILING}, S.AMBIGUOUS, lease_until=None, empty_reads=reads,
            next_look_at=next_look(delivery.ambiguous_at, reads),
        )  # fmt: skip


def _proved_absent(claim: Claim, delivery: Delivery, at: datetime) -> bool:
    if delivery.reason_code == DUPLICATE:
        # The platform says that it has this, and does not show it: trying again settles nothing.
        return move(claim, {S.RECONCILING}, S.NEEDS_HUMAN, lease_until=None, settled_at=at)
    end_attempt(claim, "absent", None)
    if delivery.deadline < at:
        return move(
            claim, {S.RECONCILING}, S.MISSED, lease_until=None, settled_at=at,
            reason_code="window_closed",
        )  # fmt: skip
    return move(
        claim, {S.RECONCILING}, S.READY, lease_until=None, empty_reads=0, ambiguous_at=None,
        reason_code="", reason="",
    )  # fmt: skip


def delivery_unreadable(claim: Claim, error: ChannelError) -> bool:
    """Record that reading back failed; a person is asked when it keeps failing past the schedule."""
    with transaction.atomic():
        delivery = held(claim)
        if delivery is None or delivery.ambiguous_at is None:
            return False
        at = now()
        gave_up_at = delivery.ambiguous_at + timedelta(seconds=2 * settings.RECONCILE_SCHEDULE[-1])
        if at >= gave_up_at:
            return move(
                claim, {S.RECONCILING}, S.NEEDS_HUMAN, lease_until=None, settled_at=at,
                reason_code="unreadable", reason=error.detail[:500],
            )  # fmt: skip
        until = error.until if isinstance(error, RateLimited | NoRoom) else None
        look = at + timedelta(seconds=settings.RECONCILE_SCHEDULE[1])
        return move(
            claim, {S.RECONCILING}, S.AMBIGUOUS, lease_until=None,
            next_look_at=max(look, min(until or look, gave_up_at)),
        )  # fmt: skip


def leases_reap() -> int:
    """Take back what dead workers held. An armed delivery becomes unclear, never ready."""
    at = now()
    expired = Q(lease_until__lt=at)
    fence = F("fence") + 1
    found = units_of(Delivery.objects.filter(expired, state__in=LEASED))
    if not found:
        return 0
    back = Delivery.objects.filter(expired, state__in=[S.CLAIMED, S.PREPARED]).update(
        state=S.READY, fence=fence, lease_until=None
    )
    unclear = Delivery.objects.filter(expired, state=S.ARMED).update(
        state=S.AMBIGUOUS, fence=fence, lease_until=None, ambiguous_at=at, empty_reads=0,
        next_look_at=at, reason_code="worker_lost", is_unseen=True,
    )  # fmt: skip
    again = Delivery.objects.filter(expired, state=S.RECONCILING).update(
        state=S.AMBIGUOUS, fence=fence, lease_until=None, next_look_at=at
    )
    show(found)
    if back:
        ring_on_commit("delivery_requested")
    return back + unclear + again
