"""What every channel promises: the port's verbs over each adapter, on a good day."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from channels.errors import AuthExpired, Rejected, RejectionCode
from channels.markup import formatted
from channels.sandbox.media import draw_picture
from channels.types import ItemKind, Outgoing, OutgoingKind, OutgoingMedia, Visibility
from tests.support.voices import ids, long_ago, one

WRONG = {
    "x": {"access_token_secret": "wrong"},
    "facebook": {"page_access_token": "EAAGwrong"},
    "blog": {"application_password": "wrong wrong wrong"},
}


def now() -> datetime:
    return datetime.now(UTC)


# --- who speaks


def test_whoami(place):
    profile = place.adapter().whoami()
    assert profile.external_id == ("2" if place.kind == "blog" else place.there["id"])
    assert profile.name
    assert profile.url.startswith("http")


def test_a_feed_is_known_by_its_address(connect):
    feed = connect("feed")
    profile = feed.adapter().whoami()
    assert profile.external_id == feed.there["feed_url"]
    assert feed.there["title"] in profile.name


def as_article(text: str, place) -> str:
    """Return a post's text as the sandbox keeps it: articles are sent as HTML."""
    return formatted(text) if place.kind == "blog" else text


def test_wrong_credentials_are_noticed_by_every_verb(place):
    asked, mine = place.asked(), place.adapter().publish(place.post("mine"))
    stranger = place.adapter(**WRONG[place.kind])
    tries = [
        stranger.whoami,
        lambda: stranger.fetch({}),
        lambda: stranger.recheck([asked.external_id]),
        lambda: stranger.publish(place.reply("not me", asked)),
        lambda: stranger.publish(place.post("not me either")),
        lambda: stranger.find(place.post("mine"), since=now() - timedelta(hours=1), until=now()),
        lambda: stranger.find(
            place.reply("mine", asked), since=now() - timedelta(hours=1), until=now()
        ),
        lambda: stranger.remove(mine.external_id),
    ]
    for attempt in tries:
        with pytest.raises(AuthExpired):
            attempt()
    stored = [call["text"] for call in place.creates() if call["stored"]]
    assert stored == [as_article("mine", place)]


# --- reading


def test_an_account_nobody_has_written_to(source):
    items, cursor = source.walk()
    assert [item for item in items if not item.is_own] == []
    assert json.loads(json.dumps(cursor)) == cursor


def test_the_first_fetch_brings_what_stands(source):
    first, second = source.say("오래된 말", at=long_ago(30)), source.say("새 말")
    items, _ = source.walk()
    assert {first, second} <= set(ids(items))
    item = one(items, first)
    assert item.text.endswith("오래된 말")
    assert item.posted_at.tzinfo is not None
    assert abs(item.posted_at - (now() - timedelta(hours=30))) < timedelta(minutes=1)
    assert item.author.name == "지나가는 사람"
    assert item.permalink.startswith("http")
    assert item.visibility == Visibility.PUBLIC
    assert not item.is_own


def test_pages_run_to_the_end_and_then_only_news_are_read(place):
    """The walk is long, once. What comes later arrives without all of it being read again."""
    written = place.say_many(160)
    pages = place.pages()
    items = [item for page in pages for item in page.items]
    assert set(written) <= set(ids(items))
    assert len(pages) > 1
    fresh = place.say("방금")
    again, cursor = place.walk(pages[-1].next_cursor)
    assert fresh in ids(again)
    assert len(again) < len(written)
    later = place.say("또 방금")
    assert later in ids(place.walk(cursor)[0])


def test_news_that_come_while_pages_are_read_are_not_lost(place):
    written = place.say_many(120)
    page = place.adapter().fetch({})
    items, rounds = list(page.items), 0
    while page.has_more:
        rounds += 1
        written.append(place.say(f"끼어든 말 {rounds}"))
        page = place.adapter().fetch(json.loads(json.dumps(page.next_cursor)))
        items += page.items
    items += place.walk(page.next_cursor)[0]
    assert set(written) <= set(ids(items))


def test_a_walk_that_is_cut_short_goes_on_where_it_stood(place):
    written = place.say_many(120)
    first = place.adapter().fetch({})
    assert first.has_more
    rest, _ = place.walk(first.next_cursor)
    assert set(written) <= {*ids(first.items), *ids(rest)}


def test_what_is_read_again_is_the_same(source):
    source.say("하나")
    source.say("둘")
    items, cursor = source.walk()
    again, _ = source.walk(cursor)
    seen = {item.external_id: item for item in items}
    assert all(seen[item.external_id] == item for item in again)
    assert {i.external_id: i for i in source.walk()[0]} == seen


