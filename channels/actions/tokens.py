"""The bookkeeping of tokens that a platform lends for hours: who asks for the next, and what came of it. Workers only.

A refresh token counts once, and one that comes twice can end the access altogether. So one worker asks, by a
lease in the database, and the new pair is committed before anybody speaks with it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q

from channels.models import Credential, PlatformApp
from opsconsole.kernel.clock import now
from opsconsole.kernel.secrets import decrypt, encrypt

#: So long before its end a token is renewed; until then everybody goes on with the old one.
AHEAD = timedelta(minutes=5)
#: One that was renewed this lately and is refused all the same is lost.
YOUNG = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class RefreshClaim:
    """The right to ask for an account's next token. `app` is empty where it was removed."""

    account_id: int
    fence: int
    secrets: Mapping[str, str] = field(repr=False)
    app: Mapping[str, str] = field(repr=False)
    base_url: str = ""


def is_stale(credential: Credential) -> bool:
    """Say whether a token ends soon, or has ended."""
    return credential.expires_at is not None and credential.expires_at <= now() + AHEAD


def is_over(credential: Credential) -> bool:
    """Say whether a token has ended, so that nobody can speak with it."""
    return credential.expires_at is not None and credential.expires_at <= now()


def refresh_claim(account_id: int) -> RefreshClaim | None:
    """Take the lease on an account's token; None when another worker has it, or it is fresh again."""
    at = now()
    taken = Credential.objects.filter(
        Q(refresh_lease_until__isnull=True) | Q(refresh_lease_until__lt=at),
        account=account_id,
        expires_at__lte=at + AHEAD,
    ).update(refresh_lease_until=at + _lease(), refresh_fence=F("refresh_fence") + 1)
    if not taken:
        return None
    row = Credential.objects.select_related("app").get(account=account_id)
    return RefreshClaim(
        account_id=account_id,
        fence=row.refresh_fence,
        secrets=decrypt(bytes(row.sealed)),
        app=_app_secrets(row.app),
        base_url=row.app.base_url if row.app else "",
    )


def _lease() -> timedelta:
    """Longer than any call: while it runs nobody else may ask."""
    return timedelta(seconds=settings.SEND_TIMEOUT_SECONDS + 30)


def _app_secrets(app: PlatformApp | None) -> dict[str, str]:
    return decrypt(bytes(app.sealed)) if app else {}


def refresh_done(claim: RefreshClaim, secrets: Mapping[str, str], *, seconds: int) -> bool:
    """Keep the new pair, and whatever else was changed meanwhile.

    False when the lease was lost: then the account has got other credentials.
    """
    at = now()
    with transaction.atomic():
        rows = Credential.objects.filter(account=claim.account_id, refresh_fence=claim.fence)
        row = rows.select_for_update().first()
        if row is None:
            return False
        row.sealed = encrypt({**decrypt(bytes(row.sealed)), **secrets})
        row.expires_at, row.updated_at = at + timedelta(seconds=seconds), at
        row.refresh_lease_until = None
        row.save(update_fields=["sealed", "expires_at", "updated_at", "refresh_lease_until"])
    return True


def refresh_failed(claim: RefreshClaim) -> None:
    """Give the lease back: the platform did not answer, or refused."""
    rows = Credential.objects.filter(account=claim.account_id, refresh_fence=claim.fence)
    rows.update(refresh_lease_until=None)


def token_doubt(account_id: int, *, since: datetime) -> bool:
    """Have a refused token renewed before anybody calls the account lost.

    True when it will be, or has been since the refused call began. False when it is young, or has ended.
    """
    at = now()
    mine = Credential.objects.filter(account=account_id, expires_at__isnull=False)
    if mine.filter(updated_at__gt=since).exists():
        return True
    return bool(mine.filter(expires_at__gt=at, updated_at__lt=at - YOUNG).update(expires_at=at))
