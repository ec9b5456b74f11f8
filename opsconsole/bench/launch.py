"""A launch: a thousand posts over fifty accounts due in the same second, and one that must not wait for them."""

import hashlib
import hmac
import math
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlencode
from urllib.request import Request, urlopen
from uuid import uuid4

from opsconsole.bench import platform
from opsconsole.bench.report import Figure
from opsconsole.local.stack import Stack

#: Milliseconds that the platform takes for every call.
LATENCY = 50
#: Hands of each of the two workers, and of half the bare loop.
HANDS = 40
#: The last percent may be this many times later than in the bare loop.
FACTOR = 5.0
#: The post in the fast lane (milliseconds after its second).
FAST_WITHIN = 500.0


def measure(quick: bool) -> Iterator[Figure]:
    """1,000 posts over 50 accounts (quick: 60 over 6), five fast ones among them; then a bare loop."""
    count, accounts = (60, 6) if quick else (1000, 50)
    env = {"SEND_CONCURRENCY": str(HANDS), "WORKER_CONCURRENCY": str(HANDS + 10)}
    with Stack(in_service=True, workers=2, durable=True, env=env) as stack:
        stack.adopt()
        platform.control(stack.sandbox_url, "reset", {"empty": True})
        pages = [_page(stack, number) for number in range(accounts)]
        from opsconsole.bench import traffic  # Django can be set up only once the stack runs

        traffic.connect(stack.sandbox_url, poll_every=3600)
        platform.control(stack.sandbox_url, "settings", {"latency_ms": LATENCY})
        texts = [f"런칭 {number} {uuid4().hex}" for number in range(count)]
        fast = [f"빠른 런칭 {number} {uuid4().hex}" for number in range(5)]
        second = math.ceil(time.time()) + (3 if quick else 15)
        traffic.launch(texts, second)
        traffic.launch(fast, second, is_launch=True)
        settled = traffic.wait_until_settled(count + len(fast), 120)
        held = platform.counts(stack.sandbox_url)
        lags = _lags(stack, texts, second)
        quick_lags = _lags(stack, fast, second)
        floor = _bare(stack, pages, count)
    yield Figure("posts settled", settled["settled"], "", count + len(fast), better="exact")
    once = sum(held.get(text, 0) == 1 for text in texts + fast)
    yield Figure("posts on the platform once", once, "", count + len(fast), better="exact")
    yield Figure("too early", sum(lag < 0 for lag in lags + quick_lags), "", 0, better="exact")
    yield Figure("late by (p50)", _at(lags, 0.5), "ms", None, _at(floor, 0.5))
    yield Figure(
        "late by (p99)", _at(lags, 0.99), "ms", FACTOR * _at(floor, 0.99), _at(floor, 0.99)
    )
    yield Figure("launch lane, late by (worst)", max(quick_lags), "ms", FAST_WITHIN)


def _page(stack: Stack, number: int) -> dict[str, str]:
    """Make a Facebook Page and return its address and token."""
    body = {"platform": "facebook", "name": f"page{number}"}
    made = platform.control(stack.sandbox_url, "accounts", body)
    token, secret = made["credentials"]["page_token"], made["credentials"].get("app_secret", "")
    proof = hmac.new(secret.encode(), token.encode(), hashlib.sha256).hexdigest()
    return {"url": f"{made['base_url']}/me/feed", "token": token, "proof": proof}


def _lags(stack: Stack, texts: list[str], second: float) -> list[float]:
    """Return, sorted, how many milliseconds after a second each text came, by the platform's clock."""
    wanted = set(texts)
    log = platform.control(stack.sandbox_url, "log?stored=true&limit=100000")
    return sorted((row["at"] - second) * 1000 for row in log if row["text"] in wanted)


def _bare(stack: Stack, pages: list[dict[str, str]], count: int) -> list[float]:
    """Create as many posts by nothing but HTTP calls, with the same number of hands: the floor."""
    texts = [f"바닥 {number} {uuid4().hex}" for number in range(count)]

    def create(number: int) -> None:
        page = pages[number % len(pages)]
        form = {"message": texts[number], "access_token": page["token"],
                "appsecret_proof": page["proof"]}  # fmt: skip
        with urlopen(Request(page["url"], urlencode(form).encode()), timeout=60) as answer:
            answer.read()

    began = time.time()
    with ThreadPoolExecutor(2 * HANDS) as hands:
        list(hands.map(create, range(count)))
    return _lags(stack, texts, began)


def _at(lags: list[float], share: float) -> float:
    return lags[int(len(lags) * share)]
