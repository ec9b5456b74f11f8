"""Accounts, deliveries and what platforms show, for tests."""

from datetime import timedelta
from itertools import count
from typing import Any

from channels.lifecycle import NORMAL, URGENT
from channels.models import ChannelAccount, Credential, Delivery, PushDoor, PushEvent
from channels.types import Fetched, ItemKind, Profile
from opsconsole.kernel.clock import now
from opsconsole.kernel.secrets import encrypt
from tests.factories.people import make_unit

_numbers = count(1)


def make_account(*, unit=None, kind: str = "facebook", secrets=None, **given) -> ChannelAccount:
    """A connected account whose poll is not due."""
    number, at = next(_numbers), now()
    defaults = {
        "name": f"Account {number}",
        "external_id": f"page{number}",
        "base_url": "https://platform.example",
        "poll_due_at": at + timedelta(hours=1),
        "recheck_due_at": at + timedelta(hours=1),
        "verified_at": at,
        "created_at": at,
    }
    account = ChannelAccount.objects.create(
        kind=kind, unit=unit or make_unit(), **(defaults | given)
    )
    sealed = encrypt(secrets or {})
    Credential.objects.create(
        account=account, sealed=sealed, updated_at=at - timedelta(minutes=10)
    )
    return account


def make_delivery(
    *, account=None, kind: str = "reply", state: str = "planned", **given
) -> Delivery:
    """A delivery that is due; a settled one has what its state needs."""
    number, at = next(_numbers), now()
    defaults = {
        "origin": f"test:{number}",
        "text": f"Text {number}",
        "nonce": f"nonce{number}",
        "requested_at": at,
        "not_before": at,
        "deadline": at + timedelta(hours=6),
        "priority": URGENT if kind == "reply" else NORMAL,
        "external_id": f"sent{number}" if state == "sent" else "",
    }
    return Delivery.objects.create(
        account=account or make_account(), kind=kind, state=state, **(defaults | given)
    )


def make_fetched(external_id: str = "", *, author: str | None = "cho", **given) -> Fetched:
    """Something a platform shows: a customer's comment unless told otherwise."""
    number = next(_numbers)
    defaults: dict[str, Any] = {
        "external_id": external_id or f"item{number}",
        "kind": ItemKind.COMMENT,
        "text": f"Line {number}",
        "posted_at": now(),
        "thread_external_id": "post1",
        "author": Profile(author, name=author.title()) if author else None,
    }
    return Fetched(**(defaults | given))


def make_parked(account: ChannelAccount, body: str = "no JSON") -> PushEvent:
    """An event that came through the account's door and could not be taken in."""
    at, raw = now(), body.encode()
    fresh = {"token": f"t{account.pk}", "verify_token": "v", "opened_at": at}
    PushDoor.objects.get_or_create(account=account, defaults=fresh)
    return PushEvent.objects.create(
        account=account, source="facebook", body=raw, size=len(raw), digest=f"d{next(_numbers)}",
        received_at=at, due_at=at, state="parked", error="ValueError: strange",
    )  # fmt: skip
