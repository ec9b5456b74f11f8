"""What reads do on a bad day: say what to do next, lose nothing, and never call half a read empty."""

from datetime import UTC, datetime, timedelta

import pytest

from channels.errors import AuthExpired, RateLimited, Rejected, Unreachable
from tests.support.voices import Place, ids

SHORT = 0.5


def now() -> datetime:
    return datetime.now(UTC)


def reads(place: Place, **options):
    """Return every verb that reads, each with an adapter of its own."""
    known = place.say("known")
    out = place.post("something")
    asked = place.asked()
    hour_ago = now() - timedelta(hours=1)
    found = {
        "whoami": lambda: place.adapter(**options).whoami(),
        "fetch": lambda: place.adapter(**options).fetch({}),
        "find": lambda: place.adapter(**options).find(out, since=hour_ago, until=now()),
        "find a reply": lambda: place.adapter(**options).find(
            place.reply("something", asked), since=hour_ago, until=now()
        ),
        "recheck": lambda: place.adapter(**options).recheck([known]),
    }
    return found if place.kind != "feed" else {k: found[k] for k in ("whoami", "fetch")}


GARBAGE = {
    "HTML": {"body": "<html>Just a moment...</html>", "headers": {"Content-Type": "text/html"}},
    "HTML called JSON": {"body": "<html>Just a moment...</html>"},
    "nothing": {"body": ""},
    "nothing, without content": {"body": "", "status": 204},
    "null": {"body": None},
    "a word": {"body": "ok"},
    "a number": {"body": 7},
    "an empty object": {"body": {}},
    "half of JSON": {"body": '{"data": [{"id": "1'},
    "no type": {"body": "{}", "headers": {"Content-Type": ""}},
}


@pytest.mark.parametrize("said", GARBAGE.values(), ids=GARBAGE.keys())
def test_what_makes_no_sense_is_read_again_later(source, said):
    for name, read in reads(source).items():
        source.fault("canned", **said)
        with pytest.raises(Unreachable):
            raise AssertionError(f"{name} returned {read()}")


@pytest.mark.parametrize(("status", "body"), [(500, "json"), (502, "html"), (503, "json")])
def test_a_server_in_trouble_is_asked_again_later(source, status, body):
    for name, read in reads(source).items():
        source.fault("status", status=status, body=body)
        with pytest.raises(Unreachable) as caught:
            raise AssertionError(f"{name} returned {read()}")
        assert caught.value.http_status == status


@pytest.mark.parametrize("kind", ["drop_before", "drop_after", "half"])
def test_a_lost_answer_is_read_again_later(source, kind):
    for name, read in reads(source).items():
        source.fault(kind)
        with pytest.raises(Unreachable):
            raise AssertionError(f"{name} returned {read()}")


@pytest.mark.parametrize(
    ("kind", "wish"), [("timeout_before", {"seconds": 5}), ("drip", {"ms": 30})]
)
def test_an_answer_that_does_not_come_is_not_waited_for(source, kind, wish):
    source.say("text " * 50)
    source.fault(kind, **wish)
    began = now()
    with pytest.raises(Unreachable):
        source.adapter(timeout=SHORT).fetch({})
    assert now() - began < timedelta(seconds=4)


@pytest.mark.parametrize("status", [302, 307])
def test_redirects_are_refused(source, status, peer):
    """Also because the credentials would go along."""
    for name, read in reads(source).items():
        source.canned("", status, headers={"Location": f"{peer.url}/elsewhere"})
        with pytest.raises((Unreachable, Rejected)):
            raise AssertionError(f"{name} returned {read()}")
    assert peer.connections == 0


def test_a_limit_whose_end_is_told(place):
    for name, read in reads(place).items():
        wish = {"code": 32} if place.kind == "facebook" else {"status": 429}
        place.fault("status", reset_in=300, **wish)
        with pytest.raises(RateLimited) as caught:
            raise AssertionError(f"{name} returned {read()}")
        assert timedelta(seconds=280) < caught.value.until - now() <= timedelta(seconds=301)


@pytest.mark.parametrize("header", ["missing", "wrong"])
def test_a_limit_whose_end_is_not_told(place, header):
    """No end, or one that is past: the caller decides, or a small site's own pause holds."""
    wish = {"code": 32} if place.kind == "facebook" else {"status": 429}
    place.fault("status", header=header, **wish)
    with pytest.raises(RateLimited) as caught:
        place.adapter().fetch({})
    assert caught.value.until is None or caught.value.until - now() < timedelta(seconds=20)


