"""The inbox at size: 1,000,000 conversations, 3,000,000 messages, through the real web server.

Beside every screen stand the floors of the same run: a trivial signed-in page, and the queue's bare SQL.
"""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from http.client import HTTPConnection
from typing import Any
from urllib.parse import quote, urlencode, urlsplit
from uuid import uuid4

import psycopg2

from opsconsole.bench.report import Figure
from opsconsole.bench.wording import COMMON, RARE
from opsconsole.local.stack import Stack

CONVERSATIONS, QUICK = 1_000_000, 20_000
#: Screens are measured against the trivial page (factor) and against the clock (milliseconds, p95).
PAGE_FACTOR, PAGE_WITHIN, CONVERSATION_FACTOR = 3.0, 40.0, 4.0
SEARCH_WITHIN, ACT_WITHIN = 50.0, 30.0
TRIVIAL = "/preferences/"
#: Lists that are looked at: their names and addresses.
LISTS = {
    "open": "/?view=open", "mine": "/?view=mine", "unassigned": "/?view=unassigned",
    "mentions": "/?view=mentions", "for approval": "/?view=approval", "snoozed": "/?view=snoozed",
    "answered": "/?view=waiting", "resolved": "/?view=resolved", "all": "/?view=all",
    "open, one channel": "/?view=open&channel=x", "open, one account": "/?view=open&account=3",
    "open, one unit": "/?view=open&unit=1", "open, one assignee": "/?view=open&assignee=4",
    "open, nobody's": "/?view=open&assignee=none", "open, one tag": "/?view=open&tag=1",
    "open, one topic": "/?view=open&topic=roaming", "open, one language": "/?view=open&language=en",
    "open, VIP": "/?view=open&vip=1", "open, 10,000 followers": "/?view=open&followers=10000",
    "open, overdue": "/?view=open&clock=overdue", "open, due within an hour": "/?view=open&clock=hour",
    "open, by date": "/?view=open&since=2020-01-01", "all, one channel": "/?view=all&channel=x",
    "all, one account": "/?view=all&account=3", "all, one unit": "/?view=all&unit=1",
    "all, one assignee": "/?view=all&assignee=4", "all, one tag": "/?view=all&tag=1",
    "all, one topic": "/?view=all&topic=roaming", "all, one language": "/?view=all&language=en",
    "all, VIP": "/?view=all&vip=1", "all, 10,000 followers": "/?view=all&followers=10000",
}  # fmt: skip
SEARCHES = {
    "rare": f"/?view=all&text={quote(RARE)}", "common": f"/?view=all&text={quote(COMMON)}",
    "two words": f"/?view=all&text={quote('로밍 환불')}", "nothing": f"/?view=all&text={quote('없는말이야')}",
    "one letter": f"/?view=all&text={quote('폰')}", "common, in one unit": f"/?view=all&unit=1&text={quote(COMMON)}",
    "common, open": f"/?view=open&text={quote(COMMON)}", "name": f"/?view=all&text={quote('from:user_77')}",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Times:
    """Milliseconds of one thing, done again and again."""

    values: list[float]

    @property
    def p50(self) -> float:
        """The median."""
        return sorted(self.values)[len(self.values) // 2]

    @property
    def p95(self) -> float:
        """What nineteen of twenty stay below."""
        return sorted(self.values)[int(len(self.values) * 0.95)]


class Browser:
    """One signed-in connection that is kept open, as a browser keeps it."""

    def __init__(self, url: str, session: str) -> None:
        self.connection = HTTPConnection(str(urlsplit(url).netloc), timeout=60)
        self.cookies = {"sessionid": session}
        self.ask("GET", "/")

    def ask(
        self, method: str, path: str, form: dict[str, Any] | None = None, *, part: str = ""
    ) -> str:
        """Ask and read the answer; anything but 200 and 302 is an error. `part` is asked as live screens do."""
        headers = {"HX-Request": "true", "HX-Target": part} if part else {}
        headers |= {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        body = None
        if form is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
            headers["X-CSRFToken"] = self.cookies["csrftoken"]
            body = urlencode(form)
        self.connection.request(method, path, body, headers)
        answer = self.connection.getresponse()
        text = answer.read().decode()
        for cookie in answer.headers.get_all("Set-Cookie") or []:
            name, _, value = cookie.partition(";")[0].partition("=")
            self.cookies[name] = value
        if answer.status not in {200, 302}:
            raise RuntimeError(f"{method} {path} gave {answer.status}")
        return text

    def times(self, path: str, count: int, *, part: str = "") -> Times:
        """Look at a page, or a part of it, again and again."""
        return timed(lambda _n: self.ask("GET", path, part=part), count)


def timed(act: Callable[[int], object], count: int) -> Times:
    """Do something twice to warm up, then `count` times with the clock running."""
    for warm in (-2, -1):
        act(warm)
    values = []
    for number in range(count):
        began = time.perf_counter()
        act(number)
        values.append((time.perf_counter() - began) * 1000)
    return Times(values)


def measure(quick: bool) -> Iterator[Figure]:
    """Fill, count queries at three sizes, then take times (quick: 20,000 conversations, few looks)."""
    size, looks = (QUICK, 5) if quick else (CONVERSATIONS, 40)
    quiet = {"LOG_LEVEL": "WARNING"}
    with Stack(in_service=True, workers=0, beat=False, sandbox=False, env=quiet) as stack:
        stack.adopt()
        from opsconsole.bench import (  # Django can be set up only once the stack runs
            counting,
            crowd,
        )

        crowd.people()
        counted: dict[str, list[int]] = {}
        seconds = 0.0
        for count in (3, 30, size):
            began = time.monotonic()
            crowd.fill(count, stack.database_url)
            seconds = time.monotonic() - began
            counting.count(counted, _counted(counting))
        yield Figure(f"seeding {size:,} conversations", seconds, "s")
        for name, (few, some, many) in counted.items():
            yield Figure(f"queries: {name} (3 → 30)", some, "", few, better="exact")
            yield Figure(f"queries: {name} ({size:,})", many, "", few, better="exact")
        browser = Browser(stack.url, crowd.session("bench"))
        yield from _screens(stack, browser, counting, looks)
        yield from _acts(browser, counting, looks)


def _counted(counting: Any) -> dict[str, str]:
    """Return the addresses whose queries are counted."""
    oldest = counting.oldest()  # the same at every size: what a conversation has decides its cost
    return {
        "open": LISTS["open"], "all": LISTS["all"], "all, one tag": LISTS["all, one tag"],
        "rare word": SEARCHES["rare"], "common word": SEARCHES["common"],
        "conversation": f"/conversations/{oldest}/",
    }  # fmt: skip


def _screens(stack: Stack, browser: Browser, counting: Any, looks: int) -> Iterator[Figure]:
    trivial = browser.times(TRIVIAL, looks * 2)
    floor = trivial.p50
    yield from _both("trivial signed-in page", trivial)
    yield from _both("bare SQL of the queue", _bare(stack, counting, looks))
    saved = counting.saved_view()
    pages = LISTS | {"saved view": f"/?saved={saved}"}
    pages |= {f"deep page of {view}": counting.deep_page(view) for view in ("open", "all")}
    for name, path in pages.items():
        yield from _page(f"queue: {name}", browser.times(path, looks), floor, PAGE_FACTOR)
    newest = counting.newest_open(1)[0]
    address = f"/conversations/{newest}/"
    for name, part in (("opened in the list", "workspace"), ("by its address", "")):
        times = browser.times(address, looks, part=part)
        yield from _page(f"conversation, {name}", times, floor, CONVERSATION_FACTOR, within=None)
    for name, path in SEARCHES.items():
        found = browser.times(path, looks)
        yield Figure(f"search: {name} (p50)", found.p50, "ms", None, floor)
        yield Figure(f"search: {name} (p95)", found.p95, "ms", SEARCH_WITHIN, floor)


def _bare(stack: Stack, counting: Any, looks: int) -> Times:
    """The statement of the queue's first page alone, on a connection of its own."""
    statement = counting.queue_statement()
    with psycopg2.connect(stack.database_url) as own, own.cursor() as cursor:

        def act(_number: int) -> None:
            cursor.execute(statement)
            cursor.fetchall()

        return timed(act, looks * 2)


def _acts(browser: Browser, counting: Any, looks: int) -> Iterator[Figure]:
    """Claim, note and answer over HTTP, each on another conversation, until it is accepted."""
    free = counting.newest_open(3 * looks + 20, state="new")
    acts: dict[str, Callable[[int], tuple[str, dict[str, Any]]]] = {
        "claim": lambda row: (f"/conversations/{row}/claim/", {}),
        "note": lambda row: (f"/conversations/{row}/note/", {"text": "로밍 건, 확인 중입니다"}),
        "reply accepted": lambda row: (f"/conversations/{row}/reply/", counting.reply_form(row, uuid4())),
    }  # fmt: skip
    for name, asked in acts.items():

        def act(_number: int, asked: Callable[[int], tuple[str, dict[str, Any]]] = asked) -> None:
            browser.ask("POST", *asked(free.pop()))

        times = timed(act, looks)
        target = None if name == "reply accepted" else ACT_WITHIN
        yield Figure(f"{name} (p50)", times.p50, "ms")
        yield Figure(f"{name} (p95)", times.p95, "ms", target)


def _both(name: str, times: Times) -> Iterator[Figure]:
    yield Figure(f"{name} (p50)", times.p50, "ms")
    yield Figure(f"{name} (p95)", times.p95, "ms")


def _page(
    name: str, times: Times, floor: float, factor: float, within: float | None = PAGE_WITHIN
) -> Iterator[Figure]:
    yield Figure(f"{name} (p50)", times.p50, "ms", factor * floor, floor)
    yield Figure(f"{name} (p95)", times.p95, "ms", within, floor)
