"""The end of a handshake: what was found, or what was typed, becomes accounts and credentials."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from channels.actions.accounts import (
    account_connect,
    account_reconnect,
    check_interval,
    check_unit,
    checked_name,
    credential_replace,
)
from channels.actions.handshakes import move
from channels.actions.past import DEFAULT_DAYS, check_history, history_begin
from channels.lifecycle import HandshakeState, Way
from channels.models import ChannelAccount, Credential, Handshake, PlatformApp
from channels.selectors.accounts import account_for
from channels.selectors.handshakes import (
    app_at,
    connected_as,
    handshake_for,
    is_known,
    place_of,
    sealed_of,
    suffices,
)
from opsconsole.audit.actions import record
from opsconsole.kernel.actor import Actor
from opsconsole.kernel.clock import now
from opsconsole.kernel.doorbell import ring_on_commit
from opsconsole.kernel.errors import Conflict, Invalid
from opsconsole.kernel.secrets import encrypt
from opsconsole.people.roles import Ability

H = HandshakeState


@dataclass(frozen=True, slots=True)
class Pick:
    """One of the identities that were found, by its place in the list, and what becomes of it here."""

    place: int
    unit_id: int
    name: str


@dataclass(frozen=True, slots=True)
class _How:
    """What all that is picked has in common."""

    app: PlatformApp | None
    poll_every: int
    history_days: int
    anyway: bool


def handshake_keep(
    actor: Actor,
    *,
    handshake_id: int,
    picks: Sequence[Pick],
    poll_every: int = 60,
    history_days: int = DEFAULT_DAYS,
    anyway: bool = False,
) -> list[ChannelAccount]:
    """Connect what was picked, with so many days of history. What is connected already gets these credentials instead.

    Invalid when something that is needed does not work and nobody said `anyway`; Conflict when it is too late.
    """
    check_interval(poll_every)
    check_history(history_days)
    if not picks:
        raise Invalid(_("Choose at least one."), code="nothing")
    with transaction.atomic():
        row = handshake_for(actor, handshake_id, lock=True)
        if row.state != H.FOUND or row.account_id is not None:
            raise Conflict(_("This has been decided already."), code="over")
        app = app_at(row.kind) if row.way == Way.SIGN_IN else None
        how = _How(app, poll_every, history_days, anyway)
        accounts = [_keep(actor, row, pick, how) for pick in picks]
        _end(row)
    return accounts


def _keep(actor: Actor, row: Handshake, pick: Pick, how: _How) -> ChannelAccount:
    if not 0 <= pick.place < len(row.found):
        raise Invalid(code="nothing")
    found = row.found[pick.place]
    must_suffice(found, anyway=how.anyway)
    secrets = sealed_of(row)["secrets"][pick.place]
    identity = (found["base_url"], found["external_id"])
    known = connected_as(row.kind, [identity]).get(identity)
    if known is not None:
        return _renew(actor, known.pk, secrets, found, how.app)
    actor.must(Ability.MANAGE_ACCOUNTS, pick.unit_id)
    check_unit(pick.unit_id)
    name, at = checked_name(pick.name), now()
    try:
        with transaction.atomic():
            account = ChannelAccount.objects.create(
                kind=row.kind, unit_id=pick.unit_id, name=name or found["name"] or row.kind,
                base_url=found["base_url"], external_id=found["external_id"],
                handle=found["handle"], url=found["url"], poll_every=how.poll_every, verified_at=at,
                poll_due_at=at, recheck_due_at=at, created_at=at, access_until=_until(found),
            )  # fmt: skip
    except IntegrityError as error:
        raise Conflict(_("This account is already connected."), code="connected_twice") from error
    Credential.objects.create(
        account=account, sealed=encrypt(secrets), updated_at=at, **_lent(found, how.app, at)
    )
    history_begin(account, actor, how.history_days)
    record(actor, "channels.account.connected", account, unit_id=account.unit_id, kind=row.kind)
    ring_on_commit("poll_requested")
    return account


def must_suffice(found: dict[str, Any], *, anyway: bool) -> None:
    """Refuse what is no identity at all, and what cannot do what is needed unless somebody wants it so."""
    if not is_known(found):
        raise Invalid(_("Nobody knows whose credentials these are."), code="identity")
    if not anyway and not suffices(found):
        raise Invalid(_("Something that is needed does not work yet."), code="lacking")


def handshake_renew(actor: Actor, *, handshake_id: int, anyway: bool = False) -> ChannelAccount:
    """Give an account the credentials that were found for it. Invalid when they are another identity's."""
    with transaction.atomic():
        row = handshake_for(actor, handshake_id, lock=True)
        if row.state != H.FOUND or row.account is None:
            raise Conflict(_("This has been decided already."), code="over")
        place = place_of(row, row.account)
        if place is None:
            raise Invalid(_("These credentials belong to another account."), code="other")
        must_suffice(row.found[place], anyway=anyway)
        secrets = sealed_of(row)["secrets"][place]
        app = app_at(row.kind) if row.way == Way.SIGN_IN else None
        account = _renew(actor, row.account.pk, secrets, row.found[place], app)
        _end(row)
    return account


def _renew(
    actor: Actor,
    account_id: int,
    secrets: dict[str, str],
    found: dict[str, Any],
    app: PlatformApp | None,
) -> ChannelAccount:
    account = account_for(actor, account_id, Ability.MANAGE_ACCOUNTS, lock=True)
    at = now()
    seen = {
        "external_id": found["external_id"], "handle": found["handle"], "url": found["url"],
        "verified_at": at, "access_until": _until(found), "base_url": found["base_url"],
    }  # fmt: skip
    return credential_replace(actor, account, secrets, seen=seen, lent=_lent(found, app, at))


def _until(found: dict[str, Any]) -> datetime | None:
    return datetime.fromisoformat(found["until"]) if found["until"] else None


def _lent(found: dict[str, Any], app: PlatformApp | None, at: datetime) -> dict[str, Any]:
    """Return what a credential knows of its end."""
    ends = at + timedelta(seconds=found["seconds"]) if found["seconds"] else None
    return {"app": app if found["through_app"] else None, "expires_at": ends}


def handshake_keep_unseen(
    actor: Actor,
    *,
    handshake_id: int,
    unit_id: int,
    name: str,
    poll_every: int = 60,
    history_days: int = DEFAULT_DAYS,
) -> ChannelAccount:
    """Store what was typed though nobody could look whose it is; a worker verifies it with the first poll."""
    with transaction.atomic():
        row = handshake_for(actor, handshake_id, lock=True)
        if row.state != H.FAILED or not may_be_kept_unseen(row):
            raise Conflict(_("This cannot be stored: begin again."), code="over")
        given = dict(sealed_of(row)["given"])
        base_url = given.pop("base_url", "")
        if row.account is not None:
            account = account_reconnect(actor, account_id=row.account.pk, secrets=given)
        else:
            account = account_connect(
                actor, kind=row.kind, unit_id=unit_id, name=name, secrets=given,
                base_url=base_url, poll_every=poll_every, history_days=history_days,
            )  # fmt: skip
        _end(row)
    return account


def may_be_kept_unseen(row: Handshake) -> bool:
    """Say whether a failed look leaves something that can be stored all the same."""
    return bool(row.sealed) and row.way == Way.BY_HAND


def _end(row: Handshake) -> None:
    move(row, {H.FOUND, H.FAILED}, H.DONE, sealed=b"", state_hash=None)
