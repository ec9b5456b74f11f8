"""Reads of doors and of what came through them."""

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from django.conf import settings
from django.db.models import Count, Q, QuerySet

from channels.lifecycle import PINGS, ChannelKind, PushState
from channels.models import ChannelAccount, PushDoor, PushEvent
from channels.registry import SIGNED_WITH
from opsconsole.kernel.actor import Actor
from opsconsole.kernel.errors import Invalid, NotFound
from opsconsole.kernel.secrets import decrypt
from opsconsole.people.roles import Ability

#: Through whose doors other people's sites ping.
PINGED = frozenset({ChannelKind.BLOG, ChannelKind.FEED})


@dataclass(frozen=True, slots=True)
class Push:
    """How pushing does on one account, for those who manage it; `door` is None while there is only polling."""

    door: PushDoor | None
    addresses: dict[str, str]
    has_secret: bool
    heard_at: datetime | None
    waiting: int
    parked: int


def door_at(token: str, kinds: frozenset[ChannelKind]) -> PushDoor:
    """Return the door of an address that somebody knocks at; NotFound when there is none."""
    doors = PushDoor.objects.select_related("account", "account__credential")
    door = doors.filter(token=token, account__kind__in=sorted(kinds)).first()
    if door is None:
        raise NotFound
    return door


def signing_secret(account: ChannelAccount) -> str:
    """Return the secret that signs what is pushed to an account; empty when we have none."""
    name = SIGNED_WITH.get(account.kind)
    if name is None or not hasattr(account, "credential"):
        return ""
    return decrypt(bytes(account.credential.sealed)).get(name, "")


def push_of(account: ChannelAccount) -> Push:
    """Return how pushing does on an account that has come through its gate."""
    door = PushDoor.objects.filter(account=account).first()
    if door is None:
        return Push(None, {}, has_secret=True, heard_at=None, waiting=0, parked=0)
    open_states = Q(state=PushState.WAITING), Q(state=PushState.PARKED)
    events = PushEvent.objects.filter(open_states[0] | open_states[1], account=account)
    counted = events.aggregate(
        waiting=Count("pk", filter=open_states[0]), parked=Count("pk", filter=open_states[1])
    )
    return Push(
        door=door,
        addresses=addresses_of(door, account.kind),
        has_secret=_has_secret(account),
        heard_at=door.heard_at,
        **counted,
    )


def _has_secret(account: ChannelAccount) -> bool:
    """Whether what is pushed can be believed; blogs' pings are signed by nobody."""
    if account.kind not in SIGNED_WITH:
        return True
    try:
        return bool(signing_secret(account))
    except Invalid:
        return False


def site_of(account: ChannelAccount) -> str:
    """Return the address below which a blog's articles stand; of a feed we know the host alone."""
    if account.kind == ChannelKind.FEED:
        parts = urlsplit(account.base_url)
        return f"{parts.scheme}://{parts.netloc}/"
    return account.base_url


def addresses_of(door: PushDoor, kind: str) -> dict[str, str]:
    """Return the addresses of a door, by what is pushed there."""
    base = f"{settings.PUBLIC_URL.rstrip('/')}/hooks"
    if kind in PINGED:
        return {
            name: f"{base}/blog/{door.token}/{name}"
            for name in ("webmention", "pingback", "trackback")
        }
    return {kind: f"{base}/{kind}/{door.token}"}


def parked_events(actor: Actor, account: ChannelAccount) -> QuerySet[PushEvent]:
    """Return what could not be taken in for an account, newest first, for those who manage it."""
    actor.must(Ability.MANAGE_ACCOUNTS, account.unit_id)
    return PushEvent.objects.filter(account=account, state=PushState.PARKED).order_by("-id")


def pings_waiting(account: ChannelAccount, most: int) -> int:
    """Count the pings of an account that wait to be verified, up to `most`."""
    waiting = PushEvent.objects.filter(
        account=account, state=PushState.WAITING, source__in=sorted(PINGS)
    )
    return waiting[:most].count()
