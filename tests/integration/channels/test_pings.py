"""Pingbacks, trackbacks and webmentions: refused on sight or verified by a worker, and kept up to date."""

from xml.etree import ElementTree

import pytest
from django.test import Client

from channels import ping_tasks
from channels.models import InboundItem, PushEvent
from channels.pings import forms
from channels.views import pings
from inbox.models import Message
from inbox.tasks import ingest
from tests.factories.channels import make_account
from tests.support.doors import form, knocker, outcomes
from tests.support.platforms import connect
from tests.support.web import blog_site, web

__all__ = ["blog_site", "web"]

pytestmark = pytest.mark.django_db

CALL = (
    "<?xml version='1.0'?><methodCall><methodName>pingback.ping</methodName><params>"
    "<param><value><string>{}</string></value></param><param><value>{}</value></param>"
    "</params></methodCall>"
)
LAUGHS = (
    '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">'
    "<!ENTITY c '&b;&b;&b;&b;&b;&b;&b;&b;'><!ENTITY d '&c;&c;&c;&c;&c;&c;&c;&c;'>]>"
    "<methodCall><methodName>pingback.ping</methodName><params><param><value>&d;</value></param>"
    "</params></methodCall>"
)
ENTRY = """<html><head><title>제목</title></head><body class="h-entry"><h1 class="p-name">좋은 글</h1>
<span class="p-author h-card"><img
class="u-photo" src="https://friend.example/me.png" alt=""><a class="u-url p-name"
 href="https://friend.example/">이웃 민지</a></span>
<div class="e-content">이 <a href="{}">글</a>을 읽어 보세요 😀</div></body></html>"""


class Blog:
    """Our blog with its doors, and an article."""

    def __init__(self, site, kind="blog"):
        self.site = site
        self.account = make_account(
            kind=kind, base_url=site.url if kind == "blog" else f"{site.url}/comments/feed/",
            external_id="2",
        )  # fmt: skip
        self.door = knocker(account=self.account).door
        self.article = site.shows("/2026/spring/", "<title>봄 소식</title>",
                                  Link=f'<{site.url}/?p=7>; rel=shortlink')  # fmt: skip

    def path(self, kind):
        return f"/hooks/blog/{self.door.token}/{kind}"

    def webmention(self, source, target=None):
        return form(self.path("webmention"), source=source, target=target or self.article)

    def pingback(self, source, target=None):
        raw = CALL.format(source, target or self.article)
        return self.xml(raw)

    def xml(self, raw):
        return Client().post(self.path("pingback"), raw, content_type="text/xml")

    def trackback(self, target=None, **given):
        return form(f"{self.path('trackback')}?target={target or self.article}", **given)

    def mention(self, source, target=None):
        """Send and verify; returns what became of it."""
        assert self.webmention(source, target).status_code == 202
        ping_tasks.verify()
        return outcomes()[-1]


@pytest.fixture
def blog(blog_site):
    return Blog(blog_site)


def fault_of(answer):
    """The fault code of an XML-RPC answer; None for a success."""
    assert answer.status_code == 200
    assert answer.headers["Content-Type"].startswith("text/xml")
    value = ElementTree.fromstring(answer.content).find("fault/value/struct/member/value/int")
    return None if value is None else int(value.text)


def items():
    return list(InboundItem.objects.order_by("id"))


# --- what is taken


def test_a_webmention_becomes_an_item_of_the_blog(blog, web):
    source = web.shows("/post", ENTRY.format(blog.article))
    answer = blog.webmention(source)
    assert (answer.status_code, PushEvent.objects.get().state) == (202, "waiting")
    assert not items()
    ping_tasks.verify()
    (item,) = items()
    assert (item.kind, item.author["name"], item.permalink) == ("webmention", "이웃 민지", source)
    assert item.text == "이 글을 읽어 보세요 😀"
    assert item.author["url"] == "https://friend.example/"
    assert item.author["avatar_url"] == "https://friend.example/me.png"
    assert (item.context, item.context_url) == ("봄 소식", blog.article)
    assert item.thread_external_id == "post:7"
    assert item.limits == ["closed"]
    ingest()
    message = Message.objects.get()
    assert (message.kind, message.direction) == ("webmention", "inbound")


def test_a_pingback_shows_the_words_around_the_link(blog, web):
    source = web.shows(
        "/p",
        f"<title>Their page</title><p>{'far ' * 100}near <a href='{blog.article}'>here</a> end</p>",
    )
    assert fault_of(blog.pingback(source)) is None
    ping_tasks.verify()
    (item,) = items()
    assert item.kind == "pingback"
    assert "near here end" in item.text
    assert len(item.text) < 400


