"""The sandbox's WordPress answers as real ones (6.1, 6.8, 7.1) were seen to: REST, roles, articles."""

import re
from datetime import UTC, datetime, timedelta

import pytest
import requests

from channels.sandbox.media import draw_picture


class Blog:
    """A blog over plain HTTP, as one of its users or as nobody."""

    def __init__(self, sandbox, account):
        self.sandbox, self.account, self.url = sandbox, account, account["base_url"]

    def __call__(self, route, method="GET", *, login="admin", **options):
        auth = options.pop("auth", None) or self.auth(login)
        where = f"{self.url}/wp-json/wp/v2/{route}"
        return requests.request(method, where, auth=auth, timeout=20, **options)

    def auth(self, login):
        secrets = self.account["credentials"]
        if not login:
            return None
        name = "application_password" if login == "ops" else f"{login}_application_password"
        return (login, secrets[name])

    def say(self, text, **wish):
        return int(self.sandbox.say(self.account, text, **wish).split(":")[1])

    def set(self, **settings):
        self.sandbox.control("settings", {"account": self.account["name"], **settings})

    def article(self, **wish):
        body = {"title": "t", "content": "c", "status": "publish", **wish}
        return self("posts", "POST", json=body).json()["id"]

    def comment(self, text, *, login="admin", **wish):
        return self("comments", "POST", login=login, json={"post": 1, "content": text, **wish})

    def list(self, *, login="admin", **params):
        answer = self("comments", login=login, params={"per_page": 100, **params})
        assert answer.status_code == 200, answer.text
        return answer.json()


@pytest.fixture
def blog(sandbox):
    return Blog(sandbox, sandbox.account("wordpress", settings={"wp_flood_seconds": 0}))


def refused(response, status, code):
    """Check an error's shape, and return its sentence."""
    body = response.json()
    assert (response.status_code, body["code"], body["data"]["status"]) == (status, code, status)
    return body["message"]


def stamp(**ahead):
    return (datetime.now(UTC) + timedelta(**ahead)).strftime("%Y-%m-%dT%H:%M:%S")


# --- one comment


def test_a_comment_looks_like_one(blog):
    text = 'Is it "5 < 6" & <b>bold</b> <script>alert(1)</script> http://x.example/?a=1&b=2'
    number = blog.say(text, author={"name": "Ann O'Neil & Söhne", "email": "a@b.example"})
    shown = blog(f"comments/{number}", login="").json()
    assert set(shown) == {
        "id", "post", "parent", "author", "author_name", "author_url", "date", "date_gmt", "content",
        "link", "status", "type", "author_avatar_urls", "meta", "_links",
    }  # fmt: skip
    assert (shown["author"], shown["parent"], shown["type"]) == (0, 0, "comment")
    assert shown["author_name"] == "Ann O'Neil &amp; Söhne"
    assert shown["status"] == "approved"
    rendered = shown["content"]["rendered"]
    assert rendered.startswith("<p>Is it &#8220;5 &lt; 6&#8221; &#038; <b>bold</b> alert(1) ")
    assert 'rel="nofollow ugc"' in rendered
    assert "&#038;b=2" in rendered
    assert shown["link"].endswith(f"#comment-{number}")
    assert set(shown["author_avatar_urls"]) == {"24", "48", "96"}
    assert shown["_links"]["up"][0]["post_type"] == "post"


def test_only_moderators_see_more(blog):
    number = blog.say("x", author={"name": "a", "email": "a@b.example"})
    edit = {"context": "edit"}
    shown = blog(f"comments/{number}", params=edit).json()
    assert shown["author_email"] == "a@b.example"
    assert shown["content"]["raw"] == "x"
    assert shown.keys() >= {"author_ip", "author_user_agent"}
    for login, status in (("writer", 403), ("reader", 403), ("", 401)):
        refused(
            blog(f"comments/{number}", login=login, params=edit), status, "rest_forbidden_context"
        )
        refused(blog("comments", login=login, params=edit), status, "rest_forbidden_context")


def test_times_are_local_and_of_greenwich_without_zones(blog):
    blog.set(wp_timezone="Asia/Kolkata")
    number = blog.say("x", at="2026-11-24T04:10:33Z")
    shown = blog(f"comments/{number}").json()
    assert shown["date"] == "2026-11-24T09:40:33"
    assert shown["date_gmt"] == "2026-11-24T04:10:33"


def test_json_escapes_slashes(blog):
    blog.say("a/b")
    assert "a\\/b" in blog("comments").text


# --- listings


