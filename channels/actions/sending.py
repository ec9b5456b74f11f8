"""How a delivery is claimed, armed and settled. Called by workers only.

Every move is a compare-and-set on (id, state, fence); a worker that lost its lease changes nothing.
Nothing here speaks to a platform: the tasks do, between these transactions.
"""

from contextlib import nullcontext
from datetime import datetime, timedelta

from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.db.models import Case, F, Value, When
from django.db.models.functions import Coalesce, Greatest

from channels.actions import statements
from channels.actions.hold_gate import gate_enter
from channels.actions.holding import ON_HOLD
from channels.actions.moves import (
    DUPLICATE,
    Claim,
    end_attempt,
    held,
    lease_end,
    move,
    next_look,
    show,
    shown_to,
    units_of,
)
from channels.actions.silences import account_disconnect, account_park
from channels.actions.spending import budget_holds_back, rank_wait
from channels.errors import (
    Ambiguous,
    AuthExpired,
    ChannelError,
    NoRoom,
    NotReady,
    RateLimited,
    Rejected,
    RejectionCode,
    Unreachable,
    failure_code,
)
from channels.lifecycle import URGENT, WAITING, DeliveryState, LateRule
from channels.models import Delivery, DeliveryAttempt
from channels.selectors.due import due_now
from channels.selectors.holds import hold_over
from channels.types import Receipt
from opsconsole.kernel.clock import now
from opsconsole.kernel.doorbell import ring_on_commit

S = DeliveryState
#: Tries after failures that certainly created nothing, before a delivery is given up.
MAX_RETRIES = 8
#: The clock asks for what is due this often; what falls between two ticks is waited for.
SOON = timedelta(seconds=1)
#: What was uploaded is no longer relied on this long before the platform forgets it.
MEDIA_MARGIN = timedelta(hours=1)
#: Why something is missed whose window has closed, by what its rule says.
LATE_CODE = Case(
    When(late_rule=LateRule.ASK, then=Value("late_asks")),
    When(late_rule=LateRule.DROP, then=Value("late_dropped")),
    default=Value("window_closed"),
)
#: Why something waits for its platform, by what the platform said.
_WAITS = {"limited": "rate_limited", "capped": "capped", "credits": "no_credits"}
#: Claimed, its media uploaded or with none: not armed yet.
_UNARMED = {S.CLAIMED, S.PREPARED}


def delivery_claim(*, urgent_only: bool = False) -> Claim | None:
    """Claim the most urgent due delivery, or None. Two workers never get the same one."""
    at = now()
    claim_one = statements.claim_next_urgent if urgent_only else statements.claim_next
    rows = claim_one(at, lease_end(at))
    return Claim(*rows[0]) if rows else None


def windows_close() -> int:
    """Mark as missed what was not sent in its window, and what nobody had let out at its time.

    What did not leave because of a hold is not missed: it waits for review.
    """
    at = now()
    unpermitted = _close_unpermitted(at)
    overdue = Delivery.objects.filter(
        state__in=WAITING | {S.HELD}, deadline__lt=at, hold__isnull=True
    )
    found = units_of(overdue)
    if not found:
        return unpermitted
    closed = overdue.filter(pk__in=found).update(
        state=S.MISSED, settled_at=at, is_unseen=True, reason_code=LATE_CODE, reason=""
    )
    show(found)
    ring_on_commit("delivery_settled")
    return closed + unpermitted


def _close_unpermitted(at: datetime) -> int:
    """Whoever is letting some out at this moment holds their rows: the next look sees what came of it."""
    due = Delivery.objects.filter(state=S.AWAITING, not_before__lte=at)
    with transaction.atomic():
        rows = due.select_for_update(skip_locked=True, of=("self",)).order_by("pk")
        found = units_of(rows)
        if not found:
            return 0
        closed = Delivery.objects.filter(pk__in=found, state=S.AWAITING).update(
            state=S.MISSED, settled_at=at, is_unseen=True, reason_code="not_approved", reason=""
        )
        show(found)
        ring_on_commit("delivery_settled")
    return closed


def due_count() -> int:
    """Count what is due now or soon, up to the number of hands one process has."""
    return due_now(now() + SOON)[: settings.SEND_CONCURRENCY].count()


def seconds_to_next() -> float | None:
    """Return the seconds until the next delivery is due, at least a few thousandths; None when none is soon."""
    at = now()
    budget = Case(
        When(priority__lte=URGENT, then=F("account__answers_wait_until")),
        default=F("account__posts_wait_until"),
    )
    waits = (Coalesce(wait, "not_before") for wait in (F("account__next_allowed_at"), budget))
    ready = Greatest("not_before", *waits)
    soon = due_now(at + SOON).annotate(ready=ready).order_by("ready")
    first = soon.values_list("ready", flat=True).first()
    return None if first is None else max(0.005, (first - at).total_seconds())


def claim_is_mine(claim: Claim) -> Delivery | None:
    """Return the claimed delivery when this claim still holds it, else None (another has it)."""
    return statements.claimed.first(claim.delivery_id, claim.fence)


def delivery_prepared(claim: Claim, handles: list[str]) -> bool:
    """Note the uploaded media. False when the claim was lost."""
    return move(claim, {S.CLAIMED}, S.PREPARED, media_handles=handles)


