"""Fresh tokens: called by workers before an account speaks. Asks the platform for the next, once for all workers."""

import time

from django.conf import settings

from channels.actions.tokens import (
    RefreshClaim,
    is_over,
    is_stale,
    refresh_claim,
    refresh_done,
    refresh_failed,
)
from channels.errors import Unreachable
from channels.models import ChannelAccount
from channels.port import ChannelAdapter
from channels.selectors.accounts import voice_of
from channels.ways import token_next

#: Seconds between two looks at what another worker fetches.
_PAUSE = 0.05
_LATE = "The token of this account is being renewed."


def freshen(account: ChannelAccount) -> None:
    """See to it that the account's credential counts. AuthExpired when the platform gives no more tokens.

    While another worker asks, the old token does until it ends; after that its answer is waited for.
    """
    end = time.monotonic() + settings.SEND_TIMEOUT_SECONDS + 10
    while hasattr(account, "credential") and is_stale(account.credential):
        claim = refresh_claim(account.pk)
        if claim is not None:
            _ask(claim)
        elif not is_over(account.credential):
            return
        elif time.monotonic() > end:
            raise Unreachable(_LATE)
        else:
            time.sleep(_PAUSE)
        account.credential.refresh_from_db()


def _ask(claim: RefreshClaim) -> None:
    try:
        secrets, seconds = token_next(claim.secrets, claim.app, claim.base_url)
    except Exception:
        refresh_failed(claim)
        raise
    refresh_done(claim, secrets, seconds=seconds)


def voice_fresh(account: ChannelAccount) -> ChannelAdapter:
    """Return the adapter that speaks as this account, with credentials that count now."""
    freshen(account)
    return voice_of(
        account,
        timeout=settings.SEND_TIMEOUT_SECONDS,
        allow_private_hosts=settings.ALLOW_PRIVATE_HOSTS,
    )
