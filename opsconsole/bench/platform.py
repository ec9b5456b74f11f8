"""Talking to the sandbox's control API from a bench."""

import json
from typing import Any
from urllib.request import Request, urlopen


def control(sandbox_url: str, path: str, body: Any = None, *, method: str = "") -> Any:
    """Call one control address and return its JSON."""
    data = None if body is None else json.dumps(body).encode()
    verb = method or ("GET" if body is None else "POST")
    request = Request(f"{sandbox_url}/_control/{path}", data=data, method=verb)
    request.add_header("Content-Type", "application/json")
    with urlopen(request, timeout=30) as answer:
        return json.load(answer)


def counts(sandbox_url: str) -> dict[str, int]:
    """Return how often the platforms hold each exact text."""
    found: dict[str, int] = control(sandbox_url, "counts")
    return found
