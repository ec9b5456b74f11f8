"""How fast customers' lines come in, beside the bare statement; and a storm while people work."""

import threading
import time
from collections.abc import Iterator
from urllib.request import Request, urlopen

from opsconsole.bench import platform
from opsconsole.bench.report import Figure
from opsconsole.kernel.memory import collect_rarely
from opsconsole.local.stack import Stack

#: At least this share of the bare statement's rate.
SHARE = 0.5
STORM = 1800
STORM_WITHIN = 10.0
#: A screen during the storm (milliseconds, 95th percentile).
SCREEN_WITHIN = 100.0


def measure(quick: bool) -> Iterator[Figure]:
    """A storm of 1,800 through the running console, then 20,000 lines by one worker's way."""
    storm, lines = (100, 1_000) if quick else (STORM, 20_000)
    with Stack(in_service=True, workers=1, durable=True) as stack:
        stack.adopt()
        yield from _storm(stack, storm)
        stack.kill_worker()
        yield from _rates(lines)


def _storm(stack: Stack, count: int) -> Iterator[Figure]:
    from opsconsole.bench import traffic  # Django can be set up only once the stack runs

    traffic.connect(stack.sandbox_url, poll_every=2)
    session = traffic.session()
    known = traffic.newest_message()
    calm = [_screen(stack, session) for _ in range(30)]
    times: list[float] = []
    over = threading.Event()
    looking = threading.Thread(target=_look, args=(stack, session, over, times))
    began = time.monotonic()
    looking.start()
    platform.control(stack.sandbox_url, "storm", {"count": count, "seconds": 1})
    arrived = len(traffic.questions_after(known, count))
    seconds = time.monotonic() - began
    over.set()
    looking.join()
    yield Figure("storm: items in the queue", arrived, "", count, better="more")
    yield Figure("storm: until the last is in the queue", seconds, "s", STORM_WITHIN)
    yield Figure(
        "storm: queue screen meanwhile (p95)", _p95(times), "ms", SCREEN_WITHIN, _p95(calm)
    )


def _look(stack: Stack, session: str, over: threading.Event, times: list[float]) -> None:
    """Open the queue again and again, as an operator does."""
    while not over.is_set():
        times.append(_screen(stack, session))
        over.wait(0.1)


def _screen(stack: Stack, session: str) -> float:
    request = Request(f"{stack.url}/", headers={"Cookie": f"sessionid={session}"})
    began = time.perf_counter()
    with urlopen(request, timeout=30) as answer:
        answer.read()
    return (time.perf_counter() - began) * 1000


def _p95(values: list[float]) -> float:
    return sorted(values)[int(len(values) * 0.95)]


def _rates(count: int) -> Iterator[Figure]:
    from opsconsole.bench import lines  # Django can be set up only once the stack runs

    collect_rarely(by_the_batch=True)  # as a worker does
    before = lines.counts()[1]
    account = lines.account()
    lines.store_whole(account, lines.written(lines.PAGE, "w"))  # warm both ways
    bare = lines.store_bare(account, lines.written(count, "a"))
    since = lines.marks()
    whole = lines.store_whole(account, lines.written(count, "b"))
    again = lines.store_again(since, count)
    bare = max(bare, lines.store_bare(account, lines.written(count, "c")))
    yield Figure("bare INSERT … ON CONFLICT, messages alone", bare, "lines/s")
    yield Figure("bare INSERT … ON CONFLICT, all rows that a line becomes", again, "lines/s")
    for floor, name in ((again, "all rows"), (bare, "messages alone")):
        yield Figure(f"landed and in the queue, per worker (beside {name})", whole, "lines/s",
                     SHARE * floor, floor, better="more")  # fmt: skip
    pending, messages, _conversations = lines.counts()
    yield Figure("lines not in the inbox", pending, "", 0, better="exact")
    written = 3 * count + lines.PAGE
    yield Figure("messages written", messages - before, "", written, better="exact")
