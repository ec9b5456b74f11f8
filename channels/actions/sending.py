"""How a delivery is claimed, armed, settled and read back. Called by workers only.

Every move is a compare-and-set on (id, state, fence); a worker that lost its lease changes nothing.
Nothing here speaks to a platform: the tasks do, between these transactions.
"""

import random
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q, QuerySet

from channels.errors import (
    Ambiguous,
    AuthExpired,
    ChannelError,
    RateLimited,
    Rejected,
    RejectionCode,
    Unreachable,
)
from channels.lifecycle import DELIVERY, LEASED, DeliveryState
from channels.models import ChannelAccount, Delivery, DeliveryAttempt
from channels.types import Receipt
from opsconsole.kernel.clock import now
from opsconsole.kernel.doorbell import ring_on_commit
from opsconsole.kernel.live import hint_on_commit

S = DeliveryState
#: Tries after failures that certainly created nothing, before a delivery is given up.
MAX_RETRIES = 8
#: A rate limit whose end the platform does not tell is waited out this long.
UNTOLD_LIMIT = timedelta(minutes=15)
#: Complete reads without a match that prove absence.
PROOF_READS = 3


@dataclass(frozen=True, slots=True)
class Claim:
    """The right to move one delivery until its lease ends."""

    delivery_id: int
    fence: int


_WAITING = Q(state__in=[S.PLANNED, S.READY, S.RETRY_WAIT])


def delivery_claim() -> Claim | None:
    """Claim the most urgent due delivery, or None. Two workers never get the same one."""
    at = now()
    with transaction.atomic():
        row = (
            _due(at)
            .order_by("priority", "not_before", "id")
            .select_for_update(skip_locked=True, of=("self",))
            .values_list("pk", "fence")
            .first()
        )
        if row is None:
            return None
        Delivery.objects.filter(pk=row[0]).update(
            state=S.CLAIMED, fence=row[1] + 1, lease_until=_lease_end(at)
        )
    return Claim(row[0], row[1] + 1)


def _due(at: datetime) -> QuerySet[Delivery]:
    return Delivery.objects.filter(
        _WAITING,
        Q(account__next_allowed_at__isnull=True) | Q(account__next_allowed_at__lte=at),
        not_before__lte=at,
        deadline__gte=at,
        account__is_paused=False,
        account__needs_reconnect=False,
    )


def windows_close() -> int:
    """Mark as missed what was not sent in its window."""
    at = now()
    closed = Delivery.objects.filter(_WAITING | Q(state=S.HELD), deadline__lt=at).update(
        state=S.MISSED, settled_at=at, is_unseen=True, reason_code="window_closed", reason=""
    )
    if closed:
        ring_on_commit("delivery_settled")
    return closed


def due_count() -> int:
    """Count what is due now, up to the number of hands one process has."""
    return _due(now())[: settings.SEND_CONCURRENCY].count()


def claim_is_mine(claim: Claim) -> Delivery | None:
    """Return the claimed delivery when this claim still holds it, else None (another has it)."""
    return (
        Delivery.objects.select_related("account", "account__credential")
        .prefetch_related("media")
        .filter(pk=claim.delivery_id, fence=claim.fence, state=S.CLAIMED)
        .first()
    )


def delivery_prepared(claim: Claim, handles: list[str]) -> bool:
    """Note the uploaded media. False when the claim was lost."""
    return _move(claim, {S.CLAIMED}, S.PREPARED, media_handles=handles)


def delivery_arm(claim: Claim, worker: str) -> bool:
    """Commit the intention to make one create call. False when the claim was lost or must not go.

    The account is read under a shared lock in this transaction, so that nothing is armed after a
    pause has committed.
    """
    with transaction.atomic():
        at = now()
        account = (
            ChannelAccount.objects.filter(deliveries=claim.delivery_id)
            .select_for_update(no_key=True, of=("self",))
            .first()
        )
        if account is None or not account.can_speak:
            _move(claim, {S.PREPARED}, S.READY, lease_until=None)
            return False
        mine = Delivery.objects.filter(
            pk=claim.delivery_id, fence=claim.fence, state=S.PREPARED, deadline__gte=at
        ).update(state=S.ARMED, attempts_made=F("attempts_made") + 1, lease_until=_lease_end(at))
        if not mine:
            _move(claim, {S.PREPARED}, S.MISSED, settled_at=at, reason_code="window_closed")
            return False
        number = Delivery.objects.values_list("attempts_made", flat=True).get(pk=claim.delivery_id)
        DeliveryAttempt.objects.create(
            delivery_id=claim.delivery_id, number=number, armed_at=at, worker=worker[:80]
        )
    return True


