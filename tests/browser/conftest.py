"""A whole console of its own, with the model company, and browsers that look at it."""

import json
import os
from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import psycopg2
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from opsconsole.bench import platform
from opsconsole.bench.browser import FLAGS
from opsconsole.demo.company import PASSWORD
from opsconsole.local.stack import Stack

#: Milliseconds to wait for what workers do: a poll, an ingest, a hint.
PATIENCE = 20_000
expect.set_options(timeout=PATIENCE)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what needs a browser."""
    for item in items:
        if "tests/browser/" in item.nodeid:
            item.add_marker(pytest.mark.browser)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Show with a failure how the polls stand and what the worker said."""
    report = yield
    console = getattr(item, "funcargs", {}).get("console")
    if report.failed and console is not None:
        report.sections.append(("console", console.evidence()))
    return report


class Console:
    """A running console and its sandbox, and what tests say to them."""

    def __init__(self, stack: Stack) -> None:
        self.stack, self.url, self.sandbox_url = stack, stack.url, stack.sandbox_url
        self.token = ""

    def api(self, method: str, path: str, body: Any = None) -> Any:
        """Call the API as the administrator."""
        data = None if body is None else json.dumps(body).encode()
        request = Request(f"{self.url}/api/v1/{path}", data=data, method=method)
        request.add_header("Content-Type", "application/json")
        if self.token:
            request.add_header("Authorization", f"Token {self.token}")
        with urlopen(request, timeout=10) as answer:
            return json.load(answer)

    def evidence(self) -> str:
        """What came in last, how the polls stand, what the database is busy with, what the worker complains of."""
        asked = {
            "accounts": "SELECT id, poll_due_at, poll_lease_until, last_polled_at, next_allowed_at, "
            "failures, last_error, cursor FROM channels_channelaccount ORDER BY id",
            "items": "SELECT * FROM channels_inbounditem ORDER BY id DESC LIMIT 6",
            "conversations": "SELECT * FROM inbox_conversation ORDER BY id DESC LIMIT 6",
            "activity": "SELECT now() - xact_start, wait_event, left(query, 200) FROM pg_stat_activity "
            "WHERE state <> 'idle'",
        }
        lines = []
        with psycopg2.connect(self.stack.database_url) as line, line.cursor() as cursor:
            for name, query in asked.items():
                cursor.execute(query)
                lines += [name, *(" ".join(map(str, row))[:900] for row in cursor.fetchall())]
        said = self.stack.log("worker0").read_text(errors="replace").splitlines()
        loud = [line for line in said if " WARNING " in line or " ERROR " in line]
        return "\n".join([*lines, "", *loud[-60:]])

    def say(self, text: str, *, unit: str = "Mobile", kind: str = "x", **wish: Any) -> str:
        """Let a customer write to a unit's account; returns the sandbox's name for it."""
        account = self.account(unit, kind)
        platform.control(
            self.sandbox_url, "limits/reset", {}
        )  # X counts all three accounts as one app
        body = {"platform": kind, "account": account["name"], "text": text, "author": "한결"}
        return str(platform.control(self.sandbox_url, "say", body | wish)["id"])

    def account(self, unit: str = "Mobile", kind: str = "x") -> dict[str, Any]:
        """One of the sandbox's accounts."""
        shown = platform.control(self.sandbox_url, f"accounts?platform={kind}")
        return next(one for one in shown if one["unit"] == unit and one["rest"])

    def fault(self, account: dict[str, Any], kind: str, **match: Any) -> None:
        """Let the next call to an account go wrong."""
        wish = {"platform": account["platform"], "kind": kind, "times": 1}
        wish["match"] = {"account": account["name"], **match}
        platform.control(self.sandbox_url, "faults", wish)

    def stands(self, text: str) -> int:
        """How often the platforms hold a text of ours, with whatever initials follow it."""
        held = platform.counts(self.sandbox_url)
        return sum(count for said, count in held.items() if said.partition(" ^")[0] == text)


@pytest.fixture(scope="package")
def console() -> Iterator[Console]:
    """The demo's console, without the storyteller. It polls seldom enough for the windows of X.

    It works as long as a browser may look at it, and not beside all the other tests.
    """
    if not os.environ.get("OPSCONSOLE_CHROMIUM"):
        pytest.skip("no Chromium on this machine")
    cluster = os.environ.get("OPSCONSOLE_CLUSTER")
    wish = {"SIGN_IN_FAILURE_LIMIT": "4", "UNDO_SECONDS": "0"}
    with Stack(in_service=True, cluster=Path(cluster) if cluster else None, env=wish) as stack:
        stack.manage("seed_demo")
        made = Console(stack)
        made.token = made.api("POST", "tokens/", {"username": "admin", "password": PASSWORD})[
            "token"
        ]
        for account in made.api("GET", "accounts/")["results"]:
            made.api("PATCH", f"accounts/{account['id']}/", {"poll_every": 2})
        yield made


@pytest.fixture(scope="module")
def chromium(console: Console) -> Iterator[Browser]:
    """A browser. One a module: while it runs, no test of this process may use the database."""
    with sync_playwright() as driver:
        path = os.environ["OPSCONSOLE_CHROMIUM"]
        browser = driver.chromium.launch(executable_path=path, args=list(FLAGS))
        yield browser
        browser.close()


_signed_in: dict[str, Any] = {}


def sign_in(page: Page, console: Console, user: str, password: str = PASSWORD) -> None:
    """Sign in by the form."""
    page.goto(f"{console.url}/sign-in/")
    page.locator("#id_username").fill(user)
    page.locator("#id_password").fill(password)
    page.locator("form.sign-in button").click()
    page.wait_for_load_state()


@pytest.fixture
def screen_of(chromium: Browser, console: Console) -> Iterator[Callable[..., Page]]:
    """Open a page as somebody: `screen_of("yuna", "/posts/", width=390)`. Any script fault fails."""
    contexts: list[BrowserContext] = []
    faults: list[str] = []

    def open_it(user: str = "", path: str = "/", *, width: int = 1440, **wish: Any) -> Page:
        options = {"viewport": {"width": width, "height": 844 if width < 600 else 900}} | wish
        context = chromium.new_context(
            storage_state=_signed_in.get(user), base_url=console.url, **options
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(PATIENCE)
        page.on("pageerror", lambda error: faults.append(str(error)))
        if user and user not in _signed_in:
            sign_in(page, console, user)
            _signed_in[user] = context.storage_state()
        page.goto(path)
        return page

    yield open_it
    for context in contexts:
        context.close()
    assert faults == []