def test_nothing_new_is_read_in_one_go(source):
    source.say("하나", at=long_ago())
    cursor = source.walk()[1]
    for _ in range(3):
        pages = source.pages(cursor)
        cursor = pages[-1].next_cursor
        assert len(pages) <= 2
        assert not any(page.gap for page in pages)


def test_several_accounts_do_not_mix(connect, source):
    other = connect(source.kind)
    source.say("여기")
    other.say("저기")
    texts = {item.text for item in source.walk()[0] if not item.is_own}
    assert [text.endswith("여기") for text in texts] == [True]


def test_our_own_words_are_recognised(place):
    asked = place.asked()
    post = place.adapter().publish(place.post("우리 소식"))
    reply = place.adapter().publish(place.reply("우리 답", asked))
    items, _ = place.walk()
    assert one(items, reply.external_id).is_own
    assert not one(items, asked.external_id).is_own
    if place.kind != "blog":  # articles are no comments; the blog's walk does not list them
        own = one(items, post.external_id)
        assert own.is_own
        assert own.kind == ItemKind.OWN_POST


def test_a_thread_keeps_together(place):
    asked = place.asked("질문")
    answer = place.adapter().publish(place.reply("답", asked))
    thanks = place.say("고맙습니다", in_reply_to=place.inside(answer.external_id))
    items, _ = place.walk()
    ours, theirs = one(items, answer.external_id), one(items, thanks)
    assert {asked.thread_external_id} == {ours.thread_external_id, theirs.thread_external_id}
    assert ours.parent_external_id == asked.external_id
    assert {ours.kind, theirs.kind} == {ItemKind.REPLY}
    # Facebook hangs an answer to an answer under the comment that began.
    above = asked if place.kind == "facebook" else ours
    assert theirs.parent_external_id == above.external_id
    assert place.adapter().publish(place.reply("천만에요", theirs)).external_id


# --- reading again


def test_edits_and_removals_are_seen_when_rechecked(place):
    kept, edited, gone, lost = (place.say(text) for text in ("그대로", "처음", "지워질", "지워진"))
    before = {item.external_id: item for item in place.walk()[0]}
    place.control("edit", edited, text="나중")
    place.control("delete", gone)
    place.control("delete", lost)
    seen = place.adapter().recheck([kept, edited, gone, lost])
    assert set(seen.gone) == {gone, lost}
    assert one(seen.items, kept).text == before[kept].text
    now_reads = one(seen.items, edited)
    assert now_reads.text.endswith("나중")
    assert now_reads.posted_at == before[edited].posted_at
    assert set(ids(seen.items)) == {kept, edited}


def test_a_full_batch_may_be_rechecked(place):
    size = place.adapter().capabilities.recheck_batch
    written = place.say_many(size, hours=0)
    for external_id in written[::7]:
        place.control("delete", external_id)
    seen = place.adapter().recheck(written)
    assert set(seen.gone) == set(written[::7])
    assert len(seen.items) + len(seen.gone) == size


def test_nothing_is_rechecked_in_a_feed(connect):
    adapter = connect("feed").adapter()
    assert adapter.capabilities.recheck_batch == 0
    assert adapter.recheck(["comment:1"]).gone == ()


# --- writing


def test_a_post_stands_once_and_says_where(place):
    began, out = now(), place.post("안녕하세요 한빛입니다")
    receipt = place.adapter().publish(place.adapter().prepare(out))
    assert place.stands(as_article(out.text, place)) == 1
    assert len(place.creates()) == 1
    assert receipt.url.startswith("http")
    assert abs(receipt.posted_at - began) < timedelta(seconds=10)
    assert not receipt.is_held
    assert place.shown(receipt.external_id)["id"] == place.inside(receipt.external_id)


def test_an_answer_stands_once_under_its_question(place):
    asked = place.asked()
    out = place.reply("확인해 보겠습니다", asked)
    receipt = place.adapter().publish(out)
    stored = place.shown(receipt.external_id)
    parent = stored.get("reply_to") or stored.get("parent_id") or stored.get("parent")
    assert str(parent) == asked.external_id
    assert [call["text"] for call in place.creates()] == [out.text]
    assert receipt.url.startswith("http")


def test_a_picture_goes_with_a_post_and_is_described(place):
    picture = OutgoingMedia("사진 1.png", "image/png", draw_picture(90), alt_text="파란 하늘")
    out = place.adapter().prepare(place.post("사진입니다", media=(picture,)))
    assert len(out.media_handles) == 1
    assert [call for call in place.creates() if call["stored"]] == []
    receipt = place.adapter().publish(out)
    stored = place.shown(receipt.external_id)
    if place.kind == "blog":
        key = f"wp-{place.there['id']}-{stored['featured_media']}"
    else:
        (key,) = stored.get("media") or stored.get("photos")
    media = place.sandbox.control("item", id=key)
    assert media["alt_text"] == "파란 하늘"
    assert (media["width"], media["height"]) == (320, 200)


