"""An ASGI guard around the application: bodies for the doors are cut off before they have been read whole.

Django reads a body to its end before any view sees the request, however long that is and takes.
"""

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

Message = MutableMapping[str, Any]
Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Any, Any, Any], Awaitable[None]]

#: Where the doors are, and the largest body that one takes (bytes). Facebook's largest batch is a tenth of that.
HOOKS = "/hooks/"
LARGEST_HOOK = 4 * 1024 * 1024
#: Seconds in which a body must have come whole.
LONGEST_READING = 10.0


class BodyLimit:
    """Answers 413 to a body that is or becomes too large, and 408 to one that never ends."""

    def __init__(self, app: App) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, watching its body when it goes to a door."""
        if scope["type"] != "http" or not scope["path"].startswith(HOOKS):
            await self._app(scope, receive, send)
            return
        if _declared(scope) > LARGEST_HOOK:
            await _refuse(send, 413)
            return
        watch = _Watch(receive, send)
        await self._app(scope, watch.receive, watch.send)
        if watch.refusal and not watch.has_answered:
            await _refuse(send, watch.refusal)


class _Watch:
    """One request: how much of its body has come, until when the rest may."""

    def __init__(self, receive: Receive, send: Send) -> None:
        self._receive, self._send = receive, send
        self._end = asyncio.get_running_loop().time() + LONGEST_READING
        self._is_whole, self._size = False, 0
        self.refusal, self.has_answered = 0, False

    async def receive(self) -> Message:
        """Return the next part of the body; to the application a refused sender has hung up."""
        if self._is_whole:
            return await self._receive()
        try:
            async with asyncio.timeout_at(self._end):
                message = await self._receive()
        except TimeoutError:
            return self._hang_up(408)
        self._size += len(message.get("body", b""))
        if self._size > LARGEST_HOOK:
            return self._hang_up(413)
        self._is_whole = not message.get("more_body", False)
        return message

    def _hang_up(self, status: int) -> Message:
        self.refusal, self._is_whole = status, True
        return {"type": "http.disconnect"}

    async def send(self, message: Message) -> None:
        """Pass an answer on, unless the sender has been refused."""
        if not self.refusal:
            self.has_answered = True
            await self._send(message)


def _declared(scope: Scope) -> int:
    """Return how long a body claims to be, 0 when it does not say."""
    for name, value in scope["headers"]:
        if name == b"content-length" and value.isdigit():
            return int(value)
    return 0


async def _refuse(send: Send, status: int) -> None:
    """Answer without reading on; the connection ends with it."""
    headers = [(b"content-length", b"0"), (b"connection", b"close")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": b""})
