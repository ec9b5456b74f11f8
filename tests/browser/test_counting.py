"""The counter on the screen and the check at the server are one opinion."""

import pytest

from guidelines.checks.length import measure

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


@pytest.mark.parametrize("counting", ["x_weighted", "characters"])
def test_counter_and_check_agree(counting, screen_of):
    page = screen_of("jiho", "/posts/new/")
    counted = page.evaluate(
        """async ([texts, counting]) => {
          const { measure } = await import("/static/opsconsole/js/measure.js");
          return texts.map((text) => measure(text, counting));
        }""",
        [TEXTS, counting],
    )
    wanted = [measure(text, counting) for text in TEXTS]
    assert dict(zip(TEXTS, counted, strict=True)) == dict(zip(TEXTS, wanted, strict=True))
