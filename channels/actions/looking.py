"""The bookkeeping of looking into a handshake: who looks, and what came of it. Workers only."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q

from channels.actions.handshakes import AWAY_FOR, KEPT_FOR, move, seal
from channels.candidates import Candidate
from channels.errors import AuthExpired, ChannelError, RateLimited, Unreachable
from channels.lifecycle import HandshakeState
from channels.models import Handshake
from channels.selectors.handshakes import app_at, sealed_of
from channels.ways import Outcome, Wish
from opsconsole.kernel.clock import now
from opsconsole.kernel.secrets import decrypt
from opsconsole.kernel.text import storable, storable_id, web_address

H = HandshakeState


def handshake_claim() -> Handshake | None:
    """Take the next handshake that waits for a worker, or that one has left lying; None when there is none."""
    at = now()
    waiting = Q(state=H.ASKED) | Q(state=H.LOOKING, lease_until__lt=at)
    with transaction.atomic():
        row = (
            Handshake.objects.select_for_update(skip_locked=True, of=("self",))
            .filter(waiting, until__gt=at)
            .order_by("asked_at")
            .first()
        )
        if row is None:
            return None
        is_second = row.state == H.LOOKING
        Handshake.objects.filter(pk=row.pk).update(
            state=H.LOOKING, fence=F("fence") + 1, lease_until=at + _lease()
        )
    row.refresh_from_db()
    if (
        is_second and "code" in sealed_of(row)["given"]
    ):  # it counts once, and has been shown already
        look_failed(row, Unreachable(), reason="interrupted")
        return None
    return row


def _lease() -> timedelta:
    """Several calls, one after the other."""
    return timedelta(seconds=4 * settings.SEND_TIMEOUT_SECONDS)


def wish_of(row: Handshake) -> Wish:
    """Return what is known when a worker looks."""
    kept, app = sealed_of(row), app_at(row.kind)
    return Wish(
        kind=row.kind,
        way=row.way,
        given=kept["given"],
        app=decrypt(bytes(app.sealed)) if app else {},
        app_base=app.base_url if app else "",
        back=kept.get("back", ""),
        state=kept.get("state", ""),
    )


def look_done(row: Handshake, outcome: Outcome) -> bool:
    """Keep what was found, or where somebody must allow it first."""
    kept = sealed_of(row)
    if outcome.leads_to:
        kept["given"] = {**kept["given"], **outcome.keep}
        kept["leads_to"] = outcome.leads_to
        return move(row, {H.LOOKING}, H.AWAY, until=now() + AWAY_FOR, sealed=seal(kept))
    kept["secrets"] = [dict(candidate.secrets) for candidate in outcome.candidates]
    return move(
        row, {H.LOOKING}, H.FOUND, until=now() + KEPT_FOR, sealed=seal(kept),
        found=_rows(outcome.candidates),
    )  # fmt: skip


def _rows(candidates: Sequence[Candidate]) -> list[dict[str, Any]]:
    """Return what was found in a form that fits into the columns of an account."""
    rows = []
    for candidate in candidates:
        row = candidate.as_row()
        row |= {
            "external_id": storable_id(row["external_id"]),
            "name": storable(row["name"], 120),
            "handle": storable(row["handle"], 120),
            "url": web_address(row["url"], 500),
            "checks": [{**check, "said": storable(check["said"])} for check in row["checks"]],
        }
        rows.append(row)
    return rows


def look_failed(row: Handshake, error: ChannelError, *, reason: str = "") -> bool:
    """Note why nothing was found. What was typed is kept, so that it can be tried again; a code counts once."""
    kept = sealed_of(row)
    changes: dict[str, Any] = {"sealed": b""} if _counts_once(kept["given"]) else {}
    return move(
        row, {H.LOOKING}, H.FAILED, until=now() + KEPT_FOR, reason=reason or _reason(error),
        detail=storable(error.detail, 300), **changes,
    )  # fmt: skip


def _counts_once(given: dict[str, str]) -> bool:
    return bool({"code", "password"} & set(given))


def _reason(error: ChannelError) -> str:
    if isinstance(error, AuthExpired):
        return "refused"
    if isinstance(error, RateLimited):
        return "limited"
    return "unreachable" if isinstance(error, Unreachable) else "rejected"
