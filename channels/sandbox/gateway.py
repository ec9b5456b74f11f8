"""The door of each platform: reads the request, lets faults strike, asks the platform, keeps the log."""

import random
from collections.abc import Callable
from dataclasses import dataclass, replace
from email.utils import formatdate
from typing import Any
from urllib.parse import parse_qsl

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from channels.sandbox.clock import now
from channels.sandbox.faults import Fault
from channels.sandbox.protocol import cut, is_open
from channels.sandbox.rows import Account
from channels.sandbox.wire import JSON_UTF8, Call, Reply
from channels.sandbox.world import World

GARBAGE = (
    "<!DOCTYPE html><html><head><title>Just a moment...</title></head>"
    "<body><h1>Checking your browser</h1></body></html>"
)
#: Scripts after which the platform's own answer is sent in one way or another.
ANSWERED = frozenset({"slow", "visible_after", "half", "drip", "out_of_order", "duplicate"})


@dataclass(frozen=True)
class Platform:
    """What a platform module offers to its door.

    `identify` finds the account a call speaks for, without judging the credentials.
    `refuse` builds the platform's own error answer for a scripted status.
    """

    name: str
    identify: Callable[[Call], Account | None]
    handle: Callable[[Call], Reply]
    refuse: Callable[[Call, dict[str, Any]], Reply]
    is_create: Callable[[Call], bool]


class Gateway:
    """The ASGI application of one platform."""

    def __init__(self, world: World, platform: Platform, mount: str) -> None:
        self.world = world
        self.platform = platform
        self.mount = mount

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        try:
            call = await self._read(Request(scope, receive))
        except ClientDisconnect:
            return
        reply = await self._answer(call)
        if reply is None:
            await cut(scope)
            return
        at = now() + float(self.world.setting("clock_ahead", call.account))
        headers = {"content-type": reply.content_type, "date": formatdate(at, usegmt=True)}
        headers |= reply.headers
        body = b"" if call.method == "HEAD" or reply.status == 304 else reply.encoded()
        response = Response(body, reply.status, headers)
        if reply.pace or reply.is_cut:
            await self._send_badly(response, reply, scope, send)
        else:
            await response(scope, receive, send)

    async def _send_badly(
        self, response: Response, reply: Reply, scope: Scope, send: Send
    ) -> None:
        """Send an answer byte by byte, or the first half of it."""
        body = bytes(response.body)
        start = {"type": "http.response.start", "status": response.status_code}
        await send({**start, "headers": response.raw_headers})
        if reply.is_cut:
            half = body[: len(body) // 2]
            await send({"type": "http.response.body", "body": half, "more_body": True})
            await self.world.pause(0.05)  # the half must be on its way before the end
            await cut(scope)
            return
        for index in range(len(body)):
            if not is_open(scope):
                return
            part = {"type": "http.response.body", "body": body[index : index + 1]}
            await send({**part, "more_body": index + 1 < len(body)})
            await self.world.pause(reply.pace)

    async def _read(self, request: Request) -> Call:
        scope = request.scope
        raw = scope.get("raw_path") or scope["path"].encode()
        root = scope.get("root_path", "")
        call = Call(
            world=self.world,
            platform=self.platform.name,
            method=request.method,
            path=scope["path"].removeprefix(root) or "/",
            raw_path=raw.decode("latin-1").removeprefix(root) or "/",
            query=parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True),
            headers=request.headers,
            body=await request.body(),
            origin=f"{request.url.scheme}://{request.url.netloc}",
            mount=self.mount,
            at=now(),
        )
        call.account = self.platform.identify(call)
        return call

    async def _answer(self, call: Call) -> Reply | None:
        """Return the answer, or None when the connection is to be cut."""
        latency = float(self.world.setting("latency_ms", call.account))
        if latency:
            await self.world.pause(latency / 1000)
        fault = self.world.faults.pick(call)
        if fault is None:
            return self._work(call)
        return await self._misfortune(call, fault)

    def _work(self, call: Call, fault: Fault | None = None) -> Reply:
        reply = self.platform.handle(call)
        if self.platform.is_create(call):
            self.world.log(call, written_text(call), reply.status, fault.kind if fault else "")
        return reply

    def _skip(self, call: Call, fault: Fault, status: int = 0) -> None:
        if self.platform.is_create(call):
            self.world.log(call, written_text(call), status, fault.kind)

    async def _misfortune(self, call: Call, fault: Fault) -> Reply | None:
        """Let a script strike. Every kind may hide what it stores for `visible_after` seconds."""
        options = fault.options
        hidden = options.get("seconds", 10) if fault.kind == "visible_after" else 0
        call.visible_after = float(options.get("visible_after", hidden))
        if fault.kind in {"status", "canned"}:
            return self._refuse(call, fault)
        if fault.kind == "slow":
            await self.world.pause(float(options.get("ms", 1000)) / 1000)
        if fault.kind in ANSWERED:
            return spoilt(self._work(call, fault), fault)
        if fault.kind.endswith("_before") or options.get("before"):
            self._skip(call, fault)
        else:
            self._work(call, fault)
        if fault.kind.startswith("timeout"):
            await self.world.pause(float(options.get("seconds", 60)))
        return Reply(200, GARBAGE, content_type="text/html") if fault.kind == "garbage" else None

    def _refuse(self, call: Call, fault: Fault) -> Reply:
        reply = canned(fault) if fault.kind == "canned" else self._scripted(call, fault)
        if fault.options.get("after"):
            self._work(call, fault)
        else:
            self._skip(call, fault, reply.status)
        return reply

    def _scripted(self, call: Call, fault: Fault) -> Reply:
        reply = self.platform.refuse(call, fault.options)
        if fault.options.get("body") == "html":
            return replace(reply, body=GARBAGE, content_type="text/html")
        return reply


def canned(fault: Fault) -> Reply:
    """Return the very answer that a script holds."""
    options = fault.options
    headers = {name.lower(): str(value) for name, value in options.get("headers", {}).items()}
    kind = headers.pop("content-type", JSON_UTF8)
    return Reply(int(options.get("status", 200)), options.get("body"), headers, kind)


def written_text(call: Call) -> str:
    """Return what a create call wanted to write, wherever its platform puts it."""
    fields = call.fields()
    for name in ("text", "message", "caption", "content", "comment", "title"):
        value = fields.get(name)
        if isinstance(value, dict):
            value = value.get("raw")
        if value:
            return str(value)
    return ""


def spoilt(reply: Reply, fault: Fault) -> Reply:
    """Return the answer to a call that was worked on, as its script wants it sent."""
    if fault.kind == "half":
        return replace(reply, is_cut=True)
    if fault.kind == "drip":
        return replace(reply, pace=float(fault.options.get("ms", 100)) / 1000)
    if fault.kind in {"out_of_order", "duplicate"}:
        return disturb(reply, fault.kind, fault.dice)
    return reply


def disturb(reply: Reply, kind: str, dice: random.Random) -> Reply:
    """Shuffle or repeat the items of a listing; other answers stay as they are."""
    body = reply.body
    items = body.get("data") if isinstance(body, dict) else body
    if not isinstance(items, list):
        return reply
    if kind == "duplicate":
        items.extend(list(items))
    else:
        dice.shuffle(items)
    return reply
