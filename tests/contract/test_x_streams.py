"""Searching on X for people who do not speak to us, reposts, and what stands above an answer."""

import json

import pytest

from channels.queries import whole
from channels.types import ItemKind, Limit, SideKind
from tests.support.voices import ids, one


@pytest.fixture
def profile(connect):
    return connect("x")


def search(profile, words, cursor=None):
    """Search to the end of the pages; returns the finds, the cursor, and how many pages it took."""
    query = whole(words, handle=profile.there["handle"], with_reposts=False)
    items, cursor, pages = [], cursor or {}, 0
    while True:
        page = profile.adapter().stream(SideKind.SEARCH, query, json.loads(json.dumps(cursor)))
        items, cursor, pages = items + list(page.items), page.next_cursor, pages + 1
        if not page.has_more:
            return items, cursor, pages


def test_who_does_not_speak_to_us_is_found_and_who_does_is_not(profile):
    word = f"w{profile.there['handle']}"
    found = profile.say(f"{word} 괜찮나요?", kind="post")
    profile.say(f"{word} 물어봅니다")  # mentions us: comes in as a mention
    profile.adapter().publish(profile.post(f"{word} 우리 이야기"))
    items, _, pages = search(profile, word)
    assert ids(items) == [found]
    assert items[0].kind == ItemKind.KEYWORD
    assert items[0].limits == (Limit.UNSUMMONED,)
    assert pages == 1


def test_the_first_search_is_one_page_and_later_ones_lose_nothing(profile):
    word = f"w{profile.there['handle']}"
    old = profile.sandbox.say_many(
        profile.there, [{"text": f"{word} {n}", "kind": "post"} for n in range(105)]
    )
    first, cursor, pages = search(profile, word)
    assert (len(first), pages) == (100, 1)
    fresh = profile.sandbox.say_many(
        profile.there, [{"text": f"{word} 새 {n}", "kind": "post"} for n in range(205)]
    )
    found, _, _ = search(profile, word, cursor)
    assert set(fresh) <= set(ids(found))
    assert set(ids(first)) < set(old)


def test_a_place_that_x_no_longer_keeps_begins_anew(profile):
    word = f"w{profile.there['handle']}"
    found = profile.say(f"{word} 안녕", kind="post")
    old = {"begun": True, "since": "1000000000000000000"}
    page = profile.adapter().stream(SideKind.SEARCH, word, old)
    assert page.items == ()
    assert "seven days" in page.gap
    assert found in ids(search(profile, word, page.next_cursor)[0])


def test_a_repost_is_not_taken_for_words_of_its_own(profile):
    ours = profile.adapter().publish(profile.post("널리 알려 주세요"))
    again = profile.say("", kind="repost", in_reply_to=ours.external_id)
    item = one(profile.walk()[0], again)
    assert item.kind == ItemKind.REPOST
    assert item.text == "널리 알려 주세요"
    assert item.context_url.endswith(ours.external_id)


def test_what_an_answer_hangs_under_comes_along(profile):
    stranger = profile.say("누가 한빛 써 보셨어요?", kind="post", author="Ann")
    answer = profile.say(
        f"@{profile.there['handle']} 여기 물어보세요", kind="reply", in_reply_to=stranger
    )
    pages = profile.pages()
    assert one([i for p in pages for i in p.items], answer).parent_external_id == stranger
    (above,) = [item for page in pages for item in page.above]
    assert above.external_id == stranger
    assert above.author.name == "Ann"


@pytest.mark.parametrize("fate", ["deleted", "protected"])
def test_what_cannot_be_read_above_is_gone(profile, fate):
    shy = {
        "name": "Shy",
        "handle": f"s{profile.there['handle']}"[:15],
        "protected": fate == "protected",
    }
    stranger = profile.say("비밀", kind="post", author=shy)
    answer = profile.say(f"@{profile.there['handle']} 이거요", kind="reply", in_reply_to=stranger)
    if fate == "deleted":
        profile.control("delete", stranger)
    pages = profile.pages()
    assert one([i for p in pages for i in p.items], answer).parent_external_id == stranger
    assert [item for page in pages for item in page.above] == []
    seen = profile.adapter().recheck([stranger])
    assert (seen.items, seen.gone) == ((), (stranger,))
