"""What customers of a telecom write, in any number: Korean with some English. Data and dice."""

import random

#: Stands in a few messages of a million; COMMON stands in every tenth.
RARE, COMMON = "벚꽃축제", "요금"

_ABOUT = """
요금제 로밍 데이터 인터넷 와이파이 공유기 기사님 설치 개통 해지 위약금 할인 쿠폰 이벤트 상담원 고객센터 앱 로그인
결제 청구서 자동이체 유심 번호이동 단말기 통화품질 속도 장애 티비 셋톱박스 리모컨 가족결합 멤버십 포인트 영화
배송 교환 환불 문의 답변 지연 명의변경 부가서비스 미납 본인인증 스팸문자 요금
"""
_WHAT = """
안 돼요/이상해요/왜 이렇게 느린가요/확인 부탁드립니다/언제 되나요/너무 비싸요/감사합니다/어떻게 하나요/도와주세요
아직도 안 왔어요/또 끊겨요/바꾸고 싶어요/알려주세요/화가 나네요/잘 쓰고 있어요/기다린 지 오래됐어요
"""
_WHEN = """
오늘/어제/지금/계속/정말/진짜/혹시/저희 집/회사에서/강남역에서/부산인데/제주에서/학교 앞/부모님 댁
아침부터/저녁마다/주말에/지난달/이번 달/세 번째
"""
_ENGLISH = """
my roaming does not work/the bill is wrong again/how do I cancel the plan/the network is down in Busan
thank you for the quick answer/is there an English line/the refund has not arrived/my SIM is lost
"""


def _phrases(text: str) -> list[str]:
    return text.strip().replace("\n", "/").split("/")


def sentences(dice: random.Random, count: int) -> list[str]:
    """Return so many sentences; every tenth is English. The same dice give the same sentences."""
    return [_english(dice) if number % 10 == 0 else _korean(dice) for number in range(count)]


def _korean(dice: random.Random) -> str:
    about, what, when = _ABOUT.split(), _phrases(_WHAT), _phrases(_WHEN)
    words = [dice.choice(when), dice.choice(about), dice.choice(what)]
    if dice.random() < 0.6:
        words += [dice.choice(about), dice.choice(when), dice.choice(what)]
    return " ".join(words)


def _english(dice: random.Random) -> str:
    return ", ".join(dice.choices(_phrases(_ENGLISH), k=2))
