"""Reading the past: history beside live polls, holes filled, a period once more; resumable, and quiet."""

import itertools
from datetime import timedelta

import pytest

from channels import past_tasks, tasks
from channels.actions import past
from channels.actions.accounts import account_connect
from channels.actions.covering import hole_open
from channels.actions.past import history_ask, past_ask, past_stop
from channels.coverage import Stretch, covers
from channels.models import ChannelAccount, CoveredStretch, Hole, InboundItem, PastReading
from opsconsole.audit.models import Activity
from opsconsole.kernel.actor import SYSTEM
from opsconsole.kernel.clock import now
from opsconsole.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from tests.factories.channels import make_account
from tests.factories.people import make_actor
from tests.support.platforms import connect
from tests.support.together import together

pytestmark = pytest.mark.django_db
KINDS = ["x", "facebook", "blog"]
PLAIN = {"x": {}, "facebook": {"kind": "comment"}, "blog": {}}


def ago(**given):
    return (now() - timedelta(**given)).timestamp()


def write(line, text, **given):
    return line.say(text, **PLAIN[line.account.kind], at=ago(**given))


def write_many(line, count, **given):
    """Let customers write so many lines, a minute apart, the first one so long ago."""
    began = now() - timedelta(**given)
    wishes = [
        {"text": f"line {n}", "at": (began + timedelta(minutes=n)).timestamp()}
        for n in range(count)
    ]
    return line.sandbox.say_many(line.there, wishes, **PLAIN[line.account.kind])


def connected(sandbox, kind, **given):
    """An account as people connect it, beside the one in the sandbox."""
    line = connect(sandbox, kind)
    made = line.account
    at = made.created_at = now()
    ChannelAccount.objects.filter(pk=made.pk).update(created_at=at)
    past.history_begin(made, SYSTEM, given.get("days", 7))
    return line


def read_on(turns=50):
    """Let workers read the past until nothing of it is due."""
    for _ in range(turns):
        PastReading.objects.update(due_at=now())
        past_tasks.read_past()
        if not PastReading.objects.filter(state__in=past.ACTIVE).exists():
            return
    raise AssertionError("reading the past found no end")


# --- History ---


@pytest.mark.parametrize("kind", KINDS)
def test_history_comes_beside_what_is_written_now(sandbox, kind):
    line = connect(sandbox, kind)
    write(line, "long ago", days=9)
    write(line, "last week", days=3)
    write(line, "just before", minutes=10)
    past.history_begin(line.account, SYSTEM, 7)
    begin = now() - timedelta(seconds=5)
    ChannelAccount.objects.update(created_at=begin, live_since=begin)
    PastReading.objects.update(until=begin)
    line.say("now", **PLAIN[kind])
    tasks.poll_account(line.due().pk)
    assert {text.split()[-1] for text in line.items()} == {"now"}
    read_on()
    found = {text.partition(" ")[2] if kind == "x" else text for text in line.items()}
    assert found == {"now", "last week", "just before"}
    (reading,) = PastReading.objects.all()
    assert (reading.state, reading.percent, reading.fresh) == ("done", 100, 2)
    came = dict(InboundItem.objects.filter(is_own=False).values_list("text", "came_as"))
    assert sorted(came.values()) == ["history", "history", "live"]


@pytest.mark.parametrize("kind", KINDS)
def test_a_history_of_many_pages_goes_on_where_a_killed_worker_left_it(sandbox, kind, monkeypatch):
    line = connect(sandbox, kind)
    write_many(line, 130, days=2)
    past.history_begin(line.account, SYSTEM, 7)
    monkeypatch.setattr(past_tasks, "PAGES", 1)
    claimed = past.past_claim()
    past_tasks.read_some(claimed)
    first = len(line.items())
    assert 0 < first < 130
    again = PastReading.objects.get()
    assert again.percent < 100
    PastReading.objects.update(due_at=now())
    lost = past.past_claim()  # and this worker dies
    assert past.past_claim() is None
    PastReading.objects.update(lease_until=now() - timedelta(seconds=1))
    read_on()
    assert len(line.items()) == 130
    past_tasks.read_some(lost)  # it was not dead after all: nothing it brings counts
    reading = PastReading.objects.get()
    assert (reading.state, reading.fresh) == ("done", 130)


