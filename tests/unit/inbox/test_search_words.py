"""How a line and a word are brought to the same form."""

import unicodedata
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from inbox.search.words import (
    SLICE_DAYS,
    asked_grams,
    folded,
    keyed,
    line_grams,
    slice_of,
    slice_start,
)


def finds(word, line):
    """Whether the index would offer the line for this word."""
    return asked_grams(folded(word)) <= line_grams(folded(line))


def test_two_syllables_are_enough():
    assert asked_grams("로밍")
    assert finds("로밍", "해외로밍이 안 돼요")
    assert finds("요금", "이번달요금이 이상해요")
    assert not finds("로밍", "요금이 이상해요")


def test_two_latin_letters_are_found_where_a_word_begins():
    assert finds("5g", "5G 요금제")
    assert finds("kt", "KT에서 왔어요")
    assert not finds("kt", "backtalk")
    assert finds("roam", "ROAMING")


def test_a_single_letter_has_no_gram():
    assert asked_grams("폰") == asked_grams("a") == asked_grams("😡") == set()


def test_composed_and_decomposed_hangul_are_one():
    apart = unicodedata.normalize("NFD", "로밍 문의")
    assert folded(apart) == "로밍 문의"
    assert finds("로밍", apart)


@given(st.text(max_size=60), st.data())
def test_every_part_of_a_line_of_hangul_is_found_in_it(text, data):
    line = folded("가" + "".join(c for c in text if "가" <= c <= "힣" or c == " ") + "나")
    start = data.draw(st.integers(0, len(line) - 1))
    part = line[start : start + data.draw(st.integers(1, 12))].strip()
    assert asked_grams(part) <= line_grams(line)


def test_slices_follow_each_other():
    at = datetime(2026, 11, 25, 3, tzinfo=UTC)
    number = slice_of(at)
    assert slice_start(number) <= at < slice_start(number + 1)
    assert slice_of(slice_start(number)) == number
    assert slice_of(at + timedelta(days=SLICE_DAYS)) == number + 1
    assert slice_of(datetime(1, 1, 1, tzinfo=UTC)) == 0


def test_keys_of_two_slices_never_meet():
    grams = line_grams("로밍 문의")
    assert not set(keyed(grams, 7)) & set(keyed(grams, 8))
    assert max(keyed({2**32 - 1}, slice_of(datetime(9999, 1, 1, tzinfo=UTC)))) < 2**63
