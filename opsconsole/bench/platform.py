"""Talking to the sandbox's control API from a bench."""

import json
import re
from collections import Counter
from html import unescape
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

#: What a text becomes in an article. No text of a bench holds any by itself.
_MARKS = re.compile(r"</?(?:p|br)\b[^>]*>")


def control(sandbox_url: str, path: str, body: Any = None, *, method: str = "") -> Any:
    """Call one control address and return its JSON."""
    data = None if body is None else json.dumps(body).encode()
    verb = method or ("GET" if body is None else "POST")
    request = Request(f"{sandbox_url}/_control/{path}", data=data, method=verb)
    request.add_header("Content-Type", "application/json")
    try:
        with urlopen(request, timeout=30) as answer:
            return json.load(answer)
    except HTTPError as error:
        told = error.read().decode()[:300]
        raise RuntimeError(f"The sandbox refuses {path}: {told}") from error


def counts(sandbox_url: str) -> Counter[str]:
    """Return how often the platforms hold each text, articles without the marks of their paragraphs."""
    found: Counter[str] = Counter()
    for text, count in control(sandbox_url, "counts").items():
        found[unescape(_MARKS.sub("", text)).strip()] += count
    return found