def test_a_trackback_brings_its_own_words(blog, web):
    source = web.shows("/t", f'<a href="{blog.article}">x</a>')
    answer = blog.trackback(url=source, title="제목", excerpt="발췌", blog_name="옆집")
    assert b"<error>0</error>" in answer.content
    ping_tasks.verify()
    (item,) = items()
    assert (item.kind, item.text, item.author["name"]) == ("trackback", "제목\n발췌", "옆집")


def test_a_blog_that_is_only_a_feed_hears_of_its_articles_too(blog_site, web):
    blog = Blog(blog_site, kind="feed")
    assert blog.mention(web.shows("/p", f'<a href="{blog.article}">x</a>')) == ("done", "1 new")


def test_a_page_of_plain_text_may_name_an_article(blog, web):
    source = web.shows("/t.txt", f"look at {blog.article} please", Content_Type="text/plain")
    assert blog.mention(source) == ("done", "1 new")


def test_through_two_doors_it_is_one_item(blog, web):
    source = web.shows("/p", f'<a href="{blog.article}">x</a>')
    blog.webmention(source)
    blog.pingback(source)
    ping_tasks.verify()
    assert len(items()) == 1
    assert [outcome for _state, outcome in outcomes()] == ["1 new", "1 read again"]


# --- sent again


def test_sent_again_it_is_brought_up_to_date(blog, web):
    source = web.shows("/p", ENTRY.format(blog.article))
    blog.mention(source)
    ingest()
    web.shows("/p", ENTRY.format(blog.article).replace("읽어 보세요", "꼭 읽어 보세요"))
    assert blog.mention(source) == ("done", "1 read again")
    ingest()
    assert len(items()) == 1
    message = Message.objects.get()
    assert "꼭" in message.text
    assert message.revisions.count() == 1
    assert blog.mention(source) == ("done", "1 read again")
    assert not InboundItem.objects.filter(is_pending=True).exists()


@pytest.mark.parametrize(("status", "page"), [(410, ""), (404, ""), (200, "<p>no link</p>")])
def test_sent_again_without_the_link_it_is_removed(blog, web, status, page):
    source = web.shows("/p", ENTRY.format(blog.article))
    blog.mention(source)
    ingest()
    web.shows("/p", page, status)
    assert blog.mention(source) == ("done", "1 gone")
    ingest()
    assert Message.objects.get().visibility == "removed"
    web.shows("/p", ENTRY.format(blog.article))
    assert blog.mention(source) == ("done", "1 read again")
    assert items()[0].visibility == "public"


# --- refused on sight


@pytest.mark.parametrize(
    ("source", "target", "code"),
    [
        ("ftp://x.example/", None, 16),
        ("javascript:alert(1)", None, 16),
        ("https://user:pw@x.example/", None, 16),
        ("https://x.example/", "https://elsewhere.example/", 33),
        ("https://x.example/", "mailto:me@x.example", 33),
        ("https://x.example/", "", -32602),
        ("", None, -32602),
        ("https://x.example/" + "a" * 700, None, -32602),
    ],
)
def test_what_cannot_be_a_ping_is_refused_on_sight(blog, source, target, code):
    given = blog.article if target is None else target
    answer = form(blog.path("webmention"), source=source, target=given)
    assert answer.status_code == 400
    assert answer.content
    assert fault_of(blog.xml(CALL.format(source, given))) == code
    said = form(f"{blog.path('trackback')}?target={given}", url=source)
    assert b"<error>1</error>" in said.content
    assert not PushEvent.objects.exists()


def test_a_page_does_not_mention_itself_nor_our_own_site_us(blog):
    assert blog.webmention(blog.article).status_code == 400
    assert fault_of(blog.pingback(f"{blog.article}#part")) == 17
    assert fault_of(blog.pingback(f"{blog.site.url}/other/")) == 49


@pytest.mark.parametrize(
    "raw",
    [
        LAUGHS,
        '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><methodCall>&a;</methodCall>',
        '<!DOCTYPE x SYSTEM "http://169.254.169.254/x.dtd"><methodCall/>',
        "<methodCall><methodName>pingback.ping",
        "",
        "\x00\x01",
        "<a>" * 20_000,
    ],
    ids=[
        "billion laughs",
        "external entity",
        "external DTD",
        "cut off",
        "empty",
        "no XML",
        "deep",
    ],
)
def test_bombs_and_rubbish_are_no_xml(blog, raw):
    assert fault_of(blog.xml(raw)) == -32700
    assert not PushEvent.objects.exists()


