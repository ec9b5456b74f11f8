"""The port: what every channel adapter can do. Adapters are plain objects without database, clock or settings."""

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, ClassVar, Protocol, runtime_checkable

from channels.errors import Rejected, RejectionCode, Unreachable
from channels.types import (
    OUTCOMES,
    Capabilities,
    Category,
    Cursor,
    Fetched,
    ModerationVerb,
    Outgoing,
    OutgoingKind,
    Page,
    Planned,
    Profile,
    Receipt,
    Recheck,
    SideKind,
    Visibility,
)

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Connection:
    """Where and as whom an adapter speaks.

    `base_url` replaces the platform's own address when set. `external_id` is our own id on the
    platform. `secrets` are the decrypted credentials; their names are declared by each adapter as
    `SECRET_FIELDS`. `also_own` are ids of others there who speak for us.
    """

    base_url: str
    external_id: str
    secrets: Mapping[str, str] = field(repr=False)
    timeout: float = 30.0
    allow_private_hosts: bool = False
    also_own: tuple[str, ...] = ()


class ChannelAdapter(Protocol):
    """One connected account's voice. Every method may raise the errors of `channels.errors`."""

    @property
    def capabilities(self) -> Capabilities:
        """What this channel can do."""

    def whoami(self) -> Profile:
        """Return the account these credentials speak for; AuthExpired when they speak for nobody."""

    def fetch(self, cursor: Cursor) -> Page:
        """Return the page after `cursor`; an empty cursor means the first poll ever.

        When there is no news this is one request.
        """

    def begin(self, at: datetime) -> Cursor:
        """Return the cursor of a first poll that leaves everything before a moment aside."""

    def revisit(self, cursor: Cursor) -> Page:
        """Return a page of what `fetch` leaves out because it seldom changes; asked for every few polls."""

    def recheck(self, external_ids: Sequence[str]) -> Recheck:
        """Read known items again, at most `capabilities.recheck_batch` of them."""

    def prepare(self, out: Outgoing) -> Outgoing:
        """Upload what `out` needs; invisible to the public and safe to repeat."""

    def publish(self, out: Outgoing) -> Receipt:
        """Create `out` with exactly one create call, never retried here. Ambiguous when unclear."""

    def find(self, out: Outgoing, *, since: datetime, until: datetime) -> list[Receipt]:
        """Return everything of ours that matches `out` and was created between the two moments.

        An empty list means a complete and successful read without a match; anything less raises.
        """

    def remove(self, external_id: str) -> None:
        """Delete what we published; removing what is already gone succeeds."""

    def moderate(self, external_id: str, verb: ModerationVerb) -> Recheck:
        """Do `verb` to an item and return how it looks now; safe to repeat.

        Rejected when the channel has no such verb or the item is gone; Unreachable when the platform
        took it but does not show it yet.
        """


def rechecked(items: Sequence[Fetched], *, there: Iterable[str], wanted: Sequence[str]) -> Recheck:
    """Build a Recheck from what came back for `wanted`: whatever was not even there is gone."""
    known = set(there)
    return Recheck(items=tuple(items), gone=tuple(x for x in wanted if x not in known))


def must_moderate(verb: ModerationVerb, capabilities: Capabilities) -> None:
    """Refuse a verb that a channel does not know."""
    if verb not in capabilities.moderation:
        detail = f"This channel cannot do that ({verb})."
        raise Rejected(detail, code=RejectionCode.NOT_PERMITTED)


@runtime_checkable
class Remembering(Protocol):
    """The voice of an account whose platform still gives out what is past."""

    def history(
        self, streams: Sequence[str], since: datetime, until: datetime, cursor: Cursor
    ) -> Page:
        """Return a page of what some streams held between two moments, newest first.

        Begin with an empty cursor. A stream in `reached` is read back to its `since`: later than what was
        asked for where the platform gives out no more.
        """


@runtime_checkable
class Followed(Protocol):
    """The voice of an account that people follow."""

    def followers_count(self) -> int:
        """Return how many follow it now."""

    def followers_page(self, token: str, size: int) -> tuple[list[str], str]:
        """Return some of those who follow it, newest first, and where the list goes on; empty at its end.

        Rejected where the platform gives out no such list.
        """


@runtime_checkable
class Filing(Protocol):
    """The voice of an account whose posts are filed under headings."""

    def categories(self) -> Sequence[Category]:
        """Return the headings there are."""


@runtime_checkable
class Streaming(Protocol):
    """The voice of an account that can be read for more than what speaks to it.

    `side_streams` names what there is, and after how many seconds each is read again; `gives_out` how far
    back the platform shows one, where that is less than all.
    """

    side_streams: ClassVar[Mapping[SideKind, int]]
    gives_out: ClassVar[Mapping[SideKind, timedelta]]

    def stream(self, kind: SideKind, query: str, cursor: Cursor) -> Page:
        """Return the page of a stream after `cursor`; `query` is what a search looks for."""


@runtime_checkable
class Subscribable(Protocol):
    """The voice of an account of which its platform tells our application, once it is asked to.

    Each returns of what it is told, as the platform says; all may be repeated.
    """

    def told_of(self) -> tuple[str, ...]:
        """Return of what our application is told; empty when of nothing."""

    def subscribe(self) -> tuple[str, ...]:
        """Have our application told what the doors understand."""

    def unsubscribe(self) -> tuple[str, ...]:
        """Have our application told nothing more of the account."""


@runtime_checkable
class Recalling(Protocol):
    """The voice of an account whose platform still gives out what is past of what stands beside."""

    def recall(
        self, kind: SideKind, query: str, since: datetime, until: datetime, cursor: Cursor
    ) -> Page:
        """Return a page of what such a stream held between two moments, newest first.

        The last one says from when on it was read. Rejected where the platform gives out no more.
        """


@runtime_checkable
class Planning(Protocol):
    """The voice of an account on which posts can be scheduled without us."""

    def planned(self) -> Sequence[Planned]:
        """Return what is scheduled there now."""


def must_carry(out: Outgoing, capabilities: Capabilities) -> None:
    """Refuse what a channel would make public though it is not meant to be."""
    if out.kind == OutgoingKind.PRIVATE and not capabilities.private_days:
        detail = "This channel has no private answers."
        raise Rejected(detail, code=RejectionCode.NOT_PERMITTED)


def moderated(seen: Recheck, external_id: str, verb: ModerationVerb) -> Recheck:
    """Return what was read after a verb, once it shows what the verb asked for."""
    looks = {item.external_id: item.visibility for item in seen.items}
    looks |= dict.fromkeys(seen.gone, Visibility.REMOVED)
    found = looks.get(external_id)
    if found in OUTCOMES[verb]:
        return seen
    if found == Visibility.REMOVED:
        raise Rejected("It is no longer there.", code=RejectionCode.TARGET_GONE)
    raise Unreachable("The platform took it but does not show it yet.")


def readable(rows: Iterable[Any], read: Callable[[Any], Fetched]) -> list[Fetched]:
    """Return the items of a listing; one in an unknown form is left out rather than hide all others."""
    items = []
    for row in rows:
        try:
            items.append(read(row))
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            name = row.get("id") if isinstance(row, Mapping) else None
            logger.warning("Item %s cannot be read and is left out: %r", name, error)
    return items
