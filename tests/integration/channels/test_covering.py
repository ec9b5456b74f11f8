"""The ledger of what has been read: polls extend it, breaks in reading are named, losses stay named."""

from datetime import timedelta

import pytest

from channels import tasks
from channels.actions.covering import SETTLES_WITHIN, stretch_add
from channels.actions.landing import items_store, page_land
from channels.actions.tidings import tidings_land
from channels.coverage import Stretch, covers
from channels.models import ChannelAccount, CoveredStretch, Hole, InboundItem
from channels.types import Reach
from opsconsole.kernel.clock import now
from tests.factories.channels import make_account, make_fetched
from tests.support.platforms import connect

pytestmark = pytest.mark.django_db
KINDS = ["x", "facebook", "blog"]
PLAIN = {"x": {}, "facebook": {"kind": "comment"}, "blog": {}}


def stretches(account, stream):
    rows = CoveredStretch.objects.filter(account=account, stream=stream).order_by("since")
    return [Stretch(row.since, row.until) for row in rows]


def read(account, began, *reached, items=()):
    """Land a reading that began at a moment, in one page."""
    account.refresh_from_db()
    assert page_land(account, items, {}, account.poll_fence, reached=reached, as_of=began)
    ChannelAccount.objects.filter(pk=account.pk).update(last_success_at=began)


@pytest.fixture
def account():
    return make_account(kind="x", poll_every=60)


@pytest.mark.parametrize("kind", KINDS)
def test_each_poll_extends_what_is_covered(sandbox, kind, time_machine):
    line = connect(sandbox, kind)
    line.say("하나", **PLAIN[kind])
    streams = {"x": "mentions", "facebook": "comments", "blog": "comments"}
    time_machine.move_to(now(), tick=False)
    began = now()
    for _ in range(3):
        tasks.poll_account(line.due().pk)
        (whole,) = stretches(line.account, streams[kind])
        assert abs(whole.until - (now() - SETTLES_WITHIN)) < timedelta(seconds=2)
        time_machine.shift(timedelta(seconds=60))
    assert covers([whole], Stretch(began - timedelta(hours=1), began + timedelta(seconds=60)))
    assert not Hole.objects.exists()


def test_a_break_in_reading_is_named_with_what_came_in_later(account):
    noon = now() - timedelta(hours=2)
    read(account, noon, Reach("mentions"))
    after = noon + timedelta(minutes=16)
    late = [make_fetched(posted_at=noon + timedelta(minutes=m)) for m in (3, 7)]
    read(account, after, Reach("mentions"), items=[*late, make_fetched(posted_at=after)])
    hole = Hole.objects.get()
    assert (hole.state, hole.found) == ("filled", 2)
    assert (hole.since, hole.until) == (noon - SETTLES_WITHIN, after - SETTLES_WITHIN)
    assert len(stretches(account, "mentions")) == 1
    came = InboundItem.objects.order_by("posted_at").values_list("came_as", flat=True)
    assert list(came) == ["filled", "filled", "live"]


def test_an_ordinary_pause_is_no_break(account):
    noon = now() - timedelta(hours=2)
    for minute in range(0, 20, 4):
        read(account, noon + timedelta(minutes=minute), Reach("mentions"))
    assert not Hole.objects.exists()
    assert len(stretches(account, "mentions")) == 1


def test_what_the_platform_no_longer_had_stays_a_hole(account):
    noon = now() - timedelta(hours=2)
    read(account, noon, Reach("mentions"))
    oldest, after = noon + timedelta(minutes=20), noon + timedelta(hours=1)
    read(account, after, Reach("mentions", oldest))
    states = list(Hole.objects.order_by("since").values_list("state", "since", "until"))
    assert states == [
        ("open", noon - SETTLES_WITHIN, oldest),
        ("filled", oldest, after - SETTLES_WITHIN),
    ]
    assert [row.since for row in stretches(account, "mentions")][1] == oldest


def test_a_feed_has_no_past_so_its_holes_are_lost_at_once():
    account = make_account(kind="feed")
    noon = now() - timedelta(hours=2)
    read(account, noon, Reach("entries"))
    read(account, noon + timedelta(hours=1), Reach("entries", noon + timedelta(minutes=50)))
    assert set(Hole.objects.values_list("state", flat=True)) == {"lost", "filled"}


def test_streams_have_times_of_their_own(account):
    noon = now() - timedelta(hours=2)
    read(account, noon, Reach("mentions"), Reach("own"))
    read(account, noon + timedelta(minutes=1), Reach("mentions"))
    assert stretches(account, "own")[0].until < stretches(account, "mentions")[0].until


def test_a_poll_that_is_lost_extends_nothing(account):
    lost = account.poll_fence - 1
    assert not page_land(account, [], {}, lost, reached=[Reach("mentions")], as_of=now())
    assert not CoveredStretch.objects.exists()


def test_a_walk_over_several_polls_counts_from_its_first_page(account):
    began = now() - timedelta(minutes=3)
    assert page_land(account, [], {}, account.poll_fence, has_more=True, as_of=began)
    account.refresh_from_db()
    assert page_land(account, [], {}, account.poll_fence, reached=[Reach("mentions")], as_of=now())
    assert stretches(account, "mentions")[0].until == began - SETTLES_WITHIN
    account.refresh_from_db()
    assert account.walk_began_at is None


def test_stretches_that_touch_are_joined(account):
    noon = now()
    parts = [(0, 10), (20, 30), (10, 20)]
    for since, until in parts:
        stretch_add(account, "own", Stretch(noon + timedelta(since), noon + timedelta(until)))
    assert stretches(account, "own") == [Stretch(noon, noon + timedelta(30))]


# --- What is older never replaces what is newer ---


def test_an_older_look_does_not_replace_a_newer_one(account):
    at = now()
    item = make_fetched("a1", text="newer", posted_at=at - timedelta(hours=1))
    items_store(account, [item], as_of=at)
    older = make_fetched("a1", text="older", posted_at=item.posted_at)
    assert items_store(account, [older], as_of=at - timedelta(seconds=5)).changed == 0
    assert InboundItem.objects.get().text == "newer"
    assert items_store(account, [older], as_of=at + timedelta(seconds=5)).changed == 1


def test_a_push_lands_and_leaves_the_ledger_to_the_polls(account):
    at = now()
    fresh, late = make_fetched(posted_at=at), make_fetched(posted_at=at - timedelta(hours=3))
    assert tidings_land(account, fresh=[fresh, late], as_of=at) == 2
    assert tidings_land(account, fresh=[fresh, late], as_of=at) == 0
    assert not CoveredStretch.objects.exists()
    came = InboundItem.objects.order_by("posted_at").values_list("came_as", flat=True)
    assert list(came) == ["filled", "live"]
