"""The HTTP server underneath: connections that can be cut, and a shutdown that waits for nobody."""

import asyncio
import contextlib
import socket
import struct
from collections.abc import Callable, MutableMapping
from typing import Any, cast

import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

Peer = tuple[Any, Any]

#: Open connections of this process by client and server address.
_open: dict[Peer, asyncio.Transport] = {}

#: How long running requests may still take after SIGTERM (seconds).
GRACE = 0.4


class CuttableProtocol(HttpToolsProtocol):
    """A connection that the application can find again by its addresses."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._peer = (transport.get_extra_info("peername"), transport.get_extra_info("sockname"))
        _open[self._peer] = transport

    def connection_lost(self, exc: Exception | None) -> None:
        _open.pop(self._peer, None)
        super().connection_lost(exc)


def is_open(scope: MutableMapping[str, Any]) -> bool:
    """Say whether somebody still waits for the answer."""
    return (scope["client"], scope["server"]) in _open


async def cut(scope: MutableMapping[str, Any]) -> None:
    """Reset the connection of a request, as a crashed peer would."""
    transport = _open.get((scope["client"], scope["server"]))
    if transport is None:
        return
    raw = cast(socket.socket | None, transport.get_extra_info("socket"))
    if raw is not None:
        with contextlib.suppress(OSError):
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    transport.abort()
    # Let the loop tell uvicorn that the peer is gone, so that it does not miss an answer.
    await asyncio.sleep(0.01)


class Server(uvicorn.Server):
    """Uvicorn that says when it is ready, wakes stalled requests when told to stop, cuts the rest."""

    when_ready: Callable[[int], object] | None = None

    @property
    def port(self) -> int:
        """The port it listens on, also when any was asked for."""
        return int(self.servers[0].sockets[0].getsockname()[1])

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started and self.when_ready:
            self.when_ready(self.port)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        world = cast(Any, self.config.app).state.world
        world.closing.set()
        mine = list(self.server_state.connections)
        asyncio.get_running_loop().call_later(GRACE, _abort, mine)
        await super().shutdown(sockets)


def _abort(connections: list[Any]) -> None:
    for connection in connections:
        transport = getattr(connection, "transport", None)
        if transport is not None:
            transport.abort()


def make_server(app: Any, host: str, port: int) -> Server:
    """Return a server ready for `run()`."""
    config = uvicorn.Config(
        app,
        host=host,
        port=port,
        http=CuttableProtocol,
        loop="asyncio",
        ws="none",
        interface="asgi3",
        lifespan="on",
        log_level="warning",
        access_log=False,
        timeout_graceful_shutdown=1,
        server_header=False,
        date_header=False,
        proxy_headers=False,
    )
    return Server(config)
