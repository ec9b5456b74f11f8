"""The sandbox's Graph answers as recordings and documents say, spoken to with the real facebook-sdk."""

import hashlib
import hmac
import json
import re
import time
from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

import facebook
import pytest
import requests

from channels.sandbox.media import draw_picture
from tests.support.sandbox import RebasedAdapter

PUBLIC = "https://graph.facebook.com"


@pytest.fixture
def page(sandbox):
    return sandbox.account("facebook", app_secret=False)


@pytest.fixture
def locked(sandbox):
    """A page whose app requires a proof."""
    return sandbox.account("facebook")


class Graph(facebook.GraphAPI):  # type: ignore[misc]  # the SDK ships no types
    """The SDK, speaking to the sandbox."""

    def __init__(self, account, token="page_token"):
        session = requests.Session()
        session.mount(PUBLIC, RebasedAdapter(account["base_url"]))
        super().__init__(account["credentials"][token], session=session)
        self.version = "v25.0"


@pytest.fixture
def graph(page):
    return Graph(page)


class Raw:
    """HTTP without the SDK, for headers and errors."""

    def __init__(self, account):
        self.base = account["base_url"]
        self.token = account["credentials"]["page_token"]

    def __call__(self, path, method="GET", *, token=None, **params):
        where = {"params": params} if method == "GET" else {"data": params}
        params["access_token"] = self.token if token is None else token
        return requests.request(method, f"{self.base}/v25.0/{path}", timeout=20, **where)


@pytest.fixture
def raw(page):
    return Raw(page)


def refused(response, code, status=400, subcode=None):
    """Check an error's shape, and return its sentence."""
    error = response.json()["error"]
    assert (response.status_code, error["code"]) == (status, code)
    assert error.get("error_subcode") == subcode
    assert error.keys() >= {"message", "type", "code", "fbtrace_id"}
    word = "invalid_token" if code == 190 else "invalid_request"
    head = response.headers["www-authenticate"]
    assert head.startswith(f'OAuth "Facebook Platform" "{word}" "')
    return error["message"]


# --- who am I


def test_me_is_the_page(graph, page):
    me = graph.get_object("me", fields="id,name,username,link,category,followers_count")
    assert (me["id"], me["name"]) == (page["id"], page["title"])
    assert me["category"]


def test_a_person_manages_pages(page):
    person = Graph(page, "user_token")
    (shown,) = person.get_connections("me", "accounts")["data"]
    assert shown.keys() == {"access_token", "category", "category_list", "name", "id", "tasks"}
    assert shown["access_token"] == page["credentials"]["page_token"]
    assert {"MODERATE", "CREATE_CONTENT"} <= set(shown["tasks"])


def test_a_page_manages_no_pages(raw):
    assert "nonexisting field (accounts)" in refused(raw("me/accounts"), 100)


def test_a_person_sees_no_comments(page, graph, sandbox):
    sandbox.say(page, "hi", kind="comment")
    post = graph.get_connections("me", "feed")["data"][0]["id"]
    assert len(graph.get_connections(post, "comments")["data"]) == 1
    assert Graph(page, "user_token").get_connections(post, "comments") == {"data": []}


def test_tokens_are_described(raw, page):
    for name, kind in (("page_token", "PAGE"), ("user_token", "USER")):
        shown = raw("debug_token", input_token=page["credentials"][name]).json()["data"]
        assert (shown["type"], shown["is_valid"]) == (kind, True)
        assert "pages_read_user_content" in shown["scopes"]
    wrong = raw("debug_token", input_token="EAAGnope").json()["data"]
    assert (wrong["is_valid"], wrong["error"]["code"]) == (False, 190)


# --- tokens and proofs


def test_without_and_with_a_wrong_token(raw):
    assert "access token is required" in refused(raw("me", token=""), 104)
    assert "Cannot parse" in refused(raw("me", token="EAAGnope"), 190, 401)


