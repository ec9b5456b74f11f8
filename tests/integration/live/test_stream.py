"""The live stream: who hears what, what happens when Redis goes, and what a closed screen leaves behind."""

import asyncio
import gc
import json
from contextlib import asynccontextmanager, suppress
from types import SimpleNamespace

import pytest
import redis
from asgiref.sync import sync_to_async
from django.conf import settings
from django.db import connection, connections
from django.test import Client

from inbox.actions.assignment import conversation_claim, conversation_hand_over
from inbox.actions.notes import note_add
from opsconsole.asgi import application
from opsconsole.kernel.actor import SYSTEM
from opsconsole.kernel.live import channel_name
from opsconsole.live import hub as hubs
from opsconsole.people.selectors import actor_for
from tests.factories.inbox import make_conversation
from tests.factories.people import make_unit, make_user

#: Seconds after which a hint that has not come will not come.
PATIENCE = 5


@pytest.fixture(autouse=True)
def _quick_retry(monkeypatch):
    monkeypatch.setattr(hubs, "RETRY_AFTER", 0.05)


class Screen:
    """One open screen, reading events."""

    def __init__(self, units):
        self.events = hubs.events(units)

    async def next(self):
        """Return the next hint; the preamble and pings are no hints."""
        while True:
            chunk = await asyncio.wait_for(anext(self.events), PATIENCE)
            if chunk.startswith("event: hint"):
                return json.loads(chunk.partition("data: ")[2])


@asynccontextmanager
async def screen(units):
    """Open a screen and wait until it hears.

    Each is told to fetch what nobody told it before; the first of a process once more, when Redis answers.
    """
    made = Screen(units)
    assert (await anext(made.events)).startswith("retry")
    assert await made.next() == {"topic": "refetch"}
    if len(hubs.hub()._listeners) == 1:
        assert await made.next() == {"topic": "refetch"}
    try:
        yield made
    finally:
        await made.events.aclose()


def tell(**hint):
    with redis.Redis.from_url(settings.REDIS_URL) as client:
        return client.publish(channel_name(), json.dumps(hint))


def run(story):
    """Run a story in an event loop of its own; nothing of it may be left."""

    async def whole():
        await story()
        assert not hubs.hub()._listeners
        await asyncio.sleep(0)
        left = [t for t in asyncio.all_tasks() if t is not asyncio.current_task()]
        with suppress(asyncio.CancelledError):
            await asyncio.wait_for(asyncio.gather(*left, return_exceptions=True), PATIENCE)
        assert await subscribers(0)

    asyncio.run(whole())


async def subscribers(wanted):
    """Wait until so many processes subscribe; False when it does not come to that."""
    with redis.Redis.from_url(settings.REDIS_URL) as client:
        for _ in range(200):
            if client.pubsub_numsub(channel_name())[0][1] == wanted:
                return True
            await asyncio.sleep(0.02)
    return False


def test_a_screen_hears_its_units_and_no_others():
    async def story():
        async with screen(frozenset({1, 2})) as mine, screen(None) as boss:
            tell(topic="conversation", units=[3], id=1, version=1)
            tell(topic="conversation", units=[3, 2], id=2, version=7)
            tell(topic="conversation", units=[], id=3)
            tell(topic="conversation", units=[1], id=4)
            assert await mine.next() == {"topic": "conversation", "id": 2, "version": 7}
            assert (await mine.next())["id"] == 4
            assert [(await boss.next())["id"] for _ in range(4)] == [1, 2, 3, 4]

    run(story)


def test_noise_on_the_channel_hurts_nobody():
    async def story():
        async with screen(None) as mine:
            with redis.Redis.from_url(settings.REDIS_URL) as client:
                client.publish(channel_name(), b"\xff not json")
            tell(topic="post", units=[1], id=5)
            assert (await mine.next())["id"] == 5

    run(story)


def test_after_redis_was_away_every_screen_fetches_again(own_redis):
    async def story():
        async with screen(frozenset({1})) as mine:
            for line in own_redis.client_list(_type="pubsub"):
                if line["name"] == hubs.line_name():  # others' tests listen, too
                    own_redis.client_kill_filter(_id=line["id"])
            assert await mine.next() == {"topic": "refetch"}
            tell(topic="conversation", units=[1], id=6)
            assert (await mine.next())["id"] == 6

    run(story)


