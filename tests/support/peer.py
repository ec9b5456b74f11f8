"""The other end of a connection, for tests: says exactly these bytes, and remembers what it was asked."""

import re
import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import suppress

import pytest

# The peer hangs up after each answer and says so: a client that reused the line would meet a reset at random.
OK = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n"


def answer(body: bytes, *headers: str, status: str = "200 OK") -> bytes:
    """Return a whole answer with the right length."""
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", "Connection: close", *headers]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


class Peer:
    """A server on loopback. Every request gets the same pieces, `pause` seconds apart."""

    def __init__(self) -> None:
        self.requests: list[bytes] = []
        self.connections = 0
        self.pieces: list[bytes] = [answer(b"{}")]
        self.pause = 0.0
        self.resets = False
        self._closing = threading.Event()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        threading.Thread(target=self._accept, daemon=True).start()

    def says(self, *pieces: bytes, pause: float = 0.0, resets: bool = False) -> None:
        """Say these pieces from now on; `resets` cuts the connection instead of closing it."""
        self.pieces, self.pause, self.resets = list(pieces), pause, resets

    def close(self) -> None:
        self._closing.set()
        self._listener.close()

    def _accept(self) -> None:
        while not self._closing.is_set():
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with connection, suppress(OSError):
            request = self._read(connection)
            if request:
                self.requests.append(request)
                self._say(connection)

    def _read(self, connection: socket.socket) -> bytes:
        """Read a whole request: closing with unread bytes would reset the connection."""
        request, wanted = b"", None
        while wanted is None or len(request) < wanted:
            piece = connection.recv(65_536)
            if not piece:
                return b""
            request += piece
            head, end, _body = request.partition(b"\r\n\r\n")
            if end:
                length = re.search(rb"(?i)content-length: *(\d+)", head)
                wanted = len(head) + 4 + int(length[1] if length else 0)
        return request

    def _say(self, connection: socket.socket) -> None:
        for piece in self.pieces:
            connection.sendall(piece)
            if self.pause and self._closing.wait(self.pause):
                return
        if self.resets:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


@pytest.fixture
def peer() -> Iterator[Peer]:
    """A server whose every byte the test decides."""
    made = Peer()
    yield made
    made.close()
