"""Where X differs from what one would expect, one test for each."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from channels.adapters.x import asking, mapping
from channels.errors import AuthExpired, RateLimited, Rejected, RejectionCode, Unreachable
from channels.sandbox.media import draw_picture
from channels.types import ItemKind, OutgoingMedia
from tests.support.voices import ids, long_ago, one

PROBLEMS = "https://api.x.com/2/problems/"


@pytest.fixture
def profile(connect):
    return connect("x")


def now() -> datetime:
    return datetime.now(UTC)


def listing(*posts, **more):
    """Return a timeline's answer."""
    return {"data": list(posts), "meta": {"result_count": len(posts)}, **more}


# --- errors beside the data


def test_what_a_mention_quotes_may_be_gone(profile):
    """HTTP 200, `errors` beside `data`: the mention counts all the same."""
    quoted = profile.say("곧 사라질 글")
    mention = profile.say("이거 봐요", in_reply_to=quoted, kind="quote")
    profile.control("delete", quoted)
    item = one(profile.walk()[0], mention)
    assert item.text.endswith("이거 봐요")
    assert item.context == ""
    assert item.context_url.endswith(quoted)


def test_what_a_mention_answers_may_be_protected(profile):
    post = {"id": "1900000000000000001", "text": "@us hi", "author_id": "7",
            "referenced_tweets": [{"type": "replied_to", "id": "1800000000000000001"}]}  # fmt: skip
    error = {"resource_id": "1800000000000000001", "title": "Authorization Error",
             "type": PROBLEMS + "not-authorized-for-resource"}  # fmt: skip
    profile.canned(listing(post, errors=[error]))
    (item,) = profile.adapter().fetch({}).items
    assert item.parent_external_id == "1800000000000000001"
    assert item.author.external_id == "7"
    assert item.posted_at == mapping.snowflake_time(post["id"])


@pytest.mark.parametrize(
    ("kind", "gone"),
    [
        ("resource-not-found", True),
        ("not-authorized-for-resource", True),
        ("resource-unavailable", False),
        ("about:blank", False),
    ],
)
def test_only_what_is_called_gone_is_gone(profile, kind, gone):
    """Any other error beside the data may pass; the item stays as it was."""
    profile.canned({"errors": [{"resource_id": "123", "title": "?", "type": PROBLEMS + kind}]})
    seen = profile.adapter().recheck(["123"])
    assert (seen.items, seen.gone) == ((), ("123",) if gone else ())


def test_a_person_without_data_is_nobody(profile):
    error = {
        "title": "Forbidden",
        "detail": "User has been suspended: [1].",
        "type": "about:blank",
    }
    profile.canned({"errors": [error]})
    with pytest.raises(AuthExpired, match="suspended"):
        profile.adapter().whoami()


# --- the renamed fields


@pytest.mark.parametrize("spec", ["old", "new", "both"])
def test_either_generation_of_names_is_spoken(profile, spec):
    asked = profile.say("질문", author={"name": "김", "handle": "asker_k"})
    profile.set(x_spec=spec)
    began = now()
    out = profile.reply("답", one(profile.walk()[0], asked))
    receipt = profile.adapter().publish(out)
    thanks = profile.say("감사", in_reply_to=receipt.external_id)
    edited = profile.say("오타")
    profile.control("edit", edited, text=f"@{profile.there['handle']} 고침")
    items, _ = profile.walk()
    assert one(items, receipt.external_id).parent_external_id == asked
    assert one(items, thanks).parent_external_id == receipt.external_id
    assert one(items, asked).author.handle == "asker_k"
    assert one(items, edited).text.endswith("고침")
    assert [r.external_id for r in profile.find(out, began)] == [receipt.external_id]
    assert set(ids(profile.adapter().recheck([asked, edited]).items)) == {asked, edited}


def test_the_way_that_worked_is_remembered(profile):
    profile.set(x_spec="new")
    _, cursor = profile.walk()
    assert asking.is_whole(cursor["way"])
    assert "post.fields" in asking.parameters(cursor["way"])


def test_refused_expansions_are_done_without_for_now(profile):
    """The makeshift knows neither names nor times; it serves, and is left again."""
    mention = profile.say("질문")
    refusal = {"title": "Invalid Request", "detail": "One or more parameters was invalid.",
               "errors": [{"parameters": {"expansions": ["author_id"]},
                           "message": "The `expansions` query parameter value is wrong"}]}  # fmt: skip
    profile.canned(refusal, 400, times=2)
    page = profile.adapter().fetch({})
    item = one(page.items, mention)
    assert item.author.external_id
    assert item.author.name == ""
    assert page.next_cursor["way"] == 0
    assert one(profile.walk()[0], mention).author.name


def test_other_refusals_are_not_about_our_words(profile):
    profile.canned({"detail": "The `ids` query parameter value is wrong"}, 400, times=9)
    with pytest.raises(Rejected):
        profile.adapter().fetch({})
    assert len([f for f in _faults(profile) if f["used"] == 1]) == 1


