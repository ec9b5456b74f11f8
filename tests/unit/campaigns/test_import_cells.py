"""What stands in single cells of a file of posts: however it is written, it is read again as the same."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from campaigns.importing.cells import (
    lateness_cell,
    names_in,
    parts_cell,
    parts_in,
    read_lateness,
    read_yes,
    yes_word,
)
from campaigns.importing.columns import Aspect, account_heading, heading, read_headings
from opsconsole.kernel.sheets import FORMULA, guarded, unguarded

texts = st.text(st.sampled_from("가a-\\ \n'=,;")).map(str.strip).filter(bool)


@given(st.lists(texts, max_size=5))
@example(["---", "\\---", "a\n----\nb", "\\\\-----  \nc"])
def test_texts_that_follow_come_back_as_they_were(parts):
    assert parts_in(parts_cell(parts)) == parts


@given(st.text())
@example("''=1")
def test_no_cell_is_a_formula_and_none_is_changed_by_that(text):
    assert not guarded(text).startswith(FORMULA)
    assert unguarded(guarded(text)) == text


@pytest.mark.parametrize("language", ["ko", "en"])
@pytest.mark.parametrize("word", ["", "ask", "drop", "send:1", "send:45", "send:1440"])
def test_lateness_comes_back(language, word):
    assert read_lateness(lateness_cell(word, language)) == word


@pytest.mark.parametrize(
    ("typed", "word"),
    [
        ("60", "send:60"), ("60분", "send:60"), ("up to 2 hours", "send:120"), ("1시간", "send:60"),
        ("send:5", "send:5"), ("30 minutes", ""), ("Ask", "ask"), ("보내지 않음", "drop"),
        ("0", None), ("1441", None), ("soon", None), ("-5", None), ("send:", None), ("ask:5", None),
    ],
)  # fmt: skip
def test_lateness_is_read_as_people_type_it(typed, word):
    assert read_lateness(typed) == word


def test_yes_and_no_are_read_as_people_type_them():
    assert [read_yes(word) for word in ("예", "YES", " 1 ", "true", "O")] == [True] * 5
    assert [read_yes(word) for word in ("", "아니요", "No", "0", "안 함")] == [False] * 5
    assert [read_yes(word) for word in ("perhaps", "=1", "2")] == [None] * 3
    assert [read_yes(yes_word(True, language)) for language in ("ko", "en")] == [True, True]


def test_names_that_hold_marks_stand_on_their_own_line():
    known = {"A, B", "a.png"}.__contains__
    assert names_in("A, B", known) == ["A, B"]
    assert names_in("A, B\na.png;  x，y\n\n", known) == ["A, B", "a.png", "x", "y"]


def test_columns_for_one_account_are_known_in_both_languages():
    keys = [f"{aspect}A, B (x)" for aspect in Aspect]
    for language in ("ko", "en"):
        names = [account_heading(key, language) for key in keys]
        assert list(read_headings(names).keys.values()) == keys
        assert heading("x_thread", language) not in names
