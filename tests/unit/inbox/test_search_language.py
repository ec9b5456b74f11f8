"""What people may type into the search field, and what it means."""

from datetime import date

import pytest

from inbox.search.language import Asked, Misunderstood, understood


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("", Asked()),
        ("로밍", Asked(("로밍",))),
        ("로밍 환불 로밍", Asked(("로밍", "환불"))),
        ("ROAMING Bill", Asked(("roaming", "bill"))),
        ('"로밍이 안" 요금', Asked(("로밍이 안", "요금"))),
        ('"never closed', Asked(("never closed",))),
        ("요금 -할인", Asked(("요금",), ("할인",))),
        ('요금 -"무료 체험"', Asked(("요금",), ("무료 체험",))),
        ("from:hong", Asked(values={"from": "hong"})),
        ('from:"Kim Min-ji" 환불', Asked(("환불",), values={"from": "Kim Min-ji"})),
        ("보낸이:홍길동 태그:요금", Asked(values={"from": "홍길동", "tag": "요금"})),
        ("FROM:hong", Asked(values={"from": "hong"})),
        ("is:overdue unit:mobile", Asked(values={"is": "overdue", "unit": "mobile"})),
        ("after:2026-11-01", Asked(since=date(2026, 11, 1))),
        ("before:2026-11", Asked(until=date(2026, 11, 1))),
        ("before:2026", Asked(until=date(2026, 1, 1))),
        ("https://a.example/b", Asked(("https://a.example/b",))),
        ("10:30에 전화", Asked(("10:30에", "전화"))),
        ("e-mail", Asked(("e-mail",))),
        ("문의:요금", Asked(("문의:요금",))),
        ("javascript:alert(1)", Asked(("javascript:alert(1)",))),
        ('""', Asked()),
    ],
)
def test_what_is_typed_is_understood(typed, meant):
    assert understood(typed) == meant


@pytest.mark.parametrize(
    ("typed", "code", "word"),
    [
        ("units:mobile", "unknown_operator", "units"),
        ("form:hong", "unknown_operator", "form"),
        ("from:", "unknown_operator", None),
        ('from:""', "empty_operator", "from"),
        ("-tag:요금", "excluded_operator", "tag"),
        ("before:yesterday", "not_a_day", "before:yesterday"),
        ("after:2026-13-01", "not_a_day", "after:2026-13-01"),
        ("after:0000", "not_a_day", "after:0000"),
        ("-할인", "only_excluded", "할인"),
        (" ".join(map(str, range(60))), "too_many_words", "50"),
    ],
)
def test_what_makes_no_sense_is_named(typed, code, word):
    if word is None:  # an operator that still waits for its value is a word like any other
        assert understood(typed) == Asked(("from:",))
        return
    with pytest.raises(Misunderstood) as caught:
        understood(typed)
    assert (caught.value.code, caught.value.word) == (code, word)
