"""Other people's web servers, on loopback: pages as a test writes them, and answers that never end."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

#: Status, headers, body.
Answer = tuple[int, dict[str, str], bytes]


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        web: Web = self.server.web  # type: ignore[attr-defined]
        web.asked.append(self.path)
        status, headers, body = web.pages.get(self.path, (404, {}, b"nothing"))
        self.send_response(status)
        default = {"Content-Type": "text/html; charset=utf-8", "Content-Length": str(len(body))}
        for name, value in (default | headers).items():
            self.send_header(name, value)
        self.end_headers()
        for start in range(0, len(body), 65_536):
            web.sent += self.wfile.write(body[start : start + 65_536])

    def log_message(self, *_: object) -> None:
        """Say nothing."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_: object) -> None:
        """Whoever hangs up has had enough; that is what many tests are about."""


class Web:
    """A site; `pages` by path, `asked` is what was asked for, `sent` how many bytes left."""

    def __init__(self) -> None:
        self.pages: dict[str, Answer] = {}
        self.asked: list[str] = []
        self.sent = 0
        self.server = _Server(("127.0.0.1", 0), _Handler)
        self.server.web = self  # type: ignore[attr-defined]
        self.port = self.server.server_port
        self.url = f"http://127.0.0.1:{self.port}"
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()

    def shows(self, path: str, html: str, status: int = 200, **headers: str) -> str:
        """Show a page; returns its address."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self.pages[path] = (status, named, html.encode())
        return f"{self.url}{path}"

    def leads(self, path: str, target: str) -> str:
        """Lead on; returns the address from which."""
        return self.shows(path, "", 302, Location=target)


@pytest.fixture
def web() -> Iterator[Web]:
    """Somebody else's site."""
    made = Web()
    yield made
    made.server.shutdown()
    made.server.server_close()


@pytest.fixture
def blog_site() -> Iterator[Web]:
    """The site of our own blog."""
    made = Web()
    yield made
    made.server.shutdown()
    made.server.server_close()
