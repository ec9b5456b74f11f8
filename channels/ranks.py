"""Who goes first when a platform's allowance runs short. Pure.

Each rank leaves something of every window to those above it, so that history never eats what polling
needs, nor campaigns what answers to customers need.
"""

from enum import IntEnum

#: From so many percent of a platform's own measure on everything slows down, and at the second all stops.
#: https://developers.facebook.com/docs/graph-api/overview/rate-limiting
SLOW_AT, STOP_AT = 75, 95
#: How many times longer polls pause just below the stop.
SLOWEST = 5


class Rank(IntEnum):
    """What a call is for, the most urgent first."""

    ANSWERS = 1
    POLLS = 2
    POSTS = 3
    EXTRAS = 4  # history, followers: nobody waits for them


#: Percent of a window of counted calls that a rank leaves to those above it.
_KEPT = {Rank.ANSWERS: 0, Rank.POLLS: 10, Rank.POSTS: 20, Rank.EXTRAS: 50}
#: The same where a platform tells percent instead of calls: nobody goes beyond STOP_AT.
_KEPT_SHARE = {
    Rank.ANSWERS: 100 - STOP_AT,
    Rank.POLLS: 10,
    Rank.POSTS: 15,
    Rank.EXTRAS: 100 - SLOW_AT,
}


def kept_percent(rank: Rank, *, is_share: bool) -> int:
    """Return the percent of a window that a rank must leave."""
    return (_KEPT_SHARE if is_share else _KEPT)[rank]


def kept(rank: Rank, most: int, *, is_share: bool) -> int:
    """Return how much of a window a rank must leave; of a tiny one nothing is kept back."""
    return most * kept_percent(rank, is_share=is_share) // 100


def stretch(left: int) -> float:
    """Return by how much polls pause longer when so many percent are left of a platform's own measure."""
    over = (100 - left) - SLOW_AT
    if over <= 0:
        return 1.0
    return 1 + (SLOWEST - 1) * min(1.0, over / (STOP_AT - SLOW_AT))