def test_credentials_that_die_on_the_way(place):
    """The second page answers 401. What the first one brought stays, and a new token goes on there."""
    written = place.say_many(120)
    first = place.adapter().fetch({})
    assert first.has_more
    place.fault("status", status=401)
    with pytest.raises(AuthExpired):
        place.adapter().fetch(first.next_cursor)
    rest, _ = place.walk(first.next_cursor)
    assert set(written) <= {*ids(first.items), *ids(rest)}


@pytest.mark.parametrize("trouble", [{"status": 429}, {"status": 503}])
def test_a_walk_that_is_stopped_goes_on_at_the_same_page(place, trouble):
    written = place.say_many(120)
    first = place.adapter().fetch({})
    place.fault("status", **trouble)
    with pytest.raises((RateLimited, Unreachable)):
        place.adapter().fetch(first.next_cursor)
    rest, _ = place.walk(first.next_cursor)
    assert set(written) <= {*ids(first.items), *ids(rest)}


@pytest.mark.parametrize("kind", ["out_of_order", "duplicate"])
def test_a_muddled_listing_loses_nothing(place, kind):
    old = place.say_many(70)
    place.fault(kind, times=50)
    items, cursor = place.walk()
    fresh = place.say_many(60, "새 말", hours=0)
    items += place.walk(cursor)[0]
    assert {*old, *fresh} <= set(ids(items))


# --- reading back is all or nothing


@pytest.mark.parametrize("kind", ["x", "facebook"])
def test_reading_back_goes_through_every_page_or_fails(connect, kind):
    place = connect(kind)
    asked, began = place.asked(), now()
    sought = place.reply("the one", asked)
    receipt = place.adapter().publish(sought)
    if kind == "x":  # what else we said; on Facebook, what else was said in the thread
        noise = {"kind": "reply", "author": {"handle": place.there["handle"]}}
    else:
        noise = {"kind": "comment", "in_reply_to": asked.thread_external_id}
    place.sandbox.say_many(place.there, [{"text": f"noise {n}"} for n in range(120)], **noise)
    assert [r.external_id for r in place.find(sought, began)] == [receipt.external_id]
    listing = {"x": "/tweets$", "facebook": "/comments$"}[kind]
    for trouble in (
        {"kind": "status", "status": 503},
        {"kind": "garbage"},
        {"kind": "drop_after"},
    ):
        place.fault("slow", ms=0, path_regex=listing)  # the first page is read
        place.fault(path_regex=listing, **trouble)
        with pytest.raises(Unreachable):
            raise AssertionError(f"returned {place.find(sought, began)}")


MEANINGLESS = {
    "x": [{"errors": [{"title": "Forbidden", "detail": "?"}]}, {"title": "?"}, [], {"data": None}],
    "facebook": [{"success": True}, {"data": None}, {"data": {}}, []],
    "blog": [{"code": "ok"}, {}, {"data": []}],
}


def test_an_answer_without_a_list_is_not_an_empty_list(place):
    for body in MEANINGLESS[place.kind]:
        place.canned(body)
        with pytest.raises(Unreachable):
            raise AssertionError(f"{body} gave {place.find(place.post('x'), now())}")
        place.canned(body)
        with pytest.raises(Unreachable):
            raise AssertionError(f"{body} gave {place.adapter().fetch({})}")


POISON = {
    "x": lambda: {"data": [{"id": "1900000000000000001", "text": "bad", "created_at": "soon"},
                           {"id": "1900000000000000002", "text": "good", "author_id": "1"}],
                  "meta": {"result_count": 2}},
    "facebook": lambda: {"data": [{"id": "1_2", "message": "bad"},
                                  {"id": "1_3", "message": "good",
                                   "created_time": "2026-11-24T04:10:33+0000"}]},
    "blog": lambda: [{"id": 1, "post": 1, "date_gmt": "2026-11-24T04:10:33", "content": "bad"},
                     {"id": 2, "post": 1, "date_gmt": "2026-11-24T04:10:33",
                      "content": {"rendered": "good"}}],
}  # fmt: skip


def test_one_item_in_an_unknown_form_does_not_hide_the_others(place, caplog):
    place.canned(POISON[place.kind]())
    assert [item.text for item in place.adapter().fetch({}).items] == ["good"]
    assert "left out" in caplog.text


@pytest.mark.parametrize("kind", ["facebook", "blog"])
def test_an_item_that_cannot_be_read_is_not_gone(connect, kind):
    place = connect(kind)
    body = POISON[kind]()
    if kind == "facebook":
        body = {row["id"]: row for row in body["data"]}
    wanted = ["1_2", "1_3"] if kind == "facebook" else ["1", "2"]
    place.canned(body)
    seen = place.adapter().recheck(wanted)
    assert [item.text for item in seen.items] == ["good"]
    assert seen.gone == ()
