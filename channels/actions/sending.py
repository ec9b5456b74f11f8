"""How a delivery is claimed, armed and settled. Called by workers only.

Every move is a compare-and-set on (id, state, fence); a worker that lost its lease changes nothing.
Nothing here speaks to a platform: the tasks do, between these transactions.
"""

import random
from datetime import datetime, timedelta

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F, Q, QuerySet, Value
from django.db.models.functions import Greatest

from channels.actions.moves import (
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
from channels.errors import (
    Ambiguous,
    AuthExpired,
    ChannelError,
    RateLimited,
    Rejected,
    RejectionCode,
    Unreachable,
)
from channels.lifecycle import DeliveryState
from channels.models import ChannelAccount, Delivery, DeliveryAttempt
from channels.types import Receipt
from opsconsole.kernel.clock import now
from opsconsole.kernel.doorbell import ring_on_commit
from opsconsole.kernel.live import hint_on_commit
from opsconsole.kernel.text import storable_id, web_address

S = DeliveryState
#: Tries after failures that certainly created nothing, before a delivery is given up.
MAX_RETRIES = 8
#: A rate limit whose end the platform does not tell is waited out this long.
UNTOLD_LIMIT = timedelta(minutes=15)


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
            state=S.CLAIMED, fence=row[1] + 1, lease_until=lease_end(at)
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
        account__verified_at__isnull=False,
    )


def windows_close() -> int:
    """Mark as missed what was not sent in its window."""
    at = now()
    overdue = Delivery.objects.filter(_WAITING | Q(state=S.HELD), deadline__lt=at)
    found = units_of(overdue)
    if not found:
        return 0
    closed = overdue.filter(pk__in=found).update(
        state=S.MISSED, settled_at=at, is_unseen=True, reason_code="window_closed", reason=""
    )
    show(found)
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
    return move(claim, {S.CLAIMED}, S.PREPARED, media_handles=handles)


def delivery_arm(claim: Claim, worker: str) -> bool:
    """Commit the intention to make one create call. False when the claim was lost or must not go.

    The account is read under a lock in this transaction, so that nothing is armed after a pause has
    committed, nor with new credentials before a worker has seen whose they are.
    """
    with transaction.atomic():
        at = now()
        account = (
            ChannelAccount.objects.filter(deliveries=claim.delivery_id)
            .select_for_update(no_key=True, of=("self",))
            .first()
        )
        if account is None or not account.can_speak or account.verified_at is None:
            move(claim, {S.PREPARED}, S.READY, lease_until=None)
            return False
        mine = Delivery.objects.filter(
            pk=claim.delivery_id, fence=claim.fence, state=S.PREPARED, deadline__gte=at
        ).update(state=S.ARMED, attempts_made=F("attempts_made") + 1, lease_until=lease_end(at))
        if not mine:
            move(claim, {S.PREPARED}, S.MISSED, settled_at=at, reason_code="window_closed")
            return False
        number = Delivery.objects.values_list("attempts_made", flat=True).get(pk=claim.delivery_id)
        DeliveryAttempt.objects.create(
            delivery_id=claim.delivery_id, number=number, armed_at=at, worker=worker[:80]
        )
    return True


def delivery_sent(claim: Claim, receipt: Receipt) -> bool:
    """Record a receipt: from the create call itself, or found when reading back."""
    if not receipt.external_id:
        return delivery_failed(claim, Ambiguous("The platform gave no id."))
    try:
        with transaction.atomic():
            return _record_receipt(claim, receipt)
    except IntegrityError:
        # Another delivery already stands for that id; what became of this one a person must see.
        error = Rejected("Another delivery stands for this id.", code=RejectionCode.DUPLICATE)
        with transaction.atomic():
            return _became_ambiguous(claim, error)


