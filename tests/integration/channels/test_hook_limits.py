"""The guard in front of the application: no body for a door is read beyond its limit, nor for ever."""

import asyncio
import json
from itertools import chain, repeat

import pytest

from channels.models import PushEvent
from opsconsole.asgi import application
from opsconsole.kernel import body_limit
from opsconsole.kernel.body_limit import LARGEST_HOOK, BodyLimit
from tests.support.doors import SIGNS, changes, comment, knocker


class Sender:
    """One who sends a body in parts, and counts how many were taken."""

    def __init__(self, parts, *, path="/hooks/facebook/x", headers=(), hangs=False):
        self.parts, self.taken, self.answer, self.hangs = iter(parts), 0, [], hangs
        self.is_whole = False
        self.scope = {
            "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "POST",
            "path": path, "raw_path": path.encode(), "query_string": b"", "root_path": "",
            "scheme": "http", "server": ("127.0.0.1", 80), "client": ("127.0.0.1", 1),
            "headers": [(b"host", b"localhost"), *headers],
        }  # fmt: skip

    async def receive(self):
        part = next(self.parts, None)
        if self.is_whole or (part is None and self.hangs):
            await asyncio.Event().wait()
        self.is_whole = part is None
        self.taken += part is not None
        return {"type": "http.request", "body": part or b"", "more_body": part is not None}

    async def send(self, message):
        self.answer.append(message)

    def knock(self, app=application) -> int:
        """Send it; returns the status."""
        asyncio.run(asyncio.wait_for(app(self.scope, self.receive, self.send), 20))
        return self.answer[0]["status"]


async def reads_everything(_scope, receive, send):
    """An application like Django: it reads a body to its end before it looks at anything."""
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return
        if not message["more_body"]:
            break
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b""})


def test_a_body_that_says_it_is_too_large_is_not_read_at_all():
    length = str(LARGEST_HOOK + 1).encode()
    sender = Sender([b"x"], headers=[(b"content-length", length)])
    assert sender.knock(BodyLimit(reads_everything)) == 413
    assert sender.taken == 0


def test_a_body_that_does_not_say_how_long_it_is_is_cut_off():
    part = b"x" * 65_536
    sender = Sender(repeat(part))
    assert sender.knock(BodyLimit(reads_everything)) == 413
    assert sender.taken * len(part) <= LARGEST_HOOK + len(part)


def test_a_body_that_is_longer_than_it_says_is_cut_off():
    sender = Sender(repeat(b"x" * 65_536), headers=[(b"content-length", b"10")])
    assert sender.knock(BodyLimit(reads_everything)) == 413


def test_a_body_that_never_ends_is_given_up(monkeypatch):
    monkeypatch.setattr(body_limit, "LONGEST_READING", 0.05)
    sender = Sender([b"x"], hangs=True)
    assert sender.knock(BodyLimit(reads_everything)) == 408
    assert len(sender.answer) == 2


def test_other_addresses_are_left_alone():
    parts = chain(repeat(b"x" * 65_536, 100), [b""])
    sender = Sender(parts, path="/posts/library/")
    assert sender.knock(BodyLimit(reads_everything)) == 200
    assert sender.taken == 101


@pytest.mark.django_db(transaction=True)
def test_through_the_real_application_a_signed_body_in_parts_is_stored(settings):
    made = knocker()
    raw = json.dumps(changes("page", comment(1))).encode()
    name, sign = SIGNS["facebook"]
    headers = [(name.lower().encode(), sign(made.secret, raw).encode())]
    parts = [raw[:10], raw[10:]]
    assert Sender(parts, path=made.path, headers=headers).knock() == 200
    assert bytes(PushEvent.objects.get().body) == raw
    assert Sender(repeat(b"x" * 65_536), path=made.path, headers=headers).knock() == 413
    assert PushEvent.objects.count() == 1
