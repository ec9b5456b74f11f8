"""Reading items again by id for workers that were told of them; one that the platform refuses hides no other."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field

from channels.actions.metering import metered
from channels.actions.silences import account_park
from channels.errors import AuthExpired, ChannelError, RateLimited, Rejected, Unreachable
from channels.models import ChannelAccount
from channels.port import ChannelAdapter
from channels.ranks import Rank
from channels.refreshing import voice_fresh
from channels.types import Recheck
from opsconsole.kernel.clock import now
from opsconsole.kernel.redaction import redact

logger = logging.getLogger(__name__)


@dataclass
class Found:
    """What was read, and what the platform said against the rest, by id."""

    seen: Recheck = field(default_factory=Recheck)
    refused: dict[str, str] = field(default_factory=dict)

    def __add__(self, other: "Found") -> "Found":
        """Return what both hold."""
        seen = Recheck(self.seen.items + other.seen.items, self.seen.gone + other.seen.gone)
        return Found(seen, self.refused | other.refused)


def look_again(account: ChannelAccount, ids: Sequence[str]) -> Found:
    """Read items by id. Raises what keeps us from asking, or the platform from answering."""
    if not ids:
        return Found()
    if account.needs_reconnect:
        raise AuthExpired("The account must be reconnected.")
    if account.next_allowed_at and account.next_allowed_at > now():
        raise RateLimited("The platform asks for patience.", until=account.next_allowed_at)
    adapter = voice_fresh(account)
    size = adapter.capabilities.recheck_batch
    slices = [ids[start : start + size] for start in range(0, len(ids), size)]
    try:
        with metered(account, Rank.POLLS):
            parts = [_read(adapter, some) for some in slices]
    except RateLimited as error:
        account_park(account.pk, error)
        raise
    except ChannelError:
        raise
    except Exception as error:
        logger.exception("reading again for account %s failed", account.pk)
        raise Unreachable(redact(f"{type(error).__name__}: {error}")) from error
    return sum(parts, Found())


def _read(adapter: ChannelAdapter, ids: Sequence[str]) -> Found:
    """Read some; where the platform refuses them together, read halves, down to the one it means."""
    try:
        return Found(adapter.recheck(ids))
    except Rejected as error:
        if len(ids) == 1:
            return Found(refused={ids[0]: error.detail})
    middle = len(ids) // 2
    return _read(adapter, ids[:middle]) + _read(adapter, ids[middle:])
