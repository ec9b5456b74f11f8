"""What the model company plans for the weeks to come: campaigns, a series, posts and a hold. Data only."""

#: Who plans, and whose unit it is.
PLANNER, UNIT, PARTNER = "jiho", "corporate", "mobile"

#: key → name, goal, first and last day counted from today, tags. The exam's are worked out.
ROAMING, EXAM = "roaming", "exam"
CAMPAIGNS: dict[str, tuple[str, str, int, int, list[str]]] = {
    ROAMING: (
        "겨울 로밍 혜택",
        "겨울 여행철 동안 일본·미국·베트남 데이터 로밍 가입 3만 건. X는 하루 한두 건, 페이스북은 하루 한 건까지.",
        -3,
        27,
        ["로밍", "겨울여행"],
    ),
    EXAM: (
        "수능 응원",
        "수험생과 가족에게 보내는 응원 댓글 2만 개. 시험 당일에는 광고성 게시물을 올리지 않습니다.",
        -10,
        0,
        ["수능", "응원"],
    ),
}

#: The daily event: title, hour, days it runs, texts that take turns.
SERIES = (
    "오후 3시 한빛 퀴즈",
    15,
    21,
    (
        "{{date}} 오후 3시, 한빛 퀴즈 {{number}}회! 해외에서 데이터를 가장 많이 쓰는 요일은 언제일까요? #한빛3시",
        "{{number}}번째 오후 3시 퀴즈입니다. 집에서 와이파이가 느릴 때 가장 먼저 해 볼 일은 무엇일까요? #한빛3시",
        "{{weekday}} 오후, 커피 한 잔 걸고 퀴즈 하나! 한빛 멤버십 등급은 모두 몇 개일까요? ({{number}}회) #한빛3시",
    ),
)

#: How many posts a day an account of a channel should have.
GOALS = {"x": (1, 2), "facebook": (0, 1)}

#: key → file's name, description for those who cannot see it, rights
PICTURES: dict[str, tuple[str, str, str]] = {
    ROAMING: (
        "겨울 로밍 배너",
        "밤하늘 위로 비행기가 흰 자취를 남기며 날아가고, 아래에 눈 덮인 산이 이어집니다.",
        "자체 제작, 사용 기한 없음",
    ),
    EXAM: (
        "수능 응원 카드",
        "노란 연필 한 자루와 초록색 네 잎 클로버가 크림색 바탕에 나란히 놓여 있습니다.",
        "자체 제작, 사용 기한 없음",
    ),
}

#: In how many minutes a post goes out that nobody has approved yet, and at what hour in how many days another.
SOON, LATER = 45, (3, 10)

#: key, campaign, picture, title, text, when (None: a draft without a time; others are put before approvers)
PLANNED: list[tuple[str, str, str, str, str, str | None]] = [
    (
        "rates",
        ROAMING,
        ROAMING,
        "로밍 요금 한눈에",
        "일본·미국·베트남 데이터 로밍, 하루 9,900원. 출국 전에 앱에서 켜 두면 도착하자마자 이어집니다. ✈️ #한빛로밍",
        "later",
    ),
    (
        "checklist",
        ROAMING,
        "",
        "출국 전 점검표",
        "여권, 유심, 로밍 신청까지! 출국 전에 확인할 세 가지를 정리했습니다. #한빛로밍",
        "soon",
    ),
    (
        "cheer",
        EXAM,
        EXAM,
        "수험생 여러분을 응원합니다",
        "지금까지 걸어온 길을 믿으세요. 한빛텔레콤이 수험생 여러분을 응원합니다. 🍀 #수능응원",
        None,
    ),
]

#: A live desk of the running campaign, which waits to be let out: its name, under which post, prepared words.
LIVE_DESK = (
    "겨울 로밍 온라인 설명회",
    "rates",
    (
        "설명회를 시작합니다! 오늘은 일본·미국·베트남 로밍 요금을 하나씩 살펴볼게요. #한빛로밍",
        "질문은 이 글에 답글로 남겨 주세요. 마지막 10분 동안 모아서 답해 드립니다.",
    ),
)

#: A hold that is over: the words it stopped, why, how many hours ago it began and ended.
PAST_HOLD = (
    "하루 8,900원",
    "로밍 요금이 잘못 적힌 초안이 있어 확인할 때까지 멈춥니다.",
    49.0,
    48.2,
)
