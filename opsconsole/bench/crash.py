"""Workers are killed at random while a bad platform is written to: is every text there exactly once?

Times are scaled down (lease, time-outs, reading back) so that the run ends; the code is the same.
"""

import random
import threading
import time
from collections.abc import Callable, Iterator

from opsconsole.bench import platform
from opsconsole.bench.report import Figure
from opsconsole.local.stack import Stack

#: What the environment shortens: lease 90 → 6 s, answer 30 → 3 s, reading back 120 → 8 s.
SHORT = {
    "DELIVERY_LEASE_SECONDS": "6",
    "SEND_TIMEOUT_SECONDS": "3",
    "RECONCILE_SCHEDULE": "1,2,4,8",
    "REAPER_SECONDS": "1",
}
#: Chance of each misfortune per create call.
MISFORTUNE = {
    "timeout_after": 0.05,
    "timeout_before": 0.03,
    "drop_after": 0.08,
    "drop_before": 0.05,
    "status:503": 0.05,
    "garbage": 0.05,
    "slow": 0.2,
}
SETTLE_WITHIN = 240


def measure(quick: bool) -> Iterator[Figure]:
    """500 deliveries and 200 kills (quick: 40 and 8), Redis flushed and restarted in between."""
    deliveries, kills = (40, 8) if quick else (500, 200)
    with Stack(workers=2, web=True, durable=True, env=SHORT) as stack:
        stack.adopt()
        from opsconsole.bench import traffic  # Django can be set up only once the stack runs

        texts = traffic.prepare(stack.sandbox_url, deliveries)
        platform.control(
            stack.sandbox_url, "faults",
            {"kind": "random", "match": {"method": "POST"}, "probabilities": MISFORTUNE,
             "seconds": 5, "ms": 300},
        )  # fmt: skip
        began = time.monotonic()
        killed = _storm(stack, texts, kills, traffic.request)
        platform.control(stack.sandbox_url, "faults", method="DELETE")
        settled = traffic.wait_until_settled(len(texts), SETTLE_WITHIN)
        seconds = time.monotonic() - began
        counts = platform.counts(stack.sandbox_url)
        yield Figure("workers killed", killed, "kills", kills, better="exact")
        yield Figure("deliveries requested", len(texts), "", deliveries, better="exact")
        yield Figure("deliveries settled", settled["settled"], "", deliveries, better="exact")
        yield Figure("deliveries sent", settled["sent"], "", deliveries, better="exact")
        yield Figure("create attempts armed", settled["attempts"], "")
        yield Figure("texts on the platform once", sum(counts.get(t, 0) == 1 for t in texts), "",
                     deliveries, better="exact")  # fmt: skip
        yield Figure(
            "texts lost", sum(counts.get(t, 0) == 0 for t in texts), "", 0, better="exact"
        )
        yield Figure(
            "texts doubled", sum(counts.get(t, 0) > 1 for t in texts), "", 0, better="exact"
        )
        yield Figure("whole run", seconds, "s")


def _storm(stack: Stack, texts: list[str], kills: int, request: Callable[[int, str], None]) -> int:
    """Ask for deliveries while both workers are being killed; returns the number of kills."""
    hunters = [Hunter(stack, number, kills // 2) for number in (0, 1)]
    for hunter in hunters:
        hunter.start()
    for number, text in enumerate(texts):
        request(number, text)
        _keep_pace(hunters, number / len(texts))
        if number == len(texts) // 3:
            stack.flush_redis()
        if number == len(texts) // 2:
            stack.restart_redis(seconds_down=1)
    for hunter in hunters:
        hunter.join()
    return sum(hunter.killed for hunter in hunters)


def _keep_pace(hunters: "list[Hunter]", share: float) -> None:
    """Spread the requests over all kills."""
    wanted = sum(hunter.kills for hunter in hunters)
    while sum(hunter.killed for hunter in hunters) < share * wanted:
        if not any(hunter.is_alive() for hunter in hunters):
            raise RuntimeError("a worker did not come back")
        time.sleep(0.02)


class Hunter(threading.Thread):
    """Kills one worker at random moments of its life, and starts it again."""

    def __init__(self, stack: Stack, number: int, kills: int) -> None:
        super().__init__(daemon=True)
        self.stack, self.number, self.kills = stack, number, kills
        self.killed = 0
        self.dice = random.Random(number)

    def run(self) -> None:
        """Wait until it works, let it live for up to 1.5 s, kill."""
        worker = self.stack.workers[self.number]
        while self.killed < self.kills:
            worker.wait_ready(lambda: "ready." in worker.output(), 60)
            time.sleep(self.dice.uniform(0, 1.5))
            self.stack.kill_worker(self.number)
            self.killed += 1
            self.stack.start_worker(self.number)