def delivery_arm(claim: Claim, worker: str) -> bool:
    """Commit the intention to make one create call. False when the claim was lost or must not go.

    The account is read under a lock in this transaction, so that nothing is armed after a pause has
    committed, nor with new credentials before a worker has seen whose they are. Holds are read
    inside their gate, so that nothing is armed after a hold has committed.
    """
    with transaction.atomic():
        account = statements.account_locked.first(claim.delivery_id)
        if account is None or not account.can_speak or account.verified_at is None:
            move(claim, _UNARMED, S.READY, lease_until=None)
            return False
        if gate_enter() and (hold := hold_over(claim.delivery_id)) is not None:
            move(claim, _UNARMED, S.HELD, lease_until=None, hold_id=hold, reason_code=ON_HOLD,
                 reason="")  # fmt: skip
            return False
        at = now()
        if budget_holds_back(claim, account, at):
            return False
        is_armed = statements.arm(
            claim.delivery_id, claim.fence, at=at, until=lease_end(at), worker=worker[:80]
        )
        if not is_armed:
            move(claim, _UNARMED, S.MISSED, settled_at=at, reason_code=LATE_CODE)
    return is_armed


def delivery_sent(claim: Claim, receipt: Receipt) -> bool:
    """Record a receipt: from the create call itself, or found when reading back."""
    if not receipt.external_id:
        return delivery_failed(claim, Ambiguous("The platform gave no id."))
    at = now()
    # Without the platform's own time: no line that came after the call began is covered by it.
    sent_at = receipt.posted_at or _armed_at(claim) or at
    try:
        # Alone, the statement is a transaction of its own; inside another it must not break that.
        with transaction.atomic() if connection.in_atomic_block else nullcontext():
            units = statements.sent(
                (claim.delivery_id, claim.fence), receipt, sent_at=sent_at, at=at
            )
    except IntegrityError:
        # Another delivery already stands for that id; what became of this one a person must see.
        error = Rejected("Another delivery stands for this id.", code=RejectionCode.DUPLICATE)
        with transaction.atomic():
            return _became_ambiguous(claim, error)
    if units:
        shown_to(units, claim.delivery_id)
    return bool(units)


def _armed_at(claim: Claim) -> datetime | None:
    attempts = DeliveryAttempt.objects.filter(delivery=claim.delivery_id, outcome__isnull=True)
    return attempts.values_list("armed_at", flat=True).first()


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
        if isinstance(error, NoRoom):
            return _wait_for_room(claim, delivery, error)
        if isinstance(error, Unreachable):
            return _try_later(claim, delivery, error)
        code = error.code if isinstance(error, Rejected) else RejectionCode.INVALID
        return _end(claim, S.REJECTED, str(code), error)


def _is_probably_ours(delivery: Delivery, error: ChannelError) -> bool:
    """A duplicate refusal after an earlier attempt is evidence that the earlier one arrived."""
    stands = {RejectionCode.DUPLICATE, RejectionCode.ANSWERED}
    is_duplicate = isinstance(error, Rejected) and error.code in stands
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


def _account_lost_its_voice(claim: Claim, delivery: Delivery, error: AuthExpired) -> bool:
    began = (delivery.lease_until or now()) - timedelta(seconds=settings.DELIVERY_LEASE_SECONDS)
    # Somebody may have reconnected while the call with the old credentials was under way.
    if not account_disconnect(delivery.account_id, error, began=began):
        return _try_later(claim, delivery, error)
    return move(
        claim, {S.CLAIMED, S.PREPARED, S.ARMED}, S.HELD, lease_until=None,
        reason_code="account_disconnected", reason=error.detail[:500],
    )  # fmt: skip


def _park_account(claim: Claim, delivery: Delivery, error: RateLimited) -> bool:
    account_park(delivery.account_id, error)
    return move(
        claim, {S.CLAIMED, S.PREPARED, S.ARMED}, S.RETRY_WAIT, lease_until=None,
        reason_code=_WAITS[failure_code(error)], reason=error.detail[:500],
    )  # fmt: skip


def delivery_waits(claim: Claim, error: NotReady) -> bool:
    """Have a delivery come back once the platform has worked on what was uploaded; that is no failure."""
    at = now()
    return move(
        claim, {S.CLAIMED}, S.RETRY_WAIT, lease_until=None, media_handles=list(error.handles),
        not_before=at + timedelta(seconds=error.seconds), reason_code="processing", reason="",
        handles_until=at + timedelta(seconds=error.keeps) - MEDIA_MARGIN,
    )  # fmt: skip


def handles_of(delivery: Delivery) -> tuple[str, ...]:
    """Return what an earlier try has uploaded, while it is still good; else it is uploaded anew."""
    until = delivery.handles_until
    return tuple(delivery.media_handles) if until is not None and until > now() else ()


def _wait_for_room(claim: Claim, delivery: Delivery, error: NoRoom) -> bool:
    """All of its kind wait with it: they are not even claimed until there is room."""
    rank_wait(delivery.account_id, error.until, is_answer=delivery.priority <= URGENT)
    return move(
        claim, {S.CLAIMED, S.PREPARED, S.ARMED}, S.RETRY_WAIT, lease_until=None,
        reason_code="no_quota", reason=error.detail[:500],
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
