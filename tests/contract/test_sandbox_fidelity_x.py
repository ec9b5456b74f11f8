"""The sandbox's X answers as X's recordings and documents say, spoken to with the real tweepy."""

import base64
import json
import time

import pytest
import requests
import tweepy
from requests_oauthlib import OAuth1

from channels.sandbox.media import draw_picture
from tests.support.sandbox import RebasedAdapter

PUBLIC = "https://api.twitter.com"
FIELDS = [
    "created_at", "conversation_id", "author_id", "entities", "attachments", "in_reply_to_user_id",
    "referenced_tweets", "public_metrics",
]  # fmt: skip


@pytest.fixture
def account(sandbox):
    return sandbox.account("x")


def client_of(account, **changes):
    keys = {**account["credentials"], **changes}
    client = tweepy.Client(
        bearer_token=keys["bearer_token"],
        consumer_key=keys["consumer_key"],
        consumer_secret=keys["consumer_secret"],
        access_token=keys["access_token"],
        access_token_secret=keys["access_token_secret"],
    )
    client.session.mount(PUBLIC, RebasedAdapter(account["base_url"]))
    return client


@pytest.fixture
def client(account):
    return client_of(account)


@pytest.fixture
def http(account):
    """A session that signs as the account."""
    keys = account["credentials"]
    session = requests.Session()
    session.mount(PUBLIC, RebasedAdapter(account["base_url"]))
    session.auth = OAuth1(
        keys["consumer_key"],
        keys["consumer_secret"],
        keys["access_token"],
        keys["access_token_secret"],
    )
    return session


def mentions(http, account, **params):
    return http.get(f"{PUBLIC}/2/users/{account['id']}/mentions", params=params)


# --- who am I


def test_me(client, account):
    user = client.get_me(user_fields=["public_metrics", "description"]).data
    assert (str(user.id), user.username) == (account["id"], account["handle"])
    assert user.public_metrics["followers_count"] > 0


def test_user_by_name(client, account):
    assert str(client.get_user(username=account["handle"]).data.id) == account["id"]
    assert client.get_user(username="nobody_here_99").errors[0]["title"] == "Not Found Error"


def test_an_app_token_is_nobody(account):
    response = requests.get(
        account["base_url"] + "/2/users/me",
        headers={"Authorization": f"Bearer {account['credentials']['bearer_token']}"},
    )
    assert response.status_code == 403
    assert response.json()["type"].endswith("/unsupported-authentication")
    assert response.json()["errors"][0].keys() >= {"detail"}


# --- mentions


def test_a_mention_looks_like_one(sandbox, account, client):
    author = {"name": "김철수", "handle": "cs_kim88", "followers": 214_000}
    mine = sandbox.say(account, "5 < 6 & 'q' https://ex.example/a?b=1&c=2", author=author)
    answer = client.get_users_mentions(
        account["id"],
        tweet_fields=FIELDS,
        expansions=["author_id", "referenced_tweets.id", "attachments.media_keys"],
        user_fields=["public_metrics"],
        user_auth=True,
    )
    tweet = answer.data[0].data
    assert tweet["id"] == mine == answer.meta["newest_id"]
    assert tweet["text"].startswith(f"@{account['handle']} 5 &lt; 6 &amp; 'q' https://t.co/")
    assert tweet["conversation_id"] == mine
    assert tweet["created_at"].endswith("Z")
    assert len(tweet["created_at"]) == len("2026-11-24T02:52:35.764Z")
    assert tweet["entities"]["mentions"][0]["id"] == account["id"]
    url = tweet["entities"]["urls"][0]
    assert url["expanded_url"] == "https://ex.example/a?b=1&c=2"
    assert tweet["text"][url["start"] : url["end"]] == url["url"]
    assert answer.includes["users"][0].public_metrics["followers_count"] == 214_000


def test_default_keys_only(sandbox, account, http):
    sandbox.say(account, "hi")
    assert set(mentions(http, account).json()["data"][0]) == {
        "id",
        "text",
        "edit_history_tweet_ids",
    }


def test_an_empty_timeline_has_no_data(http, account):
    body = mentions(http, account).json()
    assert body == {"meta": {"result_count": 0}}


def test_pages_run_from_new_to_old_and_end(sandbox, account, client):
    ids = [sandbox.say(account, f"item {n}") for n in range(12)]
    pages = list(
        tweepy.Paginator(client.get_users_mentions, account["id"], max_results=5, user_auth=True)
    )
    assert [str(t.id) for page in pages for t in page.data] == ids[::-1]
    assert "next_token" in pages[0].meta
    assert "next_token" not in pages[-1].meta


