"""Who is meant by an @ in a note."""

import pytest

from inbox.mentions import mentioned

NAMES = {1: ("yuna", "유나"), 2: ("minho", "민호"), 3: ("emma", "Emma"), 4: ("em", "Em")}


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("@유나 확인 부탁해요", {1}),
        ("@유나에게 넘길게요, @민호님도 봐 주세요", {1, 2}),
        ("@MINHO please", {2}),
        ("cc @Emma", {3}),
        ("@em", {4}),
        ("@emmanuel", set()),
        ("mail me@emma.example", set()),
        ("유나", set()),
        ("@", set()),
        ("(@yuna)", {1}),
    ],
)
def test_a_name_after_an_at_sign(text, meant):
    assert mentioned(text, NAMES) == meant


def test_two_people_of_one_nickname_are_both_told():
    assert mentioned("@유나", {1: ("a", "유나"), 2: ("b", "유나")}) == {1, 2}