def _faults(profile):
    found = profile.sandbox.control("faults")
    return [fault for fault in found if fault["match"]["account"] == profile.there["name"]]


@pytest.mark.parametrize("word", ["tweet", "post"])
def test_both_names_are_read(word):
    first, second = "1900000000000000001", "1900000000000000002"
    post = {"id": second, "text": "short", "author_id": "1",
            f"edit_history_{word}_ids": [first, second],
            f"referenced_{word}s": [{"type": "replied_to", "id": "5"}],
            f"note_{word}": {"text": "the whole long text &amp; more"}}  # fmt: skip
    parent = {
        "id": "5",
        "text": "context",
        "author_id": "2",
        f"edit_history_{word}_ids": ["4", "5"],
    }
    body = {"data": [post], "includes": {f"{word}s": [parent]}}
    (item,) = mapping.items_of(body, own_id="2", base_url="https://x.com")
    assert item.external_id == first
    assert item.text == "the whole long text & more"
    assert (item.parent_external_id, item.context) == ("4", "context")


# --- text


@pytest.mark.parametrize(
    "text", ["5 < 6 & 7 > 2", "&lt;b&gt; &amp;amp;", "<script>alert(1)</script>", "AT&T 'q' \"q\""]
)
def test_text_is_unescaped_once(profile, text):
    assert profile.asked(text).text == f"@{profile.there['handle']} {text}"


def test_links_are_shown_as_what_they_lead_to(profile):
    item = profile.asked("보세요 https://ex.example/a?b=1&c=2 그리고 naver.com 도", media=True)
    assert "https://ex.example/a?b=1&c=2" in item.text
    assert "http://naver.com" in item.text
    assert "t.co" not in item.text
    assert [media.kind for media in item.media] == ["image"]


@pytest.mark.parametrize("prefix", [True, False])
@pytest.mark.parametrize(
    "text",
    [
        "답 드립니다",
        "@someone 님께 답 드립니다",
        "naver.com 에서 https://ex.example/ 로",
        "끝에 주소 https://ex.example/a?b=1&c=2",
        "줄\n바꿈  그리고   빈칸 ",
        "&amp; 그대로 &lt;",
        "한글 자모 " + "\u1112\u1161\u11ab",
    ],
)
def test_our_words_are_recognised_however_x_dresses_them(profile, text, prefix):
    profile.set(x_reply_prefix=prefix)
    asked = profile.asked("질문", author={"name": "김", "handle": "asker_k"})
    for out in (profile.reply(text, asked), profile.post(text)):
        began = now()
        receipt = profile.adapter().publish(out)
        assert [r.external_id for r in profile.find(out, began)] == [receipt.external_id]


def test_a_post_with_pictures_is_recognised(profile):
    picture = OutgoingMedia("a.png", "image/png", draw_picture(90))
    for text in ("사진입니다", ""):
        began = now()
        out = profile.adapter().prepare(profile.post(text, media=(picture, picture)))
        receipt = profile.adapter().publish(out)
        assert [r.external_id for r in profile.find(out, began)] == [receipt.external_id]


# --- numbers


def test_numbers_are_not_rounded(profile):
    """Ids go beyond 2**53: as floating numbers they would change."""
    written = profile.say_many(20)
    assert any(int(float(x)) != int(x) for x in written)
    items, cursor = profile.walk()
    assert set(written) <= set(ids(items))
    assert isinstance(cursor["mentions"]["since"], str)
    assert set(written) == set(ids(profile.adapter().recheck(written).items))


def test_a_posts_time_is_in_its_number():
    at = datetime(2018, 10, 10, 20, 19, 24, 211_000, tzinfo=UTC)
    assert mapping.snowflake_time("1050118621198921728") == at
    assert mapping.snowflake_time("12") is None
    assert mapping.snowflake_time("abc") is None


# --- walking


def test_the_mark_moves_after_the_last_page_only(profile):
    """Newest come first: a mark set early would lose everything below."""
    profile.say("옛 말", at=long_ago(9))
    mark = profile.walk()[1]["mentions"]["since"]
    profile.say_many(150)
    first = profile.adapter().fetch({"mentions": {"since": mark}})
    assert first.has_more
    assert first.next_cursor["mentions"]["since"] == mark
    _, cursor = profile.walk(first.next_cursor)
    assert int(cursor["mentions"]["since"]) > int(mark)


def test_a_forgotten_place_begins_the_walk_anew(profile):
    written = profile.say_many(150)
    first = profile.adapter().fetch({})
    stale = json.loads(json.dumps(first.next_cursor))
    stale["mentions"]["token"] = "7140expired"
    assert set(written) <= set(ids(profile.walk(stale)[0]))


def test_more_than_800_mentions_between_two_looks_are_told(profile):
    profile.say("첫 말", at=long_ago(30))
    _, cursor = profile.walk()
    profile.say_many(810, hours=20)
    pages = profile.pages(cursor)
    assert sum(not item.is_own for page in pages for item in page.items) == 800
    assert len([page.gap for page in pages if page.gap]) == 1
    assert not any(page.gap for page in profile.pages(pages[-1].next_cursor))


