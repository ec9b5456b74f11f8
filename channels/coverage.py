"""Arithmetic of what has been read: stretches of time, half open, and what lies between them. Pure.

A stretch is covered when everything that a platform showed of it has been stored. Times are the platform's.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

#: Since ever: a platform's whole listing has been read.
BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, order=True)
class Stretch:
    """From a moment on, up to and without another."""

    since: datetime
    until: datetime

    def __bool__(self) -> bool:
        """Whether there is any time in it."""
        return self.since < self.until

    @property
    def length(self) -> timedelta:
        """How long it is."""
        return max(self.until - self.since, timedelta(0))

    def holds(self, moment: datetime) -> bool:
        """Whether a moment lies in it."""
        return self.since <= moment < self.until

    def share_after(self, moment: datetime) -> float:
        """Return how much of it lies after a moment, between 0 and 1."""
        left = Stretch(max(self.since, moment), self.until).length
        return left / self.length if self else 1.0

    def within(self, other: "Stretch") -> "Stretch":
        """Return the part that lies in another; empty when none does."""
        return Stretch(max(self.since, other.since), min(self.until, other.until))


def joined(stretches: Iterable[Stretch]) -> list[Stretch]:
    """Return the same time in as few stretches as there can be, in order; those that touch are one."""
    found: list[Stretch] = []
    for stretch in sorted(filter(None, stretches)):
        if found and stretch.since <= found[-1].until:
            found[-1] = Stretch(found[-1].since, max(found[-1].until, stretch.until))
        else:
            found.append(stretch)
    return found


def clipped(stretches: Iterable[Stretch], within: Stretch) -> list[Stretch]:
    """Return what of some stretches lies within another."""
    return joined(stretch.within(within) for stretch in stretches)


def missing(stretches: Iterable[Stretch], within: Stretch) -> list[Stretch]:
    """Return what of a stretch is not covered by others, in order."""
    left, since = [], within.since
    for stretch in clipped(stretches, within):
        left.append(Stretch(since, stretch.since))
        since = stretch.until
    left.append(Stretch(since, within.until))
    return [stretch for stretch in left if stretch]


def covers(stretches: Iterable[Stretch], within: Stretch) -> bool:
    """Whether all of a stretch is covered."""
    return not missing(stretches, within)