def test_pages_and_their_headers(blog):
    numbers = [blog.say(f"c{n}", at=f"2026-11-01T00:00:{n:02}Z") for n in range(12)]
    first = blog("comments")
    assert [c["id"] for c in first.json()] == numbers[:1:-1]
    assert (first.headers["X-WP-Total"], first.headers["X-WP-TotalPages"]) == ("12", "2")
    assert 'rel="next"' in first.headers["Link"]
    assert 'rel="prev"' in blog("comments", params={"page": 2}).headers["Link"]
    past = blog("comments", params={"page": 3})
    assert (past.status_code, past.json()) == (200, [])
    assert [c["id"] for c in blog.list(order="asc", orderby="id", offset=10)] == numbers[10:]


def test_articles_past_the_end_are_an_error(blog):
    answer = blog("posts", params={"page": 9})
    refused(answer, 400, "rest_post_invalid_page_number")


@pytest.mark.parametrize(
    "wish",
    [{"per_page": 0}, {"per_page": 101}, {"page": 0}, {"orderby": "nope"}, {"order": "up"},
     {"after": "soon"}, {"post": "x"}],
)  # fmt: skip
def test_wrong_parameters(blog, wish):
    answer = blog("comments", params=wish)
    refused(answer, 400, "rest_invalid_param")
    assert list(answer.json()["data"]["params"]) == list(wish)


def test_unknown_parameters_are_ignored(blog):
    assert blog("comments", params={"nope": "1"}).status_code == 200
    assert blog.comment("x", nope=1).status_code == 201


def test_after_is_strict_and_looks_at_the_sites_clock(blog):
    blog.set(wp_timezone="Asia/Kolkata")
    at = [blog.say(f"c{n}", at=f"2026-11-24T04:10:{n:02}Z") for n in (1, 2, 3)]
    found = [c["id"] for c in blog.list(after="2026-11-24T04:10:01Z", order="asc")]
    assert found == at[1:]
    assert len(blog.list(after="2026-11-24T04:10:02")) == 3  # no zone: the site's wall time
    assert len(blog.list(before="2026-11-24T04:10:02+00:00")) == 1


def test_fields_are_chosen(blog):
    number = blog.say("x")
    assert blog.list(_fields="id,content") == [
        {"id": number, "content": {"rendered": "<p>x</p>\n"}}
    ]
    assert blog.list(_fields="id,content.rendered") == [{"id": number}]
    one = blog(f"comments/{number}", params={"_fields": "content.rendered"}).json()
    assert one == {"content": {"rendered": "<p>x</p>\n"}}


def test_pings_hide_from_the_default_listing(blog):
    ping = blog.say("x", kind="pingback", author={"name": "T & T", "url": "http://s.example"})
    blog.say("y")
    assert [c["type"] for c in blog.list()] == ["comment"]
    (shown,) = blog.list(type="pingback")
    assert (shown["id"], shown["author_url"]) == (ping, "http://s.example")
    assert set(shown["author_avatar_urls"].values()) == {False}
    assert shown["content"]["rendered"].startswith("<p>[&#8230;] x")
    assert len(blog.list(type="all")) == 2
    for kind in ("all", "pingback"):
        refused(blog("comments", login="", params={"type": kind}), 401, "rest_forbidden_param")
        refused(
            blog("comments", login="writer", params={"type": kind}), 403, "rest_forbidden_param"
        )


# --- states


def test_states_and_the_words_for_them(blog):
    numbers = {s: blog.say(s, status=s) for s in ("approved", "hold", "spam", "trash")}
    for word, wanted in {
        "approve": {"approved"}, "hold": {"hold"}, "spam": {"spam"}, "trash": {"trash"},
        "all": {"approved", "hold"},
    }.items():  # fmt: skip
        assert {c["status"] for c in blog.list(status=word)} == wanted
    refused(blog("comments", login="", params={"status": "hold"}), 401, "rest_forbidden_param")
    for status in ("hold", "spam", "trash"):
        route = f"comments/{numbers[status]}"
        refused(blog(route, login=""), 401, "rest_cannot_read")
        refused(blog(route, login="reader"), 403, "rest_cannot_read")
        assert blog(route).json()["status"] == status
    refused(blog("comments/999"), 404, "rest_comment_invalid_id")


def test_moderating(blog):
    number = blog.say("x", status="hold")
    before = blog(f"comments/{number}").json()["date_gmt"]
    changed = blog(f"comments/{number}", "POST", json={"status": "approve"}).json()
    assert (changed["status"], changed["date_gmt"]) == ("approved", before)
    ignored = blog(f"comments/{number}", "POST", json={"status": "nonsense"})
    assert (ignored.status_code, ignored.json()["status"]) == (200, "approved")
    answer = blog(f"comments/{number}", "POST", login="writer", json={"status": "spam"})
    refused(answer, 403, "rest_cannot_edit")


