"""The arithmetic of who waits since when. Pure: takes moments, returns moments."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

#: Sorts conversations in which nobody waits behind all others.
FAR_FUTURE = datetime(9999, 1, 1, tzinfo=UTC)
#: Where no service level says when to answer, this is how long a customer may wait in the queue's order.
PATIENCE = timedelta(hours=24)


def queue_at(waiting_since: datetime | None, due_at: datetime | None) -> datetime:
    """Return a conversation's place in the queue: what is due first comes first."""
    if waiting_since is None:
        return FAR_FUTURE
    return due_at or waiting_since + PATIENCE


def waiting_since(lines: Iterable[datetime], answered_up_to: datetime | None) -> datetime | None:
    """Return when the oldest unanswered line was posted; None when nobody waits."""
    unanswered = [at for at in lines if answered_up_to is None or at > answered_up_to]
    return min(unanswered, default=None)


def later(one: datetime | None, other: datetime) -> datetime:
    """Return the later of two moments, of which the first may be missing."""
    return other if one is None or other > one else one