def test_the_token_may_stand_in_query_form_or_header(raw, page):
    url, token = f"{page['base_url']}/v25.0/me", raw.token
    assert requests.get(url, headers={"Authorization": f"Bearer {token}"}).ok
    assert requests.get(url, headers={"Authorization": f"OAuth {token}"}).ok
    form = {"access_token": token, "message": "in a form"}
    assert requests.post(f"{page['base_url']}/v25.0/{page['id']}/feed", data=form).ok


def test_a_proof_is_required_and_checked(locked, sandbox):
    raw, secret = Raw(locked), locked["credentials"]["app_secret"]
    proof = hmac.new(secret.encode(), raw.token.encode(), hashlib.sha256).hexdigest()
    assert "require an appsecret_proof" in refused(raw("me"), 100)
    assert "Invalid appsecret_proof" in refused(raw("me", appsecret_proof="0" * 64), 100)
    assert raw("me", appsecret_proof=proof).ok
    feed = f"{locked['id']}/feed"
    assert "require an appsecret_proof" in refused(raw(feed, "POST", message="x"), 100)
    assert raw(feed, "POST", message="x", appsecret_proof=proof).ok
    assert [call["stored"] for call in sandbox.creates(locked)] == [False, True]


# --- reading


def test_a_post_looks_like_one(graph, page):
    made = graph.put_object(page["id"], "feed", message="안녕 / hello")["id"]
    assert re.fullmatch(rf"{page['id']}_\d+", made)
    fields = "id,from,message,created_time,permalink_url,is_published,attachments,is_hidden"
    post = graph.get_object(made, fields=fields)
    assert post["from"] == {"name": page["title"], "id": page["id"]}
    assert post["message"] == "안녕 / hello"
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+0000", post["created_time"])
    assert "attachments" not in post
    assert graph.get_object(made).keys() == {"created_time", "message", "id"}


def test_json_escapes_slashes_and_keeps_hangul_escaped(raw, page, graph):
    made = graph.put_object(page["id"], "feed", message="가/나")["id"]
    text = raw(made, fields="message").text
    assert "\\/" in text
    assert text.isascii()


def test_a_feed_is_newest_first_and_comments_are_oldest_first(graph, page, sandbox):
    posts = [graph.put_object(page["id"], "feed", message=f"p{n}")["id"] for n in range(3)]
    assert [p["id"] for p in graph.get_connections(page["id"], "feed")["data"]] == posts[::-1]
    said = [sandbox.say(page, f"c{n}", kind="comment", in_reply_to=posts[0]) for n in range(3)]
    comments = graph.get_connections(posts[0], "comments")["data"]
    assert [c["id"] for c in comments] == said
    assert all(re.fullmatch(rf"{posts[0].split('_')[1]}_\d+", c) for c in said)
    back = graph.get_connections(posts[0], "comments", order="reverse_chronological")["data"]
    assert [c["id"] for c in back] == said[::-1]


def test_an_empty_edge_has_no_paging(graph, page):
    assert graph.get_connections(page["id"], "feed") == {"data": []}


def test_pages_end_without_next_but_with_cursors(graph, page, sandbox):
    sandbox.say_many(page, [{"text": f"v{n}"} for n in range(5)])
    seen, after = [], None
    while True:
        asked = {"limit": 2, **({"after": after} if after else {})}
        body = graph.get_connections(page["id"], "feed", **asked)
        seen += [row["message"] for row in body["data"]]
        assert body["paging"]["cursors"].keys() == {"before", "after"}
        if "next" not in body["paging"]:
            break
        after = body["paging"]["cursors"]["after"]
    assert seen == ["v4", "v3", "v2", "v1", "v0"]
    assert "previous" in body["paging"]