def test_other_methods_and_shapes_are_faults(blog):
    call = CALL.format("https://x.example/", blog.article)
    assert fault_of(blog.xml(call.replace("pingback.ping", "system.listMethods"))) == -32601
    assert fault_of(blog.xml("<hello/>")) == -32601
    one = "<methodCall><methodName>pingback.ping</methodName><params/></methodCall>"
    assert fault_of(blog.xml(one)) == -32602
    assert fault_of(blog.xml("x" * (pings.LARGEST_PING + 1))) == -32602


def test_no_more_wait_than_can_be_borne(blog, monkeypatch):
    monkeypatch.setattr(pings, "MOST_WAITING", 2)
    for number in range(2):
        assert blog.webmention(f"https://x.example/{number}").status_code == 202
    assert blog.webmention("https://x.example/3").status_code == 429
    assert fault_of(blog.pingback("https://x.example/3")) == 49
    assert b"<error>1</error>" in blog.trackback(url="https://x.example/3").content
    assert PushEvent.objects.count() == 2


def test_only_blogs_have_these_doors(blog):
    page = knocker("facebook")
    path = f"/hooks/blog/{page.door.token}/webmention"
    answer = form(path, source="https://x.example/", target=blog.article)
    assert answer.status_code == 404
    assert Client().get(blog.path("webmention")).status_code == 405


# --- refused by the worker


@pytest.mark.parametrize(
    "page",
    [
        "",
        "<p>no link at all</p>",
        "<!-- <a href='{0}'>x</a> -->",
        "<p>{0}</p>",
        "<a href='{0}2'>x</a>",
    ],
    ids=["empty", "none", "in a comment", "only in words", "to another article"],
)
def test_without_the_very_link_nothing_lands(blog, web, page):
    source = web.shows("/p", page.format(blog.article))
    assert blog.mention(source) == ("done", "refused: no link")
    assert not items()


def test_an_article_that_is_not_there_is_not_spoken_of(blog, web):
    target = f"{blog.site.url}/never/"
    source = web.shows("/p", f'<a href="{target}">x</a>')
    assert blog.mention(source, target) == ("done", "refused: no such article")


def test_a_page_that_is_away_is_tried_again_and_then_left(blog, web):
    source = web.shows("/p", "", 503)
    assert blog.mention(source)[0] == "waiting"
    PushEvent.objects.update(tries=ping_tasks.TRIES - 1, due_at="2000-01-01T00:00Z")
    ping_tasks.verify()
    assert outcomes() == [("done", "refused: status 503")]


def test_a_ping_waits_for_our_own_site_while_that_is_away(blog, web):
    source = web.shows("/p", f'<div class="e-content">좋은 <a href="{blog.article}">글</a></div>')
    blog.site.shows("/2026/spring/", "", 503)
    assert blog.mention(source)[0] == "waiting"
    PushEvent.objects.update(tries=40, due_at="2000-01-01T00:00Z")
    ping_tasks.verify()
    assert outcomes()[0][0] == "waiting"
    blog.site.shows("/2026/spring/", "<title>봄 소식</title>")
    PushEvent.objects.update(due_at="2000-01-01T00:00Z")
    ping_tasks.verify()
    assert outcomes() == [("done", "1 new")]
    assert InboundItem.objects.get().recheck_at is None, "no platform can be asked for it"


def test_a_key_is_made_of_both_addresses():
    one, other = forms.Ping("https://a/", "https://b/"), forms.Ping("https://a", "/https://b/")
    assert one.key != other.key
    assert one.key == forms.Ping("https://a/", "https://b/", title="x").key


# --- the whole way through the sandbox


@pytest.mark.parametrize("kind", ["webmention", "pingback", "trackback"])
def test_a_strangers_site_pings_an_article_of_the_sandbox(sandbox, kind):
    line = connect(sandbox, "blog")
    door = knocker(account=line.account).door
    made = sandbox.control("ping", {"account": line.there["name"], "kind": kind, "text": "좋아요",
                                    "author": "이웃"})  # fmt: skip
    source, target = f"{sandbox.url}/elsewhere/{made['id']}", f"{line.there['base_url']}/?p=1"
    path = f"/hooks/blog/{door.token}/{kind}"
    if kind == "webmention":
        form(path, source=source, target=target)
    elif kind == "pingback":
        Client().post(path, CALL.format(source, target), content_type="text/xml")
    else:
        form(f"{path}?target={target}", url=source, blog_name="이웃")
    ping_tasks.verify()
    (item,) = items()
    assert (item.kind, item.author["name"]) == (kind, "이웃")
    assert item.thread_external_id == "post:1"
