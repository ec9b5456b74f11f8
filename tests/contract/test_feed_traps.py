"""Where comment feeds differ from what one would expect, one test for each."""

from datetime import UTC, datetime, timedelta

import pytest

from channels.errors import Unreachable
from channels.types import ItemKind
from tests.support.peer import answer
from tests.support.voices import ids, one

RSS = """<?xml version="1.0" encoding="UTF-8"?><rss version="2.0"
 xmlns:content="http://purl.org/rss/1.0/modules/content/"
 xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>Comments for X</title>
 <link>https://b.example</link>{}</channel></rss>"""
ATOM = """<?xml version="1.0" encoding="UTF-8"?><feed xmlns="http://www.w3.org/2005/Atom"
 xmlns:thr="http://purl.org/syndication/thread/1.0"><title>Comments</title>
 <id>https://b.example/</id><updated>2026-11-24T00:00:00Z</updated>{}</feed>"""
ARTICLE = "https://b.example/2026/11/post-a/"


@pytest.fixture
def feed(connect):
    return connect("feed")


def now() -> datetime:
    return datetime.now(UTC)


def item(
    number: int, *, guid: str = "", body: str = "말", date: str = "", name: str = "김"
) -> str:
    """Return one entry of an RSS feed."""
    address = f"{ARTICLE}#comment-{number}"
    written = f"<pubDate>{date or 'Tue, 24 Nov 2026 04:10:33 +0000'}</pubDate>"
    return (
        f"<item><title>Comment on 글 by {name}</title><link>{address}</link>"
        f"<dc:creator><![CDATA[{name}]]></dc:creator>{'' if date == 'none' else written}"
        f'<guid isPermaLink="false">{guid or address}</guid>'
        f"<content:encoded><![CDATA[<p>{body}</p>]]></content:encoded></item>"
    )


def entry(number: int, ref: str) -> str:
    """Return one entry of an Atom feed that says what it answers."""
    address = f"{ARTICLE}#comment-{number}"
    return (
        f"<entry><title>By: 김</title><id>{address}</id><link href='{address}'/>"
        f"<author><name>김</name></author><updated>2026-11-24T04:10:33Z</updated>"
        f"<published>2026-11-24T04:10:33Z</published><content type='html'>말</content>"
        f"<thr:in-reply-to ref='{ref}' href='{ref}' type='text/html'/></entry>"
    )


def xml(text: str, *headers: str) -> bytes:
    return answer(text.encode(), "Content-Type: application/rss+xml; charset=UTF-8", *headers)


def read(feed, peer, text: str):
    """Let the adapter read this very feed."""
    peer.says(xml(text))
    return feed.adapter(base_url=peer.url).fetch({})


# --- asking only for what changed


def test_an_unchanged_feed_is_not_sent_again(feed):
    feed.say("말")
    first = feed.adapter().fetch({})
    assert len(first.items) == 1
    again = feed.adapter().fetch(first.next_cursor)
    assert (again.items, again.next_cursor, again.gap) == ((), first.next_cursor, "")
    fresh = feed.say("새 말")
    assert fresh in ids(feed.adapter().fetch(again.next_cursor).items)


def test_etag_and_date_go_along(feed, peer):
    changed = "Tue, 24 Nov 2026 04:10:33 GMT"
    peer.says(xml(RSS.format(item(1)), 'ETag: "abc"', f"Last-Modified: {changed}"))
    adapter = feed.adapter(base_url=peer.url)
    cursor = adapter.fetch({}).next_cursor
    peer.says(answer(b"", status="304 Not Modified"))
    assert adapter.fetch(cursor).next_cursor == cursor
    first, second = peer.requests
    assert b"If-None-Match" not in first
    assert b'If-None-Match: "abc"' in second
    assert f"If-Modified-Since: {changed}".encode() in second


def test_a_feed_without_marks_is_read_whole_each_time(feed, peer):
    cursor = read(feed, peer, RSS.format(item(1))).next_cursor
    assert ids(feed.adapter(base_url=peer.url).fetch(cursor).items) == ["comment:1"]


# --- ten at a time


def test_more_than_ten_between_two_visits_are_told(feed):
    feed.say_many(3)
    cursor = feed.adapter().fetch({}).next_cursor
    feed.say_many(11, hours=1)
    page = feed.adapter().fetch(cursor)
    assert len(page.items) == 10
    assert "missing" in page.gap


def test_fewer_are_not(feed):
    feed.say_many(12)
    page = feed.adapter().fetch({})
    assert (len(page.items), page.gap) == (10, "")  # the first visit never promised more
    feed.say_many(9, hours=1)
    page = feed.adapter().fetch(page.next_cursor)
    assert (len(page.items), page.gap) == (10, "")


def test_held_comments_are_not_in_a_feed_until_they_are_approved(feed):
    held = feed.say("보류", kind="held_comment")
    cursor = feed.adapter().fetch({}).next_cursor
    feed.control("approve", held)
    assert held in ids(feed.adapter().fetch(cursor).items)


# --- who is who


@pytest.mark.parametrize(
    "guid",
    [
        "https://b.example/2026/11/post-a/#comment-71",
        "https://moved.example/2026/11/post-a/#comment-71",
        "https://b.example/?p=5#comment-71",
        "http://b.example/2026/11/post-a/comment-page-2/#comment-71",
    ],
)
def test_the_number_is_in_the_fragment(feed, peer, guid):
    assert ids(read(feed, peer, RSS.format(item(1, guid=guid))).items) == ["comment:71"]


def test_other_blogs_have_ids_of_their_own(feed, peer):
    page = read(feed, peer, RSS.format(item(1, guid="tag:b.example,2026:77")))
    again = read(feed, peer, RSS.format(item(1, guid="tag:b.example,2026:77")))
    (external_id,) = ids(page.items)
    assert external_id.startswith("entry:")
    assert ids(again.items) == [external_id]


