"""Why what is said at a live desk would wait: holds in force, and accounts that cannot speak now."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from campaigns.models import LiveDesk, LivePlace
from channels.models import Hold
from channels.scopes import ACCOUNT, EVERYTHING, UNIT
from channels.selectors.holds import holds_in_force
from opsconsole.kernel.clock import now


@dataclass(frozen=True, slots=True)
class Silence:
    """An account that cannot speak now: `why` is reconnect, paused or patience; the last one ends by itself."""

    place: LivePlace
    why: str
    until: datetime | None = None


def silences_of(places: Iterable[LivePlace]) -> list[Silence]:
    """Return the places where nothing can be said now. No query."""
    found = (_silence(place) for place in places)
    return [silence for silence in found if silence is not None]


def _silence(place: LivePlace) -> Silence | None:
    account = place.account
    if account.needs_reconnect or account.verified_at is None:
        return Silence(place, "reconnect")
    if account.is_paused:
        return Silence(place, "paused")
    ends = [account.next_allowed_at, account.answers_wait_until]
    until = max((end for end in ends if end is not None), default=None)
    return Silence(place, "patience", until) if until is not None and until > now() else None


def holds_over(desk: LiveDesk, places: Iterable[LivePlace]) -> list[Hold]:
    """Return the holds in force that stop whatever is said at a desk; those for certain words are not among them."""
    accounts = {place.account_id for place in places}
    return [hold for hold in holds_in_force() if _stops(hold, desk, accounts)]


def _stops(hold: Hold, desk: LiveDesk, accounts: set[int]) -> bool:
    campaign = desk.campaign
    if hold.scope in {UNIT, ACCOUNT}:
        return hold.unit_id == desk.unit_id or hold.account_id in accounts
    if hold.scope == "campaign":
        return campaign is not None and hold.target_id == campaign.pk
    if hold.scope == "tag":
        is_here = hold.unit_id in {None, desk.unit_id}
        return campaign is not None and is_here and hold.phrase in campaign.tags
    return hold.scope == EVERYTHING
