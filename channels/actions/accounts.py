"""Connecting, pausing and changing accounts. Nothing here speaks to a platform: the next poll does."""

import secrets as random_secrets
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from channels.actions.past import DEFAULT_DAYS, check_history, history_begin
from channels.actions.polling import items_recheck_now
from channels.actions.side_streams import streams_hurry
from channels.addresses import fault_of_base
from channels.lifecycle import ChannelKind, DeliveryState
from channels.models import ChannelAccount, Credential, Delivery
from channels.registry import secret_fields
from channels.selectors.accounts import account_for
from opsconsole.audit.actions import record
from opsconsole.kernel.actor import Actor
from opsconsole.kernel.clock import now
from opsconsole.kernel.doorbell import ring_on_commit
from opsconsole.kernel.errors import Conflict, Invalid
from opsconsole.kernel.live import hint_on_commit
from opsconsole.kernel.secrets import encrypt
from opsconsole.kernel.text import storable
from opsconsole.people.roles import Ability
from opsconsole.people.selectors import active_units

#: The poll intervals that may be asked for (seconds).
SHORTEST_POLL, LONGEST_POLL = 1, 86_400
LONGEST_NAME, LONGEST_ADDRESS = 120, 500

_ADDRESS_FAULTS = {
    "scheme": _("The address must begin with https:// or http://"),
    "host": _("This is not an address."),
    "credentials": _("Leave the user name and password out of the address."),
    "fragment": _("Leave out the # and what follows it."),
    "private": _("This address leads into a private network."),
}


def account_connect(
    actor: Actor,
    *,
    kind: str,
    unit_id: int,
    name: str,
    secrets: Mapping[str, str],
    base_url: str = "",
    poll_every: int = 60,
    history_days: int | None = DEFAULT_DAYS,
) -> ChannelAccount:
    """Store an account and have a worker verify it. Invalid names the field that is wrong.

    So many days of its history are read quietly beside what happens from now on; with None the first polls
    read all that stands there, as if it had just been written.
    """
    actor.must(Ability.MANAGE_ACCOUNTS, unit_id)
    if kind not in set(ChannelKind):
        raise Invalid(_("Choose a channel."), code="kind", field="kind")
    name, base_url = checked_name(name), checked_address(kind, base_url)
    check_interval(poll_every)
    if history_days is not None:
        check_history(history_days)
    check_unit(unit_id)
    kept = checked_secrets(kind, secrets)
    at = now()
    with transaction.atomic():
        account = ChannelAccount.objects.create(
            kind=kind, unit_id=unit_id, name=name or kind, base_url=base_url,
            external_id=f"unverified-{random_secrets.token_hex(8)}", poll_every=poll_every,
            poll_due_at=at, recheck_due_at=at, created_at=at,
        )  # fmt: skip
        Credential.objects.create(account=account, sealed=encrypt(kept), updated_at=at)
        if history_days is not None:
            history_begin(account, actor, history_days)
        record(actor, "channels.account.connected", account, unit_id=unit_id, kind=kind)
        ring_on_commit("poll_requested")
    return account


def account_reconnect(
    actor: Actor, *, account_id: int, secrets: Mapping[str, str]
) -> ChannelAccount:
    """Replace the credentials; a worker verifies that they speak for the same identity.

    What was held because the account had lost its voice goes on its way again once that is seen.
    A poll or call with the old credentials that is still under way changes nothing any more.
    """
    with transaction.atomic():
        account = account_for(actor, account_id, Ability.MANAGE_ACCOUNTS, lock=True)
        kept = checked_secrets(account.kind, secrets)
        return credential_replace(actor, account, kept)


def credential_replace(
    actor: Actor,
    account: ChannelAccount,
    kept: Mapping[str, str],
    *,
    seen: Mapping[str, Any] = MappingProxyType({"verified_at": None, "access_until": None}),
    lent: Mapping[str, Any] = MappingProxyType({"app": None, "expires_at": None}),
) -> ChannelAccount:
    """Give a locked account other credentials. `seen` is what is known of their identity, `lent` of their end."""
    at = now()
    Credential.objects.update_or_create(
        account=account,
        defaults={
            "sealed": encrypt(kept), "updated_at": at, "refresh_lease_until": None,
            "refresh_fence": F("refresh_fence") + 1, **lent,
        },
        create_defaults={"sealed": encrypt(kept), "updated_at": at, **lent},
    )  # fmt: skip
    _change(account, needs_reconnect=False, last_error="", failures=0, next_allowed_at=None,
            parked_for="",
            poll_due_at=at, poll_lease_until=None, poll_fence=account.poll_fence + 1, **seen)  # fmt: skip
    held = Delivery.objects.filter(account=account, state=DeliveryState.HELD)
    held.filter(hold__isnull=True).update(
        state=DeliveryState.READY, reason="", reason_code="", is_unseen=True
    )
    record(actor, "channels.account.reconnected", account, unit_id=account.unit_id)
    ring_on_commit("poll_requested")
    ring_on_commit("delivery_settled")
    return account


