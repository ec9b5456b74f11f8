"""What it costs to ask an account that has nothing new, and whether many of them are asked on time.

Our own time is that of a whole poll without the platform's: between a request's last byte and its answer's first.
Its floor is a trivial query, asked as often: what this machine takes for one word to PostgreSQL and back just then.
"""

import statistics
import time
from collections.abc import Iterator

from opsconsole.bench import platform
from opsconsole.bench.report import Figure
from opsconsole.local.stack import Stack

#: Milliseconds of our own that a poll without news may cost.
OWN_WITHIN = 5.0
#: Accounts that two workers keep on time, the seconds between their polls, and how late one may be.
ACCOUNTS, EVERY, LATE_WITHIN = 200, 30, 5.0


def measure(quick: bool) -> Iterator[Figure]:
    """200 idle polls of each platform here, then 200 accounts by two workers (quick: 20 polls, 12 accounts)."""
    polls, accounts = (20, 12) if quick else (200, ACCOUNTS)
    with Stack(workers=2, web=False, env={"LOG_LEVEL": "WARNING"}) as stack:
        stack.adopt()
        # Django can be set up only once the stack runs.
        from opsconsole.bench import idling

        platform.control(stack.sandbox_url, "reset", {"empty": True})
        for kind in ("x", "facebook", "blog"):
            yield from _one(idling, stack, kind, polls)
        yield from _many(idling, stack, accounts, 2 if quick else EVERY, quick)


def _one(idling: object, stack: Stack, kind: str, polls: int) -> Iterator[Figure]:
    told = idling.idle_polls(stack.sandbox_url, kind, polls)  # type: ignore[attr-defined]  # imported late
    own = sorted(told.own_ms)
    yield Figure(f"{kind}: requests of a poll (most)", max(told.requests), "", 1, better="exact")
    yield Figure(f"{kind}: requests a poll, revisits and rechecks included", told.share, "")
    yield Figure(f"{kind}: our own time of a poll (median)", statistics.median(own), "ms",
                 OWN_WITHIN, floor=told.trivial_ms)  # fmt: skip
    yield Figure(f"{kind}: our own time of a poll (p99)", own[int(len(own) * 0.99) - 1], "ms")
    yield Figure(
        f"{kind}: of it processor time (median)", statistics.median(told.processor_ms), "ms"
    )
    waited = statistics.median(told.waited_ms)
    yield Figure(f"{kind}: the platform's time of a poll (median)", waited, "ms")


def _many(
    idling: object, stack: Stack, accounts: int, every: int, quick: bool
) -> Iterator[Figure]:
    idling.connect_many(stack.sandbox_url, accounts, every)  # type: ignore[attr-defined]  # the same
    time.sleep(every + 2)  # the first round finds all of them due at once
    late = sorted(idling.lateness(3 * every + 3))  # type: ignore[attr-defined]  # the same
    yield Figure("accounts seen polling", idling.polled(), "", accounts, better="exact")  # type: ignore[attr-defined]
    for name, share in (("p50", 0.5), ("p95", 0.95), ("p99", 0.99)):
        yield Figure(f"{accounts} accounts every {every} s: late ({name})", late[int((len(late) - 1) * share)],
                     "s", None if quick else LATE_WITHIN)  # fmt: skip
    yield Figure(f"{accounts} accounts every {every} s: late (most)", late[-1], "s")
