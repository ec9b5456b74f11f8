"""What may be searched for on X: the same in our words as in X's."""

import pytest

from channels.queries import LONGEST, QueryError, check, whole


def fault(query: str) -> str:
    try:
        check(query, handle="hanbit", with_reposts=False)
    except QueryError as error:
        return error.code
    return ""


@pytest.mark.parametrize(
    "query",
    [
        "한빛",
        "한빛 요금제",
        '"한빛 텔레콤" OR hanbit',
        "(한빛 OR hanbit) -주식 lang:ko",
        "#한빛5g has:images",
        "hanbit -is:retweet is:reply",
        'url:"hanbit.example" -from:hanbit_news',
        "((한빛 5g) OR (hanbit 5g)) lang:en",
        "conversation_id:1900000000000000001",
    ],
)
def test_what_x_takes(query):
    assert fault(query) == ""


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("", "empty"),
        ("  ", "empty"),
        ("가" * LONGEST, "too_long"),
        ("(한빛 OR hanbit", "unbalanced"),
        ("한빛)", "unbalanced"),
        ("()", "unbalanced"),
        ('"한빛', "unbalanced"),
        ("lang:ko", "narrows_only"),
        ("-한빛", "narrows_only"),
        ("한빛 OR lang:ko", "narrows_only"),
        ("한빛 OR", "or_without_words"),
        ("OR 한빛", "or_without_words"),
        ("한빛 -(주식 OR 야구)", "negated_group"),
        ("한빛 near:seoul", "operator"),
        ("한빛 is:blue", "operator"),
        ("한빛 lang:korean", "operator"),
        ('한빛 ""', "empty_piece"),
        ("한빛 #", "empty_piece"),
    ],
)
def test_what_x_would_refuse(query, code):
    assert fault(query) == code


def test_we_and_those_who_mention_us_are_left_out():
    assert whole("한빛 OR hanbit", handle="hb", with_reposts=False) == (
        "(한빛 OR hanbit) -from:hb -@hb -is:retweet"
    )
    assert whole("한빛", handle="hb", with_reposts=True) == "(한빛) -from:hb -@hb"


def test_what_we_add_counts():
    room = LONGEST - len(whole("", handle="hanbit", with_reposts=False))
    assert fault("a" * room) == ""
    assert fault("a" * (room + 1)) == "too_long"
