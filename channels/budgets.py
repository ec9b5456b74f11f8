"""How much an account says at most, and the share that is kept for answers. Pure.

Windows roll: what was said an hour ago counts until that hour is over, whatever the clock shows.
"""

from dataclasses import dataclass
from datetime import timedelta

#: The windows that can be limited, by the name of their column.
WINDOWS = {
    "budget_quarter": timedelta(minutes=15),
    "budget_hour": timedelta(hours=1),
    "budget_day": timedelta(days=1),
}
#: More than any platform allows, and the largest share (percent) that answers may keep.
MOST, MOST_RESERVED = 10_000, 90


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `whole` in a window; posts take at most `posts` of it."""

    window: timedelta
    whole: int
    posts: int

    def share(self, *, is_answer: bool) -> int:
        """Return how many of one kind may leave when nothing else does."""
        return self.whole if is_answer else self.posts


def limit(window: timedelta, whole: int, reserved: int) -> Limit:
    """Return a limit of which answers keep a share in percent, rounded up: one post less, not one answer."""
    kept = -(-whole * reserved // 100)
    return Limit(window, whole, whole - kept)
