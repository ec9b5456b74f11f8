"""What may happen in a schedule, drawn by a seeded dice. Knows neither Django nor the stack."""

import random
from dataclasses import dataclass, field
from typing import Any

#: How a create call goes wrong.
_CALLS: tuple[dict[str, Any], ...] = (
    {"kind": "drop_before"},
    {"kind": "drop_after"},
    {"kind": "drop_after", "visible_after": 2},
    {"kind": "timeout_before", "seconds": 4},
    {"kind": "timeout_after", "seconds": 4},
    {"kind": "status", "status": 502, "body": "html", "after": True},
    {"kind": "status", "status": 503},
    {"kind": "garbage"},
    {"kind": "garbage", "before": True},
    {"kind": "half"},
    {"kind": "slow", "ms": 900},
    {"kind": "status", "status": 429, "reset_in": 2},
    {"kind": "status", "status": 429},
    {"kind": "canned", "status": 429, "headers": {"x-rate-limit-reset": "1"}, "body": {}},
    {"kind": "status", "status": 401},
    {"kind": "status", "status": 400},
)
#: How reading back goes wrong.
_READS: tuple[dict[str, Any], ...] = (
    {"kind": "status", "status": 503, "for_seconds": 3},
    {"kind": "status", "status": 503, "for_seconds": 20},
    {"kind": "slow", "ms": 700, "times": 3},
    {"kind": "drop_before", "times": 2},
    {"kind": "garbage", "times": 1},
    {"kind": "out_of_order", "times": 5},
)
#: What people do meanwhile.
_ACTS = ("hold", "revise", "cancel", "pause", "ring")


@dataclass(frozen=True, slots=True)
class Schedule:
    """One account, some posts, and what befalls them; all times are seconds from its beginning."""

    kind: str
    posts: list[tuple[float, float]]  # due, and how long its window is
    calls: list[dict[str, Any]] = field(default_factory=list)
    reads: list[dict[str, Any]] = field(default_factory=list)
    acts: list[tuple[float, str]] = field(default_factory=list)


def draw(seed: int) -> Schedule:
    """Return the schedule of a number: the same one at every run."""
    dice = random.Random(seed)
    posts = [
        (dice.uniform(0, 3), 4.0 if dice.random() < 0.1 else 3600.0)
        for _ in range(dice.choice((1, 1, 2, 3)))
    ]
    acts = [(dice.uniform(0, 4), dice.choice(_ACTS)) for _ in range(dice.choice((0, 1, 1, 2)))]
    return Schedule(
        kind=dice.choice(("x", "facebook", "blog")),
        posts=posts,
        calls=[
            dice.choice(_CALLS) | {"times": dice.choice((1, 1, 2))}
            for _ in range(dice.choice((0, 1, 1, 2)))
        ],
        reads=[dice.choice(_READS)] if dice.random() < 0.4 else [],
        acts=sorted(acts),
    )
