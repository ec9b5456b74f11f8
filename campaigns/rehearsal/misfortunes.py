"""Which misfortune strikes which placement: the same seed deals the same. Pure: standard library only."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum


class Faults(StrEnum):
    """How bad a day the rehearsal plays."""

    NONE = "none"
    ORDINARY = "ordinary"
    HARD = "hard"


class Misfortune(StrEnum):
    """What can strike the create call of a placement."""

    TIMEOUT = "timeout"  # the platform takes it and never answers
    BAD_GATEWAY = "bad_gateway"  # 502, and nothing stands
    LIMITED = "limited"  # 429, with a short pause
    SLOW = "slow"  # the answer takes its time
    KILLED = "killed"  # the worker dies while the call is under way
    REVOKED = "revoked"  # the platform does not know the access any more


M = Misfortune
#: Of so many placements one is struck; at least one, where there are enough.
_ONE_IN = {M.TIMEOUT: 12, M.BAD_GATEWAY: 12, M.LIMITED: 20, M.SLOW: 12}
#: Channels that say how long a limit lasts; the others would have to be waited for a quarter of an hour.
_SAYS_HOW_LONG = frozenset({"x", "blog"})


@dataclass(frozen=True, slots=True)
class Placement:
    """One delivery of the rehearsal, in the order of time."""

    delivery: int
    account: int
    kind: str


def misfortunes_deal(
    placements: Sequence[Placement], faults: Faults, seed: int
) -> dict[int, Misfortune]:
    """Return which delivery meets what. `placements` are those that would leave, in their order."""
    dice = random.Random(seed)  # noqa: S311 - a deal to be repeated, not a secret
    dealt: dict[int, Misfortune] = {}
    if faults == Faults.NONE:
        return dealt
    left = list(placements)
    if faults == Faults.HARD:
        left = _revoke(left, dice, dealt)
    dice.shuffle(left)
    kinds = [M.KILLED] if faults == Faults.HARD else []
    for kind in [*kinds, *_ONE_IN]:
        count = 1 if kind == M.KILLED else max(1, len(placements) // _ONE_IN[kind])
        fitting = [one for one in left if kind != M.LIMITED or one.kind in _SAYS_HOW_LONG]
        for one in fitting[:count]:
            dealt[one.delivery] = kind
            left.remove(one)
    return dealt


def _revoke(
    placements: list[Placement], dice: random.Random, dealt: dict[int, Misfortune]
) -> list[Placement]:
    """Let one account lose its access after two thirds of its posts; return those that are not concerned.

    Each of the others is refused: some may be on their way before the console knows.
    """
    by_account: dict[int, list[Placement]] = {}
    for one in placements:
        by_account.setdefault(one.account, []).append(one)
    several = sorted(account for account, some in by_account.items() if len(some) > 1)
    if not several:
        return placements
    some = by_account[dice.choice(several)]
    lost = some[len(some) * 2 // 3 :]
    dealt |= {one.delivery: M.REVOKED for one in lost}
    return [one for one in placements if one not in lost]
