"""A running sandbox for tests: a server in a thread, and what a test wants to say to it."""

import itertools
import os
import threading
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import pytest
import requests
from requests.adapters import HTTPAdapter

from channels.sandbox.protocol import make_server
from channels.sandbox.server import create_app
from channels.sandbox.world import Settings

_names = itertools.count(1)


class Sandbox:
    """A sandbox's address and its control API."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._session = requests.Session()

    def close(self) -> None:
        """Let go of the connections."""
        self._session.close()

    def control(self, path: str, json: Mapping[str, Any] | None = None, **params: Any) -> Any:
        """Call the control API: GET without a body, POST with one; raises on any error."""
        method = "GET" if json is None else "POST"
        return self._call(method, path, json, params)

    def _call(self, method: str, path: str, json: Any, params: Mapping[str, Any]) -> Any:
        url = f"{self.url}/_control/{path.strip('/')}"
        response = self._session.request(method, url, json=json, params=params, timeout=30)
        if response.status_code != 200:
            raise AssertionError(f"{method} {path}: {response.status_code} {response.text}")
        return response.json()

    def account(self, platform: str, **wish: Any) -> dict[str, Any]:
        """Create an account of its own for a test (`x`, `facebook` or `wordpress`)."""
        name = wish.pop("name", None) or f"t{os.getpid()}_{next(_names)}"
        return self.control("accounts", {"platform": platform, "name": name, **wish})

    def say(self, account: Mapping[str, Any], text: str, **wish: Any) -> str:
        """Let a stranger write to an account; returns the new item's id."""
        body = {"platform": account["platform"], "account": account["name"], "text": text, **wish}
        return self.control("say", body)["id"]

    def say_many(
        self, account: Mapping[str, Any], wishes: Sequence[Mapping[str, Any]], **common: Any
    ) -> list[str]:
        """Let strangers write, one wish each, in one call; returns the new ids."""
        body = {"platform": account["platform"], "account": account["name"], **common}
        return [item["id"] for item in self.control("say", {**body, "many": list(wishes)})]

    def fault(self, account: Mapping[str, Any], kind: str, **wish: Any) -> dict[str, Any]:
        """Let something go wrong for one account; `method` and `path_regex` narrow it down."""
        match = {"account": account["name"]}
        match |= {k: wish.pop(k) for k in ("method", "path_regex") if k in wish}
        body = {"platform": account["platform"], "kind": kind, "match": match, **wish}
        return self.control("faults", body)

    def heal(self, account: Mapping[str, Any]) -> None:
        """Remove every fault of an account."""
        self._call("DELETE", "faults", None, {"account": account["name"]})

    def creates(self, account: Mapping[str, Any], **filters: Any) -> list[dict[str, Any]]:
        """Return the create calls seen for an account, oldest first."""
        return self.control("log", account=account["name"], **filters)

    def counts(self, account: Mapping[str, Any]) -> dict[str, int]:
        """Return how often each exact text came to stand for an account."""
        return self.control("counts", account=account["name"])


class RebasedAdapter(HTTPAdapter):
    """Sends what was meant for a platform's own host to the sandbox."""

    def __init__(self, base: str) -> None:
        self.base = base
        super().__init__(max_retries=0)

    def send(self, request, **options):
        parts = urlsplit(request.url)
        request.url = self.base + urlunsplit(("", "", parts.path, parts.query, ""))
        options["timeout"] = options.get("timeout") or 10
        return super().send(request, **options)


def serve(settings: Settings) -> Iterator[str]:
    """Run a sandbox in a thread and yield its address."""
    server = make_server(create_app(settings), "127.0.0.1", 0)
    ready = threading.Event()
    server.when_ready = lambda port: ready.set()
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    if not ready.wait(10):
        raise RuntimeError("the sandbox did not start")
    yield f"http://127.0.0.1:{server.port}"
    server.should_exit = True
    thread.join(10)


@pytest.fixture(scope="session")
def sandbox() -> Iterator[Sandbox]:
    """One sandbox per test process, without the storyteller."""
    for url in serve(Settings(story=False)):
        made = Sandbox(url)
        yield made
        made.close()
