"""What platforms push, read without a database: what is news, what is to be looked at, what is nobody's business."""

from typing import Any

import pytest

from channels.adapters.facebook import pushed as facebook
from channels.adapters.x import pushed as x
from channels.tidings import Gone, Tidings
from channels.types import ItemKind, Limit

BASE = "https://x.com"
USERS = [
    {"id": "9", "username": "kim", "name": "김"},
    {"id": "1", "username": "us", "name": "우리"},
]
POST = {
    "id": "2080761390344937796", "text": "@us 질문", "author_id": "9", "lang": "ko",
    "conversation_id": "2080761390344937796", "created_at": "2026-07-24T21:05:48.000Z",
    "edit_history_tweet_ids": ["2080761390344937796"],
    "entities": {"mentions": [{"start": 0, "end": 3, "username": "us", "id": "1"}]},
}  # fmt: skip


def activity(kind: str, payload: dict[str, Any], **includes) -> dict[str, Any]:
    return {
        "data": {
            "event_uuid": "e", "filter": {"user_id": "1"}, "event_type": kind, "tag": "t",
            "payload": payload, "includes": {"users": USERS, **includes},
        }
    }  # fmt: skip


def told(body: dict[str, Any]) -> Tidings:
    return x.tidings_of(body, base_url=BASE)["1"]


def test_a_mention_told_in_full_is_news():
    (item,) = told(activity("post.mention.create", POST)).fresh
    assert (item.external_id, item.kind, item.text) == (POST["id"], ItemKind.MENTION, "@us 질문")
    assert item.author.handle == "kim"
    assert (item.limits, item.is_own) == ((), False)


def test_a_post_of_our_own_is_no_mention():
    (item,) = told(activity("post.create", {**POST, "author_id": "1", "entities": None})).fresh
    assert (item.kind, item.is_own) == (ItemKind.OWN_POST, True)


@pytest.mark.parametrize(
    "change",
    [
        {"author_id": "777"},
        {"conversation_id": None},
        {"created_at": None},
        {"entities": None},
        {"edit_history_tweet_ids": ["1", POST["id"]]},
        {"referenced_tweets": [{"type": "replied_to", "id": "5"}]},
        {"in_reply_to_user_id": "1"},
        {"attachments": {"media_keys": ["3_1"]}},
    ],
    ids=lambda change: next(iter(change)),
)
def test_a_post_of_which_something_is_missing_is_looked_at(change):
    said = told(activity("post.mention.create", {**POST, **change}))
    assert (said.fresh, said.look) == ((), (POST["id"],))


def test_an_answer_with_what_it_answers_is_news():
    above = {**POST, "id": "5", "edit_history_tweet_ids": ["5"], "author_id": "1"}
    reply = {
        **POST,
        "referenced_tweets": [{"type": "replied_to", "id": "5"}],
        "in_reply_to_user_id": "1",
    }
    (item,) = told(activity("post.reply.create", reply, tweets=[above])).fresh
    assert (item.kind, item.parent_external_id) == (ItemKind.REPLY, "5")


def test_what_is_deleted_is_gone():
    said = told(activity("post.delete", {"id": POST["id"]}))
    assert said.gone == (Gone(POST["id"], ItemKind.MENTION, POST["id"]),)


@pytest.mark.parametrize(
    "kind", ["like.create", "follow.follow", "dm.received", "post.repost.create", "new.kind"]
)
def test_what_nobody_answers_is_ignored(kind):
    assert told(activity(kind, POST)) == Tidings(ignored=1)


def test_the_older_form_tells_where_to_look():
    body = {
        "for_user_id": "1",
        "tweet_create_events": [{"id": 5, "id_str": "5"}],
        "tweet_delete_events": [{"status": {"id": "6"}}],
        "favorite_events": [{}, {}],
    }
    said = told(body)
    assert (said.look, [one.external_id for one in said.gone], said.ignored) == (("5",), ["6"], 2)


@pytest.mark.parametrize("body", [{}, {"data": None}, {"data": {"payload": POST}}, [], "x"])
def test_what_is_no_activity_raises(body):
    with pytest.raises((AttributeError, KeyError, TypeError, ValueError)):
        x.tidings_of(body, base_url=BASE)


# --- Facebook


def change(**value) -> Tidings:
    """What one change on the Page 100 says."""
    field = value.pop("field", "feed")
    entry = {"id": 100, "time": 1790000000, "changes": [{"field": field, "value": value}]}
    return facebook.tidings_of({"object": "page", "entry": [entry]})["100"]


COMMENT = {
    "item": "comment", "verb": "add", "comment_id": "7_8", "post_id": "100_7", "parent_id": "100_7",
    "created_time": 1790000000, "message": "안녕", "from": {"id": "5", "name": "민지"},
}  # fmt: skip


@pytest.mark.parametrize("verb", ["edit", "edited", "hide", "unhide"])
def test_what_has_changed_is_looked_at(verb):
    assert change(**{**COMMENT, "verb": verb}) == Tidings(look=("7_8",))


def test_a_removal_may_say_little():
    said = change(item="comment", verb="remove", comment_id=78, post_id="100_7")
    assert said.gone == (Gone("78", ItemKind.COMMENT, "100_7"),)


@pytest.mark.parametrize(
    "more",
    [{"photo": "https://p"}, {"video": "https://v"}, {"message": ""}, {"created_time": None}],
)
def test_a_comment_of_which_there_is_more_to_see_is_looked_at(more):
    assert change(**{**COMMENT, **more}) == Tidings(look=("7_8",))


def test_times_come_as_seconds_or_as_text():
    one = change(**COMMENT).fresh[0].posted_at
    other = change(**{**COMMENT, "created_time": "2026-09-21T14:13:20+0000"}).fresh[0].posted_at
    assert one == other


def test_a_mention_is_read_where_it_may_be_read():
    assert change(field="mention", item="post", verb="add", post_id="100_9").look == ("100_9",)
    assert change(field="mention", item="post", verb="add", post_id="5_9").look == ("tagged:5_9",)
    said = change(field="mention", item="comment", verb="add", post_id="5_9", comment_id="9_1")
    assert (said.fresh[0].external_id, said.fresh[0].limits) == ("told:9_1", (Limit.CLOSED,))


@pytest.mark.parametrize("field", ["ratings", "messages", "leadgen", "conversations"])
def test_other_fields_are_ignored(field):
    assert change(field=field, item="rating") == Tidings(ignored=1)


def test_messages_are_ignored_too():
    entry = {"id": "100", "time": 1790000000, "messaging": [{}, {}]}
    assert facebook.tidings_of({"object": "page", "entry": [entry]})["100"] == Tidings(ignored=2)


def test_one_strange_change_hides_no_other():
    entry = {
        "id": "100", "time": 1790000000,
        "changes": [None, {"field": "feed", "value": COMMENT}, {"field": "feed", "value": {"item": "comment"}}],
    }  # fmt: skip
    said = facebook.tidings_of({"object": "page", "entry": [entry]})["100"]
    assert [item.external_id for item in said.fresh] == ["7_8"]
    assert len(said.faults) == 2
