"""How a process that rehearses is kept from every real platform: whatever it runs, it reaches the sandbox alone.

Two doors, each of which fails closed. The transport refuses any other address. And the interpreter
refuses any other connection, whoever wants to open it; that cannot be taken back while the process lives.
"""

import socket
import sys
from typing import Any
from urllib.parse import urlsplit

from channels.transport import confine

_Place = tuple[str, int]


class Confined(OSError):
    """This process may not connect there."""


def process_confine(sandbox_url: str, redis_url: str) -> None:
    """Let this process connect to the sandbox and to Redis, and nowhere else, as long as it lives.

    PostgreSQL is reached by a library that opens no sockets of the interpreter.
    """
    allowed = _places(sandbox_url, 80) | _places(redis_url, 6379)

    def watch(event: str, arguments: tuple[Any, ...]) -> None:
        if event != "socket.connect":
            return
        sock, address = arguments
        if sock.family == socket.AF_UNIX or address[:2] in allowed:
            return
        raise Confined(f"A rehearsal connects to nobody else: {address}")

    confine(sandbox_url)
    sys.addaudithook(watch)


def _places(url: str, usual_port: int) -> set[_Place]:
    """Return the addresses behind a URL; none for a socket in the file system."""
    parts = urlsplit(url)
    if not parts.hostname:
        return set()
    found = socket.getaddrinfo(parts.hostname, parts.port or usual_port, type=socket.SOCK_STREAM)
    return {(str(address[0]), int(address[1])) for *_rest, address in found}