def test_since_until_and_times(sandbox, account, http):
    old = sandbox.say(account, "old", at="2026-11-01T00:00:00Z")
    middle = sandbox.say(account, "middle", at="2026-11-02T00:00:00Z")
    new = sandbox.say(account, "new", at="2026-11-03T00:00:00Z")

    def ids(**params):
        return [t["id"] for t in mentions(http, account, **params).json().get("data", [])]

    assert ids(since_id=old) == [new, middle]
    assert ids(until_id=new) == [middle, old]
    assert ids(start_time="2026-11-01T12:00:00Z", end_time="2026-11-02T12:00:00Z") == [middle]
    assert ids(since_id=old, start_time="2026-11-02T12:00:00Z") == [new, middle]


def test_only_the_newest_800_can_be_reached(sandbox, account, client):
    storm = {"count": 810, "seconds": 0, "account": account["name"], "wait": True}
    sandbox.control("storm", storm)
    pages = tweepy.Paginator(
        client.get_users_mentions, account["id"], max_results=100, user_auth=True
    )
    assert sum(page.meta["result_count"] for page in pages) == 800


def test_unknown_parameters_are_named(http, account):
    response = mentions(http, account, foo="bar", max_results="3")
    assert response.status_code == 400
    body = response.json()
    assert body["title"] == "Invalid Request"
    assert body["type"] == "https://api.twitter.com/2/problems/invalid-request"
    assert body["errors"][0]["parameters"] == {"foo": ["bar"]}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("max_results", "4"),
        ("max_results", "101"),
        ("since_id", "abc"),
        ("since_id", "1" * 20),
        ("expansions", "author"),
        ("tweet.fields", "nope"),
        ("start_time", "yesterday"),
        ("pagination_token", "zzz"),
    ],
)
def test_wrong_values_are_named(http, account, name, value):
    response = mentions(http, account, **{name: value})
    assert response.status_code == 400
    assert name in response.json()["errors"][0]["parameters"]


def test_the_old_and_the_new_names(sandbox, account, http):
    sandbox.say(account, "hi")
    old = {"tweet.fields": "created_at,referenced_tweets", "expansions": "referenced_tweets.id"}
    new = {"post.fields": "created_at,referenced_posts", "expansions": "referenced_posts"}
    assert "edit_history_post_ids" in mentions(http, account, **new).json()["data"][0]
    assert "edit_history_tweet_ids" in mentions(http, account, **old).json()["data"][0]
    sandbox.control("settings", {"account": account["name"], "x_spec": "new"})
    assert mentions(http, account, **old).status_code == 400
    assert mentions(http, account, **new).status_code == 200
    sandbox.control("settings", {"account": account["name"], "x_spec": "old"})
    assert mentions(http, account, **new).status_code == 400
    assert mentions(http, account, **old).status_code == 200


def test_what_is_gone_is_an_error_beside_the_data(sandbox, account, client):
    quoted = sandbox.say(account, "I will be quoted")
    sandbox.say(account, "look at this", in_reply_to=quoted, kind="quote")
    sandbox.control("delete", {"id": quoted})
    answer = client.get_users_mentions(
        account["id"], expansions=["referenced_tweets.id"], user_auth=True
    )
    assert answer.data[0].referenced_tweets[0].type == "quoted"
    assert answer.errors[0]["resource_id"] == quoted
    assert answer.errors[0]["type"].endswith("resource-not-found")
    assert answer.errors[0]["title"] == "Not Found Error"


def test_a_missing_post_is_status_200_with_errors(sandbox, account, client):
    kept, gone = sandbox.say(account, "kept"), sandbox.say(account, "gone")
    sandbox.control("delete", {"id": gone})
    assert client.get_tweet(gone, user_auth=True).data is None
    answer = client.get_tweets([kept, gone], user_auth=True)
    assert [str(t.id) for t in answer.data] == [kept]
    assert [e["resource_id"] for e in answer.errors] == [gone]


def test_an_edit_is_a_new_post(sandbox, account, http):
    first = sandbox.say(account, "typo")
    second = sandbox.control("edit", {"id": first, "text": f"@{account['handle']} fixed"})["id"]
    assert int(second) > int(first)
    shown = mentions(http, account).json()["data"]
    assert [t["id"] for t in shown] == [second]
    assert shown[0]["edit_history_tweet_ids"] == [first, second]


def test_pictures_have_keys_and_urls(sandbox, account, client):
    sandbox.say(account, "look", media=True)
    answer = client.get_users_mentions(
        account["id"],
        tweet_fields=["attachments"],
        expansions=["attachments.media_keys"],
        media_fields=["url", "width", "type"],
        user_auth=True,
    )
    key = answer.data[0].data["attachments"]["media_keys"][0]
    media = answer.includes["media"][0]
    assert (media.media_key, media.width) == (key, 320)
    assert requests.get(media.url).content.startswith(b"\x89PNG")


