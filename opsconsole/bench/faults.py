"""Seventeen ways in which sending goes wrong, brought about on purpose, and then by chance in any mixture.

docs/faults.md tells them one by one. Whatever happens: at most one create for a delivery, an end for each,
and people read what is so. Times are scaled down as in the bench of crashes; the code is the same.
"""

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any

from opsconsole.bench.faulting.rows import HEAD, Fate, Row
from opsconsole.bench.report import Figure
from opsconsole.local.stack import Stack
from opsconsole.local.terminal import say

#: What the environment shortens: lease 90 → 6 s, answer 30 → 2 s, reading back 120 → 4 s.
SHORT = {
    "DELIVERY_LEASE_SECONDS": "6",
    "SEND_TIMEOUT_SECONDS": "2",
    "RECONCILE_SCHEDULE": "1,2,3,4",
    "REAPER_SECONDS": "1",
    "UNDO_SECONDS": "0",
    "API_RATE": "1000000/min",
}
#: Number → what goes wrong.
FAULTS = {
    1: "killed after storing",
    2: "killed after arming",
    3: "accepted, the answer lost",
    4: "cannot be read back",
    5: "beats and messages doubled",
    6: "Redis emptied and away",
    7: "PostgreSQL killed and replaced",
    8: "clocks are wrong",
    9: "calendars and clocks that jump",
    10: "limits everywhere",
    11: "login lost, wrong reconnect",
    12: "very many in one second",
    13: "button in the last moment",
    14: "changed while being sent",
    15: "pictures",
    16: "own posts seen again",
    17: "rolling restart",
}


def measure(quick: bool) -> Iterator[Figure]:
    """Each scenario once, then 1,000 schedules by chance (quick: 40, beside the scenarios)."""
    with Stack(workers=2, copied=True, env=SHORT) as stack:
        stack.adopt()
        # Django can be set up only once the stack runs.
        from django.db import connections

        from opsconsole.bench.faulting.field import Field
        from opsconsole.bench.faulting.storm import storm

        field = Field(stack)
        rows = {number: Row(number, fault) for number, fault in FAULTS.items()}
        for steps in _steps(field, rows, quick):
            _at_once(steps)
        say(f"\n{HEAD}")
        for row in rows.values():
            say(row.line())
        say("")
        yield Figure(
            "scenarios that hold", sum(not row.broken for row in rows.values()), "", 17,
            better="exact",
        )  # fmt: skip
        yield Figure("longest until resolved", max(row.seconds for row in rows.values()), "s", 60)
        connections.close_all()  # the database that this thread knew has been replaced
        count = 40 if quick else 1000
        told = storm(field, count)
    struck = ", ".join(f"{number} {what}" for what, number in told.injected.most_common())
    say(f"\nby chance: {struck}\n")
    yield Figure("schedules by chance", told.schedules, "", count, better="exact")
    yield Figure("deliveries", len(told.fates), "")
    yield Figure("creates on the platforms", sum(fate.creates for fate in told.fates), "")
    yield Figure("faults, kills and acts", told.injected.total(), "")
    yield Figure("twice there", _many(told.fates, "is_double"), "", 0, better="exact")
    yield Figure("lost", _many(told.fates, "is_lost"), "", 0, better="exact")
    yield Figure("unresolved", _many(told.fates, "is_open"), "", 0, better="exact")
    yield Figure("shown untruly", _many(told.fates, "is_untrue"), "", 0, better="exact")
    yield Figure("left to a person", told.humans, "")
    yield Figure("all schedules", told.seconds, "s")


def _many(fates: Sequence[Fate], flaw: str) -> int:
    return sum(getattr(fate, flaw) for fate in fates)


def _at_once(steps: list[Callable[[], None]]) -> None:
    """Take steps that do not disturb each other, at the same time."""
    threads = [threading.Thread(target=step) for step in steps]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def _steps(field: Any, rows: dict[int, Row], quick: bool) -> list[list[Callable[[], None]]]:
    """Return what is done after what: who only has platforms misbehave goes together with others."""
    from opsconsole.bench.faulting import platform_faults as platforms
    from opsconsole.bench.faulting import process_faults as processes
    from opsconsole.bench.faulting import race_faults as races

    def step(number: int, scenario: Callable[..., None], **size: Any) -> Callable[[], None]:
        return partial(_take, scenario, field, [rows[number]], size)

    return [
        [
            step(3, platforms.accepted_but_unheard),
            step(4, platforms.unreadable),
            step(10, platforms.limits),
            step(11, platforms.lost_login),
            step(15, platforms.pictures),
            step(16, platforms.seen_again),
            step(9, races.calendars),
        ],
        [
            step(13, races.button, count=12 if quick else 100),
            step(14, races.changes, count=9 if quick else 60),
        ],
        [step(12, processes.many_at_once, count=60 if quick else 300, accounts=6)],
        [
            partial(_take, processes.killed, field, [rows[2], rows[1]], {}),
            step(5, processes.doubled),
        ],
        [step(17, processes.restarted, count=24 if quick else 100)],
        [step(6, processes.redis_away, seconds=2 if quick else 20)],
        [step(8, processes.wrong_clocks)],
        [step(7, processes.postgres_away)],
    ]


def _take(
    scenario: Callable[..., None], field: Any, rows: list[Row], size: dict[str, Any]
) -> None:
    """Run one scenario; one that breaks off does not hold, and the others go on."""
    from django.db import connections

    began = time.monotonic()
    try:
        scenario(field, *rows, **size)
    except Exception as error:
        for row in rows:
            row.wrong.append(f"broke off: {type(error).__name__}: {error}")
            row.seconds = time.monotonic() - began
    finally:
        connections.close_all()
