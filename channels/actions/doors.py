"""Opening, renewing and closing the doors of accounts, and what people do with parked events."""

import secrets as random_secrets

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from channels.actions.receiving import event_ring
from channels.lifecycle import PUSH, PushSource, PushState
from channels.models import ChannelAccount, PushDoor, PushEvent
from channels.selectors.accounts import account_for
from channels.selectors.push import parked_events
from opsconsole.audit.actions import record
from opsconsole.kernel.actor import Actor
from opsconsole.kernel.clock import now
from opsconsole.kernel.errors import Conflict
from opsconsole.kernel.live import hint_on_commit
from opsconsole.people.roles import Ability

#: Random bytes of the part of an address that nobody can guess.
TOKEN_BYTES = 32


def door_open(actor: Actor, *, account_id: int) -> PushDoor:
    """Give an account an address at which its platform may push. Open already, it stays as it is."""
    with transaction.atomic():
        account = account_for(actor, account_id, Ability.MANAGE_ACCOUNTS, lock=True)
        door, is_new = PushDoor.objects.get_or_create(account=account, defaults=_fresh())
        if is_new:
            record(actor, "channels.door.opened", account, unit_id=account.unit_id)
            _show(account)
    return door


def door_renew(actor: Actor, *, account_id: int) -> PushDoor:
    """Give a door another address and token: from now on nobody is heard at the old one."""
    with transaction.atomic():
        account = account_for(actor, account_id, Ability.MANAGE_ACCOUNTS, lock=True)
        door = _door_of(account)
        for name, value in _fresh().items():
            setattr(door, name, value)
        door.proved_at = door.refused_at = None
        door.save()
        record(actor, "channels.door.renewed", account, unit_id=account.unit_id)
        _show(account)
    return door


def door_close(actor: Actor, *, account_id: int) -> None:
    """Take an account's address away: it is read by polling alone. What came before is still taken in."""
    with transaction.atomic():
        account = account_for(actor, account_id, Ability.MANAGE_ACCOUNTS, lock=True)
        _door_of(account).delete()
        record(actor, "channels.door.closed", account, unit_id=account.unit_id)
        _show(account)


def event_retry(actor: Actor, *, account_id: int, event_id: int) -> None:
    """Have a worker try a parked event again."""
    with transaction.atomic():
        account, event = _parked(actor, account_id, event_id)
        _move(event, PushState.WAITING, due_at=now(), tries=0, claims=0, error="")
        record(
            actor, "channels.pushevent.retried", account, unit_id=account.unit_id,
            number=event.pk,
        )  # fmt: skip
        event_ring(PushSource(event.source))
        _show(account)


def event_discard(actor: Actor, *, account_id: int, event_id: int) -> None:
    """Give a parked event up for good."""
    with transaction.atomic():
        account, event = _parked(actor, account_id, event_id)
        _move(event, PushState.DROPPED, settled_at=now())
        record(
            actor, "channels.pushevent.discarded", account, unit_id=account.unit_id,
            number=event.pk,
        )  # fmt: skip
        _show(account)


def _fresh() -> dict[str, object]:
    return {
        "token": random_secrets.token_urlsafe(TOKEN_BYTES),
        "verify_token": random_secrets.token_urlsafe(TOKEN_BYTES),
        "opened_at": now(),
    }


def _door_of(account: ChannelAccount) -> PushDoor:
    door = PushDoor.objects.select_for_update().filter(account=account).first()
    if door is None:
        raise Conflict(_("Pushing is not switched on for this account."), code="no_door")
    return door


def _parked(actor: Actor, account_id: int, event_id: int) -> tuple[ChannelAccount, PushEvent]:
    account = account_for(actor, account_id, Ability.MANAGE_ACCOUNTS)
    event = parked_events(actor, account).filter(pk=event_id).select_for_update().first()
    if event is None:
        raise Conflict(_("This event is not parked any more."), code="moved_on")
    return account, event


def _move(event: PushEvent, state: PushState, **changes: object) -> None:
    """Move an event whose row is locked."""
    PushEvent.objects.filter(pk=event.pk, state__in=PUSH.sources(state)).update(
        state=state, **changes
    )


def _show(account: ChannelAccount) -> None:
    hint_on_commit("account", units=[account.unit_id], id=account.pk)
