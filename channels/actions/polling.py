"""The bookkeeping of a poll: who polls, what came of it, when the next one is due. Workers only."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import DurationField, ExpressionWrapper, F, Q, QuerySet, Value
from django.db.models.functions import Greatest, Least
from django.utils.translation import gettext_noop

from channels.actions.metering import METERED
from channels.actions.silences import VOICE_LOST, app_park, patience_of
from channels.actions.tokens import token_doubt
from channels.errors import (
    AuthExpired,
    ChannelError,
    NoRoom,
    OutOfCredits,
    RateLimited,
    UsageCapped,
    failure_code,
)
from channels.lifecycle import ChannelKind
from channels.models import ChannelAccount, InboundItem
from channels.quota import app_key_of
from channels.tidings import ONLY_TOLD
from channels.types import Category, Profile, Visibility
from opsconsole.kernel.clock import now
from opsconsole.kernel.doorbell import ring_on_commit
from opsconsole.kernel.live import hint_on_commit
from opsconsole.kernel.prepared import Change, prepared, prepared_change
from opsconsole.kernel.secrets import decrypt
from opsconsole.kernel.text import storable, storable_id, web_address

#: Seconds a page of a poll may take before another worker takes over; each page renews it.
POLL_LEASE = 45
#: A failing account is asked at least this often (seconds).
LONGEST_PAUSE = 900
#: One that nobody has seen speak yet is asked again after this (seconds), then ever later: somebody
#: has just typed its credentials and waits, and so does all that it has to send.
UNVERIFIED_PAUSE = 3
#: A blog's categories change seldom.
CATEGORIES_FRESH = timedelta(hours=1)
#: Known items are read again after this many polls at the soonest, and for this long after they were posted:
#: whenever they have become older by this share, but at least so often.
RECHECK_EVERY_POLLS = 5
RECHECK_FOR = timedelta(days=7)
RECHECK_SHARE, RECHECK_AT_LEAST = 0.25, timedelta(hours=6)
#: What is looked at with every so-many-th poll may take twice as many.
SLOWLY = 2 * RECHECK_EVERY_POLLS
#: What is read back by times that its platform gives.
CLOCKED = frozenset({ChannelKind.X, ChannelKind.FACEBOOK})
#: Items read again in one poll, at most.
RECHECK_AT_MOST = 200


def poll_claim(account_id: int) -> ChannelAccount | None:
    """Take the lease of a due account; None when another worker has it or nothing is due."""
    at = now()
    if not _lease(account_id, at, at + timedelta(seconds=POLL_LEASE)):
        return None
    (account,) = _claimed(account_id)
    return account


@prepared_change("id")
def _lease(account_id: int, at: datetime, until: datetime) -> Change:
    free = Q(poll_lease_until__isnull=True) | Q(poll_lease_until__lt=at)
    due = {"poll_due_at__lte": at, "is_paused": False, "needs_reconnect": False}
    rows = ChannelAccount.objects.filter(free, pk=account_id, **due)
    return rows, {"poll_lease_until": until, "poll_fence": F("poll_fence") + 1}


@prepared
def _claimed(account_id: int) -> QuerySet[ChannelAccount]:
    return ChannelAccount.objects.select_related("credential", "unit").filter(pk=account_id)


def account_verified(account: ChannelAccount, profile: Profile) -> bool:
    """Note whose account it is. False, with a reason for people, when it is the wrong one.

    Changes nothing when this poll was lost meanwhile: there may be new credentials nobody has seen.
    """
    external_id = storable_id(profile.external_id)
    known = not account.external_id.startswith("unverified-")
    if known and account.external_id != external_id:
        _refuse(account, gettext_noop("These credentials belong to another account."))
        return False
    try:
        with transaction.atomic():
            mine = _polled_by(account).update(
                external_id=external_id,
                handle=storable(profile.handle, 120),
                url=web_address(profile.url, 500),
                verified_at=now(),
            )
    except IntegrityError:
        _refuse(account, gettext_noop("This account is already connected."))
        return False
    if not mine:
        return False
    account.refresh_from_db(fields=["external_id", "handle", "url", "verified_at"])
    ring_on_commit("delivery_requested")
    hint_on_commit("account", units=[account.unit_id], id=account.pk)
    return True


def _polled_by(account: ChannelAccount) -> QuerySet[ChannelAccount]:
    """The account, while the poll that claimed it has not lost it."""
    return ChannelAccount.objects.filter(pk=account.pk, poll_fence=account.poll_fence)


def _refuse(account: ChannelAccount, reason: str) -> None:
    _polled_by(account).update(
        needs_reconnect=True, last_error=reason, poll_lease_until=None, voice_lost_at=VOICE_LOST
    )
    hint_on_commit("account", units=[account.unit_id], id=account.pk)


def account_clock_note(account: ChannelAccount, ahead: float | None) -> None:
    """Note by how many seconds a platform's clock is ahead of ours; None when it did not say.

    Of a blog it does not matter: nothing about blogs is judged by their clocks.
    """
    if ahead is None or account.kind not in CLOCKED:
        return
    if abs(ahead) <= (settings.CLOCK_TOLERANCE_SECONDS or float("inf")):
        ahead = 0.0
    if ahead == account.clock_skew:
        return
    ChannelAccount.objects.filter(pk=account.pk).update(clock_skew=ahead)
    hint_on_commit("account", units=[account.unit_id], id=account.pk)


def account_app_note(account: ChannelAccount) -> None:
    """Note through which application an account speaks, while nobody knows or its credentials are new."""
    is_known = account.app_key and account.verified_at is not None
    if is_known or account.kind not in METERED or not hasattr(account, "credential"):
        return
    app_key = app_key_of(decrypt(bytes(account.credential.sealed)))
    if app_key != account.app_key:
        account.app_key = app_key
        ChannelAccount.objects.filter(pk=account.pk).update(app_key=app_key)


def poll_succeeded(account: ChannelAccount, *, stretch: float = 1.0) -> None:
    """Give the lease back and plan the next poll, later when the platform asks to slow down."""
    at = now()
    pause = timedelta(seconds=account.poll_every * stretch)
    _succeed(account.pk, account.poll_fence, at, at + pause)
    if account.failures or account.reads_wait_until or account.last_success_at is None:
        hint_on_commit("account", units=[account.unit_id], id=account.pk)


@prepared_change("id")
def _succeed(account_id: int, fence: int, at: datetime, due_at: datetime) -> Change:
    rows = ChannelAccount.objects.filter(pk=account_id, poll_fence=fence)
    return rows, {
        "poll_lease_until": None, "poll_due_at": due_at, "last_polled_at": at,
        "last_success_at": at, "reads_wait_until": None, "last_error": "", "last_failure": "",
        "parked_for": "", "failures": 0,
    }  # fmt: skip


def poll_waits(account: ChannelAccount, error: NoRoom) -> None:
    """Give the lease back and wait for room; nothing has failed."""
    _give_back(account, poll_due_at=error.until, reads_wait_until=error.until)
    hint_on_commit("account", units=[account.unit_id], id=account.pk)


def poll_failed(account: ChannelAccount, error: ChannelError) -> None:
    """Give the lease back and say what is wrong, in words for people."""
    at = now()
    first = account.poll_every
    if account.verified_at is None:
        first = min(first, UNVERIFIED_PAUSE)
    pause = min(first * 2 ** min(account.failures, 10), LONGEST_PAUSE)
    changes: dict[str, object] = {"poll_due_at": at + timedelta(seconds=pause)}
    if isinstance(error, AuthExpired) and not _may_renew(account):
        changes |= {"needs_reconnect": True, "voice_lost_at": VOICE_LOST}
    if isinstance(error, RateLimited):
        # The platform has said when; guessing longer helps nobody.
        until = patience_of(error)
        changes["poll_due_at"] = until
        changes["next_allowed_at"] = Greatest(F("next_allowed_at"), Value(until))
    is_mine = _give_back(
        account, last_polled_at=at, last_error=error.detail[:300],
        last_failure=failure_code(error), failures=F("failures") + 1, **changes,
    )  # fmt: skip
    if is_mine and isinstance(error, UsageCapped | OutOfCredits):
        app_park(account.pk, error)
    hint_on_commit("account", units=[account.unit_id], id=account.pk)


def _may_renew(account: ChannelAccount) -> bool:
    """Whether a lent token was refused that may simply have ended early, or was renewed meanwhile."""
    if not hasattr(account, "credential") or account.credential.expires_at is None:
        return False
    return token_doubt(account.pk, since=account.credential.updated_at)


def categories_due(account: ChannelAccount) -> bool:
    """Say whether a blog's categories should be asked for again."""
    last = account.categories_at
    return last is None or last < now() - CATEGORIES_FRESH