def test_the_first_look_tells_no_gap(profile):
    profile.say_many(810, hours=20)
    assert not any(page.gap for page in profile.pages())


def test_an_older_post_may_show_after_a_newer_one(profile):
    profile.say("먼저 보인 말", at=long_ago(0, seconds=-5))
    _, cursor = profile.walk()
    late = profile.say("나중에 보인 옛 말", at=long_ago(0, seconds=-20))
    assert late in ids(profile.walk(cursor)[0])


# --- edits


def test_an_edit_has_a_new_id_and_is_the_same_post(profile):
    first = profile.say("오타")
    before = one(profile.walk()[0], first)
    for text in ("고침", "또 고침"):
        handle = profile.there["handle"]
        latest = profile.control("edit", first, text=f"@{handle} {text}")["id"]
        assert latest != first
        (seen,) = profile.adapter().recheck([first]).items
        assert seen.external_id == first
        assert seen.text.endswith(text)
        assert seen.posted_at.replace(microsecond=0) == before.posted_at.replace(microsecond=0)
        assert seen.permalink.endswith(latest)
        assert seen.thread_external_id == before.thread_external_id
    walked = [item for item in profile.walk()[0] if not item.is_own]
    assert ids(walked) == [first]


def test_an_answer_to_an_edited_post_is_found(profile):
    first = profile.say("오타")
    profile.control("edit", first, text=f"@{profile.there['handle']} 고침")
    began, out = now(), profile.reply("답", one(profile.walk()[0], first))
    receipt = profile.adapter().publish(out)
    assert [r.external_id for r in profile.find(out, began)] == [receipt.external_id]


# --- limits


def test_a_full_window_tells_its_end(profile):
    profile.set(x_limits={"GET /2/users/:id/mentions": 1})
    profile.adapter().fetch({})
    with pytest.raises(RateLimited) as caught:
        profile.adapter().fetch({})
    assert timedelta(minutes=14) < caught.value.until - now() <= timedelta(minutes=15)


def test_a_full_day_tells_its_end(profile):
    """The window has room; the day has none. To come back after 15 minutes would be in vain."""
    profile.set(x_posts_per_day=1)
    profile.adapter().publish(profile.post("하나"))
    with pytest.raises(RateLimited) as caught:
        profile.adapter().publish(profile.post("둘"))
    assert caught.value.until - now() > timedelta(hours=23)


@pytest.mark.parametrize("wish", [{"status": 429, "reason": "usage-capped"}, {"status": 402}])
def test_a_spent_cap_has_no_end_that_is_told(profile, wish):
    profile.fault("status", **wish)
    with pytest.raises(RateLimited) as caught:
        profile.adapter().publish(profile.post("x"))
    assert caught.value.until is None


# --- what one may say


def test_an_answer_to_somebody_who_did_not_call_us(profile, connect):
    profile.set(x_summoned_only=True)
    elsewhere = connect("x").asked("남의 이야기")
    with pytest.raises(Rejected, match="not been mentioned") as refused:
        profile.adapter().publish(profile.reply("끼어들기", elsewhere))
    assert refused.value.code == RejectionCode.NOT_PERMITTED
    assert profile.adapter().publish(profile.reply("네", profile.asked("불렀어요"))).external_id


def test_a_quote_is_a_mention_with_what_it_quotes(profile):
    ours = profile.adapter().publish(profile.post("우리 소식")).external_id
    quote = profile.asked("이거 정말인가요", in_reply_to=ours, kind="quote")
    assert quote.kind == ItemKind.MENTION
    assert quote.parent_external_id == ""
    assert quote.context == "우리 소식"


def test_a_described_picture_whose_description_is_refused_is_not_posted(profile):
    picture = OutgoingMedia("a.png", "image/png", draw_picture(90), alt_text="가" * 1001)
    with pytest.raises(Rejected):
        profile.adapter().prepare(profile.post("사진", media=(picture,)))
    assert profile.creates() == []


@pytest.mark.parametrize("language", ["und", "qme", "zxx", "qht"])
def test_no_language_is_none(language):
    post = {"id": "1900000000000000001", "text": "👍", "author_id": "1", "lang": language}
    (item,) = mapping.items_of({"data": [post]}, own_id="2", base_url="https://x.com")
    assert item.language == ""


def test_keys_stay_out_of_logs_and_errors(profile, whole_log):
    """tweepy logs whole headers, and requests-oauthlib what it signs."""
    profile.walk()
    profile.adapter().publish(profile.post("x"))
    profile.fault("drop_before")
    with pytest.raises(Unreachable) as caught:
        profile.adapter().fetch({})
    kept = caught.value.detail + whole_log()
    assert "tweepy" in kept
    assert "requests_oauthlib" in kept
    found = [name for name, value in profile.secrets().items() if value in kept]
    assert found == []