@asynccontextmanager
async def line_to_redis():
    """A way to Redis; yields its address, and what makes lines that are open by then dead without closing them."""
    known = redis.connection.parse_url(settings.REDIS_URL)
    lines, dead = set(), set()

    async def pass_on(reader, writer, line):
        with suppress(OSError):
            while data := await reader.read(65_536):
                if line not in dead:
                    writer.write(data)
        writer.close()

    async def opened(reader, writer):
        line = object()
        lines.add(line)
        there = (
            await asyncio.open_unix_connection(known["path"])
            if "path" in known
            else await asyncio.open_connection(known["host"], known["port"])
        )
        await asyncio.gather(pass_on(reader, there[1], line), pass_on(there[0], writer, line))

    async with await asyncio.start_server(opened, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        yield f"redis://127.0.0.1:{port}", lambda: dead.update(lines)


def test_a_line_that_is_dead_but_not_closed_is_given_up(monkeypatch):
    monkeypatch.setattr(hubs, "SILENCE", 0.2)

    async def story():
        async with line_to_redis() as (url, die):
            monkeypatch.setattr(hubs, "settings", SimpleNamespace(REDIS_URL=url))
            async with screen(frozenset({1})) as mine:
                die()
                assert await mine.next() == {"topic": "refetch"}
                monkeypatch.setattr(hubs, "SILENCE", 10)  # the line that came instead lives
                assert await subscribers(1)
                tell(topic="conversation", units=[1], id=8)
                while (hint := await mine.next()) == {"topic": "refetch"}:
                    pass
                assert hint["id"] == 8

    run(story)


def test_a_screen_too_slow_for_its_hints_fetches_everything_once():
    async def story():
        async with screen(frozenset({1})) as mine:
            for number in range(hubs.BACKLOG + 1):
                hubs.hub().spread({"topic": "conversation", "units": [1], "id": number})
            assert await mine.next() == {"topic": "refetch"}
            tell(topic="conversation", units=[1], id=7)
            assert (await mine.next())["id"] == 7

    run(story)


def test_the_next_screen_hears_even_when_the_last_has_just_closed():
    """Whoever goes from page to page closes one stream and opens another in the same breath."""

    async def story():
        for number in range(5):
            async with screen(frozenset({1})) as mine:
                tell(topic="conversation", units=[1], id=number)
                heard = await mine.next()
                # A subscription made anew tells its screens to fetch again.
                while "id" not in heard:
                    heard = await mine.next()
                assert heard["id"] == number

    run(story)


# --- From the act to the screen, through the whole server ---


@pytest.mark.django_db(transaction=True)
def test_what_colleagues_do_reaches_the_screens_of_their_unit_only():
    conversation = make_conversation()
    home = make_unit()
    people = {
        "here": make_user(role="operator", unit=conversation.unit),
        "there": make_user(role="operator", unit=home),
    }

    def work():
        claimant = make_user(role="operator", unit=conversation.unit)
        conversation_claim(actor_for(claimant), conversation_id=conversation.pk)
        note_add(actor_for(claimant), conversation_id=conversation.pk, text="psst")
        conversation_hand_over(
            SYSTEM, conversation_id=conversation.pk, unit_id=home.pk, reason="theirs"
        )
        connections.close_all()

    async def story():
        heard = {}
        async with open_stream(people["here"]) as here, open_stream(people["there"]) as there:
            await sync_to_async(work)()
            heard["here"] = [await here() for _ in range(3)]
            heard["there"] = [await there()]
        assert [hint["version"] for hint in heard["here"]] == [3, 4, 5]
        assert [hint["version"] for hint in heard["there"]] == [5]
        assert {hint["id"] for hints in heard.values() for hint in hints} == {conversation.pk}

    run(story)


def signed_in(user):
    client = Client()
    client.force_login(user)
    connections.close_all()
    return client.cookies[settings.SESSION_COOKIE_NAME].value


def database_sessions():
    """How many connections to our database are open, this one left out."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        found = cursor.fetchone()[0]
    connections.close_all()
    return found


async def no_database_sessions():
    """Wait until none is open but ours: PostgreSQL forgets one that was closed only a moment later."""
    async with asyncio.timeout(30):
        while await sync_to_async(database_sessions)():
            await sync_to_async(gc.collect)()  # what other tests' threads have left behind
            await asyncio.sleep(0.05)


@asynccontextmanager
async def open_stream(user):
    """Ask the application for the stream as a browser does; hang up at the end."""
    cookie = await sync_to_async(signed_in)(user)
    inbox, outbox = asyncio.Queue(), asyncio.Queue()
    scope = {
        "type": "http", "http_version": "1.1", "method": "GET", "path": "/live", "raw_path": b"/live",
        "query_string": b"", "root_path": "", "scheme": "http", "server": ("localhost", 80),
        "client": ("127.0.0.1", 1), "headers": [
            (b"host", b"localhost"),
            (b"cookie", f"{settings.SESSION_COOKIE_NAME}={cookie}".encode()),
        ],
    }  # fmt: skip
    await inbox.put({"type": "http.request", "body": b"", "more_body": False})
    serving = asyncio.create_task(application(scope, inbox.get, outbox.put))
    start = await asyncio.wait_for(outbox.get(), PATIENCE)
    assert start["status"] == 200
    assert (b"Content-Type", b"text/event-stream") in start["headers"]

    async def hint():
        while True:
            body = (await asyncio.wait_for(outbox.get(), PATIENCE)).get("body", b"").decode()
            if body.startswith("event: hint") and "refetch" not in body:
                return json.loads(body.partition("data: ")[2])

    assert (await asyncio.wait_for(outbox.get(), PATIENCE))["body"].startswith(b"retry")
    assert await subscribers(1)
    try:
        yield hint
    finally:
        await inbox.put({"type": "http.disconnect"})
        await asyncio.wait_for(asyncio.gather(serving, return_exceptions=True), PATIENCE)


@pytest.mark.django_db(transaction=True)
def test_an_open_screen_holds_no_connection_to_the_database():
    """It stays open for hours, and there are as many as people."""
    people = [make_user(role="operator", unit=make_unit()) for _ in range(3)]
    connections.close_all()

    async def story():
        async with open_stream(people[0]), open_stream(people[1]), open_stream(people[2]):
            await no_database_sessions()

    run(story)


@pytest.mark.django_db
def test_nobody_listens_without_signing_in(client):
    assert client.get("/live").status_code == 401
