"""What is a customer's personal data, what only looks like it, and where it stands."""

import pytest

from guidelines.checks import run_all
from guidelines.checks.personal_data import check_personal_data


def kinds(text):
    return [finding.code for finding in check_personal_data(text)]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("연락처는 010-1234-5678 맞으시죠?", "phone"),
        ("01012345678", "phone"),
        ("010 1234 5678로 전화드릴게요", "phone"),
        ("+82 10-1234-5678", "phone"),
        ("+82-10-1234-5678", "phone"),
        ("집 전화 02-312-4567", "phone"),
        ("(02)312-4567", "phone"),
        ("인터넷 전화 070-1234-5678", "phone"),
        ("０１０-１２３４-５６７８", "phone"),
        ("900101-1234567", "resident_number"),
        ("900101 - 1234567", "resident_number"),
        ("9001011234568", "resident_number"),
        ("메일 gildong.hong+a@example.co.kr로 보내세요", "email"),
        ("4111 1111 1111 1111", "card"),
        ("4111-1111-1111-1111", "card"),
        ("378282246310005", "card"),
    ],
)
def test_personal_data_is_found(text, kind):
    assert kinds(text) == [kind]


@pytest.mark.parametrize(
    "text",
    [
        "고객센터 1588-0010, 국번 없이 114",
        "080-000-1234",
        "주문 번호 9001011234567",  # no check digit fits
        "운송장 4111111111111112",
        "2026-11-25 14:30, 9,900원, 5G 100GB",
        "앱 버전 10.1.16.7799",
        "@hanbit 님과 hanbit@ 계정",
        "계좌 901331-1234567",  # the thirty-third of a month
    ],
)
def test_other_numbers_are_not(text):
    assert kinds(text) == []


def test_each_is_marked_where_it_stands():
    text = "번호 ０１０-1234-5678, 메일 a@b.kr"
    found = check_personal_data(text)
    marked = [text[finding.start : finding.end] for finding in found]
    assert marked == ["０１０-1234-5678", "a@b.kr"]


def test_what_blocks_comes_before_what_warns():
    found = run_all("010-1234-5678 " * 30, counting="characters", max_length=100)
    assert [finding.severity for finding in found][:2] == ["blocker", "warning"]
