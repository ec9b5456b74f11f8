"""The reports at size: 1,000,000 conversations of 90 days through the real web server, beside a trivial page."""

from collections.abc import Iterator
from typing import Any

from opsconsole.bench.inbox import TRIVIAL, Browser, Times
from opsconsole.bench.report import Figure
from opsconsole.local.stack import Stack

CONVERSATIONS, QUICK = 1_000_000, 20_000
SPAN = 90 * 86_400
#: A page of a report, in milliseconds (p95) and times the trivial page; the first page of its rows.
PAGE_WITHIN, PAGE_FACTOR, ROWS_WITHIN = 100.0, 5.0, 50.0
#: Seconds that books may be behind while lines come in.
LAG_WITHIN = 5.0
_NINETY = "/reports/?period=90"
PAGES = {
    "90 days, by unit": _NINETY, "7 days, by unit": "/reports/?period=7", "30 days, by unit": "/reports/?period=30",
    **{f"90 days, by {name}": f"{_NINETY}&group={name}" for name in
       ("operator", "channel", "account", "tag", "language", "day", "hour")},
    "90 days, any reply": f"{_NINETY}&measure=any", "90 days, by when it ended": f"{_NINETY}&cohort=ended",
    "90 days, desk's clock": f"{_NINETY}&clock=desk", "90 days, time to assign": f"{_NINETY}&measure=assign",
    "90 days, one channel, one language": f"{_NINETY}&channel=x&language=ko",
    "90 days, one tag by operator": f"{_NINETY}&tag=1&group=operator",
}  # fmt: skip
ROWS = {
    "slowest of 90 days": "/reports/rows/?period=90", "target missed": "/reports/rows/?period=90&part=missed",
    "still waiting": "/reports/rows/?period=90&part=open", "one tag": "/reports/rows/?period=90&tag=1",
}  # fmt: skip


def measure(quick: bool) -> Iterator[Figure]:
    """Fill, write the books, hold them against the waits, then take times (quick: exact results alone)."""
    size, looks = (QUICK, 0) if quick else (CONVERSATIONS, 40)
    quiet = {"LOG_LEVEL": "WARNING"}
    with Stack(in_service=True, workers=0, beat=False, sandbox=False, env=quiet) as stack:
        stack.adopt()
        from opsconsole.bench import (
            crowd,
            waiting,
        )  # Django can be set up only once the stack runs

        crowd.people()
        crowd.fill(size, stack.database_url, span=SPAN, is_said=False)
        waiting.wait_all()
        seconds = waiting.books_written()
        yield Figure(f"writing {waiting.books():,} day books of {size:,} waits", seconds, "s")
        yield Figure(
            "figures that differ from the rows", waiting.wrong_figures(), "", 0, better="exact"
        )
        if looks:
            yield Figure("writing one day anew", waiting.day_rewritten(), "ms")
            browser = Browser(stack.url, crowd.session("bench"))
            yield from _screens(browser, looks)
        yield from _lag(waiting, 4 if quick else 30)
        waiting.books_written()
        yield Figure(
            "figures that differ afterwards", waiting.wrong_figures(), "", 0, better="exact"
        )


def _screens(browser: Browser, looks: int) -> Iterator[Figure]:
    trivial = browser.times(TRIVIAL, looks * 2)
    yield Figure("trivial signed-in page (p50)", trivial.p50, "ms")
    for name, path in PAGES.items():
        yield from _page(name, browser.times(path, looks), trivial.p50, PAGE_WITHIN)
    for name, path in ROWS.items():
        yield from _page(f"rows: {name}", browser.times(path, looks), trivial.p50, ROWS_WITHIN)


def _page(name: str, times: Times, floor: float, within: float) -> Iterator[Figure]:
    yield Figure(f"{name} (p50)", times.p50, "ms", PAGE_FACTOR * floor, floor)
    yield Figure(f"{name} (p95)", times.p95, "ms", within, floor)


def _lag(waiting: Any, seconds: float) -> Iterator[Figure]:
    """How far behind the books are while lines come in as fast as they can."""
    yield Figure("books behind, at most", max(waiting.lags(seconds)), "s", LAG_WITHIN)