def delivery_sent(claim: Claim, receipt: Receipt) -> bool:
    """Record a receipt: from the create call itself, or found when reading back."""
    with transaction.atomic():
        at = now()
        sent = _move(
            claim, {S.ARMED, S.RECONCILING}, S.SENT,
            external_id=receipt.external_id, url=receipt.url[:600],
            sent_at=receipt.posted_at or at, settled_at=at, is_held_by_host=receipt.is_held,
            reason="", reason_code="",
        )  # fmt: skip
        if sent:
            _end_attempt(claim, "sent", None)
    return sent


def delivery_failed(claim: Claim, error: ChannelError) -> bool:
    """Record what a call before or during creation said, and decide what follows."""
    with transaction.atomic():
        delivery = Delivery.objects.filter(pk=claim.delivery_id, fence=claim.fence).first()
        if delivery is None:
            return False
        if isinstance(error, Ambiguous) or _is_probably_ours(delivery, error):
            return _became_ambiguous(claim, delivery, error)
        _end_attempt(claim, "refused", error)
        if isinstance(error, AuthExpired):
            return _account_lost_its_voice(claim, delivery, error)
        if isinstance(error, RateLimited):
            return _park_account(claim, delivery, error)
        if isinstance(error, Unreachable):
            return _try_later(claim, delivery, error)
        code = error.code if isinstance(error, Rejected) else RejectionCode.INVALID
        return _end(claim, S.REJECTED, str(code), error)


def _is_probably_ours(delivery: Delivery, error: ChannelError) -> bool:
    """A duplicate refusal after an earlier attempt is evidence that the earlier one arrived."""
    is_duplicate = isinstance(error, Rejected) and error.code == RejectionCode.DUPLICATE
    return is_duplicate and delivery.state == S.ARMED and delivery.attempts_made > 1


def _became_ambiguous(claim: Claim, delivery: Delivery, error: ChannelError) -> bool:
    if delivery.state != S.ARMED:
        return _try_later(claim, delivery, error)
    at = now()
    moved = _move(
        claim, {S.ARMED}, S.AMBIGUOUS,
        ambiguous_at=at, empty_reads=0, next_look_at=_next_look(at, 0), lease_until=None,
        reason_code="unclear", reason=error.detail[:500],
    )  # fmt: skip
    if moved:
        DeliveryAttempt.objects.filter(delivery=claim.delivery_id, outcome__isnull=True).update(
            http_status=error.http_status, detail=error.detail[:1000]
        )
    return moved


def _account_lost_its_voice(claim: Claim, delivery: Delivery, error: ChannelError) -> bool:
    ChannelAccount.objects.filter(pk=delivery.account_id).update(
        needs_reconnect=True, last_error=error.detail[:300]
    )
    return _move(
        claim, {S.CLAIMED, S.PREPARED, S.ARMED}, S.HELD, lease_until=None,
        reason_code="account_disconnected", reason=error.detail[:500],
    )  # fmt: skip


def _park_account(claim: Claim, delivery: Delivery, error: RateLimited) -> bool:
    until = (error.until or now() + UNTOLD_LIMIT) + timedelta(seconds=random.uniform(0, 2))  # noqa: S311 - jitter
    ChannelAccount.objects.filter(pk=delivery.account_id).update(next_allowed_at=until)
    return _move(
        claim, {S.CLAIMED, S.PREPARED, S.ARMED}, S.RETRY_WAIT, lease_until=None,
        reason_code="rate_limited", reason=error.detail[:500],
    )  # fmt: skip


def _try_later(claim: Claim, delivery: Delivery, error: ChannelError) -> bool:
    if delivery.retries + 1 >= MAX_RETRIES:
        return _end(claim, S.FAILED, "unreachable", error)
    pause = min(2 ** (delivery.retries + 1), 60)
    return _move(
        claim, {S.CLAIMED, S.PREPARED, S.ARMED}, S.RETRY_WAIT, lease_until=None,
        retries=delivery.retries + 1, not_before=now() + timedelta(seconds=pause),
        reason_code="unreachable", reason=error.detail[:500],
    )  # fmt: skip


