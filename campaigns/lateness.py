"""What becomes of a post that could not leave at its time, as one word that is kept. Pure.

"send:60" sends it up to 60 minutes late, "ask" lets a person decide, "drop" lets it be missed for good.
Empty is what every post has that says nothing else.
"""

from dataclasses import dataclass
from datetime import timedelta

from channels.lifecycle import LateRule

#: Minutes that a post may be late which says nothing else, and the most that it may say.
ORDINARY, MOST = 30, 24 * 60
#: What asks or is dropped may still take this long: workers and platforms need a moment.
GRACE = timedelta(minutes=2)


@dataclass(frozen=True, slots=True)
class Lateness:
    """What becomes of what is late; `minutes` counts for what is sent."""

    rule: LateRule = LateRule.SEND
    minutes: int = ORDINARY

    @property
    def window(self) -> timedelta:
        """How long after its time a worker may still send it."""
        return timedelta(minutes=self.minutes) if self.rule == LateRule.SEND else GRACE

    @property
    def word(self) -> str:
        """As it is kept."""
        if self.rule != LateRule.SEND:
            return str(self.rule)
        return "" if self.minutes == ORDINARY else f"send:{self.minutes}"


def lateness_of(word: str) -> Lateness:
    """Return what a word means; ValueError for any other."""
    rule, _colon, minutes = word.partition(":")
    if not word:
        return Lateness()
    if rule != LateRule.SEND:
        if minutes:
            raise ValueError(word)
        return Lateness(LateRule(rule))
    if not (minutes.isascii() and minutes.isdigit() and 1 <= int(minutes) <= MOST):
        raise ValueError(word)
    return Lateness(minutes=int(minutes))
