"""Who works at Hanbit Telecom. Data only."""

from opsconsole.people.roles import Role

PASSWORD = "hanbit-demo-2010"  # noqa: S105 - printed at every start, and only in the demo

#: slug → Korean name, English name, colour
UNITS = {
    "mobile": ("모바일", "Mobile", "blue"),
    "home": ("홈", "Home", "green"),
    "corporate": ("기업·홍보", "Corporate", "violet"),
}

#: user name → nickname, language, [(role, unit slug, or None for every unit)], what they are here for
PEOPLE: dict[str, tuple[str, str, list[tuple[Role, str | None]], str]] = {
    "yuna": ("유나", "ko", [(Role.OPERATOR, "mobile")], "operator, Mobile"),
    "minho": (
        "민호",
        "ko",
        [(Role.OPERATOR, "home"), (Role.OPERATOR, "mobile")],
        "operator, Home and Mobile",
    ),
    "haneul": ("하늘", "ko", [(Role.OPERATOR, "corporate")], "operator, Corporate"),
    "emma": ("Emma", "en", [(Role.OPERATOR, None)], "operator for English, all units"),
    "sora": ("소라", "ko", [(Role.MANAGER, None)], "manager, all units"),
    "jiho": ("지호", "ko", [(Role.STAFF, None)], "staff: schedules posts"),
    "guest": ("객원", "ko", [(Role.GUEST, "mobile")], "guest: reads and notes, Mobile"),
    "admin": ("관리자", "ko", [(Role.ADMINISTRATOR, None)], "administrator"),
}

TAGS = {
    "요금": "yellow",
    "로밍": "teal",
    "개통": "blue",
    "통화품질": "red",
    "이벤트": "pink",
    "칭찬": "green",
    "장애": "red",
    "해지": "orange",
    "English": "violet",
}

#: title, text, minutes from now
POSTS = [
    (
        "오후 3시 이벤트",
        "오늘의 끝말잇기! ‘한빛’으로 시작합니다. 답글로 이어 주신 분 중 다섯 분께 커피를 드려요 ☕ #한빛3시",
        12,
    ),
    (
        "겨울 로밍 할인 안내",
        "겨울 여행 준비하세요? 12월 1일부터 일본·미국·베트남 데이터 로밍이 하루 9,900원입니다.",
        26 * 60,
    ),
]