def test_next_carries_the_token_and_leads_on(graph, page, sandbox):
    sandbox.say_many(page, [{"text": f"v{n}"} for n in range(3)])
    following = graph.get_connections(page["id"], "feed", limit=2)["paging"]["next"]
    asked = parse_qs(urlsplit(following).query)
    assert following.startswith(f"{PUBLIC}/v25.0/{page['id']}/feed?")
    assert asked["access_token"] == [graph.access_token]
    assert "appsecret_proof" not in asked
    rest = graph.session.get(following).json()
    assert [row["message"] for row in rest["data"]] == ["v0"]
    walked = graph.get_all_connections(page["id"], "feed", limit=2)
    assert [row["message"] for row in walked] == ["v2", "v1", "v0"]


def test_nested_comments_have_their_own_paging(graph, page, sandbox):
    for n in range(4):
        sandbox.say(page, f"c{n}", kind="comment")
    fields = "id,comments.filter(stream).order(reverse_chronological).limit(3){id,message,from}"
    (post,) = graph.get_connections(page["id"], "feed", fields=fields)["data"]
    assert [c["message"] for c in post["comments"]["data"]] == ["c3", "c2", "c1"]
    asked = parse_qs(urlsplit(post["comments"]["paging"]["next"]).query)
    assert (asked["limit"], asked["filter"]) == (["3"], ["stream"])
    assert (
        graph.session.get(post["comments"]["paging"]["next"]).json()["data"][0]["message"] == "c0"
    )


def test_answers_stand_below_comments_and_in_the_stream(graph, page, sandbox):
    top = sandbox.say(page, "top", kind="comment")
    below = graph.put_object(top, "comments", message="below")["id"]
    deeper = sandbox.say(page, "deeper", in_reply_to=below)
    post = graph.get_connections(page["id"], "feed")["data"][0]["id"]
    fields = "id,message,parent{id}"
    stream = graph.get_connections(post, "comments", filter="stream", fields=fields)["data"]
    assert [c["message"] for c in stream] == ["top", "below", "deeper"]
    assert [c.get("parent") for c in stream] == [None, {"id": top}, {"id": top}]
    assert [c["id"] for c in graph.get_connections(post, "comments")["data"]] == [top]
    assert [c["id"] for c in graph.get_connections(top, "comments")["data"]] == [below, deeper]


def test_a_withheld_person_has_no_from(graph, page, sandbox):
    hidden = sandbox.say(page, "x", kind="comment", author={"name": "숨은 이", "withheld": True})
    assert "from" not in graph.get_object(hidden, fields="id,from,message")
    shown = sandbox.say(page, "y", kind="comment", author="보이는 이")
    assert graph.get_object(shown, fields="from")["from"]["name"] == "보이는 이"


def test_a_bare_photo_has_an_attachment_and_no_message(graph, page, sandbox):
    made = sandbox.say(page, "", kind="comment", media=True)
    comment = graph.get_object(made, fields="id,message,attachment{type,url,media,target}")
    assert "message" not in comment
    assert comment["attachment"]["type"] == "photo"
    image = comment["attachment"]["media"]["image"]
    assert image.keys() == {"height", "width", "src"}
    assert requests.get(image["src"]).content.startswith(b"\x89PNG")


def test_since_and_until_look_at_the_last_change(graph, page, sandbox):
    old = sandbox.say(page, "old", at="2026-11-01T00:00:00Z")
    new = sandbox.say(page, "new", at="2026-11-03T00:00:00Z")
    day = int(datetime(2026, 11, 2, tzinfo=UTC).timestamp())

    def found(**asked):
        return [p["id"] for p in graph.get_connections(page["id"], "feed", **asked)["data"]]

    assert (found(since=day), found(until=day)) == ([new], [old])
    sandbox.say(page, "late comment", kind="comment", in_reply_to=old)
    assert old in found(since=day)