def test_an_entry_without_any_id_is_left_out(feed, peer):
    bare = "<item><title>x</title><description>y</description></item>"
    assert ids(read(feed, peer, RSS.format(bare + item(2))).items) == ["comment:2"]


# --- what answers what


@pytest.mark.parametrize(
    ("ref", "parent"),
    [
        (f"{ARTICLE}#comment-71", "comment:71"),
        (ARTICLE, ""),
        (f"{ARTICLE}#comment-72", ""),
    ],
    ids=["a comment", "the article", "itself, for its parent is gone"],
)
def test_a_reference_has_three_forms(feed, peer, ref, parent):
    (item,) = read(feed, peer, ATOM.format(entry(72, ref))).items
    assert item.parent_external_id == parent
    assert item.kind == (ItemKind.REPLY if parent else ItemKind.COMMENT)


def test_threads_of_the_sandbox_in_both_formats(feed):
    first = feed.say("질문")
    second = feed.say("답", in_reply_to=feed.inside(first))
    orphan = feed.say("외로운 답", in_reply_to=feed.inside(second))
    feed.control("delete", second)
    for address in (feed.there["feed_url"], feed.there["feed_url"] + "atom/"):
        items = feed.adapter(base_url=address).fetch({}).items
        assert ids(items) == [orphan, first]
        assert [item.parent_external_id for item in items] == ["", ""]
    third = feed.say("다시 답", in_reply_to=feed.inside(first))
    for address in (feed.there["feed_url"], feed.there["feed_url"] + "atom/"):
        items = feed.adapter(base_url=address).fetch({}).items
        assert one(items, third).parent_external_id == first
        assert one(items, third).text == "다시 답"
        assert len({item.thread_external_id for item in items}) == 1


def test_an_answer_in_rss_says_so_in_its_first_words(feed, peer):
    body = f'In reply to <a href="{ARTICLE}#comment-71">김</a>.</p><p>본문'
    text = RSS.format(item(72, body=body)).replace("<![CDATA[<p>In", "<![CDATA[In")
    (answered,) = read(feed, peer, text).items
    assert answered.parent_external_id == "comment:71"
    assert answered.text == "본문"


# --- text


def test_entities_are_resolved_once(feed):
    written = feed.say("5 < 6 & &amp;amp;", author={"name": "Ann O'Neil & Söhne"})
    seen = one(feed.walk()[0], written)
    assert seen.text == "5 < 6 & &amp;"
    assert seen.author.name == "Ann O'Neil & Söhne"
    assert seen.context == "첫 글"


def test_scripts_do_not_come_along(feed, peer):
    body = "<b>말</b><script>alert(1)</script><img src=x onerror=alert(1)>끝"
    (seen,) = read(feed, peer, RSS.format(item(1, body=body))).items
    assert seen.text == "말끝"


def test_an_entry_without_a_date_is_as_old_as_our_first_look(feed, peer):
    (seen,) = read(feed, peer, RSS.format(item(1, date="none"))).items
    assert now() - seen.posted_at < timedelta(seconds=10)


def test_dates_are_those_of_greenwich(feed, peer):
    (seen,) = read(feed, peer, RSS.format(item(1, date="Tue, 24 Nov 2026 13:10:33 +0900"))).items
    assert seen.posted_at == datetime(2026, 11, 24, 4, 10, 33, tzinfo=UTC)


# --- what is no feed


def test_a_feed_that_breaks_off_is_read_again(feed, peer):
    """The parser takes half a feed for a whole one; its last entry may be half of a comment."""
    whole = RSS.format(item(3) + item(2) + item(1))
    peer.says(xml(whole[: whole.index("comment-1</link>") + 5], 'ETag: "half"'))
    page = feed.adapter(base_url=peer.url).fetch({"seen": ["comment:1"]})
    assert ids(page.items) == ["comment:3", "comment:2"]
    assert page.next_cursor == {"seen": ["comment:1"]}


@pytest.mark.parametrize("body", ["<html><body>Just a moment</body></html>", "{}", "", "\0"])
def test_what_is_no_feed_is_not_an_empty_one(feed, peer, body):
    peer.says(xml(body))
    adapter = feed.adapter(base_url=peer.url)
    for read_it in (adapter.whoami, lambda: adapter.fetch({})):
        with pytest.raises(Unreachable, match="does not answer with a feed"):
            read_it()


def test_an_empty_feed_is_one(feed, peer):
    page = read(feed, peer, RSS.format(""))
    assert (page.items, page.gap) == ((), "")


def test_nothing_else_is_fetched(feed, peer):
    """Style sheets, document types, pictures: a feed must not send us anywhere."""
    text = RSS.format(item(1, body=f'<img src="{peer.url}/a.png">말'))
    told = f'<?xml-stylesheet href="{peer.url}/s.xsl"?><!DOCTYPE rss SYSTEM "{peer.url}/rss.dtd">'
    page = read(feed, peer, text.replace("?><rss", f"?>{told}<rss"))
    assert [item.text for item in page.items] == ["말"]
    assert len(peer.requests) == 1


@pytest.mark.parametrize(
    "told",
    ['<!ENTITY x SYSTEM "file:///etc/passwd">', '<!ENTITY a "ha"><!ENTITY x "&a;&a;&a;&a;">'],
    ids=["a file of ours", "growing without end"],
)
def test_entities_of_its_own_make_a_feed_none(feed, peer, told):
    text = RSS.format("<item><guid>g</guid><title>&x;</title></item>")
    with pytest.raises(Unreachable):
        read(feed, peer, text.replace("?><rss", f"?><!DOCTYPE r [{told}]><rss"))