# --- signatures


def test_a_wrong_secret_is_refused(account):
    with pytest.raises(tweepy.Unauthorized):
        client_of(account, access_token_secret="wrong").get_me()


def test_an_unknown_bearer_is_refused(account):
    with pytest.raises(tweepy.Unauthorized):
        client_of(account, bearer_token="wrong").get_users_mentions(account["id"])


def _signed(account, **options):
    keys = account["credentials"]
    auth = OAuth1(
        keys["consumer_key"],
        keys["consumer_secret"],
        keys["access_token"],
        keys["access_token_secret"],
        **options,
    )
    request = requests.Request("GET", PUBLIC + "/2/users/me", auth=auth).prepare()
    session = requests.Session()
    session.mount(PUBLIC, RebasedAdapter(account["base_url"]))
    header, answers = request.headers["Authorization"], []
    for _ in range(2):
        again = requests.Request("GET", PUBLIC + "/2/users/me").prepare()
        again.headers["Authorization"] = header
        answers.append(session.send(again).status_code)
    return answers


def test_a_nonce_works_once(account):
    assert _signed(account) == [200, 401]


def test_a_stale_timestamp_is_refused(account):
    assert _signed(account, timestamp=str(int(time.time()) - 3600)) == [401, 401]


def test_a_signature_is_for_the_public_address(account):
    keys = account["credentials"]
    auth = OAuth1(
        keys["consumer_key"],
        keys["consumer_secret"],
        keys["access_token"],
        keys["access_token_secret"],
    )
    assert requests.get(account["base_url"] + "/2/users/me", auth=auth).status_code == 401


# --- writing


def test_a_post_and_its_headers(http, account):
    response = http.post(PUBLIC + "/2/tweets", json={"text": "안녕하세요"})
    assert response.status_code == 201
    assert response.json()["data"]["text"] == "안녕하세요"
    assert response.headers["x-rate-limit-limit"] == "100"
    assert response.headers["x-rate-limit-remaining"] == "99"
    assert int(response.headers["x-rate-limit-reset"]) > time.time()
    assert "api-version" in response.headers
    assert "x-access-level" in response.headers


def test_a_duplicate_is_told_by_its_sentence_only(http):
    for expected in (201, 403):
        response = http.post(PUBLIC + "/2/tweets", json={"text": "same"})
        assert response.status_code == expected
    assert response.json() == {
        "detail": "You are not allowed to create a Tweet with duplicate content.",
        "type": "about:blank",
        "title": "Forbidden",
        "status": 403,
    }


def test_an_answer_carries_the_mentions_of_its_thread(sandbox, account, client):
    asked = sandbox.say(account, "question", author={"name": "김", "handle": "asker_one"})
    made = client.create_tweet(text="answer", in_reply_to_tweet_id=asked)
    own = client.get_users_tweets(account["id"], tweet_fields=FIELDS, user_auth=True).data[0].data
    assert own["id"] == made.data["id"]
    assert own["text"] == "@asker_one answer"
    assert own["conversation_id"] == asked
    assert own["referenced_tweets"] == [{"type": "replied_to", "id": asked}]
    again = sandbox.say(account, "thanks", in_reply_to=own["id"], author="@asker_one")
    assert client.get_tweet(again, user_auth=True).data.text == f"@{account['handle']} thanks"


def test_an_answer_to_something_deleted(sandbox, account, client):
    gone = sandbox.say(account, "gone")
    sandbox.control("delete", {"id": gone})
    with pytest.raises(tweepy.Forbidden, match="deleted or not visible"):
        client.create_tweet(text="too late", in_reply_to_tweet_id=gone)


def test_self_serve_apps_answer_only_when_summoned(sandbox, account, client):
    sandbox.control("settings", {"account": account["name"], "x_summoned_only": True})
    other = sandbox.account("x")
    elsewhere = sandbox.say(other, "not about you")
    with pytest.raises(tweepy.Forbidden, match="not been mentioned"):
        client.create_tweet(text="barging in", in_reply_to_tweet_id=elsewhere)
    here = sandbox.say(account, "about you")
    assert client.create_tweet(text="hello", in_reply_to_tweet_id=here).data["id"]


