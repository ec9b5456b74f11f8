"""What the sandbox's blogs offer to those who do not sign in: feeds, the comment form, trackbacks."""

import xml.etree.ElementTree as ET

import pytest
import requests

THREAD = "{http://purl.org/syndication/thread/1.0}in-reply-to"
ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture
def blog(sandbox):
    return sandbox.account("wordpress", settings={"wp_flood_seconds": 0})


def get(blog, path, **options):
    return requests.get(blog["base_url"] + path, allow_redirects=False, timeout=20, **options)


def post(blog, path, **form):
    url = path if path.startswith("http") else blog["base_url"] + path
    return requests.post(url, data=form, allow_redirects=False, timeout=20)


def link_of(blog):
    return get(blog, "/wp-json/wp/v2/posts").json()[0]["link"]


# --- feeds


def test_a_feed_shows_the_ten_newest_that_are_approved(sandbox, blog):
    for number in range(12):
        sandbox.say(blog, f"c{number}", at=f"2026-11-01T00:00:{number:02}Z")
    sandbox.say(blog, "held", kind="held_comment")
    sandbox.say(blog, "ping", kind="pingback", author="T")
    answer = get(blog, "/comments/feed/")
    assert answer.headers["content-type"].startswith("application/rss+xml")
    items = ET.fromstring(answer.content).findall("channel/item")
    assert len(items) == 10
    texts = [item.findtext("description") for item in items]
    assert "ping" in texts[0]
    assert texts[1:] == [f"c{n}" for n in range(11, 2, -1)]


def test_an_entry_of_rss(sandbox, blog):
    number = sandbox.say(blog, "5 < 6", author={"name": "A & B"}).split(":")[1]
    (item,) = ET.fromstring(get(blog, "/comments/feed/").content).findall("channel/item")
    guid = item.find("guid")
    assert guid.get("isPermaLink") == "false"
    assert guid.text == item.findtext("link")
    assert guid.text.endswith(f"#comment-{number}")
    assert item.findtext("pubDate").endswith("+0000")
    assert item.findtext("{http://purl.org/dc/elements/1.1/}creator") == "A &amp; B"
    assert item.findtext("title").strip().startswith("Comment on ")


def test_references_of_atom_in_three_forms(sandbox, blog):
    first = sandbox.say(blog, "top")
    second = sandbox.say(blog, "below", in_reply_to=first)
    third = sandbox.say(blog, "orphan", in_reply_to=second)

    def references():
        entries = ET.fromstring(get(blog, "/comments/feed/atom/").content).findall(f"{ATOM}entry")
        return {
            e.findtext(f"{ATOM}id").rpartition("-")[2]: e.find(THREAD).get("ref") for e in entries
        }

    names = [x.split(":")[1] for x in (first, second, third)]
    found = references()
    assert "#" not in found[names[0]]
    assert found[names[1]].endswith(f"#comment-{names[0]}")
    sandbox.control("delete", {"id": second})
    assert references()[names[2]].endswith(f"#comment-{names[2]}")


def test_an_answer_begins_with_what_it_answers(sandbox, blog):
    first = sandbox.say(blog, "top", author="김")
    sandbox.say(blog, "below", in_reply_to=first)
    text = get(blog, "/comments/feed/").text
    assert f'In reply to <a href="{link_of(blog)}#comment-{first.split(":")[1]}">김</a>.' in text


def test_feeds_are_conditional(sandbox, blog):
    sandbox.say(blog, "x")
    first = get(blog, "/comments/feed/")
    for name, value in (("If-None-Match", "ETag"), ("If-Modified-Since", "Last-Modified")):
        again = get(blog, "/comments/feed/", headers={name: first.headers[value]})
        assert (again.status_code, again.content) == (304, b"")
    sandbox.say(blog, "y")
    assert get(blog, "/comments/feed/", headers={"If-None-Match": first.headers["ETag"]}).ok


def test_an_article_has_feeds_of_its_own(sandbox, blog):
    sandbox.say(blog, "x")
    for path in ("feed/", "feed/atom/"):
        assert "comment-1" in requests.get(link_of(blog) + path, timeout=20).text


def test_without_permalinks_rest_is_a_parameter(sandbox, blog):
    sandbox.control("settings", {"account": blog["name"], "wp_permalinks": False})
    missing = get(blog, "/wp-json/wp/v2/comments")
    assert missing.status_code == 404
    assert missing.headers["content-type"].startswith("text/html")
    assert get(blog, "/?rest_route=/wp/v2/comments").json() == []
    (article,) = get(blog, "/", params={"rest_route": "/wp/v2/posts"}).json()
    assert article["link"].endswith("/?p=1")


# --- the form


def test_the_form(sandbox, blog):
    good = {"author": "김", "email": "k@b.example", "comment": "안녕", "comment_post_ID": "1"}
    made = post(blog, "/wp-comments-post.php", **good)
    assert made.status_code == 302
    assert made.headers["location"] == f"{link_of(blog)}#comment-1"
    assert post(blog, "/wp-comments-post.php", **good).status_code == 409
    nameless = post(blog, "/wp-comments-post.php", **{**good, "author": ""})
    assert (nameless.status_code, "required fields" in nameless.text) == (200, True)
    sandbox.control("settings", {"account": blog["name"], "wp_flood_seconds": 15})
    assert post(blog, "/wp-comments-post.php", **{**good, "comment": "또"}).status_code == 429
    sandbox.control("settings", {"account": blog["name"], "wp_moderation": True})
    other = {**good, "email": "o@b.example"}
    held = post(blog, "/wp-comments-post.php", **other).headers["location"]
    assert "?unapproved=2&moderation-hash=" in held
    assert held.endswith("#comment-2")


# --- trackbacks


def test_trackbacks_say_everything_with_200(sandbox, blog):
    door = link_of(blog) + "trackback/"
    form = {"url": "http://s.example/1", "title": "T", "excerpt": "e" * 300, "blog_name": "B & B"}
    assert "<error>0</error>" in post(blog, door, **form).text
    again = post(blog, door, **form)
    assert (again.status_code, "<error>1</error>" in again.text) == (200, True)
    assert (post(blog, door, title="T").status_code, post(blog, door, title="T").text) == (200, "")
    auth = (blog["credentials"]["username"], blog["credentials"]["application_password"])
    (shown,) = get(blog, "/wp-json/wp/v2/comments?type=trackback", auth=auth).json()
    assert shown["author_name"] == "B &amp; B"
    assert shown["content"]["rendered"].startswith("<p><strong>T</strong></p>")
    assert "&#8230;" in shown["content"]["rendered"]


def test_articles_lead_to_the_page_that_shows_them(blog):
    page = requests.get(link_of(blog), allow_redirects=False, timeout=20)
    assert page.headers["x-pingback"].endswith("/xmlrpc.php")
    assert requests.get(link_of(blog), timeout=20).status_code == 200
    assert get(blog, "/no/such/page").status_code == 404
