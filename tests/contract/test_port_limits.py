"""What platforms say beforehand against an answer, that it is true, and that it is read again."""

import pytest
import requests

from channels.errors import Rejected, RejectionCode
from channels.types import Limit
from tests.support.voices import one


def limits(seen, external_id):
    return set(one(seen, external_id).limits)


def refused(place, item):
    with pytest.raises(Rejected) as refusal:
        place.adapter().publish(place.reply("그래도 답", item))
    return refusal.value.code


def test_an_ordinary_question_has_none(place):
    assert place.asked().limits == ()


def test_facebook_tells_whether_a_comment_may_be_answered_and_how(connect):
    page = connect("facebook")
    asked = page.asked()
    page.set(fb_comments_open=False)
    seen = page.adapter().recheck([asked.external_id]).items
    assert limits(seen, asked.external_id) == {Limit.CLOSED}
    assert refused(page, asked) == RejectionCode.NOT_PERMITTED
    page.set(fb_comments_open=True)
    old = page.say("오래된 말", at="2026-01-05T10:00:00+09:00")
    assert limits(page.walk()[0], old) == {Limit.NO_PRIVATE}
    ours = page.adapter().publish(page.reply("우리 답", asked))
    assert limits(page.walk()[0], ours.external_id) == set()


def test_a_blog_tells_which_articles_are_closed_and_notices_later(connect):
    blog = connect("blog")
    asked = blog.asked()
    cursor = blog.walk()[1]
    close(blog, asked, "closed")
    for seen in (blog.adapter().recheck([asked.external_id]).items, blog.walk()[0]):
        assert limits(seen, asked.external_id) == {Limit.CLOSED}
    assert refused(blog, asked) == RejectionCode.NOT_PERMITTED
    for _ in range(20):  # titles are remembered between polls, but not for ever
        items, cursor = blog.walk(cursor)
    assert limits(items, asked.external_id) == {Limit.CLOSED}
    close(blog, asked, "open")
    assert limits(blog.adapter().recheck([asked.external_id]).items, asked.external_id) == set()


def close(blog, item, status):
    secrets = blog.secrets()
    number = item.thread_external_id.removeprefix("post:")
    answer = requests.post(
        f"{blog.there['base_url']}/wp-json/wp/v2/posts/{number}",
        json={"comment_status": status},
        auth=(secrets["username"], secrets["application_password"]),
        timeout=20,
    )
    assert answer.ok, answer.text


def test_x_says_nothing_against_whoever_speaks_to_us(connect):
    x = connect("x")
    for settings in ("everyone", "following", "mentionedUsers"):
        item = x.asked(f"저기요 {settings}", reply_settings=settings)
        assert item.limits == ()
        assert x.adapter().publish(x.reply(f"네, {settings}", item))


@pytest.mark.parametrize(
    ("rule", "limit"), [("everyone", Limit.UNSUMMONED), ("following", Limit.CLOSED)]
)
def test_x_when_an_edit_no_longer_speaks_to_us(connect, rule, limit):
    x = connect("x")
    asked = x.asked("저기요", reply_settings=rule)
    x.control("edit", asked.external_id, text="혼잣말이었어요")
    (item,) = x.adapter().recheck([asked.external_id]).items
    assert item.limits == (limit,)
