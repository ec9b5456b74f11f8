"""How far a reading has come: what adapters say of it is so, and nothing falls out on the way."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from channels.coverage import BEGINNING
from tests.support.voices import ids, long_ago


def now() -> datetime:
    return datetime.now(UTC)


def reached(pages, stream):
    """Return the reach of a stream in the one page that tells of it."""
    (found,) = [reach for page in pages for reach in page.reached if reach.stream == stream]
    return found


def through_json(cursor):
    return json.loads(json.dumps(cursor))


@pytest.mark.parametrize(
    ("kind", "stream"), [("x", "mentions"), ("facebook", "comments"), ("blog", "comments")]
)
def test_a_walk_to_the_end_reaches_back_to_the_one_before(connect, kind, stream):
    place = connect(kind)
    place.say("먼저", at=long_ago(1))
    first = place.pages()
    assert reached(first, stream).since == BEGINNING
    place.say_many(130, hours=0)
    assert reached(place.pages(first[-1].next_cursor), stream).since is None


@pytest.mark.parametrize("kind", ["x", "facebook", "blog"])
def test_an_account_that_begins_now_leaves_the_past_to_its_history(connect, kind):
    place = connect(kind)
    old, at = place.say_many(60, hours=30), now() - timedelta(minutes=1)
    fresh = place.say("지금")
    pages = place.pages(place.adapter().begin(at))
    assert fresh in ids(pages[0].items)
    assert len(pages) <= 4
    past, cursor, rounds = [], {}, 0
    streams = place.adapter().capabilities.streams
    while True:
        page = place.adapter().history(streams, at - timedelta(days=7), at, through_json(cursor))
        past += page.items
        cursor, rounds = page.next_cursor, rounds + 1
        if not page.has_more:
            break
    assert set(old) <= set(ids(past))
    assert fresh not in ids(past)
    assert rounds < 20


# --- X


def test_exactly_as_many_mentions_as_x_keeps_are_no_loss(connect):
    profile = connect("x")
    profile.say("첫 말", at=long_ago(30))
    _, cursor = profile.walk()
    profile.say_many(799, hours=20)
    pages = profile.pages(cursor)
    assert reached(pages, "mentions").since is None
    assert not any(page.gap for page in pages)


def test_what_falls_out_of_x_while_a_walk_rests_is_missed_and_told(connect):
    """Neither walk saw 800, yet mentions between them are gone."""
    profile = connect("x")
    profile.say("첫 말", at=long_ago(30))
    _, cursor = profile.walk()
    old = profile.say_many(500, hours=20)
    page = profile.adapter().fetch(through_json(cursor))
    assert page.has_more
    profile.say_many(500, "끼어든 말", hours=3)
    pages = profile.pages(page.next_cursor)
    seen = {*ids(page.items), *(x for p in pages for x in ids(p.items))}
    assert set(old) - seen
    since = reached(pages, "mentions").since
    lost = [number for number, key in enumerate(old) if key not in seen]
    assert since > now() - timedelta(hours=20) + timedelta(seconds=20 * lost[-1])


# --- Facebook


def test_a_storm_on_a_page_that_nobody_has_commented_on_is_read_whole(connect):
    """Known are posts by their time, not by their comments."""
    page = connect("facebook")
    _, cursor = page.walk()
    wishes = [{"text": f"글 {n}", "kind": "visitor_post"} for n in range(140)]
    written = page.sandbox.say_many(page.there, wishes)
    items = [x for p in page.pages(cursor) for x in ids(p.items)]
    assert set(written) <= set(items)


def test_a_storm_in_which_graph_forgets_its_place_is_read_whole_all_the_same(connect):
    page = connect("facebook")
    page.say("처음", kind="visitor_post", at=long_ago(5))
    _, cursor = page.walk()
    wishes = [{"text": f"글 {n}", "kind": "visitor_post"} for n in range(70)]
    written = page.sandbox.say_many(page.there, wishes)
    first = page.adapter().fetch(through_json(cursor))
    assert first.has_more
    stale = {**through_json(first.next_cursor), "next": {"after": "expired"}}
    lost = page.adapter().fetch(stale)
    assert lost.reached == ()
    items, _ = page.walk(lost.next_cursor)
    assert set(written) <= {*ids(first.items), *ids(items)}


# --- Blogs


def test_however_many_are_deleted_between_two_pages_nobody_is_pushed_past_us(connect):
    blog = connect("blog")
    written = blog.say_many(150)
    page = blog.adapter().fetch({})
    seen, removed = list(ids(page.items)), ids(page.items)[:30]
    for external_id in removed:
        blog.control("delete", external_id)
    while page.has_more:
        page = blog.adapter().fetch(through_json(page.next_cursor))
        seen += ids(page.items)
    assert set(written) <= set(seen)
