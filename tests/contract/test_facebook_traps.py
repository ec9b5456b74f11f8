"""Where Facebook Pages differ from what one would expect, one test for each."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from channels.adapters.facebook import mapping
from channels.errors import AuthExpired, RateLimited, Rejected, RejectionCode, Unreachable
from channels.sandbox.media import draw_picture
from channels.types import ItemKind, OutgoingMedia, Visibility
from tests.support.peer import answer
from tests.support.voices import ids, one


@pytest.fixture
def page(connect):
    return connect("facebook")


def now() -> datetime:
    return datetime.now(UTC)


# --- people


def test_people_may_be_withheld(page):
    """The key `from` is absent, not empty. The comment is nobody's, certainly not ours."""
    asked = page.asked("누구게요", author={"name": "숨은 사람", "withheld": True})
    assert asked.author is None
    assert not asked.is_own
    assert page.adapter().publish(page.reply("그래도 답해요", asked)).external_id


def test_without_the_permission_everybody_is_withheld(page):
    page.set(fb_from="missing")
    asked = page.asked("질문")
    ours = page.adapter().publish(page.reply("답", asked))
    items, _ = page.walk()
    assert one(items, asked.external_id).author is None
    assert one(items, ours.external_id).is_own
    assert len(page.find(page.reply("답", asked), now())) == 1


def test_a_visitor_post_is_a_customers_and_is_answered_below(page):
    post = page.asked("여기 답 좀 주세요", kind="visitor_post")
    assert post.kind == ItemKind.VISITOR_POST
    assert post.thread_external_id == post.external_id
    began = now()
    out = page.reply("바로 볼게요", post)
    receipt = page.adapter().publish(out)
    ours = one(page.walk()[0], receipt.external_id)
    assert (ours.kind, ours.is_own) == (ItemKind.COMMENT, True)
    assert ours.parent_external_id == post.external_id
    assert [r.external_id for r in page.find(out, began)] == [receipt.external_id]


# --- pages of listings


def test_an_empty_edge_has_no_paging(page):
    page.canned({"data": []})
    listing = page.adapter().fetch({})
    assert listing.items == ()
    assert not listing.has_more


def test_the_last_page_has_cursors_but_no_next(page):
    cursors = {"before": "a", "after": "b"}
    page.canned({"data": [], "paging": {"cursors": cursors}})
    assert not page.adapter().fetch({}).has_more


def test_pages_by_time_have_a_next_but_no_cursors(page):
    page.set(fb_paging="times")
    written = page.say_many(160)
    items, cursor = page.walk()
    assert set(written) <= set(ids(items))
    began, asked = now(), items[0]
    asked = one(items, written[0])
    out = page.reply("답", asked)
    page.adapter().publish(out)
    noise = [{"text": f"n {n}"} for n in range(120)]
    page.sandbox.say_many(page.there, noise, kind="comment", in_reply_to=asked.thread_external_id)
    assert len(page.find(out, began)) == 1
    assert "access_token" not in json.dumps(cursor)


def test_a_next_page_of_an_unknown_form_is_not_the_end(page):
    page.canned({"data": [], "paging": {"next": "https://graph.facebook.com/v25.0/1/feed?x=1"}})
    with pytest.raises(Unreachable):
        page.adapter().fetch({})


def test_news_below_an_old_post_arrive(page):
    """Comments stand oldest first unless asked otherwise: the news would be on the last page."""
    page.say_many(130, hours=400)
    items, cursor = page.walk()
    fresh = page.say("이제 와서 물어봅니다", in_reply_to=items[0].thread_external_id)
    page_two = page.adapter().fetch(cursor)
    assert fresh in ids(page_two.items)
    assert not page_two.has_more


def test_news_arrive_even_when_graph_does_not_mind_the_order(page):
    page.set(fb_order="oldest_first")
    old = page.say_many(130, hours=400)
    items, cursor = page.walk()
    assert set(old) <= set(ids(items))
    fresh = page.say("이제 와서 물어봅니다")
    assert fresh in ids(page.walk(cursor)[0])
    began, out = now(), page.reply("답", one(items, old[0]))
    receipt = page.adapter().publish(out)
    assert [r.external_id for r in page.find(out, began)] == [receipt.external_id]


