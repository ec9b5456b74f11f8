"""Our count of a text and the platform's verdict on it are the same, to the character."""

import pytest

from channels.errors import Rejected, RejectionCode
from channels.selectors.accounts import voice_of
from channels.tasks import outgoing
from guidelines.checks import measure
from tests.factories.channels import make_delivery
from tests.support.platforms import connect

pytestmark = pytest.mark.django_db

BODIES = {
    "hangul": "가나다 로밍 요금제 안내드립니다 ",
    "family": "👩‍👩‍👧‍👦🏳️‍🌈👍🏿 ",
    "address": "자세히: https://example.com/notice/2026/a-very-long-path?with=query ",
    "like an address": "virtual.host.conf 3.5.mm ",
    "jamo": "\u1112\u1161\u11ab\u1100\u1173\u11af ",
    "names": "@hanbit #로밍 $HBT ^ana ",
    "lines": "a\n\nb\n",
}


@pytest.mark.parametrize("name", BODIES)
def test_what_just_fits_is_taken_and_one_more_is_refused(sandbox, name):
    line = connect(sandbox, "x")
    voice = voice_of(line.account, timeout=5, allow_private_hosts=True)
    limit = voice.capabilities.max_length
    body = BODIES[name]
    text = body + "a" * (limit - measure(body, voice.capabilities.counting))
    assert measure(text, voice.capabilities.counting) == limit
    fits = make_delivery(account=line.account, kind="post", text=text)
    assert voice.publish(outgoing(fits)).external_id
    over = make_delivery(account=line.account, kind="post", text=f"{text}a")
    with pytest.raises(Rejected) as told:
        voice.publish(outgoing(over))
    assert told.value.code == RejectionCode.TOO_LONG