def test_a_new_account_reads_from_now_on_and_its_history_beside(sandbox):
    there = sandbox.account("x")
    actor = make_actor("administrator")
    unit = make_account().unit
    account = account_connect(
        actor, kind="x", unit_id=unit.pk, name="new", base_url=there["base_url"],
        secrets=there["credentials"],
    )  # fmt: skip
    reading = PastReading.objects.get()
    assert (reading.kind, reading.until) == ("history", account.live_since)
    assert reading.until - reading.since == timedelta(days=7)
    assert account.created_at - account.live_since < timedelta(seconds=1)


def test_history_further_back_may_be_asked_for_later(sandbox):
    line = connected(sandbox, "blog", days=0)
    write(line, "a month ago", days=20)
    assert not PastReading.objects.exists()
    with pytest.raises(Invalid):
        history_ask(SYSTEM, account_id=line.account.pk, days=0)
    history_ask(SYSTEM, account_id=line.account.pk, days=30)
    with pytest.raises(Conflict):
        history_ask(SYSTEM, account_id=line.account.pk, days=30)
    read_on()
    assert line.items() == {"a month ago"}


# --- Holes ---


@pytest.mark.parametrize("kind", KINDS)
def test_a_hole_is_filled_from_the_past(sandbox, kind):
    line = connect(sandbox, kind)
    for minutes in (90, 60, 50, 30):
        write(line, f"{minutes} ago", minutes=minutes)
    stream = {"x": "mentions", "facebook": "comments", "blog": "comments"}[kind]
    hole_open(
        line.account, stream, Stretch(now() - timedelta(minutes=70), now() - timedelta(minutes=40))
    )
    read_on()
    assert {text.split()[-2] for text in line.items()} == {"60", "50"}
    hole = Hole.objects.get()
    assert (hole.state, hole.found) == ("filled", 2)
    stretch = CoveredStretch.objects.get(stream=stream)
    assert covers([Stretch(stretch.since, stretch.until)], Stretch(hole.since, hole.until))


def test_what_x_no_longer_keeps_is_lost_and_the_rest_is_filled(sandbox):
    line = connect(sandbox, "x")
    write_many(line, 850, hours=20)
    hole_open(
        line.account, "mentions", Stretch(now() - timedelta(hours=21), now() - timedelta(hours=10))
    )
    read_on()
    lost, filled = Hole.objects.order_by("since")
    found = line.items()
    assert (lost.state, filled.state, filled.found) == ("lost", "filled", len(found))
    assert {"line 51", "line 599"} <= {text.partition(" ")[2] for text in found}
    assert "line 49" not in {text.partition(" ")[2] for text in found}
    assert lost.until == filled.since == InboundItem.objects.order_by("posted_at")[0].posted_at


def test_an_x_account_with_few_mentions_has_lost_nothing(sandbox):
    line = connect(sandbox, "x")
    write_many(line, 5, hours=2)
    hole_open(
        line.account, "mentions", Stretch(now() - timedelta(hours=21), now() - timedelta(hours=1))
    )
    read_on()
    assert Hole.objects.get().state == "filled"


# --- A period once more ---


@pytest.mark.parametrize("kind", KINDS)
def test_a_period_read_again_says_what_was_found(sandbox, kind):
    line = connect(sandbox, kind)
    names = {m: write(line, f"{m} ago", minutes=m) for m in (300, 100, 90, 80, 70)}
    tasks.poll_account(line.due().pk)
    InboundItem.objects.filter(text__contains="70 ago").delete()
    handle = f"@{line.there['handle']} " if kind == "x" else ""
    sandbox.control("edit", {"id": names[90], "text": f"{handle}changed ago"})
    sandbox.control("delete", {"id": names[80]})
    sandbox.control("delete", {"id": names[300]})
    actor = make_actor("administrator")
    past_ask(actor, account_id=line.account.pk, since=now() - timedelta(hours=2), until=now())
    read_on()
    reading = PastReading.objects.get()
    assert (reading.state, reading.percent) == ("done", 100)
    assert (reading.fresh, reading.changed, reading.removed) == (1, 1, 1)
    assert (
        reading.found
        == 3 + InboundItem.objects.filter(is_own=True, posted_at__gte=reading.since).count()
    )
    assert "removed" not in InboundItem.objects.get(text__contains="300 ago").visibility
    act = Activity.objects.get(verb="channels.account.past_asked")
    assert act.actor_id == actor.user_id


