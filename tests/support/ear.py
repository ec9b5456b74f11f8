"""Somebody who listens to what the sandbox pushes: keeps every call, and answers as told."""

import base64
import hashlib
import hmac
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        asked = {k: v[0] for k, v in parse_qs(urlsplit(self.path).query).items()}
        self.ear.asked.append(asked)
        self._say(200, self.ear.proof(asked).encode())

    def do_POST(self) -> None:
        raw = self.rfile.read(int(self.headers["Content-Length"]))
        status = self.ear.hear(raw, dict(self.headers))
        self._say(status, b"")

    def _say(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    @property
    def ear(self) -> "Ear":
        return self.server.ear  # type: ignore[attr-defined]

    def log_message(self, *_: object) -> None:
        """Say nothing."""


class Ear:
    """A listener. `secret` and `verify_token` are what it knows; `statuses` are its next answers, then 200."""

    def __init__(self) -> None:
        self.secret, self.verify_token = "", ""
        self.calls: list[tuple[bytes, dict[str, str]]] = []
        self.asked: list[dict[str, str]] = []
        self.statuses: list[int] = []
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
        self.server.ear = self  # type: ignore[attr-defined]
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_port}/hook"
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()

    def proof(self, asked: dict[str, str]) -> str:
        if "crc_token" in asked:
            digest = hmac.new(self.secret.encode(), asked["crc_token"].encode(), hashlib.sha256)
            token = "sha256=" + base64.b64encode(digest.digest()).decode()
            return json.dumps({"response_token": token})
        return asked["hub.challenge"] if asked["hub.verify_token"] == self.verify_token else "no"

    def hear(self, raw: bytes, headers: dict[str, str]) -> int:
        status = self.statuses.pop(0) if self.statuses else 200
        if status == 200:
            self.calls.append((raw, headers))
        return status

    def bodies(self) -> list[Any]:
        return [json.loads(raw) for raw, _headers in self.calls]

    def changes(self) -> list[dict[str, Any]]:
        """Return Facebook's changes in the order they came."""
        return [c["value"] for body in self.bodies() for c in body["entry"][0]["changes"]]

    def activities(self) -> list[dict[str, Any]]:
        """Return X's activities in the order they came."""
        return [body["data"] for body in self.bodies()]


@pytest.fixture
def ear() -> Iterator[Ear]:
    made = Ear()
    yield made
    made.server.shutdown()
    made.server.server_close()
