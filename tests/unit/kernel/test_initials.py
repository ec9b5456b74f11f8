"""The letters that stand for somebody without a photo."""

import pytest

from opsconsole.kernel.initials import initials


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("김지호", "지호"),
        ("이하늘", "하늘"),
        ("김 지호", "지호"),
        ("남궁민", "민"),
        ("남궁지호", "지호"),
        ("제갈 공명", "공명"),
        ("유나", "유나"),
        ("김민", "김민"),
        ("관리자", "관리"),
        ("상담원", "상담"),
        ("고객님", "고객"),
        ("김지호님", "지호"),
        ("이용자", "이용"),
        ("홍보팀", "홍보"),
        ("한빛통신", "한빛"),
        ("민호 매니저", "민호"),
        ("객원", "객원"),
        ("별", "별"),
        ("山田太郎", "山田"),
        ("さくら", "さく"),
    ],
)
def test_korean_names_give_the_given_name_and_other_words_their_beginning(name, letters):
    assert initials(name) == letters


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("Ana Kim", "AK"),
        ("Emma", "EM"),
        ("x", "X"),
        ("@hanbit_care", "HA"),
        ("Élodie Durand", "ÉD"),
        ("E\u0301lodie", "ÉL"),
        ("Ольга", "ОЛ"),
        ("jean-luc picard", "JP"),
        ("(Ana)", "AN"),
        ("SK텔레콤", "SK"),
        ("7seven", "7S"),
    ],
)
def test_alphabets_give_capitals(name, letters):
    assert initials(name) == letters


@pytest.mark.parametrize("name", ["", "   ", "🙂", "— …"])
def test_a_name_without_letters_gives_a_question_mark(name):
    assert initials(name) == "?"


def test_pictures_before_a_name_are_left_out():
    assert initials("🌸 김지호") == "지호"
