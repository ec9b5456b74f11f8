"""Workers are killed at random while a bad platform is written to: is every text there exactly once?

Times are scaled down (lease, time-outs, reading back) so that the run ends; the code is the same.
"""

import random
import threading
import time
from collections.abc import Iterator

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
        killed = _storm(stack, traffic, texts, kills)
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
        yield Figure("texts lost", sum(counts.get(t, 0) == 0 for t in texts), "", 0, better="exact")
        yield Figure("texts doubled", sum(counts.get(t, 0) > 1 for t in texts), "", 0, better="exact")
        yield Figure("whole run", seconds, "s")


def _storm(stack: Stack, traffic, texts: list[str], kills: int) -> int:  # type: ignore[no-untyped-def]
    """Kill each worker at random moments of its life, asking for deliveries all the while."""
    dice = random.Random(2010)
    done = [0, 0]
    lock = threading.Lock()

    def hunt(number: int) -> None:
        while done[number] < kills // 2:
            worker = stack.workers[number]
            worker.wait_ready(lambda: "ready." in worker.output(), 60)
            with lock:
                pause = dice.uniform(0, 1.5)
            time.sleep(pause)
            stack.kill_worker(number)
            done[number] += 1
            stack.start_worker(number)

    hunters = [threading.Thread(target=hunt, args=(number,)) for number in (0, 1)]
    for hunter in hunters:
        hunter.start()
    for number, text in enumerate(texts):
        traffic.request(number, text)
        share = sum(done) / kills
        while share < number / len(texts) and any(hunter.is_alive() for hunter in hunters):
            time.sleep(0.05)
            share = sum(done) / kills
        if number == len(texts) // 3:
            stack.flush_redis()
        if number == len(texts) // 2:
            stack.restart_redis(seconds_down=1)
    for hunter in hunters:
        hunter.join()
    return sum(done)