@pytest.mark.parametrize(
    ("since", "until"),
    [(2, 2), (1, 2), (2, -1), (24 * 400, 1)],
    ids=["empty", "turned", "ahead", "old"],
)
def test_a_period_that_cannot_be_read(since, until):
    account = make_account(kind="x")
    at = now()
    with pytest.raises(Invalid):
        past_ask(
            SYSTEM,
            account_id=account.pk,
            since=at - timedelta(hours=since),
            until=at - timedelta(hours=until),
        )
    assert not PastReading.objects.exists()


def test_a_feed_has_no_past():
    account = make_account(kind="feed")
    with pytest.raises(Conflict):
        past_ask(SYSTEM, account_id=account.pk, since=now() - timedelta(hours=2), until=now())


def test_only_who_manages_the_account_may_ask():
    account = make_account(kind="x")
    period = {"since": now() - timedelta(hours=2), "until": now()}
    with pytest.raises(NotAllowed):
        past_ask(make_actor("manager", account.unit), account_id=account.pk, **period)
    with pytest.raises(NotFound):
        past_ask(make_actor("administrator", make_account().unit), account_id=account.pk, **period)


def test_a_reading_may_be_stopped_and_what_it_brought_stays(sandbox):
    line = connect(sandbox, "x")
    write(line, "an hour ago", hours=1)
    reading = past_ask(
        SYSTEM, account_id=line.account.pk, since=now() - timedelta(hours=2), until=now()
    )
    claimed = past.past_claim()
    past_stop(SYSTEM, reading_id=reading.pk)
    past_tasks.read_some(claimed)
    assert PastReading.objects.get().state == "stopped"
    assert line.items() == set()
    with pytest.raises(Conflict):
        past_stop(SYSTEM, reading_id=reading.pk)


# --- Trouble ---


def test_the_past_waits_when_its_platform_asks_for_patience(sandbox):
    line = connected(sandbox, "x")
    line.fault("status", status=429, reset_in=300)
    past_tasks.read_past()
    reading = PastReading.objects.get()
    assert (reading.state, reading.failures) == ("waiting", 0)
    assert reading.due_at > now() + timedelta(seconds=250)


def test_the_past_of_a_silent_account_is_not_read(sandbox):
    line = connected(sandbox, "x")
    for silence in ("is_paused", "needs_reconnect"):
        ChannelAccount.objects.filter(pk=line.account.pk).update(**{silence: True})
        assert past.past_claim() is None
        ChannelAccount.objects.filter(pk=line.account.pk).update(**{silence: False})
    assert past.past_claim() is not None


@pytest.mark.django_db(transaction=True)
def test_two_workers_read_one_past_once(sandbox):
    connected(sandbox, "x")
    first, second = together(past.past_claim, past.past_claim)
    assert [first, second].count(None) == 1


@pytest.mark.django_db(transaction=True)
def test_history_and_polls_together_store_everything_once(sandbox):
    line = connect(sandbox, "blog")
    write_many(line, 60, hours=10)
    past.history_begin(line.account, SYSTEM, 7)
    claimed, account = past.past_claim(), line.due()
    ChannelAccount.objects.update(cursor={}, live_since=None)
    together(lambda: past_tasks.read_some(claimed), lambda: tasks.poll_account(account.pk))
    PastReading.objects.update(lease_until=None)
    read_on()
    assert InboundItem.objects.count() == 60
    assert len(line.items()) == 60
    rows = CoveredStretch.objects.filter(account=line.account).order_by("since")
    assert all(one.until < other.since for one, other in itertools.pairwise(rows))
