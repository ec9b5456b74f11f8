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
        "끝말잇기 이벤트",
        "오늘의 끝말잇기! ‘한빛’으로 시작합니다. 답글로 이어 주신 분 중 다섯 분께 커피를 드려요 ☕ #한빛끝말잇기",
        12,
    ),
    (
        "겨울 로밍 할인 안내",
        "겨울 여행 준비하세요? 12월 1일부터 일본·미국·베트남 데이터 로밍이 하루 9,900원입니다.",
        26 * 60,
    ),
]

#: unit slug, or None for all units → the hours of Monday to Sunday in minutes, whether holidays are closed
HOURS: dict[str | None, tuple[list[list[tuple[int, int]]], bool]] = {
    None: ([[(540, 1080)]] * 5 + [[], []], True),
    "mobile": ([[(480, 1320)]] * 6 + [[(540, 1080)]], False),
    "home": ([[(540, 720), (780, 1140)]] * 5 + [[(540, 780)], []], True),
}

#: unit slug, channel, priority, name, (first, next, resolved) in minutes, whether open hours alone count
LEVELS: list[tuple[str | None, str, int | None, str, tuple[int, int, int], bool]] = [
    (None, "", None, "기본 응대", (120, 240, 1080), True),
    (None, "", 3, "긴급", (15, 15, 240), False),
    ("mobile", "", None, "모바일 응대", (45, 90, 1440), False),
    ("mobile", "x", None, "모바일 X", (30, 60, 1440), False),
    ("home", "", None, "홈 응대", (60, 120, 540), True),
]
