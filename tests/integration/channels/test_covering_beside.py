"""Side streams in the ledger: up to when words searched for, tagged posts and news below old posts have been read."""

from datetime import timedelta

import pytest

from channels import past_tasks, tasks
from channels.actions.covering import SETTLES_WITHIN, stretch_add
from channels.actions.listening import account_listening_set
from channels.actions.side_streams import Interval, stream_land
from channels.coverage import Stretch
from channels.models import ChannelAccount, CoveredStretch, Hole, InboundItem, SideStream
from channels.selectors.coverage import coverage_of, gaps_of
from channels.types import Page, Reach
from opsconsole.kernel.actor import SYSTEM
from opsconsole.kernel.clock import now
from tests.factories.channels import make_account, make_fetched
from tests.support.platforms import connect

pytestmark = pytest.mark.django_db
WEEK = Interval(300, timedelta(days=7))
HOUR = timedelta(hours=1)


def stretches(account, stream):
    rows = CoveredStretch.objects.filter(account=account, stream=stream).order_by("since")
    return [Stretch(row.since, row.until) for row in rows]


def again(account):
    """Let a worker read an account now, its side streams as well."""
    SideStream.objects.update(due_at=now())
    ChannelAccount.objects.filter(pk=account.pk).update(poll_due_at=now(), streams_due_at=now())
    tasks.poll_account(account.pk)


def searching(sandbox):
    """An account on X that searches for a word of its own, read once; and that word."""
    line = connect(sandbox, "x")
    ChannelAccount.objects.filter(pk=line.account.pk).update(handle=line.there["handle"])
    word = f"w{line.there['handle']}"
    account_listening_set(SYSTEM, account_id=line.account.pk, query=word, with_reposts=False)
    again(line.account)
    return line, word


def land(account, stream, *, reached, asked_at, items=(), has_more=False):
    """Land a page of a side stream that was asked for at a moment."""
    page = Page(tuple(items), {}, has_more, reached=tuple(reached))
    account.refresh_from_db()
    assert stream_land(account, stream, page, asked_at, WEEK)


@pytest.fixture
def search():
    account = make_account(kind="x", poll_every=60)
    return account, SideStream.objects.create(
        account=account, kind="search", query="한빛", due_at=now()
    )


def test_a_search_is_covered_from_a_week_ago_on_and_goes_on(sandbox, time_machine):
    time_machine.move_to(now(), tick=False)
    line, _word = searching(sandbox)
    began = now()
    (whole,) = stretches(line.account, "search")
    assert abs(whole.since - (began - SETTLES_WITHIN - timedelta(days=7))) < timedelta(seconds=2)
    time_machine.shift(timedelta(minutes=5))
    again(line.account)
    (whole,) = stretches(line.account, "search")
    assert abs(whole.until - (now() - SETTLES_WITHIN)) < timedelta(seconds=2)
    assert not Hole.objects.exists()


def test_a_page_is_covered_for_tags_and_news_below_old_posts(sandbox, time_machine):
    time_machine.move_to(now(), tick=False)
    line = connect(sandbox, "facebook")
    again(line.account)
    time_machine.shift(timedelta(minutes=5))
    again(line.account)
    for stream in ("tagged", "activity"):
        (whole,) = stretches(line.account, stream)
        assert abs(whole.until - (now() - SETTLES_WITHIN)) < timedelta(seconds=2)
    assert not stretches(line.account, "planned")


def test_a_search_that_paused_is_named_with_what_came_in_later(search):
    account, stream = search
    noon = now() - timedelta(hours=3)
    land(account, stream, reached=[Reach("search")], asked_at=noon)
    late = make_fetched(posted_at=noon + timedelta(minutes=30), kind="keyword")
    land(account, stream, reached=[Reach("search")], asked_at=noon + HOUR, items=[late])
    hole = Hole.objects.get()
    assert (hole.stream, hole.state, hole.found) == ("search", "filled", 1)
    assert len(stretches(account, "search")) == 1


