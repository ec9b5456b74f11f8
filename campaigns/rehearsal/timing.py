"""Planned moments brought closer together, and back. Pure: standard library only.

Only the pauses between posts shrink. Whatever the sending itself takes is as long as ever, so that
lateness needs no conversion.
"""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

#: What a pause becomes at most where idle gaps are skipped (seconds).
LONGEST_GAP = 5.0


@dataclass(frozen=True, slots=True)
class Timing:
    """Which planned moment comes how many seconds after the beginning. `planned` is in order, each once."""

    planned: tuple[datetime, ...]
    offsets: tuple[float, ...]

    @property
    def seconds(self) -> float:
        """How long it is from the first moment to the last."""
        return self.offsets[-1] if self.offsets else 0.0

    def moment(self, planned: datetime, start: datetime) -> datetime:
        """Return when a planned moment comes in a rehearsal that begins at `start`."""
        place = bisect_right(self.planned, planned) - 1
        return start + timedelta(seconds=self.offsets[place])

    def campaign_time(self, moment: datetime, start: datetime) -> datetime:
        """Return what time it is in the campaign at a moment of a rehearsal that began at `start`."""
        passed = (moment - start).total_seconds()
        place = max(bisect_right(self.offsets, passed) - 1, 0)
        if passed <= 0 or place + 1 == len(self.offsets):
            return self.planned[place]
        share = (passed - self.offsets[place]) / (self.offsets[place + 1] - self.offsets[place])
        return self.planned[place] + share * (self.planned[place + 1] - self.planned[place])


def timing_of(times: Iterable[datetime], *, speed: int, skips_gaps: bool) -> Timing:
    """Return how moments lie at `speed` times the speed, with idle gaps cut to LONGEST_GAP where wanted."""
    planned = tuple(sorted(set(times)))
    offsets = [0.0] if planned else []
    for before, after in pairwise(planned):
        gap = (after - before).total_seconds() / speed
        offsets.append(offsets[-1] + (min(gap, LONGEST_GAP) if skips_gaps else gap))
    return Timing(planned, tuple(offsets))


def densest(times: Sequence[datetime], window: timedelta) -> tuple[int, datetime]:
    """Return how many moments, in order, lie in the fullest window, and when that begins."""
    best, first = (0, times[0]), 0
    for last, at in enumerate(times):
        while at - times[first] >= window:
            first += 1
        best = max(best, (last - first + 1, times[first]), key=lambda one: one[0])
    return best
