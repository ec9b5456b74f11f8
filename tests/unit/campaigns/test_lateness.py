"""What becomes of a post that is late, as one word."""

from datetime import timedelta

import pytest

from campaigns.lateness import GRACE, Lateness, lateness_of
from channels.lifecycle import LateRule


@pytest.mark.parametrize(
    ("word", "rule", "window"),
    [
        ("", LateRule.SEND, timedelta(minutes=30)),
        ("send:1", LateRule.SEND, timedelta(minutes=1)),
        ("send:1440", LateRule.SEND, timedelta(days=1)),
        ("ask", LateRule.ASK, GRACE),
        ("drop", LateRule.DROP, GRACE),
    ],
)
def test_each_word_says_a_rule_and_a_window(word, rule, window):
    late = lateness_of(word)
    assert (late.rule, late.window, late.word) == (rule, window, word)


def test_the_usual_is_kept_as_nothing_so_that_old_hashes_stay_true():
    assert lateness_of("send:30") == Lateness()
    assert lateness_of("send:30").word == ""


@pytest.mark.parametrize(
    "word", ["send", "send:", "send:0", "send:1441", "send:-5", "send:٣", "ask:5", "never", ":"]
)
def test_anything_else_is_refused(word):
    with pytest.raises(ValueError):  # noqa: PT011 - whatever it says
        lateness_of(word)
