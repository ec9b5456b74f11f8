"""Ten thousand events in a minute at the door while a worker is killed: how soon it answers, whether one is lost."""

import threading
import time
from collections.abc import Iterator
from typing import Any

from opsconsole.bench.report import Figure
from opsconsole.local.stack import Stack

EVENTS, SECONDS = 10_000, 60.0
#: Changes in one more call in the midst of it all, as large as Facebook makes them.
BATCH = 1000
#: Every so many calls one is made again, byte by byte.
AGAIN_EVERY = 20
#: An answer at the door (milliseconds, 99th percentile).
ANSWER_WITHIN = 100.0
SETTLE_WITHIN = 180.0


def measure(quick: bool) -> Iterator[Figure]:
    """10,000 calls with an event each in 60 s (quick: 1,000 in 6 s), a batch, repetitions, a SIGKILL midway."""
    events, seconds = (EVENTS // 10, SECONDS / 10) if quick else (EVENTS, SECONDS)
    with Stack(in_service=True, workers=2, durable=True) as stack:
        stack.adopt()
        from opsconsole.bench import (  # Django can be set up only once the stack runs
            knocks,
            traffic,
        )

        traffic.connect(
            stack.sandbox_url, poll_every=3600
        )  # polls would find that nobody wrote these
        whom = knocks.target()
        calls = [whom.call([number]) for number in range(events)]
        calls += calls[::AGAIN_EVERY]
        calls.insert(len(calls) // 2, whom.call(range(events, events + BATCH)))
        killer = threading.Timer(seconds / 2, _kill, [stack])
        killer.start()
        began = time.monotonic()
        met = knocks.burst(stack.url, whom, calls, seconds)
        sent = time.monotonic() - began
        items, messages = knocks.arrived(whom, events + BATCH, SETTLE_WITHIN)
        killer.join()
        yield from _door(met, len(calls), sent)
        yield Figure("until the last is in the inbox", time.monotonic() - began - sent, "s")
        yield Figure("items landed", items, "", events + BATCH, better="exact")
        yield Figure("messages in the inbox", messages, "", events + BATCH, better="exact")
        yield Figure("events parked or left", knocks.undone(), "", 0, better="exact")


def _kill(stack: Stack) -> None:
    stack.kill_worker(0)
    time.sleep(1)
    stack.start_worker(0)


def _door(met: Any, calls: int, sent: float) -> Iterator[Figure]:
    taken = sum(status == 200 for status in met.statuses)
    yield Figure("calls answered with 200", taken, "", calls, better="exact")
    yield Figure("rate of calls", calls / sent, "calls/s")
    yield Figure("answer at the door (p50)", met.share(50), "ms")
    yield Figure("answer at the door (p99)", met.share(99), "ms", ANSWER_WITHIN)
    yield Figure("answer at the door (max)", max(met.times), "ms")
    yield Figure("callers behind their plan at worst", met.behind, "s")
