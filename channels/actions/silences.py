"""How an account falls silent: it waits because the platform asks for patience, or loses its voice.

Workers only. Whatever the account was about to do stays planned; the callers see to that.
"""

import random
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Case, F, Value, When
from django.db.models.functions import Greatest, Now

from channels.actions.tokens import token_doubt
from channels.errors import AuthExpired, OutOfCredits, RateLimited, UsageCapped, failure_code
from channels.models import ChannelAccount
from channels.quota import cap_resets_at
from opsconsole.kernel.clock import now
from opsconsole.kernel.live import hint_on_commit

#: The moment an account lost its voice: once for each time, however many calls find it out.
VOICE_LOST = Case(When(needs_reconnect=False, then=Now()), default=F("voice_lost_at"))
#: A rate limit whose end the platform does not tell is waited out this long.
UNTOLD_LIMIT = timedelta(minutes=15)
#: Whether somebody has paid is asked this often, by one call.
CREDITS_LOOK = timedelta(hours=1)


def account_park(account_id: int, error: RateLimited) -> None:
    """Have the whole account wait as long as the platform says."""
    until = patience_of(error) + timedelta(seconds=random.uniform(0, 2))  # noqa: S311 - jitter
    ChannelAccount.objects.filter(pk=account_id).update(
        next_allowed_at=Greatest(F("next_allowed_at"), Value(until))
    )
    if isinstance(error, UsageCapped | OutOfCredits):
        app_park(account_id, error)


def patience_of(error: RateLimited) -> datetime:
    """Return when to ask again: as the platform says, or as long as such a thing lasts."""
    at = now()
    if isinstance(error, UsageCapped):
        return cap_resets_at(at, settings.X_CAP_RESET_DAY)
    if isinstance(error, OutOfCredits):
        return at + CREDITS_LOOK
    return error.until or at + UNTOLD_LIMIT


def app_park(account_id: int, error: UsageCapped | OutOfCredits) -> None:
    """Have all accounts of the application wait for what one has found used up: none asks in vain."""
    rows = ChannelAccount.objects.filter(pk=account_id)
    if app_key := rows.values_list("app_key", flat=True).first():
        rows = ChannelAccount.objects.filter(app_key=app_key)
    until = Greatest(F("next_allowed_at"), Value(patience_of(error)))
    rows.update(next_allowed_at=until, parked_for=failure_code(error))
    for pk, unit_id in rows.values_list("pk", "unit_id"):
        hint_on_commit("account", units=[unit_id], id=pk)


def account_disconnect(account_id: int, error: AuthExpired, *, began: datetime) -> bool:
    """Note that a person must reconnect. False when somebody has, since the call `began`.

    The same where the platform lends tokens for hours: the next is asked for first.
    """
    if token_doubt(account_id, since=began):
        return False
    account = ChannelAccount.objects.filter(pk=account_id)
    lost = account.exclude(credential__updated_at__gt=began).update(
        needs_reconnect=True,
        last_error=error.detail[:300],
        last_failure="auth",
        voice_lost_at=VOICE_LOST,
    )
    if lost:
        units = account.values_list("unit_id", flat=True)
        hint_on_commit("account", units=units, id=account_id)
    return bool(lost)