def test_a_forgotten_cursor_begins_anew(page):
    """Graph's cursors are not for keeping; what is read twice is the same."""
    old = page.say_many(130)
    first = page.adapter().fetch({})
    stale = json.loads(json.dumps(first.next_cursor))
    assert stale["busy"]
    stale["busy"][0]["next"] = {"after": "expired"}
    items, _ = page.walk(stale)
    assert set(old) <= {*ids(first.items), *ids(items)}
    again = page.adapter().fetch({**first.next_cursor, "busy": [], "next": {"after": "expired"}})
    assert (again.items, again.has_more) == ((), False)
    assert again.next_cursor["next"] == {}


def test_a_post_may_go_while_its_comments_are_read(page):
    page.say_many(130)
    first = page.adapter().fetch({})
    page.control("delete", first.items[0].thread_external_id)
    page.walk(first.next_cursor)


def test_too_much_data_is_asked_for_in_smaller_pieces(page):
    written = page.say("말")
    words = "Please reduce the amount of data you're asking for, then retry your request"
    for _ in range(2):
        page.fault("status", code=1, status=500, message=words)
    assert written in ids(page.adapter().fetch({}).items)
    page.fault("status", code=1, status=500, message=words, times=50)
    with pytest.raises(Unreachable):
        page.adapter().fetch({})


# --- what a comment looks like


def test_a_sticker_or_a_photo_has_no_message(page):
    bare = page.asked("", media=True)
    assert bare.text == ""
    assert [media.kind for media in bare.media] == ["image"]
    assert bare.media[0].url.startswith("http")
    assert page.adapter().publish(page.reply("사진 잘 봤어요", bare)).external_id


def test_an_answer_to_an_answer_joins_the_thread(page):
    asked = page.asked("질문")
    first = page.say("나도요", in_reply_to=asked.external_id)
    second = page.say("저도요", in_reply_to=first)
    item = one(page.walk()[0], second)
    assert item.parent_external_id == asked.external_id
    began, out = now(), page.reply("모두 확인했습니다", item)
    receipt = page.adapter().publish(out)
    assert one(page.walk()[0], receipt.external_id).parent_external_id == asked.external_id
    assert [r.external_id for r in page.find(out, began)] == [receipt.external_id]


def test_a_hidden_comment_says_so(page):
    asked = page.asked("욕설")
    adapter = page.adapter()
    adapter._calls.graph.request(f"v25.0/{asked.external_id}", post_args={"is_hidden": "true"})
    (seen,) = page.adapter().recheck([asked.external_id]).items
    assert seen.visibility == Visibility.HIDDEN


@pytest.mark.parametrize(
    "text", ["2021-02-04T15:22:43+0000", "2021-02-05T00:22:43+0900", "2021-02-04T15:22:43+00:00"]
)
def test_times_have_no_colon(text):
    assert mapping.moment(text) == datetime(2021, 2, 4, 15, 22, 43, tzinfo=UTC)


def test_words_arrive_as_they_were_written(page):
    text = '<b>5 < 6 & "q"</b> &amp; \\u003c 👩‍👩‍👧 {{ x }}'
    assert page.asked(text).text == text


def test_a_comment_knows_the_post_it_stands_under(page):
    page.adapter().publish(page.post("새 요금제를 소개합니다"))
    asked = page.asked("언제부터요?")
    assert asked.context == "새 요금제를 소개합니다"
    assert asked.context_url.startswith("http")
    assert asked.parent_external_id == ""


# --- rechecking


@pytest.mark.parametrize("message", ["", "(#803) Some of the aliases you requested do not exist"])
def test_one_missing_id_fails_the_whole_answer(page, message):
    """Graph names the missing ones, or does not: then halves are asked."""
    written = page.say_many(9, hours=0)
    for external_id in written[2:4]:
        page.control("delete", external_id)
    if message:
        page.fault("status", code=803, message=message)
    seen = page.adapter().recheck(written)
    assert set(seen.gone) == set(written[2:4])
    assert len(seen.items) == 7


def test_posts_and_comments_are_rechecked_together(page):
    comment, post = page.say("댓글"), page.say("글", kind="visitor_post")
    own = page.adapter().publish(page.post("우리 글")).external_id
    page.control("delete", post)
    seen = page.adapter().recheck([comment, post, own])
    assert set(ids(seen.items)) == {comment, own}
    assert seen.gone == (post,)


# --- tokens and proofs


@pytest.mark.parametrize("subcode", [None, 458, 459, 460, 463, 464, 467])
def test_a_dead_token_is_told_from_trouble(page, subcode):
    page.fault("status", code=190, subcode=subcode)
    with pytest.raises(AuthExpired):
        page.adapter().fetch({})


