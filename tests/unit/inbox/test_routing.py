"""Rules asked one after the other: what meets, who decides, and that nothing goes in a circle."""

import unicodedata
from datetime import UTC, datetime

import pytest

from inbox.routing import Conditions, Facts, Outcome, Rule, decide, language_of, meets

SEOUL_MONDAY_9 = datetime(2026, 11, 23, 0, 0, tzinfo=UTC)


def facts(text="로밍 요금이 궁금해요", **given):
    known = {
        "account": 1, "channel": "x", "language": "ko", "topic": "", "handle": "Cho_Eun",
        "followers": 900, "is_vip": False, "at": SEOUL_MONDAY_9,
    }  # fmt: skip
    return Facts(text=text, **(known | given))


def rule(number, outcome, **conditions):
    return Rule(number, f"rule {number}", Conditions(**conditions), outcome)


@pytest.mark.parametrize(
    ("text", "keyword", "found"),
    [
        ("로밍이 안돼요", "로밍", True),  # a particle clings to the word
        (unicodedata.normalize("NFD", "로밍이 안돼요"), "로밍", True),
        ("로 밍", "로밍", False),
        ("교환 불가", "환불", False),  # not across a space
        ("SIM카드 주세요", "sim", True),
        ("It is simple", "sim", False),
        ("my sim, please", "sim", True),
        ("5G 속도", "5g", True),
        ("LTE5G", "5g", False),
        ("data roaming", "data  ROAMING".casefold(), False),
        ("data \n roaming", "data roaming", True),
    ],
)
def test_keywords_are_found_as_a_reader_would(text, keyword, found):
    assert meets(Conditions(keywords=(keyword,)), facts(text)) == found


def test_any_or_every_keyword():
    some = Conditions(keywords=("로밍", "개통"))
    assert meets(some, facts())
    every = Conditions(keywords=("로밍", "개통"), every_keyword=True)
    assert not meets(every, facts())
    assert meets(every, facts("개통하고 로밍도요"))


@pytest.mark.parametrize(
    ("conditions", "met"),
    [
        ({}, True),
        ({"accounts": (1, 2)}, True),
        ({"accounts": (2,)}, False),
        ({"channels": ("facebook",)}, False),
        ({"languages": ("ko",)}, True),
        ({"handles": ("cho_eun",)}, True),
        ({"followers_at_least": 900}, True),
        ({"followers_at_least": 901}, False),
        ({"vip": True}, False),
        ({"weekdays": (0,)}, True),
        ({"weekdays": (6,), "zone": "America/New_York"}, True),
        ({"begins": 9 * 60, "ends": 18 * 60}, True),
        ({"begins": 9 * 60 + 1}, False),
        ({"ends": 9 * 60}, False),
        ({"begins": 22 * 60, "ends": 9 * 60 + 1, "weekdays": (6,)}, True),  # since Sunday night
        ({"begins": 22 * 60, "ends": 9 * 60 + 1, "weekdays": (0,)}, False),
    ],
)
def test_each_condition(conditions, met):
    assert meets(Conditions(**conditions), facts()) == met


def test_followers_that_nobody_knows_are_not_many():
    assert not meets(Conditions(followers_at_least=1), facts(followers=None))


def test_the_first_to_decide_decides_and_tags_add_up():
    decision = decide(
        [
            rule(1, Outcome(unit=7, tags=(1, 2))),
            rule(2, Outcome(unit=8, priority=3, tags=(2, 3))),
        ],
        facts(),
    )
    assert decision.fields == {"unit": 7, "priority": 3}
    assert list(decision.tags) == [1, 2, 3]
    first, second = decision.hits
    assert (first.decided, first.too_late) == ({"unit": 7, "tags": [1, 2]}, ())
    assert (second.decided, second.too_late) == ({"priority": 3, "tags": [3]}, ("unit",))


def test_stop_ends_the_list():
    decision = decide([rule(1, Outcome(stop=True)), rule(2, Outcome(unit=8))], facts())
    assert [hit.rule.id for hit in decision.hits] == [1]
    assert decision.fields == {}


def test_a_topic_reaches_later_rules_and_never_earlier_ones():
    by_topic = rule(1, Outcome(unit=8), topics=("roaming",))
    gives_topic = rule(2, Outcome(topic="roaming"), keywords=("로밍",))
    again = rule(3, Outcome(priority=2), topics=("roaming",))
    decision = decide([by_topic, gives_topic, again], facts())
    assert decision.fields == {"topic": "roaming", "priority": 2}


def test_a_language_is_guessed_by_its_script():
    guesses = {
        "안녕 hello": "ko",
        "ㅠㅠ": "ko",
        "こんにちは": "ja",
        "你好": "zh",
        "Hi": "en",
        "5": "",
    }
    assert {text: language_of(text) for text in guesses} == guesses
