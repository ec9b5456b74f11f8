"""Reads of doors and of what came through them."""

from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import urlsplit

from django.conf import settings
from django.db.models import Count, Q, QuerySet

from channels.lifecycle import PINGS, ChannelKind, PushState
from channels.models import ChannelAccount, PushDoor, PushEvent, PushSubscription
from channels.registry import SIGNED_WITH, SUBSCRIBED_TO
from opsconsole.kernel.actor import Actor
from opsconsole.kernel.errors import Invalid, NotFound
from opsconsole.kernel.pagination import KeysetPage, after_number, cut
from opsconsole.kernel.plans import Statement
from opsconsole.kernel.secrets import decrypt
from opsconsole.kernel.text import storable
from opsconsole.people.roles import Ability

FACEBOOK = ChannelKind.FACEBOOK
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
    subscription: PushSubscription | None = None

    @property
    def is_page_shown(self) -> bool:
        """Whether there is something to say of the account's own subscription to our application."""
        row = self.subscription
        return bool((self.door and FACEBOOK in self.addresses) or (row and row.is_on))

    @property
    def untold(self) -> list[str]:
        """What the doors understand and the platform does not tell us, of an account that is subscribed."""
        told = self.subscription.fields if self.subscription else []
        return [name for name in SUBSCRIBED_TO if name not in told] if told else []


@dataclass(frozen=True, slots=True)
class Doorway:
    """What a door must know of itself while somebody waits at it; read in one short statement."""

    door_id: int
    account_id: int
    unit_id: int
    kind: str
    base_url: str
    verify_token: str
    sealed: bytes | memoryview = field(repr=False)

    @property
    def secret(self) -> str:
        """The secret with which its platform signs; empty when we have none."""
        return _secret_in(self.kind, bytes(self.sealed))


_DOORWAY = Statement("""
SELECT door.id, account.id, account.unit_id, account.kind, account.base_url, door.verify_token,
coalesce(credential.sealed, '')
FROM channels_pushdoor AS door JOIN channels_channelaccount AS account ON account.id = door.account_id
LEFT JOIN channels_credential AS credential ON credential.account_id = account.id
WHERE door.token = %(token)s
""")


def door_at(token: str, kinds: frozenset[ChannelKind]) -> Doorway:
    """Return the door of an address that somebody knocks at; NotFound when there is none."""
    found = [Doorway(*row) for row in _DOORWAY({"token": storable(token)})]
    if not found or found[0].kind not in kinds:
        raise NotFound
    return found[0]


def signing_secret(account: ChannelAccount) -> str:
    """Return the secret that signs what is pushed to an account; empty when we have none."""
    sealed = bytes(account.credential.sealed) if hasattr(account, "credential") else b""
    return _secret_in(account.kind, sealed)


def _secret_in(kind: str, sealed: bytes) -> str:
    name = SIGNED_WITH.get(kind)
    return decrypt(sealed).get(name, "") if name and sealed else ""


def push_of(account: ChannelAccount) -> Push:
    """Return how pushing does on an account that has come through its gate."""
    door = PushDoor.objects.select_related("account__subscription").filter(account=account).first()
    subscription = _subscription_of(account, door)
    if door is None:
        return Push(
            None, {}, has_secret=True, heard_at=None, waiting=0, parked=0,
            subscription=subscription,
        )  # fmt: skip
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
        subscription=subscription,
        **counted,
    )


def _subscription_of(account: ChannelAccount, door: PushDoor | None) -> PushSubscription | None:
    if account.kind != FACEBOOK:
        return None
    if door is not None:
        return getattr(door.account, "subscription", None)
    return PushSubscription.objects.filter(account=account).first()


def _has_secret(account: ChannelAccount) -> bool:
    """Whether what is pushed can be believed; blogs' pings are signed by nobody."""
    if account.kind not in SIGNED_WITH:
        return True
    try:
        return bool(signing_secret(account))
    except Invalid:
        return False


def site_of(kind: str, base_url: str) -> str:
    """Return the address below which a blog's articles stand; of a feed we know the host alone."""
    if kind == ChannelKind.FEED:
        parts = urlsplit(base_url)
        return f"{parts.scheme}://{parts.netloc}/"
    return base_url


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


def parked_page(
    actor: Actor, account: ChannelAccount, *, cursor: str, size: int
) -> KeysetPage[PushEvent]:
    """Return a page of what could not be taken in for an account, newest first, without its words."""
    rows = parked_events(actor, account).defer("body")
    if cursor:
        rows = rows.filter(pk__lt=after_number(cursor))
    return cut(rows[: size + 1], size, lambda row: [row.pk])


def pings_waiting(account_id: int, most: int) -> int:
    """Count the pings of an account that wait to be verified, up to `most`."""
    waiting = PushEvent.objects.filter(
        account=account_id, state=PushState.WAITING, source__in=sorted(PINGS)
    )
    return waiting[:most].count()