def categories_keep(account: ChannelAccount, found: Sequence[Category]) -> None:
    """Remember what articles can be filed under."""
    rows = [{"number": one.number, "name": storable(one.name, 120)} for one in found[:200]]
    ChannelAccount.objects.filter(pk=account.pk).update(categories=rows, categories_at=now())


def _give_back(account: ChannelAccount, **changes: object) -> bool:
    return bool(_polled_by(account).update(poll_lease_until=None, **changes))


def revisit_due(account: ChannelAccount, at: datetime) -> bool:
    """Say whether what changes seldom is looked at with this poll, and plan the next look."""
    if account.recheck_due_at > at:
        return False
    pause = timedelta(seconds=account.poll_every * RECHECK_EVERY_POLLS)
    ChannelAccount.objects.filter(pk=account.pk).update(recheck_due_at=at + pause)
    return True


def revisit_waits(account: ChannelAccount, error: NoRoom) -> None:
    """Have what changes seldom wait for room; what is read with every poll goes on."""
    ChannelAccount.objects.filter(pk=account.pk).update(recheck_due_at=error.until)


def items_to_recheck(account: ChannelAccount, at: datetime) -> list[str]:
    """Return the known items whose edits and removals should be noticed now."""
    return list(
        InboundItem.objects.filter(account=account, recheck_at__lte=at)
        .exclude(external_id__startswith=ONLY_TOLD)
        .order_by("recheck_at")
        .values_list("external_id", flat=True)[:RECHECK_AT_MOST]
    )