def _record_receipt(claim: Claim, receipt: Receipt) -> bool:
    at = now()
    armed_at = (
        DeliveryAttempt.objects.filter(delivery=claim.delivery_id, outcome__isnull=True)
        .values_list("armed_at", flat=True)
        .first()
    )
    sent = move(
        claim, {S.ARMED, S.RECONCILING}, S.SENT,
        external_id=storable_id(receipt.external_id), url=web_address(receipt.url),
        # Without the platform's own time: no line that came after the call began is covered by it.
        sent_at=receipt.posted_at or armed_at or at,
        settled_at=at, is_held_by_host=receipt.is_held, reason="", reason_code="",
    )  # fmt: skip
    if sent:
        end_attempt(claim, "sent", None)
    return sent


def delivery_failed(claim: Claim, error: ChannelError) -> bool:
    """Record what a call before or during creation said, and decide what follows."""
    with transaction.atomic():
        delivery = held(claim)
        if delivery is None:
            return False
        if delivery.state != S.ARMED and isinstance(error, Ambiguous):
            return _try_later(claim, delivery, error)
        if isinstance(error, Ambiguous) or _is_probably_ours(delivery, error):
            return _became_ambiguous(claim, error)
        end_attempt(claim, "refused", error)
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


def _became_ambiguous(claim: Claim, error: ChannelError) -> bool:
    at = now()
    code = DUPLICATE if isinstance(error, Rejected) else "unclear"
    moved = move(
        claim, {S.ARMED}, S.AMBIGUOUS,
        ambiguous_at=at, empty_reads=0, next_look_at=next_look(at, 0), lease_until=None,
        reason_code=code, reason=error.detail[:500],
    )  # fmt: skip
    if moved:
        DeliveryAttempt.objects.filter(delivery=claim.delivery_id, outcome__isnull=True).update(
            http_status=error.http_status, detail=error.detail[:1000]
        )
    return moved


def _account_lost_its_voice(claim: Claim, delivery: Delivery, error: ChannelError) -> bool:
    began = (delivery.lease_until or now()) - timedelta(seconds=settings.DELIVERY_LEASE_SECONDS)
    account = ChannelAccount.objects.filter(pk=delivery.account_id)
    # Somebody may have reconnected while the call with the old credentials was under way.
    lost = account.exclude(credential__updated_at__gt=began).update(
        needs_reconnect=True, last_error=error.detail[:300]
    )
    if not lost:
        return _try_later(claim, delivery, error)
    hint_on_commit(
        "account", units=account.values_list("unit_id", flat=True), id=delivery.account_id
    )
    return move(
        claim, {S.CLAIMED, S.PREPARED, S.ARMED}, S.HELD, lease_until=None,
        reason_code="account_disconnected", reason=error.detail[:500],
    )  # fmt: skip


def _park_account(claim: Claim, delivery: Delivery, error: RateLimited) -> bool:
    until = (error.until or now() + UNTOLD_LIMIT) + timedelta(seconds=random.uniform(0, 2))  # noqa: S311 - jitter
    ChannelAccount.objects.filter(pk=delivery.account_id).update(
        next_allowed_at=Greatest(F("next_allowed_at"), Value(until))
    )
    return move(
        claim, {S.CLAIMED, S.PREPARED, S.ARMED}, S.RETRY_WAIT, lease_until=None,
        reason_code="rate_limited", reason=error.detail[:500],
    )  # fmt: skip


def _try_later(claim: Claim, delivery: Delivery, error: ChannelError) -> bool:
    if delivery.retries + 1 >= MAX_RETRIES:
        return _end(claim, S.FAILED, "unreachable", error)
    pause = min(2 ** (delivery.retries + 1), 60)
    return move(
        claim, {S.CLAIMED, S.PREPARED, S.ARMED}, S.RETRY_WAIT, lease_until=None,
        retries=delivery.retries + 1, not_before=now() + timedelta(seconds=pause),
        reason_code="unreachable", reason=error.detail[:500],
    )  # fmt: skip


def _end(claim: Claim, state: DeliveryState, code: str, error: ChannelError) -> bool:
    return move(
        claim, {S.CLAIMED, S.PREPARED, S.ARMED}, state, lease_until=None,
        settled_at=now(), reason_code=code, reason=error.detail[:500],
    )  # fmt: skip
