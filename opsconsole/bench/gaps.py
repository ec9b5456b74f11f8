"""Nothing is missing: simulated days of three platforms with all that goes wrong, held against their own record.

Each day has a seed. At its end the inbox must equal the platforms' record item by item, and the ledger must name
every hole that could not be filled, and none that is none. A day that fails is run again alone with
GAPS_SEEDS=17 python3 dev.py bench gaps.
"""

import os
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from opsconsole.bench.report import Figure
from opsconsole.local.stack import Stack
from opsconsole.local.terminal import say

SEEDS = range(1, 201)
#: Among them a flood of mentions that X does not keep.
QUICK_SEEDS = range(2, 7)
#: Minutes of a day that go by at once.
STEP, QUICK_STEP = 15, 30


def measure(quick: bool) -> Iterator[Figure]:
    """200 days (quick: 5) by seeds; one line for each that fails."""
    named = [int(seed) for seed in os.environ.get("GAPS_SEEDS", "").split(",") if seed]
    seeds = named or list(QUICK_SEEDS if quick else SEEDS)
    step = QUICK_STEP if quick else STEP
    with Stack(workers=0, web=False, beat=False, env={"LOG_LEVEL": "CRITICAL"}) as stack:
        stack.adopt()
        # Django can be set up only once the stack runs.
        from opsconsole.bench.gapping import day as days
        from opsconsole.bench.gapping.plan import DAY, plan_of
        from opsconsole.bench.gapping.verdict import verdict
        from opsconsole.people.models import BusinessUnit

        days.POLL_EVERY = step * 60 - 30
        unit = BusinessUnit.objects.create(slug="bench", name_ko="벤치", name_en="Bench")
        began, failed, items, lost, deaths, polls = time.monotonic(), 0, 0, 0, 0, 0
        first = datetime.now(UTC).replace(microsecond=0)
        for number, seed in enumerate(seeds):
            plan = plan_of(seed)
            day = days.Day(stack.sandbox_url, unit, plan, first + timedelta(days=4 * number))
            deeds, since = list(plan.deeds), 0.0
            for minute in range(step, DAY + step, step):
                day.set_time(minute)
                while deeds and deeds[0].minute <= minute:
                    day.do(deeds.pop(0), since)
                day.suffer()
                day.work()
                since = minute
            day.come_to_rest()
            wrong, compared, gone = verdict(day)
            day.end()
            items, lost = items + compared, lost + gone
            deaths, polls = deaths + day.deaths, polls + day.polls
            if wrong:
                failed += 1
                say(f"seed {seed}: {len(wrong)} wrong, among them: " + "; ".join(wrong[:4]))
                say(
                    f"  again with: GAPS_SEEDS={seed} python3 dev.py bench gaps{' --quick' if quick else ''}"
                )
        seconds = time.monotonic() - began
    yield Figure("days", len(seeds), "", len(seeds), better="exact")
    yield Figure("days that do not add up", failed, "", 0, better="exact")
    yield Figure("items held against the record", items, "")
    yield Figure("polls", polls, "")
    yield Figure("processes that died on the way", deaths, "")
    yield Figure("items that X no longer gave out, all in named holes", lost, "")
    yield Figure("seconds a day", seconds / len(seeds), "s")