def items_recheck_now(account: ChannelAccount) -> None:
    """Have all that is not old looked up with the next poll."""
    at = now()
    young = InboundItem.objects.filter(account=account, posted_at__gte=at - RECHECK_FOR)
    there = young.exclude(visibility=Visibility.REMOVED)
    there.exclude(external_id__startswith=ONLY_TOLD).update(recheck_at=at)


def items_rechecked(account: ChannelAccount, external_ids: Sequence[str], at: datetime) -> None:
    """Plan the next look at items: the older one is, the less often it changes."""
    rows = InboundItem.objects.filter(account=account, external_id__in=external_ids)
    young = rows.filter(posted_at__gt=at - RECHECK_FOR).exclude(visibility=Visibility.REMOVED)
    soonest = timedelta(seconds=account.poll_every * RECHECK_EVERY_POLLS)
    age = ExpressionWrapper(Value(at) - F("posted_at"), output_field=DurationField())
    pause = Greatest(age * RECHECK_SHARE, Value(soonest), output_field=DurationField())
    young.update(recheck_at=Value(at) + Least(pause, Value(RECHECK_AT_LEAST)))
    rows.exclude(pk__in=young.values("pk")).update(recheck_at=None)


def recheck_after(account: ChannelAccount, posted_at: datetime, at: datetime) -> datetime | None:
    """Return when an item that has just come in is looked up for the first time; None when it is old."""
    if posted_at <= at - RECHECK_FOR:
        return None
    return at + timedelta(seconds=account.poll_every * RECHECK_EVERY_POLLS)
