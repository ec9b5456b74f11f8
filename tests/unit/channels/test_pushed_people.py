"""One person's part is taken out of what a platform pushed, and nobody else's."""

import json

import pytest

from channels.pushed_people import Names, without

KIM = Names.of({"12"}, {"77_1", "900"})


def change(author, comment, text="hello"):
    return {
        "field": "feed",
        "value": {"from": {"id": author}, "comment_id": comment, "message": text},
    }


def call(*changes, page="P"):
    return {"object": "page", "entry": [{"id": page, "time": 1, "changes": list(changes)}]}


def left(body, names=KIM):
    found = without(json.dumps(body).encode(), names)
    return None if found is None else json.loads(found)


def test_one_change_goes_and_the_others_stay():
    other = change("13", "77_2")
    assert left(call(change("12", "77_9"), other)) == call(other)
    assert left(call(change(12, "77_9"), other)) == call(other)


def test_a_line_goes_by_its_own_id_when_its_author_is_withheld():
    assert left(call(change(None, "77_1"), change("13", "77_2"))) == call(change("13", "77_2"))


def test_an_answer_to_their_line_stays():
    answer = {"field": "feed", "value": {"comment_id": "77_3", "parent_id": "77_1"}}
    assert left(call(answer)) == call(answer)


@pytest.mark.parametrize(
    "body",
    [
        call(change("12", "77_9")),
        {"data": {"event_type": "post.mention.create", "payload": {"id": "5", "author_id": "12"}}},
        {"for_user_id": "1", "tweet_create_events": [{"id_str": "900", "text": "x"}]},
    ],
)
def test_nothing_is_left_of_a_call_about_them_alone(body):
    assert left(body) is None


def test_their_post_goes_from_below_the_answer_of_somebody_else():
    theirs, other = {"id": "900", "text": "theirs"}, {"id": "800", "text": "fine"}
    body = {"data": {"payload": {"id": "5"}, "includes": {"tweets": [theirs, other]}}}
    assert left(body) == {"data": {"payload": {"id": "5"}, "includes": {"tweets": [other]}}}


@pytest.mark.parametrize(
    ("raw", "goes"),
    [
        (b"source=a&user=12&x=1", True),
        (b"user=312", False),
        (b"<a>77_1</a>", True),
        (b"\xff", False),
    ],
)
def test_what_cannot_be_understood_goes_whole_or_stays(raw, goes):
    assert without(raw, KIM) == (None if goes else raw)


def test_a_site_is_known_by_its_address_in_a_form():
    names = Names.of({"site:https://minji.example"}, set())
    assert without(b"source=https%3A%2F%2Fminji.example%2F7&target=x", names) is None
    assert without(b"source=https%3A%2F%2Fother.example%2F7", names) is not None


def test_a_call_that_names_nobody_stays_byte_by_byte():
    raw = b'{ "object":"page", "entry":[] }'
    assert without(raw, KIM) is raw
