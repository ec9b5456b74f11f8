"""The button against the workers: holds raced against arming, and how soon one is in force while many arm."""

from collections.abc import Iterator

from opsconsole.bench.report import Figure
from opsconsole.local.stack import Stack

#: Seconds of steady arming in which the button is pressed again and again.
STEADY = 8
#: Milliseconds from the press to the commit, at worst.
IN_FORCE_WITHIN = 500.0


def measure(quick: bool) -> Iterator[Figure]:
    """1,000 races (quick: 100) of one hold against one arming; then ten holds while eight hands arm."""
    rounds = 100 if quick else 1000
    with Stack(web=False, workers=0, beat=False, sandbox=False) as stack:
        stack.adopt()
        from opsconsole.bench import holding  # Django can be set up only once the stack runs

        raced = holding.race(rounds)
        presses = holding.press_while_many_arm(1 if quick else STEADY)
    yield Figure("races of a hold against arming", raced.rounds, "", rounds, better="exact")
    yield Figure("armed after the hold committed", raced.leaked, "", 0, better="exact")
    yield Figure("in flight but not listed", raced.unlisted, "", 0, better="exact")
    yield Figure("won by the hold", raced.rounds - raced.armed, "")
    yield Figure("hold in force while 8 hands arm (worst)", max(presses), "ms", IN_FORCE_WITHIN)
