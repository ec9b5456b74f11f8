"""One Redis subscription per process, shared by all its open screens. Knows no tables."""

import asyncio
import contextlib
import json
import logging
from collections.abc import AsyncGenerator
from dataclasses import dataclass, field
from typing import Any
from weakref import WeakKeyDictionary

import redis.asyncio as redis
from django.conf import settings
from redis.exceptions import RedisError

from opsconsole.kernel.live import channel_name

logger = logging.getLogger(__name__)

#: Hints kept for a slow screen; past that it is told to fetch everything again.
BACKLOG = 100
#: Seconds between comment lines that keep proxies from closing a quiet stream.
PING_EVERY = 15.0
#: Keeps proxies from closing the stream, and lets a screen notice that its network is gone.
PING = ": ping\nevent: ping\ndata: 1\n\n"
#: Seconds without a word from Redis after which it is asked for one, and for which that may take. A line that
#: died without being closed would otherwise be listened to for ever.
SILENCE = 10.0
#: Seconds before the subscription is tried again after Redis went away.
RETRY_AFTER = 1.0
#: Tells a screen that hints were lost.
REFETCH = {"topic": "refetch"}
#: The topic that says that roles or walls have changed: every screen hangs up and comes back as who it is now.
REACH = "reach"


def line_name() -> str:
    """Return what Redis calls the subscription in its list of clients."""
    return channel_name().replace(" ", "_")


@dataclass(eq=False)
class Listener:
    """One open screen: its backlog, the units it may hear of (None: all), and whose it is."""

    units: frozenset[int] | None
    user_id: int | None = None
    backlog: "asyncio.Queue[dict[str, Any]]" = field(
        default_factory=lambda: asyncio.Queue(maxsize=BACKLOG)
    )

    def may_hear(self, hint: dict[str, Any]) -> bool:
        """Whether the hint names whose screen this is, or any of its units is within reach."""
        if "users" in hint:
            return self.user_id in hint["users"]
        return self.units is None or not self.units.isdisjoint(hint.get("units", ()))

    def tell(self, hint: dict[str, Any]) -> None:
        """Queue a hint; a full backlog is replaced by one order to fetch again."""
        try:
            self.backlog.put_nowait(hint)
        except asyncio.QueueFull:
            while not self.backlog.empty():
                self.backlog.get_nowait()
            self.backlog.put_nowait(REFETCH)


class Hub:
    """Spreads what the subscription brings. Subscribes with the first listener, leaves with the last."""

    def __init__(self) -> None:
        self._listeners: set[Listener] = set()
        self._reader: asyncio.Task[None] | None = None

    @contextlib.contextmanager
    def listening(self, units: frozenset[int] | None, user_id: int | None = None) -> Any:
        """Yield a listener for as long as its screen is open."""
        listener = Listener(units, user_id)
        self._listeners.add(listener)
        if self._reader is None or self._reader.done():
            self._reader = asyncio.get_running_loop().create_task(self._read())
        try:
            yield listener
        finally:
            self._listeners.discard(listener)
            if not self._listeners and self._reader is not None:
                # Forgotten at once: it takes a moment to end, and the next screen needs one that lives.
                self._reader.cancel()
                self._reader = None

    def spread(self, hint: dict[str, Any]) -> None:
        """Tell every listener that may hear it."""
        for listener in self._listeners:
            if hint is REFETCH or hint.get("topic") == REACH or listener.may_hear(hint):
                listener.tell(hint)

    async def _read(self) -> None:
        """Read the subscription for ever; after an outage every screen must fetch again."""
        while True:
            try:
                async with (
                    redis.Redis.from_url(settings.REDIS_URL, client_name=line_name()) as client,
                    client.pubsub() as subscription,
                ):
                    await subscription.subscribe(channel_name())
                    self.spread(REFETCH)
                    await self._listen(subscription)
            except (RedisError, OSError):
                logger.warning("the live subscription was lost; trying again")
            await asyncio.sleep(RETRY_AFTER)

    async def _listen(self, subscription: Any) -> None:
        """Pass on what is said. Raises RedisError when the line is cut or as good as dead."""
        is_asked = False
        while True:
            message = await subscription.get_message(timeout=SILENCE)
            if message is not None:
                is_asked = False
                self._receive(message)
            elif is_asked:
                raise redis.ConnectionError("Redis has not answered a ping")
            else:
                await subscription.ping()
                is_asked = True

    def _receive(self, message: dict[str, Any]) -> None:
        if message.get("type") != "message":
            return
        try:
            self.spread(json.loads(message["data"]))
        except ValueError:
            logger.warning("a hint that is not JSON was ignored")


_hubs: "WeakKeyDictionary[asyncio.AbstractEventLoop, Hub]" = WeakKeyDictionary()


def hub() -> Hub:
    """Return the hub of the running event loop."""
    return _hubs.setdefault(asyncio.get_running_loop(), Hub())


async def events(
    units: frozenset[int] | None, user_id: int | None = None
) -> AsyncGenerator[str, None]:
    """Yield Server-Sent Events for one screen until it goes away. Touches no database."""
    with hub().listening(units, user_id) as listener:
        # What happened between the page and this moment was heard by nobody.
        listener.tell(REFETCH)
        yield "retry: 2000\n\n"
        while True:
            try:
                hint = await asyncio.wait_for(listener.backlog.get(), PING_EVERY)
            except TimeoutError:
                yield PING
            else:
                if hint.get("topic") == REACH:
                    return
                body = {key: value for key, value in hint.items() if key not in {"units", "users"}}
                yield f"event: hint\ndata: {json.dumps(body)}\n\n"
