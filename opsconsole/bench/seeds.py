"""Which seeds a bench that rolls dice takes: those that somebody names, or new ones."""

import random
from dataclasses import dataclass

#: New seeds are short enough to be typed again.
LARGEST = 1_000_000


@dataclass(frozen=True, slots=True)
class Seeds:
    """What was asked for: seeds by name, or so many new ones; neither leaves it to the bench."""

    named: tuple[int, ...] = ()
    count: int = 0

    def __bool__(self) -> bool:
        """Whether anything was asked for."""
        return bool(self.named or self.count)

    def drawn(self, usual: int) -> list[int]:
        """Return the seeds to take; new ones as often as asked for, or as usual."""
        if self.named:
            return list(self.named)
        return random.SystemRandom().sample(range(1, LARGEST), self.count or usual)
