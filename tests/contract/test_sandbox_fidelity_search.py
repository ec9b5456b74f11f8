"""The sandbox searches as X does: its language, its limits, its refusals."""

import pytest

from channels.queries import QueryError, check
from tests.support.voices import long_ago


@pytest.fixture
def search(connect):
    """Search as an account; returns status and body."""
    profile = connect("x")
    client = profile.adapter()._client

    def ask(query: str, **asked: str):
        import tweepy

        try:
            answer = client.request(
                "GET", "/2/tweets/search/recent", params={"query": query, **asked}, user_auth=True
            )
        except tweepy.HTTPException as error:
            return error.response.status_code, error.response.json()
        return answer.status_code, answer.json()

    ask.profile = profile
    return ask


def test_words_are_found_and_others_are_not(search):
    word = f"낱말{search.profile.there['handle']}"
    found = search.profile.say(f"{word}이 좋아요", kind="post")
    search.profile.say("다른 이야기", kind="post")
    _, body = search(word)
    assert [post["id"] for post in body["data"]] == [found]
    assert body["meta"]["result_count"] == 1
    assert set(body["data"][0]) == {"id", "text", "edit_history_tweet_ids"}


def test_operators_narrow_down(search):
    say, name = search.profile.say, search.profile.there["handle"]
    first = say(f"{name} 하나 #태그", kind="post", media=True)
    second = say(f"{name} two", kind="post", author={"name": "Ann", "handle": f"a{name}"[:15]})
    third = say(f"{name} 셋", kind="reply", in_reply_to=first)

    def found(query: str) -> set[str]:
        return {post["id"] for post in search(f"{name} {query}")[1].get("data", [])}

    assert found("") == {first, second, third}
    assert found("lang:en") == {second}
    assert found("#태그") == {first}
    assert found("has:images") == {first}
    assert found("is:reply") == {third}
    assert found("-하나") == {second, third}
    assert found("(하나 OR 셋)") == {first, third}
    assert found(f"-from:a{name}"[:21]) == {first, third}


@pytest.mark.parametrize(
    ("query", "asked"),
    [
        ("", {}),
        ("가" * 513, {}),
        ("lang:ko", {}),
        ("한빛 near:seoul", {}),
        ("(한빛", {}),
        ("한빛 -(a OR b)", {}),
        ("한빛", {"max_results": "9"}),
        ("한빛", {"max_results": "101"}),
        ("한빛", {"since_id": "1000000000000000000"}),
        ("한빛", {"start_time": "2020-01-01T00:00:00Z"}),
        ("한빛", {"sort_order": "newest"}),
        ("한빛", {"cursor": "x"}),
    ],
)
def test_what_is_refused(search, query, asked):
    status, body = search(query, **asked)
    assert status == 400
    assert body["type"].endswith("/invalid-request")


@pytest.mark.parametrize(
    "query",
    [
        "한빛",
        '"한빛 a" OR b',
        "(a OR b) -c lang:ko",
        "lang:ko",
        "a OR",
        "(a",
        "a near:b",
        "-(a)",
        "a -b",
    ],
)
def test_our_check_and_the_sandbox_agree(search, query):
    try:
        check(query, handle="", with_reposts=True)
    except QueryError:
        assert search(query)[0] == 400
    else:
        assert search(query)[0] == 200


def test_the_last_seven_days_only(search):
    name = search.profile.there["handle"]
    search.profile.say(f"{name} 옛날", kind="post", at=long_ago(8 * 24))
    fresh = search.profile.say(f"{name} 요즘", kind="post", at=long_ago(6 * 24))
    assert [post["id"] for post in search(name)[1]["data"]] == [fresh]


def test_what_is_protected_is_not_found(search):
    name = search.profile.there["handle"]
    hidden = {"name": "Shy", "handle": f"s{name}"[:15], "protected": True}
    search.profile.say(f"{name} 비밀", kind="post", author=hidden)
    assert search(name)[1] == {"meta": {"result_count": 0}}


def test_reposts_are_posts_of_their_own(search):
    name = search.profile.there["handle"]
    first = search.profile.say(f"{name} 널리", kind="post")
    again = search.profile.say("", kind="repost", in_reply_to=first)
    ask = {"tweet.fields": "referenced_tweets,text"}
    (post,) = search(f"{name} is:retweet", **ask)[1]["data"]
    assert post["id"] == again
    assert post["referenced_tweets"] == [{"type": "retweeted", "id": first}]
    assert post["text"].startswith("RT @")
