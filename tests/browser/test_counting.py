"""The counter on the screen and the check at the server are one opinion."""

import pytest

from guidelines.checks.length import measure
from inbox.cotags import signed

TEXTS = [
    "",
    "hello",
    "안녕하세요",
    "한빛 https://example.com/a?b=c&d=%ED%95%9C 확인",
    "example.com과 test.co.kr, foo@bar.com",
    "가족 👨‍👩‍👧‍👦 깃발 🏳️‍🌈 손 👍🏿 국기 🇰🇷 숫자 1️⃣",
    "줄\r\n바꿈\n둘",
    "e\u0301 \u1112\u1161\u11ab",
    "@hanbit #한빛타임 $KT",
    "(https://example.com).",
    "“따옴표” … — ‘작은’",
    "file.txt 1.5 v2.0.1",
]


#: Text, the co-tag that follows, and the handles that X adds by itself.
ANSWERS = [
    *((text, " ^YN", []) for text in TEXTS),
    ("안내드렸습니다. ^YN", " ^YN", []),
    ("끝에 빈칸  \n", "\n^유나", []),
    ("@gildong @Hanbit 안녕하세요", " ^YN", ["gildong", "hanbit"]),
    ("@gildong @somebody 안녕하세요", "", ["gildong"]),
    ("@gildong", "", ["gildong"]),
    ("@gildongs 안녕 @gildong", "", ["gildong"]),
    ("@gildong님 안녕", "", ["gildong"]),
]


@pytest.mark.parametrize("counting", ["x_weighted", "characters"])
def test_counter_and_check_agree(counting, screen_of):
    page = screen_of("jiho", "/posts/new/")
    counted = page.evaluate(
        """async ([answers, counting]) => {
          const { measure } = await import("/static/opsconsole/js/measure.js");
          const { outgoing } = await import("/static/opsconsole/js/outgoing.js");
          return answers.map(([value, suffix, uncounted]) =>
            measure(outgoing({ value, dataset: { suffix } }), counting, uncounted));
        }""",
        [ANSWERS, counting],
    )
    wanted = [
        measure(signed(text, suffix), counting, uncounted) for text, suffix, uncounted in ANSWERS
    ]
    found = zip(ANSWERS, counted, wanted, strict=True)
    assert [told for told in found if told[1] != told[2]] == []
