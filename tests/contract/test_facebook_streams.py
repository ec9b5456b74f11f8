"""What a Page is read for beside its newest posts: tags, old posts, what is scheduled; and numbers of likes."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from channels.types import ItemKind, SideKind
from tests.support.voices import ids, long_ago, one


@pytest.fixture
def page(connect):
    return connect("facebook")


def stream(page, kind, cursor=None):
    """Read a stream to its end; returns what was found, the cursor, and how many calls it took."""
    items, cursor, calls = [], cursor or {}, 0
    while True:
        got = page.adapter().stream(kind, "", json.loads(json.dumps(cursor)))
        items, cursor, calls = items + list(got.items), got.next_cursor, calls + 1
        if not got.has_more:
            return items, cursor, calls


def test_a_post_that_names_us_comes_in_once(page):
    post = page.say("한빛 페이지 추천해요", kind="tagged", author="나그네")
    items, cursor, calls = stream(page, SideKind.TAGGED)
    item = one(items, f"tagged:{post}")
    assert (item.kind, item.author.name, calls) == (ItemKind.TAGGED, "나그네", 1)
    assert item.thread_external_id == f"tagged:{post}"
    assert item.external_id not in ids(page.walk()[0])
    later = page.say("저도요", kind="tagged")
    again, _, calls = stream(page, SideKind.TAGGED, cursor)
    assert f"tagged:{later}" in ids(again)
    assert calls == 1


def test_a_post_that_names_us_is_answered_below_it_and_found_again(page):
    page.say("이 페이지 어때요?", kind="tagged")
    (asked,) = stream(page, SideKind.TAGGED)[0]
    out = page.reply("고맙습니다!", asked)
    began = datetime.now(UTC) - timedelta(seconds=5)
    receipt = page.adapter().publish(out)
    found = page.adapter().find(out, since=began, until=datetime.now(UTC) + timedelta(seconds=5))
    assert [one.external_id for one in found] == [receipt.external_id]
    thanks = page.say("천만에요", in_reply_to=receipt.external_id)
    page.say("남의 이야기", in_reply_to=asked.external_id.removeprefix("tagged:"))
    items, _, _ = stream(page, SideKind.TAGGED)
    below = [item for item in items if item.kind != ItemKind.TAGGED]
    assert {item.external_id for item in below} == {receipt.external_id, thanks}
    assert one(below, thanks).thread_external_id == asked.external_id
    assert one(below, receipt.external_id).parent_external_id == asked.external_id


def test_a_post_that_names_us_is_seen_to_change_and_to_go(page):
    post = page.say("첫 말", kind="tagged")
    (item,) = stream(page, SideKind.TAGGED)[0]
    page.control("edit", post, text="고친 말")
    assert page.adapter().recheck([item.external_id]).items[0].text == "고친 말"
    page.control("delete", post)
    assert page.adapter().recheck([item.external_id]).gone == (item.external_id,)


def test_news_below_a_very_old_post_arrive(page):
    """Beyond the newest hundred posts, which every tenth poll reads."""
    old = page.say("아주 오래된 글", kind="visitor_post", at=long_ago(24 * 300))
    page.sandbox.say_many(
        page.there,
        [{"text": f"글 {n}", "at": long_ago(24 * 200, seconds=900 * n)} for n in range(110)],
        kind="visitor_post",
    )
    _, cursor = page.walk()
    _, mark, calls = stream(page, SideKind.ACTIVITY)
    assert calls == 1
    comment = page.say("아직 보시나요?", in_reply_to=old)
    items, mark, calls = stream(page, SideKind.ACTIVITY, mark)
    assert comment in ids(items)
    assert one(items, comment).context == "아주 오래된 글"
    assert calls == 1
    assert comment not in ids(page.walk(cursor)[0])
    answer = page.say("여기요", in_reply_to=comment)
    assert answer in ids(stream(page, SideKind.ACTIVITY, mark)[0])


def test_many_news_below_an_old_post_arrive_too(page):
    old = page.say("오래된 글", kind="visitor_post", at=long_ago(24 * 300))
    _, mark, _ = stream(page, SideKind.ACTIVITY)
    news = page.sandbox.say_many(
        page.there, [{"text": f"말 {n}"} for n in range(130)], kind="comment", in_reply_to=old
    )
    items, mark, _ = stream(page, SideKind.ACTIVITY, mark)
    assert set(news) <= set(ids(items))
    assert stream(page, SideKind.ACTIVITY, mark)[2] <= 2


def test_reactions_are_counted_on_posts_and_comments(page):
    comment = page.say("좋아요 눌러 주세요")
    page.sandbox.control("react", {"id": comment, "count": 7})
    items, _ = page.walk()
    assert one(items, comment).reactions == 7
    assert {item.reactions for item in items if item.external_id != comment} == {0}


def test_a_sticker_says_that_it_is_one(page):
    sticker = page.say("", sticker=True, media=True)
    item = one(page.walk()[0], sticker)
    assert item.text == ""
    assert [(m.kind, bool(m.url)) for m in item.media] == [("sticker", True)]


def test_what_is_scheduled_there_is_seen_until_it_is_out(page):
    later = datetime.now(UTC).replace(microsecond=0) + timedelta(hours=2)
    graph = page.adapter()._calls
    made = graph.call(
        f"v25.0/{page.there['id']}/feed", is_write=True,
        post_args={"message": "내일 소식", "published": "false",
                   "scheduled_publish_time": str(int(later.timestamp()))},
    )  # fmt: skip
    (one_there,) = page.adapter().planned()
    assert (one_there.external_id, one_there.text) == (made["id"], "내일 소식")
    assert one_there.due_at == later
    page.adapter().remove(made["id"])
    assert page.adapter().planned() == []
