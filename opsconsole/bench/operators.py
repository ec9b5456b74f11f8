"""Ten operators at once for ten minutes against live traffic; one browser loses its network for a minute."""

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

from playwright.sync_api import Page

from opsconsole.bench import platform
from opsconsole.bench.browser import screen
from opsconsole.bench.desk import Operator
from opsconsole.bench.report import Figure
from opsconsole.local.stack import Stack

OPERATORS = 10
#: Customers' lines a second: 1,000 a day is one in a minute and a half; a bad hour is this.
EVERY = 0.6
#: Event to screen (seconds, 95th percentile): from our first durable write to the row on a screen.
SHOWN_WITHIN = 1.0
#: Seconds after the network is back until the list must equal the server's.
CAUGHT_UP_WITHIN = 5.0


def measure(quick: bool) -> Iterator[Figure]:
    """Ten minutes, a cut of a minute in the middle (quick: half a minute, a cut of five seconds)."""
    seconds, cut = (30.0, 5.0) if quick else (600.0, 60.0)
    with Stack(in_service=True, workers=2, durable=True, env={"UNDO_SECONDS": "0"}) as stack:
        stack.adopt()
        from opsconsole.bench import (
            shift,
            traffic,
        )  # Django can be set up only once the stack runs

        traffic.connect(stack.sandbox_url, poll_every=1)
        team = [Operator(stack.url, token, n) for n, token in enumerate(shift.tokens(OPERATORS))]
        over = threading.Event()
        said: dict[str, str] = {}
        threads = [threading.Thread(target=one.work, args=(seconds, 1.5)) for one in team]
        threads.append(threading.Thread(target=_customers, args=(stack, over, said)))
        for thread in threads:
            thread.start()
        with screen(stack.url, traffic.session()) as page:
            shown, caught_up = _watch(page, stack, seconds, cut)
        over.set()
        for thread in threads:
            thread.join()
        shift.wait_until_quiet(len(said))
        yield from _figures(team, shift.verdict(said), shift.lags(shown), caught_up)


def _customers(stack: Stack, over: threading.Event, said: dict[str, str]) -> None:
    """Write as customers do: many begin, some write again in their own thread.

    The platforms' hourly limits are lifted: ten hasty programs would spend a day's worth in minutes.
    """
    accounts = ["x", "facebook"]
    number = 0
    while not over.wait(EVERY):
        platform.control(stack.sandbox_url, "limits/reset", {})
        words = f"문의 {uuid4().hex[:10]}"
        body = {"platform": accounts[number % 2], "text": words, "author": f"손님{number % 60}"}
        said[words] = str(platform.control(stack.sandbox_url, "say", body)["id"])
        number += 1


def _watch(page: Page, stack: Stack, seconds: float, cut: float) -> tuple[dict[str, float], float]:
    """Watch the list: when each row came, and how long a screen needs after a cut to be right again."""
    page.add_init_script(_RECORDER)
    page.goto(f"{stack.url}/?view=all")
    page.locator("#live[data-state=live]").wait_for()
    page.wait_for_timeout(seconds / 3 * 1000)
    shown = dict(page.evaluate("window.benchSeen"))
    page.context.set_offline(True)
    page.wait_for_timeout(cut * 1000)
    page.context.set_offline(False)
    began = time.monotonic()
    caught_up = _until_right(page, stack, began)
    page.wait_for_timeout(max(0.0, seconds * 2 / 3 - cut) * 1000)
    return shown, caught_up


def _until_right(page: Page, stack: Stack, began: float) -> float:
    """Return the seconds until everything that stood when the network came back is on the screen."""
    from opsconsole.bench import shift

    with ThreadPoolExecutor(1) as aside:  # the browser's driver keeps this thread for itself
        wanted = aside.submit(shift.newest_conversations, 20).result()
    while time.monotonic() - began < 60:
        rows = page.locator("#queue-list .row").evaluate_all("rows => rows.map(row => row.id)")
        if wanted <= {name.rpartition("-")[2] for name in rows}:
            return time.monotonic() - began
        page.wait_for_timeout(100)
    return 60.0


#: Notes when a text first stands in the list, in seconds of the epoch.
_RECORDER = """
window.benchSeen = [];
const known = new Set();
new MutationObserver(() => {
  for (const node of document.querySelectorAll("#queue-list .row__link")) {
    for (const found of node.textContent.match(/문의 [0-9a-f]{10}/g) ?? []) {
      if (known.has(found)) continue;
      known.add(found);
      window.benchSeen.push([found, Date.now() / 1000]);
    }
  }
}).observe(document, { childList: true, subtree: true, characterData: true });
"""


def _figures(
    team: list[Operator], verdict: dict[str, int], lags: list[float], caught_up: float
) -> Iterator[Figure]:
    answered = sum(one.tally.answered for one in team)
    refused = sum(sum(one.tally.refused.values()) for one in team)
    failures = [failure for one in team for failure in one.tally.failures]
    yield Figure("answers accepted", answered, "")
    yield Figure("refusals that were right", refused - len(failures), "")
    yield Figure(f"failures {sorted(set(failures)) or ''}", len(failures), "", 0, better="exact")
    for name, count in verdict.items():
        yield Figure(name, count, "", 0, better="exact")
    if lags:
        yield Figure("event to screen (p95)", lags[int(len(lags) * 0.95)], "s", SHOWN_WITHIN)
        yield Figure("event to screen (median)", lags[len(lags) // 2], "s")
    yield Figure("right again after the cut", caught_up, "s", CAUGHT_UP_WITHIN)