def test_a_persons_token_is_not_a_pages(page):
    """A user token reads posts, and finds every page's comments empty: a silent inbox."""
    person = page.adapter(page_access_token=page.there["credentials"]["user_token"])
    with pytest.raises(AuthExpired, match="not a Page's token"):
        person.whoami()


def test_the_proof_goes_with_every_call(page):
    """The sandbox wants it everywhere; a wrong app secret shows at once."""
    asked = page.asked()
    adapter = page.adapter(app_secret="wrong")
    tries = [
        adapter.whoami,
        lambda: adapter.fetch({}),
        lambda: adapter.publish(page.post("x")),
        lambda: adapter.publish(page.reply("x", asked)),
        lambda: adapter.remove(asked.external_id),
    ]
    for attempt in tries:
        with pytest.raises(AuthExpired):
            attempt()


def test_an_app_without_a_secret_needs_no_proof(connect):
    page = connect("facebook", app_secret=False)
    assert page.secrets()["app_secret"] == ""
    assert page.adapter().whoami().external_id == page.there["id"]


@pytest.mark.parametrize("verb", ["read", "write", "remove"])
def test_proof_and_token_travel_together(page, peer, verb):
    peer.says(answer(b'{"id":"1"}', "Content-Type: application/json"))
    adapter = page.adapter(base_url=peer.url)
    do = {
        "read": adapter.whoami,
        "write": lambda: adapter.publish(page.post("x")),
        "remove": lambda: adapter.remove("1"),
    }[verb]
    do()
    for request in peer.requests:
        assert request.count(b"appsecret_proof=") == 1
        assert request.count(b"access_token=") == 1


def test_the_token_stays_out_of_logs_cursors_and_items(page, whole_log):
    """It stands in every address, and in every `next` that Graph sends."""
    asked = page.asked("질문 " * 100)
    page.say_many(60)
    items, cursor = page.walk()
    page.adapter().publish(page.reply("답", asked))
    page.fault("drop_before")
    with pytest.raises(Unreachable) as caught:
        page.adapter().fetch({})
    log = whole_log()
    assert "urllib3" in log
    kept = json.dumps(cursor) + repr(items) + caught.value.detail + log
    assert [name for name, value in page.secrets().items() if value in kept] == []


# --- limits


def test_usage_headers_tell_when_to_come_back(page):
    page.fault("status", code=80001, reset_in=720)
    with pytest.raises(RateLimited) as caught:
        page.adapter().fetch({})
    assert timedelta(minutes=11) < caught.value.until - now() <= timedelta(minutes=12)


def test_a_blocked_page_is_not_rate_limited(page):
    page.fault("status", code=368, status=403)
    with pytest.raises(Rejected) as caught:
        page.adapter().publish(page.post("x"))
    assert caught.value.code == RejectionCode.BLOCKED


# --- reading back


def test_the_answer_goes_with_what_it_answered(page):
    """The customer deletes the question while we wonder: Facebook takes our answer along."""
    asked, other = page.asked("질문"), page.asked("다른 질문")
    began, out = now(), page.reply("답", asked)
    page.adapter().publish(out)
    page.adapter().publish(page.reply("답", other))
    page.control("delete", asked.external_id)
    assert page.find(out, began) == []
    page.control("delete", asked.thread_external_id)
    assert page.find(out, began) == []


def test_an_answer_carries_one_picture(page):
    asked = page.asked()
    picture = OutgoingMedia("a.png", "image/png", draw_picture(90))
    out = page.adapter().prepare(page.reply("그림", asked, media=(picture,)))
    receipt = page.adapter().publish(out)
    assert page.shown(receipt.external_id)["photos"] == list(out.media_handles)


def test_our_post_of_an_hour_ago_is_not_taken_for_todays(page):
    out = page.post("매일 같은 인사")
    page.set(fb_duplicate_posts="accept")
    page.adapter().publish(out)
    assert page.find(out, now() + timedelta(minutes=5)) == []


# --- creating and reading in one call


def test_a_post_tells_its_address_and_time_in_the_call_that_makes_it(page):
    receipt = page.adapter().publish(page.post("한 번에"))
    assert receipt.posted_at is not None
    assert receipt.url


def test_what_stands_but_could_not_be_read_back_is_no_failure(page):
    """Graph answers with an error that holds what it has made."""
    page.fault("visible_after", seconds=3600)
    receipt = page.adapter().publish(page.post("보이지 않아도"))
    assert receipt.external_id
    assert page.stands("보이지 않아도") == 1
