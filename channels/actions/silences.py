"""How an account falls silent: it waits because the platform asks for patience, or loses its voice.

Workers only. Whatever the account was about to do stays planned; the callers see to that.
"""

import random
from datetime import datetime, timedelta

from django.db.models import Case, F, Value, When
from django.db.models.functions import Greatest, Now

from channels.errors import AuthExpired, RateLimited
from channels.models import ChannelAccount
from opsconsole.kernel.clock import now
from opsconsole.kernel.live import hint_on_commit

#: The moment an account lost its voice: once for each time, however many calls find it out.
VOICE_LOST = Case(When(needs_reconnect=False, then=Now()), default=F("voice_lost_at"))
#: A rate limit whose end the platform does not tell is waited out this long.
UNTOLD_LIMIT = timedelta(minutes=15)


def account_park(account_id: int, error: RateLimited) -> None:
    """Have the whole account wait as long as the platform says."""
    until = (error.until or now() + UNTOLD_LIMIT) + timedelta(seconds=random.uniform(0, 2))  # noqa: S311 - jitter
    ChannelAccount.objects.filter(pk=account_id).update(
        next_allowed_at=Greatest(F("next_allowed_at"), Value(until))
    )


def account_disconnect(account_id: int, error: AuthExpired, *, began: datetime) -> bool:
    """Note that a person must reconnect. False when somebody has, since the call `began`."""
    account = ChannelAccount.objects.filter(pk=account_id)
    lost = account.exclude(credential__updated_at__gt=began).update(
        needs_reconnect=True, last_error=error.detail[:300], voice_lost_at=VOICE_LOST
    )
    if lost:
        units = account.values_list("unit_id", flat=True)
        hint_on_commit("account", units=units, id=account_id)
    return bool(lost)