def test_the_trash_and_beyond(blog):
    number = blog.say("x")
    assert blog(f"comments/{number}", "DELETE").json()["status"] == "trash"
    refused(blog(f"comments/{number}", "DELETE"), 410, "rest_already_trashed")
    gone = blog(f"comments/{number}", "DELETE", params={"force": "true"}).json()
    assert (gone["deleted"], gone["previous"]["id"]) == (True, number)
    refused(blog(f"comments/{number}"), 404, "rest_comment_invalid_id")
    other = blog.say("y")
    refused(blog(f"comments/{other}", "DELETE", login="writer"), 403, "rest_cannot_delete")


# --- answering


def test_an_answer(blog):
    asked = blog.say("q")
    text = 'Thanks & see <a href="https://ex.example/">this</a>\nnew line'
    made = blog.comment(text, parent=asked)
    shown = made.json()
    assert made.status_code == 201
    assert made.headers["Location"].endswith(f"/wp-json/wp/v2/comments/{shown['id']}")
    assert (shown["parent"], shown["author"], shown["status"]) == (asked, 1, "approved")
    assert shown["content"]["rendered"] == (
        '<p>Thanks &#038; see <a href="https://ex.example/" rel="nofollow ugc">this</a><br />\n'
        "new line</p>\n"
    )
    assert shown["_links"]["in-reply-to"][0]["href"].endswith(f"/comments/{asked}")


def test_any_parent_is_taken(blog):
    spam = blog.say("s", status="spam")
    for parent in (999_999, spam):
        assert blog.comment(f"below {parent}", parent=parent).json()["parent"] == parent


def test_moderators_are_not_held_and_others_are(blog):
    blog.set(wp_moderation=True)
    assert blog.comment("x").json()["status"] == "approved"
    assert blog.comment("x", login="ops").json()["status"] == "approved"
    assert blog.comment("x", login="writer").json()["status"] == "hold"
    blog.set(wp_moderation=False)
    links = "http://a.example http://b.example"
    assert blog.comment(links, login="reader").json()["status"] == "hold"


def test_the_guard_against_duplicates_is_weak(blog):
    asked = blog.say("q")
    assert blog.comment("same").status_code == 201
    refused(blog.comment("  same "), 409, "comment_duplicate")
    assert blog.comment("same", parent=asked).status_code == 201
    link = 'see <a href="https://ex.example/">this</a>'
    assert blog.comment(link).status_code == 201
    assert blog.comment(link).status_code == 201


def test_floods(blog):
    blog.set(wp_flood_seconds=15)
    assert blog.comment("one", login="reader").status_code == 201
    refused(blog.comment("two", login="reader"), 400, "comment_flood")
    assert blog.comment("one").status_code == 201
    assert blog.comment("two").status_code == 201


def test_what_cannot_be_answered(blog):
    closed = blog.article(comment_status="closed")
    draft = blog.article(status="draft")
    refused(blog.comment("x", post=closed), 403, "rest_comment_closed")
    refused(blog.comment("x", post=draft), 403, "rest_comment_draft_post")
    refused(blog.comment("x", post=999), 403, "rest_comment_invalid_post_id")
    refused(blog.comment("  "), 400, "rest_comment_content_invalid")
    refused(blog.comment("가" * 21_842), 400, "comment_content_column_length")
    refused(blog.comment("x", login=""), 401, "rest_comment_login_required")
    refused(blog.comment("x", author=0), 400, "rest_comment_author_invalid")
    assert blog.comment("가" * 21_841).status_code == 201


def test_moderators_may_write_for_others(blog):
    wish = {"author_name": "김", "author_email": "k@b.example", "date_gmt": "2026-11-01T00:00:00"}
    shown = blog.comment("x", **wish).json()
    assert (shown["author"], shown["author_name"]) == (0, "김")
    assert shown["date_gmt"] == "2026-11-01T00:00:00"


def test_a_user_may_sign_with_another_name(blog):
    """Seen on 6.1: with `author` the name replaces the user's, and it stays the user's comment."""
    me = blog("users/me").json()["id"]
    shown = blog.comment("y", author=me, author_name="유나 & 민호").json()
    assert (shown["author"], shown["author_name"]) == (me, "유나 &amp; 민호")
    refused(blog.comment("z", author_name="유나"), 400, "rest_comment_author_data_required")


def test_what_is_no_json_and_no_route(blog):
    bad = {"data": "{nope", "headers": {"Content-Type": "application/json"}}
    refused(blog("comments", "POST", **bad), 400, "rest_invalid_json")
    refused(blog("nowhere"), 404, "rest_no_route")


# --- who signs in


@pytest.mark.parametrize("auth", [("admin", "wrong"), ("nobody", "x"), ("", "")])
def test_wrong_credentials_are_anonymous(blog, auth):
    blog.say("public")
    refused(blog("users/me", auth=auth), 401, "rest_not_logged_in")
    assert len(blog("comments", auth=auth).json()) == 1
    refused(blog("comments", "POST", auth=auth, json={"post": 1, "content": "x"}), 401,
            "rest_comment_login_required")  # fmt: skip


