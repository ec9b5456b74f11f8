"""The port: what every channel adapter can do. Adapters are plain objects without database, clock or settings."""

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from channels.types import Capabilities, Cursor, Fetched, Outgoing, Page, Profile, Receipt, Recheck

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Connection:
    """Where and as whom an adapter speaks.

    `base_url` replaces the platform's own address when set. `external_id` is our own id on the
    platform. `secrets` are the decrypted credentials; their names are declared by each adapter as
    `SECRET_FIELDS`.
    """

    base_url: str
    external_id: str
    secrets: Mapping[str, str] = field(repr=False)
    timeout: float = 30.0
    allow_private_hosts: bool = False


class ChannelAdapter(Protocol):
    """One connected account's voice. Every method may raise the errors of `channels.errors`."""

    @property
    def capabilities(self) -> Capabilities:
        """What this channel can do."""

    def whoami(self) -> Profile:
        """Return the account these credentials speak for; AuthExpired when they speak for nobody."""

    def fetch(self, cursor: Cursor) -> Page:
        """Return the page after `cursor`; an empty cursor means the first poll ever."""

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


def rechecked(items: Sequence[Fetched], *, there: Iterable[str], wanted: Sequence[str]) -> Recheck:
    """Build a Recheck from what came back for `wanted`: whatever was not even there is gone."""
    known = set(there)
    return Recheck(items=tuple(items), gone=tuple(x for x in wanted if x not in known))


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