def test_a_walk_over_several_polls_is_covered_up_to_its_first_page(search):
    account, stream = search
    began = now() - timedelta(minutes=10)
    land(account, stream, reached=[], asked_at=began, has_more=True)
    stream.refresh_from_db()
    assert stream.walk_began_at == began
    land(account, stream, reached=[Reach("search")], asked_at=now())
    assert stretches(account, "search")[0].until == began - SETTLES_WITHIN
    stream.refresh_from_db()
    assert stream.walk_began_at is None


def test_what_a_search_left_out_is_filled_from_the_platforms_past(sandbox):
    line, word = searching(sandbox)
    account, at = line.account, now().replace(microsecond=0)
    ChannelAccount.objects.update(created_at=at - 24 * HOUR)
    CoveredStretch.objects.filter(stream="search").update(until=at - 5 * HOUR)
    inside = line.say(f"{word} 하나", kind="post", at=(at - 3 * HOUR).timestamp())
    stream = SideStream.objects.get(account=account)
    land(account, stream, reached=[Reach("search", at - 2 * HOUR)], asked_at=at)
    assert Hole.objects.filter(state="open").count() == 1
    past_tasks.read_past()
    hole = Hole.objects.order_by("since").first()
    assert (hole.state, hole.found) == ("filled", 1)
    found = InboundItem.objects.get(account=account, external_id=inside)
    assert (found.kind, found.came_as) == ("keyword", "filled")
    assert len(stretches(account, "search")) == 1


def test_what_x_searches_no_longer_is_lost_and_named(sandbox):
    line, _word = searching(sandbox)
    long_ago = now() - timedelta(days=10)
    rows = CoveredStretch.objects.filter(stream="search")
    rows.update(since=long_ago - HOUR, until=long_ago)
    SideStream.objects.update(cursor={"begun": True, "since": "1"})
    again(line.account)
    again(line.account)
    past_tasks.read_past()
    hole = Hole.objects.order_by("since").first()
    assert (hole.stream, hole.state, hole.since) == ("search", "lost", long_ago)


def test_other_words_begin_a_ledger_of_their_own(sandbox):
    line, word = searching(sandbox)
    assert stretches(line.account, "search")
    account_listening_set(
        SYSTEM, account_id=line.account.pk, query=f"{word} OR 다른말", with_reposts=False
    )
    assert not stretches(line.account, "search")


def test_what_a_side_stream_missed_makes_a_day_incomplete(search):
    account, _stream = search
    at = now()
    ChannelAccount.objects.update(created_at=at - timedelta(days=9), live_since=None)
    whole = Stretch(at - timedelta(days=9), at)
    for stream in ("mentions", "own"):
        stretch_add(account, stream, whole)
    units = [account.unit_id]
    assert gaps_of(units, whole, at) == {}, "what was never read for is not missing"
    stretch_add(account, "search", Stretch(at - 50 * HOUR, at - 40 * HOUR))
    stretch_add(account, "search", Stretch(at - 30 * HOUR, at - 20 * HOUR))
    assert gaps_of(units, Stretch(at - 60 * HOUR, at - 45 * HOUR), at) == {}
    (gaps,) = gaps_of(units, Stretch(at - 60 * HOUR, at - 25 * HOUR), at).values()
    assert gaps == [Stretch(at - 40 * HOUR, at - 30 * HOUR)]
    (gaps,) = gaps_of(units, Stretch(at - 10 * HOUR, at), at).values()
    assert gaps[0].since == at - 10 * HOUR, "it is not read any more"


def test_the_panel_shows_side_streams_and_is_not_held_back_by_them(search):
    account, _stream = search
    at = now()
    stretch_add(account, "mentions", Stretch(at - HOUR, at))
    stretch_add(account, "search", Stretch(at - 2 * HOUR, at - HOUR))
    seen = coverage_of(account, Stretch(at - 24 * HOUR, at))
    assert [one.stream for one in seen.streams] == ["mentions", "own", "search"]
    assert seen.until == at


def test_what_comes_at_a_side_streams_own_interval_is_news(search):
    account, stream = search
    at = now()
    old = make_fetched(posted_at=at - timedelta(minutes=7), kind="keyword")
    land(account, stream, reached=[Reach("search")], asked_at=at, items=[old])
    assert InboundItem.objects.get().came_as == "live"
