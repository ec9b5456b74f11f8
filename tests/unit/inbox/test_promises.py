"""Which sentences of ours are promises, and by when."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from inbox.promises import MOST, promises_in

SEOUL = ZoneInfo("Asia/Seoul")
#: A Wednesday afternoon.
AT = datetime(2026, 11, 25, 14, 30, tzinfo=SEOUL)


def found(text):
    return promises_in(text, at=AT)


PROMISES = {
    "확인 후 다시 연락드리겠습니다.": None,
    "담당 부서에 전달하겠습니다.": None,
    "빠르게 조치하도록 하겠습니다.": None,
    "확인되는 대로 바로 알려드릴게요.": None,
    "내일까지 환불 처리해 드리겠습니다.": "11-26 18:00",
    "모레 기사님이 방문할 예정입니다.": "11-27 18:00",
    "금요일까지 답변드리겠습니다.": "11-27 18:00",
    "다음 주 월요일에 연락드리겠습니다.": "11-30 18:00",
    "다음 주에 결과를 안내해 드리겠습니다.": "12-04 18:00",
    "3일 안에 복구하겠습니다.": "11-28 18:00",
    "이틀 내로 회신드리겠습니다.": "11-27 18:00",
    "2시간 이내에 연락드리겠습니다.": "11-25 16:30",
    "3영업일 이내에 처리해 드리겠습니다.": "11-30 18:00",
    "12월 3일까지 보내드리겠습니다.": "12-03 18:00",
    "28일까지 답변드리겠습니다.": "11-28 18:00",
    "내일 오후 3시까지 연락드리겠습니다.": "11-26 15:00",
    "오늘 중으로 확인하겠습니다.": "11-25 18:00",
    "이번 주 안에 공지하겠습니다.": "11-27 18:00",
    "이달 말까지 개선하겠습니다.": "11-30 18:00",
    "금요일까지 최선을 다하겠습니다.": "11-27 18:00",
    "We will look into this and get back to you.": None,
    "I'll send you the invoice by Friday.": "11-27 18:00",
    "We’ll call you tomorrow.": "11-26 18:00",
    "We're going to replace it within 3 days.": "11-28 18:00",
    "The line will be repaired by next Monday.": "11-30 18:00",
    "We will answer within 2 business days.": "11-27 18:00",
    "I will write to you on December 3rd.": "12-03 18:00",
    "We'll get back to you by 5 pm.": "11-25 17:00",
}

NO_PROMISES = [
    "불편을 드려 죄송합니다.",
    "네, 알겠습니다.",
    "저희도 잘 모르겠습니다.",
    "양해 부탁드리겠습니다.",
    "번호를 남겨 주시면 연락드리겠습니다.",
    "더 나은 서비스를 위해 노력하겠습니다.",
    "기다리겠습니다.",
    "제가 도와드릴까요?",
    "환불은 해 드리지 않겠습니다.",
    "내일은 휴무입니다.",
    "요금은 3일에 청구됩니다.",
    "Thank you for writing to us.",
    "Will you be at home tomorrow?",
    "If you send us your number, we will call you.",
    "We'll be happy to help.",
    "We will not charge you.",
    "You will need a new SIM card.",
    "",
]


@pytest.mark.parametrize(("text", "due"), PROMISES.items())
def test_a_promise_is_recognised_with_its_day(text, due):
    (one,) = found(text)
    assert one.quote == text
    assert (one.due_at and f"{one.due_at:%m-%d %H:%M}") == due


@pytest.mark.parametrize("text", NO_PROMISES)
def test_politeness_refusals_and_conditions_are_none(text):
    assert found(text) == []


def test_each_promise_of_an_answer_is_its_own():
    text = "안녕하세요. 불편을 드려 죄송합니다.\n내일까지 확인하겠습니다. 금요일까지 환불해 드리겠습니다."
    assert [one.quote for one in found(text)] == [
        "내일까지 확인하겠습니다.",
        "금요일까지 환불해 드리겠습니다.",
    ]
    assert len(found("확인하겠습니다. " * 9)) == MOST


def test_said_in_the_evening_today_ends_with_the_day():
    late = AT.replace(hour=20)
    (one,) = promises_in("오늘 안에 답변드리겠습니다.", at=late)
    assert f"{one.due_at:%m-%d %H:%M}" == "11-25 23:59"
    (other,) = promises_in("수요일까지 답변드리겠습니다.", at=late)
    assert f"{other.due_at:%m-%d}" == "12-02"
