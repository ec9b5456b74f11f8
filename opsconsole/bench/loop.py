"""The whole loop: a customer writes and an operator sees it, an operator sends and the public sees it.

Answers leave at once here: the seconds in which people may take one back (UNDO_SECONDS) are a choice,
not work, and are told as a figure of their own.
"""

import math
import random
import time
from collections.abc import Iterator
from uuid import uuid4

from playwright.sync_api import Page

from opsconsole.bench import platform
from opsconsole.bench.browser import screen
from opsconsole.bench.report import Figure
from opsconsole.local.stack import Stack

#: Seconds between polls in this bench.
POLL_EVERY = 2
#: Seconds from "stored by us" to "seen on a screen", on top of the poll interval.
SHOWN_WITHIN = 1.0
SENT_WITHIN = 2.0
#: What a console has that says nothing else: it comes on top of "operator sends to platform".
UNDO_DEFAULT = 10.0
#: A post may be this late (seconds): the clock ticks once a second.
LATE_AT_MOST = 2.0


def measure(quick: bool) -> Iterator[Figure]:
    """20 questions seen, 20 answers sent by hand, 10 posts on the second (quick: 3, 3, 2)."""
    count, posts = (3, 2) if quick else (20, 10)
    with Stack(in_service=True, env={"UNDO_SECONDS": "0"}) as stack:
        stack.adopt()
        from opsconsole.bench import traffic  # Django can be set up only once the stack runs

        traffic.connect(stack.sandbox_url, poll_every=POLL_EVERY)
        session = traffic.session()
        late = _posts(stack, traffic, posts)
        with screen(stack.url, session) as page:
            page.goto(f"{stack.url}/?view=all")
            page.locator("#live[data-state=live]").wait_for()
            floor = _median([_floor(stack) for _ in range(count)])
            seen, sent = zip(*(_round(stack, page) for _ in range(count)), strict=True)
        yield Figure("customer writes to screen (median)", _median(seen), "s",
                     POLL_EVERY + SHOWN_WITHIN, floor)  # fmt: skip
        yield Figure("customer writes to screen (worst)", max(seen), "s",
                     POLL_EVERY + SHOWN_WITHIN, floor)  # fmt: skip
        yield Figure("operator sends to platform (median)", _median(sent), "s", SENT_WITHIN, floor)
        yield Figure("operator sends to platform (worst)", max(sent), "s", None, floor)
        yield Figure("undo window on top, unless switched off", UNDO_DEFAULT, "s", None)
        yield Figure("post after its second (median)", _median(late), "s", LATE_AT_MOST, floor)
        yield Figure("post after its second (worst)", max(late), "s", None, floor)


def _median(values: "list[float] | tuple[float, ...]") -> float:
    return sorted(values)[len(values) // 2]


def _floor(stack: Stack) -> float:
    """Writing on the platform and reading it there: no console can be faster than this."""
    began = time.monotonic()
    words = f"바닥 {uuid4().hex}"
    made = _write(stack, words)
    platform.control(stack.sandbox_url, f"item?id={made}")
    return time.monotonic() - began


def _write(stack: Stack, words: str) -> str:
    body = {"platform": "facebook", "text": words, "author": f"손님 {uuid4().hex[:6]}"}
    return str(platform.control(stack.sandbox_url, "say", body)["id"])


def _round(stack: Stack, page: Page) -> tuple[float, float]:
    """Write at a random moment of the poll interval, see it, answer it, find it on the platform."""
    time.sleep(random.uniform(0, POLL_EVERY))
    question, answer = f"질문 {uuid4().hex}", f"답변 {uuid4().hex}"
    began = time.monotonic()
    _write(stack, question)
    row = page.locator("#queue-list .row__link", has_text=question)
    row.wait_for(timeout=30_000)
    seen = time.monotonic() - began
    row.click()
    page.locator(".conversation", has_text=question).wait_for()
    page.fill("#reply-text", answer)
    began = time.monotonic()
    page.keyboard.press("Control+Enter")
    while not any(said.startswith(answer) for said in platform.counts(stack.sandbox_url)):
        if time.monotonic() - began > 30:
            raise TimeoutError("the answer did not reach the platform within 30 s")
        page.wait_for_timeout(10)
    return seen, time.monotonic() - began


def _posts(stack: Stack, traffic: object, count: int) -> list[float]:
    """Schedule posts two seconds apart and read from the platform's own log when each came."""
    first = math.ceil(time.time()) + 3
    planned = {f"예약 {uuid4().hex}": first + 2 * number for number in range(count)}
    for text, at in planned.items():
        traffic.schedule(text, at)  # type: ignore[attr-defined]  # a module that is imported late
    end = time.monotonic() + 2 * count + 30
    while any(text not in platform.counts(stack.sandbox_url) for text in planned):
        if time.monotonic() > end:
            raise TimeoutError("a post did not go out")
        time.sleep(0.2)
    log = platform.control(stack.sandbox_url, "log?stored=true")
    return [row["at"] - planned[row["text"]] for row in log if row["text"] in planned]