def test_what_a_node_does_not_have_is_named(raw, page):
    text = "(#100) Tried accessing nonexisting field (first_name) on node type (Page)"
    assert refused(raw("me", fields="id,first_name"), 100) == text
    assert "nonexisting field (nope)" in refused(raw(f"{page['id']}/nope"), 100)
    refused(raw("me", fields="id,feed{"), 2500)


def test_fields_that_were_removed(raw, page, graph):
    made = graph.put_object(page["id"], "feed", message="x")["id"]
    refused(raw(made, fields="id,link"), 12)


@pytest.mark.parametrize(
    "wish", [{"limit": "0"}, {"limit": "101"}, {"limit": "x"}, {"after": "?"}]
)
def test_wrong_paging_is_refused(raw, page, wish):
    assert raw(f"{page['id']}/feed", **wish).json()["error"]["code"] == 100


def test_many_ids_at_once_are_all_or_nothing(raw, page, sandbox):
    kept, gone = (sandbox.say(page, text, kind="comment") for text in ("kept", "gone"))
    both = raw("", ids=f"{kept},{gone}", fields="id,message").json()
    assert both[gone]["message"] == "gone"
    sandbox.control("delete", {"id": gone})
    assert gone in refused(raw("", ids=f"{kept},{gone}", fields="id"), 803, 404)


def test_what_is_not_there(raw):
    text = refused(raw("999999"), 100, subcode=33)
    assert text.startswith("Unsupported get request. Object with ID '999999' does not exist")
    refused(raw("nobody-by-this-name"), 803, 404)
    refused(raw("999999/comments", "POST", message="x"), 100, subcode=33)


def test_paths_and_versions(page):
    token = {"access_token": page["credentials"]["page_token"]}
    answer = requests.get(f"{page['base_url']}/me", params=token)
    assert answer.headers["facebook-api-version"] == "v19.0"
    answer = requests.get(f"{page['base_url']}/v25.0/me", params=token)
    assert answer.headers["facebook-api-version"] == "v25.0"
    refused(requests.get(f"{page['base_url']}/v3.x/me", params=token), 2500)


# --- writing


def test_the_same_answer_is_taken_as_often_as_it_comes(graph, page, sandbox):
    asked = sandbox.say(page, "question", kind="comment")
    made = [graph.put_object(asked, "comments", message="same")["id"] for _ in range(3)]
    assert len(set(made)) == 3
    assert sandbox.counts(page) == {"same": 3}


def test_the_same_post_is_not(raw, page):
    assert raw(f"{page['id']}/feed", "POST", message="same").ok
    text = refused(raw(f"{page['id']}/feed", "POST", message="same"), 506)
    assert text == "(#506) Duplicate status message"


@pytest.mark.parametrize(
    ("ahead", "published", "subcode"),
    [(300, "false", 1390113), (40 * 86_400, "false", 1390113), (3600, "true", 1363126)],
)
def test_posts_are_scheduled_between_ten_minutes_and_thirty_days(
    raw, page, ahead, published, subcode
):
    wish = {
        "message": "x",
        "published": published,
        "scheduled_publish_time": int(time.time()) + ahead,
    }
    refused(raw(f"{page['id']}/feed", "POST", **wish), 100, subcode=subcode)


def test_a_scheduled_post_waits_unseen(graph, page):
    at = int(time.time()) + 3600
    wish = {"message": "soon", "published": "false", "scheduled_publish_time": at}
    made = graph.put_object(page["id"], "feed", **wish)["id"]
    assert graph.get_connections(page["id"], "feed")["data"] == []
    (waiting,) = graph.get_connections(page["id"], "scheduled_posts")["data"]
    assert waiting["id"] == made
    assert graph.delete_object(made) == {"success": True}
    assert graph.get_connections(page["id"], "scheduled_posts")["data"] == []


def test_deleting_takes_everything_below_along(raw, graph, page, sandbox):
    top = sandbox.say(page, "top", kind="comment")
    below = graph.put_object(top, "comments", message="below")["id"]
    assert graph.delete_object(top) == {"success": True}
    refused(raw(below), 100, subcode=33)
    refused(raw(top, "DELETE"), 100, subcode=33)


