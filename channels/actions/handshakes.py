"""Connecting an account step by step: begun by people, looked into by workers. Nothing here speaks to a platform.

People may return from a platform once, in the session they left in, within ten minutes. What a handshake
holds in secrets goes with its end.
"""

import hashlib
import json
import secrets as random_secrets
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from channels.actions.accounts import checked_address, checked_secrets
from channels.lifecycle import HANDSHAKE, ChannelKind, HandshakeState, Way
from channels.models import ChannelAccount, Handshake
from channels.selectors.accounts import account_for
from channels.selectors.handshakes import app_at, handshake_for, sealed_of
from channels.ways import WAYS, Wish, leads_to
from opsconsole.kernel.actor import Actor
from opsconsole.kernel.clock import now
from opsconsole.kernel.doorbell import ring_on_commit
from opsconsole.kernel.errors import Conflict, Invalid, NotFound
from opsconsole.kernel.live import tell_on_commit
from opsconsole.kernel.secrets import decrypt, encrypt
from opsconsole.kernel.text import storable
from opsconsole.people.roles import Ability

H = HandshakeState
#: How long somebody may be away at a platform, and how long what was found waits for a decision.
AWAY_FOR, KEPT_FOR = timedelta(minutes=10), timedelta(hours=1)
#: No platform's word is longer.
LONGEST_WORD = 4000
#: What each platform sends back beside `state` and `error`.
_COMES_BACK: Mapping[str, tuple[str, ...]] = {
    ChannelKind.X: ("code",),
    ChannelKind.FACEBOOK: ("code",),
    ChannelKind.BLOG: ("site_url", "user_login", "password"),
}


def handshake_begin(
    actor: Actor,
    *,
    kind: str,
    way: str,
    given: Mapping[str, str],
    back: str,
    session: str,
    account_id: int | None = None,
) -> Handshake:
    """Begin to connect an account, or to give one new credentials. Invalid names the field that is wrong.

    `back` is our own address to which the platform sends people; `session` a word that only their browser has.
    """
    actor.must(Ability.MANAGE_ACCOUNTS)
    account = None
    if account_id is not None:
        account = account_for(actor, account_id, Ability.MANAGE_ACCOUNTS)
        kind = account.kind
    if way not in WAYS.get(kind, ()):
        raise NotFound
    kept = {"given": _checked(kind, way, given, account), "back": back}
    state, at = random_secrets.token_urlsafe(32), now()
    row = Handshake(
        kind=kind, way=way, account=account, asked_by_id=actor.person_id, asked_at=at,
        until=at + AWAY_FOR, session_hash=_hash(session), state_hash=_hash(state),
    )  # fmt: skip
    if way == Way.SIGN_IN and kind != ChannelKind.BLOG:
        row.state = H.AWAY
        kept |= _way_out(kind, state, back)
    elif way == Way.SIGN_IN:
        kept["state"] = state  # a worker looks for the way out first
    row.sealed = seal(kept)
    with transaction.atomic():
        row.save()
        if row.state == H.ASKED:
            ring_on_commit("handshake_asked")
    return row


def _checked(
    kind: str, way: str, given: Mapping[str, str], account: ChannelAccount | None
) -> dict[str, str]:
    """Return what was typed, in the form in which it is used."""
    if way == Way.SIGN_IN and kind != ChannelKind.BLOG:
        return {}
    typed = given.get("base_url", "")
    if account is not None and (kind != ChannelKind.BLOG or not typed):
        typed = account.base_url
    kept = {"base_url": checked_address(kind, typed)}
    return kept | (checked_secrets(kind, given) if way == Way.BY_HAND else {})


def _way_out(kind: str, state: str, back: str) -> dict[str, Any]:
    app = app_at(kind)
    if app is None:
        raise Conflict(_("Our app at this platform is not set up."), code="no_app")
    verifier = random_secrets.token_urlsafe(48)
    wish = Wish(kind, Way.SIGN_IN, {}, decrypt(bytes(app.sealed)), app.base_url, back, state)
    return {"given": {"verifier": verifier}, "leads_to": leads_to(wish, verifier=verifier)}


def handshake_return(
    actor: Actor, *, kind: str, state: str, session: str, said: Mapping[str, str]
) -> Handshake:
    """Take what a platform sends back with somebody. NotFound unless they left from this very session, and only once.

    Conflict when it took too long.
    """
    found = Handshake.objects.filter(
        state_hash=_hash(state), session_hash=_hash(session), kind=kind, asked_by=actor.person_id
    )
    row = found.filter(state=H.AWAY).first()
    if row is None:
        raise NotFound(
            _("This answer of the platform has been used, or belongs to another session.")
        )
    if row.until <= now():
        raise Conflict(_("That took longer than ten minutes. Begin again."), code="too_late")
    if said.get("error"):
        move(row, {H.AWAY}, H.FAILED, state_hash=None, sealed=b"", reason="denied",
              detail=storable(said.get("error_description", ""), 300))  # fmt: skip
        return row
    came = {name: storable(said.get(name, ""), LONGEST_WORD) for name in _COMES_BACK[kind]}
    if not all(came.values()):
        raise Invalid(_("The platform's answer is not complete."), code="incomplete")
    kept = sealed_of(row)
    kept["given"] = {**kept["given"], **came}
    kept.pop("leads_to", None)
    with transaction.atomic():
        if not move(row, {H.AWAY}, H.ASKED, state_hash=None, sealed=seal(kept)):
            raise NotFound
        ring_on_commit("handshake_asked")
    return row


def handshake_again(actor: Actor, *, handshake_id: int) -> Handshake:
    """Have a worker look once more at what was typed."""
    row = handshake_for(actor, handshake_id)
    if row.way == Way.SIGN_IN or not row.sealed:
        raise Conflict(_("Begin again: what the platform gave counts only once."), code="once")
    with transaction.atomic():
        moved = move(row, {H.FOUND, H.FAILED}, H.ASKED, until=now() + AWAY_FOR, found=[], reason="",
                      detail="")  # fmt: skip
        if not moved:
            raise Conflict
        ring_on_commit("handshake_asked")
    return row


def handshake_leave(actor: Actor, *, handshake_id: int) -> None:
    """Give a handshake up, and forget what it holds."""
    row = handshake_for(actor, handshake_id)
    move(row, set(HANDSHAKE.sources(H.LEFT)), H.LEFT, sealed=b"", state_hash=None, found=[])


def handshakes_sweep() -> None:
    """Forget what nobody came back to. Workers only."""
    at = now()
    over = [H.DONE, H.LEFT]
    Handshake.objects.filter(until__lt=at).exclude(state__in=over).update(
        state=H.LEFT, sealed=b"", state_hash=None, found=[]
    )
    Handshake.objects.filter(until__lt=at - timedelta(days=1)).delete()


def _hash(word: str) -> str:
    return hashlib.sha256(word.encode()).hexdigest()


def seal(kept: Mapping[str, Any]) -> bytes:
    """Encrypt what a handshake holds in secret."""
    return encrypt({"kept": json.dumps(kept)})


def move(row: Handshake, sources: set[Any], to: HandshakeState, **changes: Any) -> bool:
    """Move a handshake if it still stands where it was seen, and tell the screen."""
    allowed = [state for state in sources if HANDSHAKE.allows(state, to)]
    mine = Handshake.objects.filter(pk=row.pk, state__in=allowed, fence=row.fence)
    moved = mine.update(state=to, **changes)
    if moved:
        tell_on_commit("handshake", users=[row.asked_by_id], id=row.pk)
        row.refresh_from_db()
    return bool(moved)
