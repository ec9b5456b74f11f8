"""How an act on what stands on a platform is claimed and settled. Called by workers only.

Every move is a compare-and-set on (id, state, fence). Repeating such an act changes nothing more, so an
answer that was lost is no riddle: it is asked for again, and believed when the platform shows it.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q, QuerySet

from channels.actions.landing import items_land, items_vanish
from channels.actions.moves import lease_end
from channels.actions.sending import MAX_RETRIES
from channels.actions.silences import account_disconnect, account_park
from channels.errors import (
    AuthExpired,
    ChannelError,
    NoRoom,
    RateLimited,
    Rejected,
    RejectionCode,
)
from channels.lifecycle import MODERATION, ModerationState
from channels.models import Moderation
from channels.types import OUTCOMES, ModerationVerb, Recheck, Visibility
from opsconsole.kernel.clock import now
from opsconsole.kernel.doorbell import ring_on_commit

S = ModerationState


@dataclass(frozen=True, slots=True)
class ModerationClaim:
    """The right to settle one act until its lease ends."""

    moderation_id: int
    fence: int


def moderation_claim() -> ModerationClaim | None:
    """Claim the oldest due act, or None. Two workers never get the same one."""
    at = now()
    with transaction.atomic():
        row = (
            _due(at)
            .order_by("not_before", "id")
            .select_for_update(skip_locked=True, of=("self",))
            .values_list("pk", "fence")
            .first()
        )
        if row is None:
            return None
        Moderation.objects.filter(pk=row[0]).update(
            state=S.CLAIMED, fence=row[1] + 1, lease_until=lease_end(at),
            attempts=F("attempts") + 1,
        )  # fmt: skip
    return ModerationClaim(row[0], row[1] + 1)


def _due(at: datetime) -> QuerySet[Moderation]:
    return Moderation.objects.filter(
        Q(account__next_allowed_at__isnull=True) | Q(account__next_allowed_at__lte=at),
        state=S.PLANNED,
        not_before__lte=at,
        deadline__gte=at,
        account__is_paused=False,
        account__needs_reconnect=False,
        account__verified_at__isnull=False,
    )


def claim_is_mine(claim: ModerationClaim) -> Moderation | None:
    """Return the claimed act when this claim still holds it, else None (another has it)."""
    return (
        Moderation.objects.select_related("account", "account__credential")
        .filter(pk=claim.moderation_id, fence=claim.fence, state=S.CLAIMED)
        .first()
    )


def moderation_done(claim: ModerationClaim, seen: Recheck) -> bool:
    """Note that the platform shows what was asked for, and land how the item looks now."""
    with transaction.atomic():
        moderation = _held(claim)
        if moderation is None:
            return False
        items_land(moderation.account, seen.items)
        items_vanish(moderation.account, seen.gone)
        return _move(claim, S.DONE, settled_at=now(), reason_code="", reason="")


def moderation_failed(claim: ModerationClaim, error: ChannelError) -> bool:
    """Record what the platform said instead, and decide what follows."""
    with transaction.atomic():
        moderation = _held(claim)
        if moderation is None:
            return False
        if isinstance(error, RateLimited):
            account_park(moderation.account_id, error)
            return _wait(claim, "rate_limited", error)
        if isinstance(error, NoRoom):
            return _wait(claim, "no_quota", error, not_before=error.until)
        if isinstance(error, AuthExpired) and _lost_its_voice(moderation, error):
            return _wait(claim, "account_disconnected", error)
        if isinstance(error, Rejected):
            return _refused(claim, moderation, error)
        return _try_later(claim, moderation, error)


def _held(claim: ModerationClaim) -> Moderation | None:
    rows = Moderation.objects.filter(
        pk=claim.moderation_id, fence=claim.fence, state=S.CLAIMED
    ).select_related("account")
    return rows.select_for_update(no_key=True, of=("self",)).first()


def _lost_its_voice(moderation: Moderation, error: AuthExpired) -> bool:
    end = moderation.lease_until or now()
    began = end - timedelta(seconds=settings.DELIVERY_LEASE_SECONDS)
    return account_disconnect(moderation.account_id, error, began=began)


def _refused(claim: ModerationClaim, moderation: Moderation, error: Rejected) -> bool:
    """What is gone shows as gone, and whoever wanted it away has what they wanted."""
    if error.code == RejectionCode.TARGET_GONE:
        items_vanish(moderation.account, [moderation.external_id])
        if Visibility.REMOVED in OUTCOMES[ModerationVerb(moderation.verb)]:
            return _move(claim, S.DONE, settled_at=now(), reason_code="", reason="")
    return _fail(claim, str(error.code), error)


def _try_later(claim: ModerationClaim, moderation: Moderation, error: ChannelError) -> bool:
    retries = moderation.retries + 1
    if retries >= MAX_RETRIES:
        return _fail(claim, "unreachable", error)
    pause = timedelta(seconds=min(2**retries, 60))
    return _wait(claim, "unreachable", error, retries=retries, not_before=now() + pause)


def _wait(claim: ModerationClaim, code: str, error: ChannelError, **changes: object) -> bool:
    return _move(claim, S.PLANNED, reason_code=code, reason=error.detail[:500], **changes)


def _fail(claim: ModerationClaim, code: str, error: ChannelError) -> bool:
    return _move(claim, S.FAILED, settled_at=now(), reason_code=code, reason=error.detail[:500])


def _move(claim: ModerationClaim, new: ModerationState, **changes: object) -> bool:
    """Compare and set on state and fence. Tells whether this claim moved it."""
    if not MODERATION.allows(S.CLAIMED, new):
        return False
    moved = Moderation.objects.filter(
        pk=claim.moderation_id, fence=claim.fence, state=S.CLAIMED
    ).update(state=new, lease_until=None, is_unseen=True, **changes)
    if moved:
        ring_on_commit("delivery_settled")
    return bool(moved)


def moderations_sweep() -> int:
    """Take back what dead workers held, and give up what could not be done in its time."""
    at = now()
    back = Moderation.objects.filter(state=S.CLAIMED, lease_until__lt=at).update(
        state=S.PLANNED, fence=F("fence") + 1, lease_until=None
    )
    over = Moderation.objects.filter(state=S.PLANNED, deadline__lt=at).update(
        state=S.FAILED, settled_at=at, reason_code="window_closed", reason="", is_unseen=True
    )
    if over:
        ring_on_commit("delivery_settled")
    return back + over
