"""What a reader sees of an edit."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from opsconsole.kernel.differences import MOST_PARTS, difference


def said(old, new):
    marks = {"same": "{}", "removed": "[-{}-]", "added": "[+{}+]"}
    return "".join(marks[piece.kind].format(piece.text) for piece in difference(old, new))


@pytest.mark.parametrize(
    ("old", "new", "shown"),
    [
        ("로밍이 안 돼요", "로밍은 안 돼요", "로밍[-이-][+은+] 안 돼요"),
        ("로밍이 안 돼요", "로밍이 이제 돼요", "로밍이 [-안-][+이제+] 돼요"),
        ("It is down", "It is up", "It is [-down-][+up+]"),
        ("same", "same", "same"),
        ("", "new", "[+new+]"),
        ("gone", "", "[-gone-]"),
        ("좋아요 👍🏻", "좋아요 👍🏿", "좋아요 [-👍🏻-][+👍🏿+]"),
        ("가 나", "다 라", "[-가 나-][+다 라+]"),
        ("\u1100\u1161 요금", "가 요금", "가 요금"),
    ],
)
def test_changes_are_shown_by_word_and_syllable(old, new, shown):
    assert said(old, new) == shown


@given(st.text("가나다라 abc\n👍🏻", max_size=40), st.text("가나다라 abc\n👍🏻", max_size=40))
def test_both_versions_can_be_read_off(old, new):
    pieces = difference(old, new)
    assert "".join(p.text for p in pieces if p.kind != "added") == old
    assert "".join(p.text for p in pieces if p.kind != "removed") == new


def test_a_book_is_not_compared_letter_by_letter():
    assert said("가" * (MOST_PARTS + 1), "나") == f"[-{'가' * (MOST_PARTS + 1)}-][+나+]"
