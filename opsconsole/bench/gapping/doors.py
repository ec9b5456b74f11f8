"""The console's real doors on a simulated day, in this process, and the platforms that push to them badly."""

import asyncio
import random
import threading
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, Self

import django

django.setup()

import uvicorn  # noqa: E402 - after setup, as everything here

from channels.actions.doors import door_open  # noqa: E402
from channels.models import ChannelAccount  # noqa: E402
from opsconsole.asgi import application  # noqa: E402
from opsconsole.bench.platform import control  # noqa: E402
from opsconsole.kernel.actor import SYSTEM  # noqa: E402
from opsconsole.local.places import free_port  # noqa: E402

#: Whose platforms push what strangers write, signed.
SIGNED_KINDS = ("x", "facebook")
#: Share of calls over which a door's process dies, before it has looked at them and after it has stored them.
DEATHS = 0.02
#: Seconds in which a server on this machine must have started.
STARTS_WITHIN = 20
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]


class _Died(Exception):
    """The process that answers is gone: whoever calls gets no success."""


class Doors:
    """A server of the real application on a port of its own, whose process dies now and then."""

    def __init__(self) -> None:
        """Prepare the server; it starts on entry."""
        port = free_port()
        self.url = f"http://127.0.0.1:{port}"
        self.is_shut = False
        self.calls = self.deaths = 0
        self._dice = random.Random()
        config = uvicorn.Config(
            self._frail, host="127.0.0.1", port=port, lifespan="off", interface="asgi3",
            log_level="critical", access_log=False,
        )  # fmt: skip
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, daemon=True)

    def __enter__(self) -> Self:
        """Open."""
        self._thread.start()
        for _ in range(STARTS_WITHIN * 100):
            if self._server.started:
                break
            asyncio.run(asyncio.sleep(0.01))
        return self

    def __exit__(self, *_error: object) -> None:
        """Close for good."""
        self._server.should_exit = True
        self._thread.join(STARTS_WITHIN)

    def seed(self, seed: int) -> None:
        """Let the dice of a day decide from now on."""
        self._dice.seed(seed)
        self.is_shut = False

    async def _frail(self, scope: Message, receive: Receive, send: Send) -> None:
        """Answer as the application does, unless the doors are shut or their process dies over the call."""
        fate = self._dice.random() if scope.get("method") == "POST" else 1.0
        self.calls += 1
        if self.is_shut or fate < DEATHS / 2:
            self.deaths += not self.is_shut
            raise _Died

        async def lost(_message: Message) -> None:
            """Say nothing: what answers is gone by now."""

        await application(scope, receive, lost if fate < DEATHS else send)
        if fate < DEATHS:
            self.deaths += 1
            raise _Died

    def open(self, sandbox_url: str, account: ChannelAccount, name: str, manner: Message) -> str:
        """Open an account's door and have its platform push there in a manner; returns the door's token."""
        door = door_open(SYSTEM, account_id=account.pk)
        if account.kind in SIGNED_KINDS:
            url = f"{self.url}/hooks/{account.kind}/{door.token}"
            wish = {"account": name, "url": url, "verify_token": door.verify_token, **manner}
            control(sandbox_url, "push", wish)
        return door.token


def arrive(sandbox_url: str) -> None:
    """Let everything arrive that the platforms have sent by now."""
    control(sandbox_url, "push/flush", {"only_due": True})
