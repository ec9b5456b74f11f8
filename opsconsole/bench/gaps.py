"""Nothing is missing: simulated days of three platforms with all that goes wrong, held against their own record.

Accounts are polled, and most are pushed to as well, badly, through the real doors. Each day has a seed. At its
end the inbox must equal the platforms' record item by item, and the ledger must name every hole that could not
be filled, and none that is none. A day that fails is run again alone with
python3 dev.py bench gaps --seed 17; --seeds 40 plays forty new days.
"""

import time
from collections.abc import Iterator
from dataclasses import dataclass

from opsconsole.bench.report import Figure
from opsconsole.bench.seeds import Seeds
from opsconsole.local.stack import Stack
from opsconsole.local.terminal import say

#: New days each time.
DAYS = 200
#: The same each time; among them a flood of mentions that X does not keep.
QUICK_SEEDS = (2, 3, 4, 5, 6)
#: Minutes of a day that go by at once.
STEP, QUICK_STEP = 15, 30
_QUICK = " --quick"


@dataclass
class Tally:
    """What the days have come to so far."""

    failed: int = 0
    items: int = 0
    lost: int = 0
    deaths: int = 0
    polls: int = 0
    pushed: int = 0

    def figures(self, days: int, seconds: float) -> Iterator[Figure]:
        """Yield what is told at the end."""
        yield Figure("days", days, "", days, better="exact")
        yield Figure("days that do not add up", self.failed, "", 0, better="exact")
        yield Figure("items held against the record", self.items, "")
        yield Figure("polls", self.polls, "")
        yield Figure("calls that came through doors", self.pushed, "")
        yield Figure("processes that died on the way", self.deaths, "")
        yield Figure("items that X no longer gave out, all in named holes", self.lost, "")
        yield Figure("seconds a day", seconds / days, "s")


def measure(quick: bool, asked: Seeds) -> Iterator[Figure]:
    """200 days by new seeds (quick: 5 known ones); one line for each that fails."""
    seeds = list(QUICK_SEEDS) if quick and not asked else asked.drawn(DAYS)
    step = QUICK_STEP if quick else STEP
    with Stack(workers=0, web=False, beat=False, env={"LOG_LEVEL": "CRITICAL"}) as stack:
        stack.adopt()
        # Django can be set up only once the stack runs.
        from opsconsole.bench.gapping.days import Days

        began, tally = time.monotonic(), Tally()
        with Days(stack.sandbox_url, step) as days:
            for seed in seeds:
                for line in days.play(seed, tally):
                    say(line)
                    say(
                        f"  again: python3 dev.py bench gaps --seed {seed}{_QUICK if quick else ''}"
                    )
        seconds = time.monotonic() - began
    yield from tally.figures(len(seeds), seconds)