def account_update(
    actor: Actor, *, account_id: int, name: str, unit_id: int, poll_every: int
) -> ChannelAccount:
    """Rename, move to another unit, or change the poll interval."""
    with transaction.atomic():
        account = account_for(actor, account_id, Ability.MANAGE_ACCOUNTS, lock=True)
        actor.must(Ability.MANAGE_ACCOUNTS, unit_id)
        name = checked_name(name)
        check_interval(poll_every)
        if unit_id != account.unit_id:
            check_unit(unit_id)
        _change(account, name=name or account.name, unit_id=unit_id, poll_every=poll_every)
        record(
            actor, "channels.account.updated", account,
            unit_id=unit_id, name=account.name, poll_every=poll_every,
        )  # fmt: skip
    return account


def account_pause(actor: Actor, *, account_id: int) -> ChannelAccount:
    """Stop reading and sending as this account; nothing is armed after this commits."""
    with transaction.atomic():
        account = account_for(actor, account_id, Ability.MANAGE_ACCOUNTS, lock=True)
        _change(account, is_paused=True)
        record(actor, "channels.account.paused", account, unit_id=account.unit_id)
    return account


def account_resume(actor: Actor, *, account_id: int) -> ChannelAccount:
    """Read and send again, beginning with a poll at once."""
    with transaction.atomic():
        account = account_for(actor, account_id, Ability.MANAGE_ACCOUNTS, lock=True)
        _change(account, is_paused=False, poll_due_at=now(), failures=0)
        record(actor, "channels.account.resumed", account, unit_id=account.unit_id)
        ring_on_commit("poll_requested")
        ring_on_commit("delivery_requested")
    return account


def account_poll_now(actor: Actor, *, account_id: int, ring: bool = True) -> ChannelAccount:
    """Have the account polled at once, rechecking known items too.

    Without `ring` no worker is woken: the caller polls itself.
    """
    with transaction.atomic():
        account = account_for(actor, account_id, Ability.MANAGE_ACCOUNTS, lock=True)
        if not account.can_speak:
            raise Conflict(_("Resume or reconnect the account first."), code="account_silent")
        is_parked = account.next_allowed_at and account.next_allowed_at > now()
        if is_parked and not account.parked_for:
            raise Conflict(_("The platform asks for patience first."), code="rate_limited")
        # Whether somebody has paid, or the month is over, only a try can tell.
        waits_until = None if account.parked_for else account.next_allowed_at
        _change(account, poll_due_at=now(), recheck_due_at=now(), next_allowed_at=waits_until)
        streams_hurry([account.pk])
        items_recheck_now(account)
        record(actor, "channels.account.poll_requested", account, unit_id=account.unit_id)
        if ring:
            ring_on_commit("poll_requested")
    return account


def checked_name(name: str) -> str:
    """Return a name as it is stored; Invalid when it is too long."""
    name = storable(name).strip()
    if len(name) > LONGEST_NAME:
        raise Invalid(
            _("Use at most %(limit)d characters.") % {"limit": LONGEST_NAME},
            code="too_long", field="name",
        )  # fmt: skip
    return name


def checked_address(kind: str, address: str) -> str:
    """Return the address as it is stored. Its form is judged here, where it leads at the socket."""
    address = storable(address).strip()
    if not address:
        if kind in {ChannelKind.BLOG, ChannelKind.FEED}:
            raise Invalid(_("Give the address of the blog."), code="base_url", field="base_url")
        return ""
    fault = fault_of_base(address, allow_private=settings.ALLOW_PRIVATE_HOSTS)
    if not fault and len(address) > LONGEST_ADDRESS:
        fault = "host"
    if fault:
        raise Invalid(_ADDRESS_FAULTS[fault], code="base_url", field="base_url", fault=fault)
    return address.rstrip("/")


def check_interval(poll_every: int) -> None:
    """Refuse an interval at which nobody should poll."""
    if poll_every < SHORTEST_POLL:
        raise Invalid(_("Poll at most once a second."), code="poll_every", field="poll_every")
    if poll_every > LONGEST_POLL:
        raise Invalid(_("Poll at least once a day."), code="poll_every", field="poll_every")


def check_unit(unit_id: int) -> None:
    """Refuse a unit that is none, or is no longer in use."""
    if all(unit.pk != unit_id for unit in active_units()):
        raise Invalid(_("Choose a unit."), code="unit", field="unit")


def checked_secrets(kind: str, secrets: Mapping[str, str]) -> dict[str, str]:
    """Return the secrets that a channel asks for; Invalid names one that is missing."""
    kept = {}
    for field in secret_fields(kind):
        value = secrets.get(field.name, "").strip()
        if not value and field.required:
            raise Invalid(_("This is needed."), code="secret_missing", field=field.name)
        kept[field.name] = value
    return kept


def _change(account: ChannelAccount, **changes: object) -> None:
    for name, value in changes.items():
        setattr(account, name, value)
    try:
        with transaction.atomic():
            account.save(update_fields=list(changes))
    except IntegrityError as error:
        raise Conflict(_("This account is already connected."), code="connected_twice") from error
    hint_on_commit("account", units=[account.unit_id], id=account.pk)