def test_passwords_have_blanks_or_none_and_addresses_are_names(blog):
    login, password = blog.auth("ops")
    assert re.fullmatch(r"(\w{4} ){5}\w{4}", password)
    for name in (login, f"ops@{blog.account['id']}.example"):
        for secret in (password, password.replace(" ", "")):
            assert blog("users/me", auth=(name, secret)).json()["slug"] == "ops"


@pytest.mark.parametrize(
    ("login", "moderates", "publishes"),
    [
        ("admin", True, True),
        ("ops", True, True),
        ("writer", False, True),
        ("reader", False, False),
    ],
)
def test_roles(blog, login, moderates, publishes):
    shown = blog("users/me", login=login, params={"context": "edit"}).json()
    able = shown["capabilities"]
    assert (able["moderate_comments"], able["publish_posts"]) == (moderates, publishes)
    assert able["upload_files"] is publishes
    assert shown["registered_date"].endswith("+00:00")
    made = blog("posts", "POST", login=login, json={"title": "t", "content": "c"})
    if publishes:
        assert made.status_code == 201
    else:
        refused(made, 403, "rest_cannot_create")


# --- articles


def test_titles_are_rendered(blog):
    number = blog.article(title='Fish & <b>Chips</b> "quoted"')
    title = blog(f"posts/{number}").json()["title"]["rendered"]
    assert title == "Fish &#038; <b>Chips</b> &#8220;quoted&#8221;"


@pytest.mark.parametrize(
    ("ahead", "status"), [(58, "publish"), (75, "future"), (-60, "publish"), (3600, "future")]
)
def test_a_future_of_less_than_a_minute_is_now(blog, ahead, status):
    for wish in ("future", "publish"):
        number = blog.article(status=wish, date_gmt=stamp(seconds=ahead))
        assert blog(f"posts/{number}").json()["status"] == status


def test_what_is_due_waits_for_a_visit(blog, sandbox):
    number = blog.article(status="future", date_gmt=stamp(hours=1), title="곧")
    waiting = blog(f"posts/{number}").json()
    assert waiting["link"].endswith(f"/?p={number}")
    refused(blog("posts", login="", params={"status": "future"}), 400, "rest_invalid_param")
    row = sandbox.control("item", id=f"{blog.account['id']}:{number}")
    assert row["status"] == "future"
    assert requests.get(f"{blog.url}/wp-cron.php?doing_wp_cron", timeout=20).status_code == 200
    assert blog(f"posts/{number}").json()["status"] == "future"  # not due yet


def test_the_sites_own_date_wins(blog):
    blog.set(wp_timezone="Asia/Seoul")
    number = blog.article(date="2026-11-01T09:00:00", date_gmt="2026-10-01T00:00:00")
    assert blog(f"posts/{number}").json()["date_gmt"] == "2026-11-01T00:00:00"


def test_a_second_article_of_a_name_gets_another(blog):
    first, second = blog.article(slug="news"), blog.article(slug="news")
    assert [blog(f"posts/{n}").json()["slug"] for n in (first, second)] == ["news", "news-2"]
    found = blog("posts", params={"slug": "news", "status": "any"}).json()
    assert [p["id"] for p in found] == [first]


def test_empty_articles_and_unknown_pictures(blog):
    refused(blog("posts", "POST", json={"status": "publish"}), 400, "empty_content")
    number = blog.article(featured_media=999)
    assert blog(f"posts/{number}").json()["featured_media"] == 0


# --- pictures


def test_pictures_in_both_forms(blog):
    picture = draw_picture(90)
    form = {"file": ("päir 1.png", picture, "image/png")}
    shown = blog("media", "POST", files=form, data={"alt_text": "하늘"}).json()
    assert shown["source_url"]
    assert (shown["media_details"]["width"], shown["alt_text"]) == (320, "하늘")
    assert shown["slug"] == "pair-1"
    headers = {"Content-Disposition": 'attachment; filename="a.png"', "Content-Type": "image/png"}
    assert blog("media", "POST", data=picture, headers=headers).status_code == 201
    no_name = blog("media", "POST", data=picture, headers={"Content-Type": "image/png"})
    refused(no_name, 400, "rest_upload_no_content_disposition")


@pytest.mark.parametrize(
    ("name", "content"), [("a.exe", b"MZ"), ("a.png", b"no picture"), ("a.png", b"")]
)
def test_what_is_no_picture_is_a_500_for_good(blog, name, content):
    answer = blog("media", "POST", files={"file": (name, content, "image/png")})
    refused(answer, 500, "rest_upload_unknown_error")


def test_readers_upload_nothing(blog):
    form = {"file": ("a.png", draw_picture(90), "image/png")}
    refused(blog("media", "POST", login="reader", files=form), 403, "rest_cannot_create")
