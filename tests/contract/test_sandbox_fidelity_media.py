"""The sandbox takes files as strictly as the platforms do: pieces, mixtures, descriptions, shared links, edges."""

import base64

import pytest
import requests
import tweepy

from channels.sandbox.media import draw_picture
from tests.support.sandbox import RebasedAdapter
from tests.support.voices import one

FILM = b"\0\0\0\x18ftypmp42" + b"\0" * 100


@pytest.fixture
def profile(connect):
    return connect("x")


@pytest.fixture
def page(connect):
    return connect("facebook")


@pytest.fixture
def ask(profile):
    """Ask X over plain HTTP, signed; returns status and body."""
    keys = profile.there["credentials"]
    signer = tweepy.OAuth1UserHandler(
        keys["consumer_key"],
        keys["consumer_secret"],
        keys["access_token"],
        keys["access_token_secret"],
    )
    session = requests.Session()
    session.mount("https://api.twitter.com", RebasedAdapter(profile.there["base_url"]))

    def call(method, route, **parts):
        url = f"https://api.twitter.com/2/{route}"
        answer = session.request(method, url, auth=signer.apply_auth(), **parts)
        return answer.status_code, answer.json()

    yield call
    session.close()


def begun(ask):
    size = len(FILM)
    wish = {"media_type": "video/mp4", "media_category": "tweet_video", "total_bytes": size}
    return ask("POST", "media/upload/initialize", json=wish)[1]["data"]["id"]


def append(ask, media, index, content):
    return ask(
        "POST", f"media/upload/{media}/append",
        files={"media": content}, data={"segment_index": str(index)},
    )[0]  # fmt: skip


def test_pieces_must_add_up(ask):
    media = begun(ask)
    assert append(ask, media, 0, FILM[:50]) == 200
    assert ask("POST", f"media/upload/{media}/finalize")[0] == 400
    assert append(ask, media, 2, FILM[50:]) == 200
    assert ask("POST", f"media/upload/{media}/finalize")[0] == 400


@pytest.mark.parametrize(("index", "size"), [("x", 10), ("1000", 10), ("0", 5_000_001)])
def test_what_is_no_piece(ask, index, size):
    assert append(ask, begun(ask), index, b"\0" * size) == 400


def test_the_state_of_a_film_is_told_until_it_is_ready(ask, profile):
    profile.set(x_processing_seconds=30)
    media = begun(ask)
    append(ask, media, 0, FILM)
    ask("POST", f"media/upload/{media}/finalize")
    told = ask("GET", "media/upload", params={"command": "STATUS", "media_id": media})[1]["data"]
    assert told["processing_info"]["state"] == "in_progress"
    assert 1 <= told["processing_info"]["check_after_secs"] <= 30
    assert told["expires_after_secs"] == 86_400
    assert append(ask, media, 1, b"more") == 400


def test_a_film_stands_alone_and_a_category_is_meant(ask, profile):
    profile.set(x_processing_seconds=0)
    media = begun(ask)
    append(ask, media, 0, FILM)
    ask("POST", f"media/upload/{media}/finalize")
    picture = {
        "media": base64.b64encode(draw_picture(80)).decode(),
        "media_category": "tweet_image",
    }
    still = ask("POST", "media/upload", json=picture)[1]["data"]["id"]
    body = {"text": "both", "media": {"media_ids": [media, still]}}
    assert ask("POST", "tweets", json=body)[0] == 400
    body["media"]["media_ids"] = [media]
    assert ask("POST", "tweets", json=body)[0] == 201
    assert ask("POST", "media/upload", json={**picture, "media_category": "tweet_video"})[0] == 400


@pytest.mark.parametrize(("length", "status"), [(0, 400), (1000, 200), (1001, 400)])
def test_a_description_has_up_to_a_thousand_characters(ask, length, status):
    picture = {
        "media": base64.b64encode(draw_picture(80)).decode(),
        "media_category": "tweet_image",
    }
    media = ask("POST", "media/upload", json=picture)[1]["data"]["id"]
    words = {"id": media, "metadata": {"alt_text": {"text": "가" * length}}}
    assert ask("POST", "media/metadata", json=words)[0] == status


# --- Facebook


def test_a_shared_link_is_shown_with_its_title(page):
    post = page.say("이것 보세요", kind="visitor_post", link="https://news.example/한빛")
    item = one(page.walk()[0], post)
    assert [(m.kind, m.url, m.alt_text) for m in item.media] == [
        ("link", "https://news.example/한빛", "news.example/한빛")
    ]


def test_edges_show_whose_posts_they_say(page):
    ours = page.adapter().publish(page.post("우리 글")).external_id
    theirs = page.say("방문자 글", kind="visitor_post")
    tagged = page.say("태그", kind="tagged")
    calls = page.adapter()._calls

    def named(edge):
        return {row["id"] for row in calls.edge(f"{page.there['id']}/{edge}", fields="id")["data"]}

    assert named("published_posts") == {ours}
    assert named("visitor_posts") == {theirs}
    assert named("tagged") == {tagged}
    assert named("feed") == {ours, theirs}


def test_comments_are_counted_when_asked_for(page):
    post = page.say("방문자 글", kind="visitor_post")
    for number in range(3):
        page.say(f"댓글 {number}", in_reply_to=post)
    calls = page.adapter()._calls
    told = calls.get(post, fields="comments.limit(1).summary(true){id}")["comments"]
    assert told["summary"]["total_count"] == 3
    assert len(told["data"]) == 1


@pytest.mark.parametrize(
    "wish",
    [
        {},
        {"upload_phase": "begin"},
        {"upload_phase": "start"},
        {"upload_phase": "start", "file_size": "-1"},
        {"upload_phase": "transfer", "upload_session_id": "1", "start_offset": "0"},
        {"upload_phase": "finish", "upload_session_id": "1"},
    ],
)
def test_films_are_uploaded_in_order_or_not_at_all(page, wish):
    form = {**wish, "access_token": page.there["credentials"]["page_token"]}
    url = f"{page.there['base_url']}/v25.0/{page.there['id']}/videos"
    answer = requests.post(url, data=form, timeout=20)
    assert answer.status_code >= 400
    assert "error" in answer.json()