def test_hiding_and_editing(graph, page, sandbox):
    theirs = sandbox.say(page, "rude", kind="comment")
    assert graph.request(f"v25.0/{theirs}", post_args={"is_hidden": "true"}) == {"success": True}
    assert graph.get_object(theirs, fields="is_hidden")["is_hidden"] is True
    with pytest.raises(facebook.GraphAPIError) as caught:
        graph.request(f"v25.0/{theirs}", post_args={"message": "polite"})
    assert caught.value.code == 200
    ours = graph.put_object(theirs, "comments", message="typo")["id"]
    graph.request(f"v25.0/{ours}", post_args={"message": "fixed"})
    assert graph.get_object(ours, fields="message")["message"] == "fixed"


def test_pictures_are_uploaded_unseen_and_attached(graph, raw, page, sandbox):
    photo = {"published": "false", "alt_text_custom": "하늘"}
    files = {"source": ("a.png", draw_picture(90), "image/png")}
    media = graph.request(f"v25.0/{page['id']}/photos", post_args=photo, files=files)["id"]
    assert graph.get_connections(page["id"], "feed")["data"] == []
    wish = {"message": "look", "attached_media[0]": f'{{"media_fbid":"{media}"}}'}
    made = graph.request(f"v25.0/{page['id']}/feed", post_args=wish)["id"]
    shown = graph.get_object(made, fields="attachments{type,media}")
    assert shown["attachments"]["data"][0]["media"]["image"]["width"] == 320
    assert sandbox.control("item", id=media)["alt_text"] == "하늘"
    wish["attached_media[0]"] = '{"media_fbid":"1"}'
    refused(raw(f"{page['id']}/feed", "POST", **wish, x="1"), 100, subcode=1366046)
    bad = {"source": ("a.png", b"no picture", "image/png")}
    with pytest.raises(facebook.GraphAPIError, match="324"):
        graph.request(f"v25.0/{page['id']}/photos", post_args=photo, files=bad)


def test_empty_and_too_long(raw, page, sandbox):
    asked = sandbox.say(page, "q", kind="comment")
    refused(raw(f"{page['id']}/feed", "POST", message=" "), 100, subcode=1349125)
    refused(raw(f"{asked}/comments", "POST", message=" "), 100, subcode=1346003)
    assert "too long" in refused(raw(f"{asked}/comments", "POST", message="a" * 8001), 100,
                                 subcode=1446036)  # fmt: skip


def test_other_peoples_pages(raw, sandbox):
    other = sandbox.account("facebook")
    refused(raw(f"{other['id']}/feed", "POST", message="x"), 200, 403)


# --- limits


def test_usage_stands_in_every_answer(raw, page, sandbox):
    sandbox.control("settings", {"account": page["name"], "fb_usage": 85})
    headers = raw("me").headers
    (entry,) = json.loads(headers["x-business-use-case-usage"])[page["id"]]
    assert entry == {"type": "pages", "call_count": 85, "total_cputime": 1, "total_time": 85,
                     "estimated_time_to_regain_access": 0}  # fmt: skip
    assert json.loads(headers["x-app-usage"])["call_count"] == 85


@pytest.mark.parametrize(
    ("code", "status"), [(1, 500), (2, 503), (4, 403), (17, 400), (32, 403), (368, 403), (613, 403),
                         (80001, 403), (10, 403), (102, 401), (190, 401), (506, 400)]
)  # fmt: skip
def test_scripted_errors_have_their_own_status(raw, page, sandbox, code, status):
    sandbox.fault(page, "status", code=code)
    answer = raw("me")
    refused(answer, code, status)
    is_passing = answer.json()["error"].get("is_transient")
    assert is_passing is (True if code in {1, 2, 4, 17, 32, 613, 80001} else None)
