"""What private answers promise: once for each comment, in time, read back, and never in public elsewhere."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from channels.errors import Ambiguous, Rejected, RejectionCode
from channels.types import OutgoingKind
from tests.support.voices import ids, long_ago


def now() -> datetime:
    return datetime.now(UTC)


def privately(place, text, to):
    return replace(place.reply(text, to), kind=OutgoingKind.PRIVATE)


def refused(place, out):
    with pytest.raises(Rejected) as refusal:
        place.adapter().publish(out)
    return refusal.value.code


@pytest.fixture
def page(connect):
    return connect("facebook")


def test_it_is_sent_once_read_back_and_seen_by_nobody_else(page):
    asked, other = page.asked("요금이 이상해요"), page.asked("다른 질문")
    out, began = privately(page, "고객님, 번호를 알려 주세요.", asked), now()
    assert page.find(out, began) == []
    receipt = page.adapter().publish(page.adapter().prepare(out))
    stored = page.sandbox.control("item", id=receipt.external_id)
    assert (stored["text"], stored["comment_id"]) == (out.text, asked.external_id)
    assert [found.external_id for found in page.find(out, began)] == [receipt.external_id]
    assert page.find(privately(page, "다른 말", asked), began) == []
    assert page.find(privately(page, out.text, other), began) == []
    assert receipt.external_id not in ids(page.walk()[0])
    assert refused(page, out) == RejectionCode.ANSWERED
    assert page.stands(out.text) == 1


def test_too_late_our_own_gone_or_too_long(page):
    old = page.asked("오래된 질문", at=long_ago(7 * 24 + 1))
    assert refused(page, privately(page, "늦은 답", old)) == RejectionCode.NOT_PERMITTED
    asked = page.asked()
    assert refused(page, privately(page, "가" * 2001, asked)) == RejectionCode.TOO_LONG
    ours = page.adapter().publish(page.reply("공개 답", asked)).external_id
    own = replace(privately(page, "혼잣말", asked), reply_to=ours)
    assert refused(page, own) == RejectionCode.NOT_PERMITTED
    page.control("delete", asked.external_id)
    assert refused(page, privately(page, "지워졌네", asked)) == RejectionCode.TARGET_GONE
    assert not [call for call in page.creates() if call["stored"] and call["text"] != "공개 답"]


@pytest.mark.parametrize("kind", ["x", "blog"])
def test_where_there_is_no_such_thing_nothing_is_said_in_public(connect, kind):
    place = connect(kind)
    assert place.adapter().capabilities.private_days == 0
    assert refused(place, privately(place, "비밀", place.asked())) == RejectionCode.NOT_PERMITTED
    assert place.creates() == []


def test_an_answer_that_got_lost_is_found(page):
    asked, began = page.asked(), now()
    out = privately(page, "답변드립니다", asked)
    page.fault("drop_after", method="POST", path_regex="messages")
    with pytest.raises(Ambiguous):
        page.adapter(timeout=3).publish(out)
    assert page.stands(out.text) == 1
    assert len(page.find(out, began - timedelta(seconds=2))) == 1