def test_what_is_no_picture_is_refused_before_anything_is_public(place):
    broken = OutgoingMedia("a.png", "image/png", b"not a picture")
    with pytest.raises(Rejected):
        place.adapter().prepare(place.post("사진", media=(broken,)))
    assert not any(call["stored"] for call in place.creates())


def test_without_pictures_nothing_is_prepared(place):
    out = place.post("글만")
    assert place.adapter().prepare(out) == out


@pytest.mark.parametrize(("kind", "size"), [("x", 141), ("facebook", 8001), ("blog", 21_850)])
def test_an_answer_that_is_too_long(connect, kind, size):
    place = connect(kind)
    asked = place.asked()
    with pytest.raises(Rejected) as refused:
        place.adapter().publish(place.reply("가" * size, asked))
    assert refused.value.code == RejectionCode.TOO_LONG
    assert place.stands("가" * size) == 0


@pytest.mark.parametrize(
    ("kind", "form"), [("x", "post"), ("x", "reply"), ("facebook", "post"), ("blog", "reply")]
)
def test_the_same_words_again_are_a_duplicate(connect, kind, form):
    place = connect(kind)
    out = place.post("같은 말") if form == "post" else place.reply("같은 말", place.asked())
    place.adapter().publish(out)
    with pytest.raises(Rejected) as refused:
        place.adapter().publish(out)
    assert refused.value.code == RejectionCode.DUPLICATE
    assert place.stands("같은 말") == 1


def test_facebook_guards_no_answer_against_repetition(connect):
    """So nothing but reading back keeps us from answering twice."""
    place = connect("facebook")
    out = place.reply("같은 말", place.asked())
    assert not place.adapter().capabilities.has_duplicate_guard
    first, second = (place.adapter().publish(out) for _ in range(2))
    began = now() - timedelta(seconds=5)
    assert {r.external_id for r in place.find(out, began)} == {
        first.external_id,
        second.external_id,
    }


def test_an_answer_to_what_is_gone(place):
    asked = place.asked()
    place.control("delete", asked.external_id)
    with pytest.raises(Rejected) as refused:
        place.adapter().publish(place.reply("늦은 답", asked))
    assert refused.value.code == RejectionCode.TARGET_GONE
    assert place.stands("늦은 답") == 0


def test_a_feed_takes_nothing(connect):
    adapter = connect("feed").adapter()
    out = Outgoing(OutgoingKind.REPLY, "답", "n", reply_to="comment:1", thread="page:x")
    assert not adapter.capabilities.can_reply
    assert not adapter.capabilities.can_post
    for attempt in (adapter.prepare, adapter.publish):
        with pytest.raises(Rejected):
            attempt(out)
    with pytest.raises(Rejected):
        adapter.remove("comment:1")
    assert adapter.find(out, since=now(), until=now()) == []


# --- reading back and taking back


@pytest.mark.parametrize("form", ["post", "reply"])
def test_what_we_wrote_is_found_and_nothing_else(place, form):
    asked = place.asked()

    def make(text):
        return place.post(text) if form == "post" else place.reply(text, asked)

    began = now()
    out = make('네, "확인" & <5 분> 안에 https://ex.example/a?b=1&c=2 답 드릴게요 🎉')
    receipt = place.adapter().publish(out)
    place.adapter().publish(make("다른 말"))
    assert [r.external_id for r in place.find(out, began)] == [receipt.external_id]
    assert place.find(make("하지 않은 말"), began) == []
    far = began - timedelta(days=2)
    if place.kind != "blog" or form == "reply":  # an article is known by its name, not by its time
        assert place.find(out, far) == []


def test_the_same_words_elsewhere_are_not_ours(place):
    """Under another question, or said by the customer himself."""
    first, second = place.asked("하나"), place.asked("둘")
    began = now()
    place.adapter().publish(place.reply("같은 답", first))
    place.say("같은 답", in_reply_to=place.inside(second.external_id), kind="reply")
    assert place.find(place.reply("같은 답", second), began) == []
    assert len(place.find(place.reply("같은 답", first), began)) == 1


def test_taking_back_twice_is_no_error(place):
    asked = place.asked()
    for out in (place.post("실수"), place.reply("또 실수", asked)):
        receipt = place.adapter().publish(out)
        place.adapter().remove(receipt.external_id)
        place.adapter().remove(receipt.external_id)
        assert receipt.external_id not in ids(place.walk()[0])
        assert place.find(out, now()) == []