def _end(claim: Claim, state: DeliveryState, code: str, error: ChannelError) -> bool:
    return _move(
        claim, {S.CLAIMED, S.PREPARED, S.ARMED}, state, lease_until=None,
        settled_at=now(), reason_code=code, reason=error.detail[:500],
    )  # fmt: skip


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
            state=S.RECONCILING, fence=F("fence") + 1, lease_until=_lease_end(at)
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
    """Return the moments between which a lost create call can have been accepted."""
    attempt = delivery.attempts.order_by("-number").first()
    start = attempt.armed_at if attempt else delivery.requested_at
    longest = timedelta(seconds=settings.SEND_TIMEOUT_SECONDS + 60)
    return start - timedelta(seconds=5), start + longest


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
        delivery = Delivery.objects.filter(pk=claim.delivery_id, fence=claim.fence).first()
        if delivery is None or delivery.ambiguous_at is None:
            return False
        at = now()
        reads = delivery.empty_reads + 1
        waited = (at - delivery.ambiguous_at).total_seconds()
        if reads >= PROOF_READS and waited >= settings.RECONCILE_SCHEDULE[-1]:
            return _proved_absent(claim, delivery, at)
        return _move(
            claim, {S.RECONCILING}, S.AMBIGUOUS, lease_until=None, empty_reads=reads,
            next_look_at=_next_look(delivery.ambiguous_at, reads),
        )  # fmt: skip


def _proved_absent(claim: Claim, delivery: Delivery, at: datetime) -> bool:
    _end_attempt(claim, "absent", None)
    if delivery.deadline < at:
        return _move(
            claim, {S.RECONCILING}, S.MISSED, lease_until=None, settled_at=at,
            reason_code="window_closed",
        )  # fmt: skip
    return _move(
        claim, {S.RECONCILING}, S.READY, lease_until=None, empty_reads=0, ambiguous_at=None,
        reason_code="", reason="",
    )  # fmt: skip


def delivery_unreadable(claim: Claim, error: ChannelError) -> bool:
    """Record that reading back failed; a person is asked when it keeps failing past the schedule."""
    with transaction.atomic():
        delivery = Delivery.objects.filter(pk=claim.delivery_id, fence=claim.fence).first()
        if delivery is None or delivery.ambiguous_at is None:
            return False
        at = now()
        gave_up_at = delivery.ambiguous_at + timedelta(seconds=2 * settings.RECONCILE_SCHEDULE[-1])
        if at >= gave_up_at:
            return _move(
                claim, {S.RECONCILING}, S.NEEDS_HUMAN, lease_until=None, settled_at=at,
                reason_code="unreadable", reason=error.detail[:500],
            )  # fmt: skip
        until = error.until if isinstance(error, RateLimited) else None
        look = at + timedelta(seconds=settings.RECONCILE_SCHEDULE[1])
        return _move(
            claim, {S.RECONCILING}, S.AMBIGUOUS, lease_until=None,
            next_look_at=max(look, min(until or look, gave_up_at)),
        )  # fmt: skip


def leases_reap() -> int:
    """Take back what dead workers held. An armed delivery becomes unclear, never ready."""
    at = now()
    expired = Q(lease_until__lt=at)
    fence = F("fence") + 1
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
    if back:
        ring_on_commit("delivery_requested")
    return back + unclear + again


def _next_look(start: datetime, reads: int) -> datetime:
    schedule = settings.RECONCILE_SCHEDULE
    return start + timedelta(seconds=schedule[min(reads, len(schedule) - 1)])


def _lease_end(at: datetime) -> datetime:
    return at + timedelta(seconds=settings.DELIVERY_LEASE_SECONDS)


def _end_attempt(claim: Claim, outcome: str, error: ChannelError | None) -> None:
    detail = {"http_status": error.http_status, "detail": error.detail[:1000]} if error else {}
    DeliveryAttempt.objects.filter(delivery=claim.delivery_id, outcome__isnull=True).update(
        outcome=outcome, ended_at=now(), **detail
    )


def _move(claim: Claim, old: set[DeliveryState], new: DeliveryState, **changes: object) -> bool:
    """Compare and set on state and fence. Tells whether this claim moved it."""
    legal = [state for state in old if DELIVERY.allows(state, new)]
    moved = Delivery.objects.filter(
        pk=claim.delivery_id, fence=claim.fence, state__in=legal
    ).update(state=new, is_unseen=new not in LEASED, **changes)
    if moved:
        unit_id = ChannelAccount.objects.filter(deliveries=claim.delivery_id).values_list(
            "unit_id", flat=True
        )[0]
        hint_on_commit("delivery", units=[unit_id], id=claim.delivery_id)
        if new not in LEASED:
            ring_on_commit("delivery_settled")
    return bool(moved)