@pytest.mark.parametrize(
    ("text", "fits"),
    [
        ("가" * 140, True),
        ("가" * 141, False),
        ("a" * 280, True),
        ("a" * 281, False),
        ("a" * 256 + " https://a.com/" + "x" * 200, True),
        ("👨‍👩‍👧‍👦" * 140, True),
    ],
)
def test_length_is_weighed(http, text, fits):
    response = http.post(PUBLIC + "/2/tweets", json={"text": text})
    assert response.status_code == (201 if fits else 400)


def test_mentions_in_front_of_an_answer_weigh_nothing(sandbox, account, http):
    asked = sandbox.say(account, "q", author={"name": "k", "handle": "weightless"})
    body = {"text": "@weightless " + "가" * 140, "reply": {"in_reply_to_tweet_id": asked}}
    assert http.post(PUBLIC + "/2/tweets", json=body).status_code == 201


@pytest.mark.parametrize(
    "body",
    [
        {"text": "x", "foo": 1},
        {"text": "x", "reply": {"to": "1"}},
        {"text": "x", "reply": {"in_reply_to_tweet_id": 12}},
        {"text": 5},
        {"text": "  "},
        {"text": "x", "media": {"media_ids": []}},
        {"text": "x", "media": {"media_ids": ["1"]}},
        {},
    ],
)
def test_bodies_out_of_the_schema(http, body):
    response = http.post(PUBLIC + "/2/tweets", json=body)
    assert response.status_code == 400
    assert response.json()["errors"]


def test_deleting(client, account):
    made = client.create_tweet(text="short lived").data["id"]
    assert client.delete_tweet(made).data == {"deleted": True}
    assert client.get_users_tweets(account["id"], user_auth=True).data is None


# --- pictures


def _upload(http, **options):
    return http.post(PUBLIC + "/2/media/upload", **options)


def test_pictures_are_uploaded_in_both_forms(http, account, client):
    picture = draw_picture(90)
    form = _upload(
        http, files={"media": ("a.png", picture)}, data={"media_category": "tweet_image"}
    )
    text = base64.b64encode(picture).decode()
    body = _upload(http, json={"media": text, "media_category": "tweet_image"})
    ids = [answer.json()["data"]["id"] for answer in (form, body)]
    assert form.json()["data"]["expires_after_secs"] == 86_400
    alt = {"id": ids[0], "metadata": {"alt_text": {"text": "그라데이션"}}}
    assert http.post(PUBLIC + "/2/media/metadata", json=alt).status_code == 200
    made = client.create_tweet(text="two pictures", media_ids=ids).data
    assert "https://t.co/" in made["text"]
    shown = client.get_tweet(
        made["id"],
        expansions=["attachments.media_keys"],
        media_fields=["alt_text"],
        user_auth=True,
    )
    assert [m.alt_text for m in shown.includes["media"]] == ["그라데이션", None]


def test_a_film_in_pieces(http):
    film = b"\x00\x00\x00\x18ftypmp42" + b"\0" * 100
    begin = {"media_type": "video/mp4", "media_category": "tweet_video", "total_bytes": len(film)}
    media = http.post(PUBLIC + "/2/media/upload/initialize", json=begin).json()["data"]["id"]
    for index, piece in enumerate((film[:50], film[50:])):
        answer = http.post(
            f"{PUBLIC}/2/media/upload/{media}/append",
            files={"media": piece},
            data={"segment_index": str(index)},
        )
        assert answer.status_code == 200
    done = http.post(f"{PUBLIC}/2/media/upload/{media}/finalize").json()["data"]
    assert done["size"] == len(film)
    assert done["processing_info"]["state"] == "in_progress"
    refused = http.post(
        PUBLIC + "/2/tweets", json={"text": "early", "media": {"media_ids": [media]}}
    )
    assert refused.status_code == 400


@pytest.mark.parametrize(
    "body", [{"media": "!!"}, {"media": base64.b64encode(b"not a picture").decode()}, {"foo": "x"}]
)
def test_what_is_no_picture(http, body):
    assert _upload(http, json={"media_category": "tweet_image", **body}).status_code == 400


# --- limits and strange paths


def test_a_used_up_window(sandbox, account, http, client):
    sandbox.control("settings", {"account": account["name"], "x_limits": {"POST /2/tweets": 1}})
    client.create_tweet(text="one")
    with pytest.raises(tweepy.TooManyRequests) as caught:
        client.create_tweet(text="two")
    assert caught.value.reset_time > time.time()
    assert caught.value.response.headers["x-rate-limit-remaining"] == "0"
    assert caught.value.response.json()["type"] == "about:blank"


def test_other_paths(http):
    response = http.get(PUBLIC + "/2/nowhere")
    assert (response.status_code, response.json()["title"]) == (404, "Not Found")
    assert json.loads(response.text)["status"] == 404
