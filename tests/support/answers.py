"""Answers of platforms as `requests` hands them over, for tests of what errors mean."""

import json
from collections.abc import Mapping
from typing import Any

import requests


def answered(
    status: int, body: Any = "", headers: Mapping[str, str] | None = None
) -> requests.Response:
    """Return a response with this body; what is no text becomes JSON."""
    response = requests.Response()
    response.status_code = status
    response._content = (body if isinstance(body, str) else json.dumps(body)).encode()
    kind = "text/html" if isinstance(body, str) else "application/json"
    response.headers.update({"Content-Type": kind, **(headers or {})})
    response.url = "https://platform.example/call"
    return response
