"""Saved replies and initials that the model company begins with. Data only."""

#: user name -> initials on every account
INITIALS = {"yuna": "YN", "minho": "MH", "haneul": "HN", "emma": "EM", "sora": "SR"}

#: shortcut, language, unit slug or None for every unit, title, text
SAVED_REPLIES = [
    (
        "인사", "ko", None, "첫인사",
        (
            "안녕하세요, {{customer}}님. {{account}}입니다. 말씀해 주셔서 감사합니다. 바로 확인해 "
            "보겠습니다."
        ),
    ),
    (
        "DM", "ko", None, "개인 정보는 DM으로",
        (
            "{{customer}}님, 정확한 확인을 위해 가입자 정보가 필요합니다. 공개된 곳에는 남기지 "
            "마시고 DM으로 보내 주세요."
        ),
    ),
    (
        "확인중", "ko", None, "확인 중",
        (
            "{{customer}}님, 기다리게 해 드려 죄송합니다. 담당 부서에서 확인하고 있으며, 결과가 "
            "나오는 대로 이 답글로 안내드리겠습니다."
        ),
    ),
    (
        "사과", "ko", None, "불편 사과",
        (
            "{{customer}}님, 이용에 불편을 드려 죄송합니다. 같은 일이 생기지 않도록 "
            "살펴보겠습니다."
        ),
    ),
    (
        "칭찬", "ko", None, "칭찬에 감사",
        "{{customer}}님, 따뜻한 말씀 감사합니다. {{unit}} 식구들과 함께 나누겠습니다.",
    ),
    (
        "마무리", "ko", None, "마무리",
        "더 궁금하신 점이 있으면 언제든 남겨 주세요. 좋은 하루 보내세요.",
    ),
    (
        "로밍", "ko", "mobile", "로밍 요금",
        (
            "데이터 로밍은 하루 9,900원부터이며, 출국 전에 앱의 ‘로밍’에서 신청하실 수 "
            "있습니다. {{today}} 기준 안내입니다."
        ),
    ),
    (
        "유심", "ko", "mobile", "유심 인식 안 됨",
        (
            "휴대폰을 껐다 켠 뒤에도 유심이 인식되지 않으면 유심을 뺐다 다시 끼워 주세요. 그래도 "
            "같으면 가까운 매장에서 무료로 바꿔 드립니다."
        ),
    ),
    (
        "통화품질", "ko", "mobile", "통화 품질 접수",
        (
            "{{customer}}님, 통화가 자주 끊기는 곳의 동 이름과 시간대를 DM으로 알려 주시면 현장 "
            "점검을 신청해 드리겠습니다."
        ),
    ),
    (
        "해지", "ko", "mobile", "해지 안내",
        (
            "해지는 본인 확인이 필요하여 고객센터(휴대폰에서 114)나 매장에서 도와드리고 있습니다. "
            "약정과 위약금은 앱에서 먼저 보실 수 있습니다."
        ),
    ),
    (
        "공유기", "ko", "home", "공유기 다시 켜기",
        (
            "모뎀과 공유기의 전원을 뽑고 1분 뒤 다시 연결해 주세요. 5분이 지나도 같으면 기사 "
            "방문을 잡아 드리겠습니다."
        ),
    ),
    (
        "기사방문", "ko", "home", "기사 방문",
        (
            "{{customer}}님, 방문을 원하시는 날짜와 시간대를 DM으로 알려 주세요. 가능한 가장 빠른 "
            "시간으로 잡아 드리겠습니다."
        ),
    ),
    (
        "장애", "ko", "home", "장애 안내",
        (
            "{{today}} 일부 지역에서 인터넷이 느린 것을 확인하여 복구하고 있습니다. 불편을 드려 "
            "죄송합니다. 복구되면 다시 알려 드리겠습니다."
        ),
    ),
    (
        "언론", "ko", "corporate", "언론 문의",
        "보도 관련 문의는 누리집의 ‘언론 문의’로 남겨 주시면 담당자가 연락드리겠습니다.",
    ),
    (
        "hello", "en", None, "Greeting",
        (
            "Hello {{customer}}, this is {{operator}} at {{account}}. Thank you for telling us. I "
            "am looking into it now."
        ),
    ),
    (
        "dm", "en", None, "Please send a direct message",
        (
            "{{customer}}, I need your account details to check this. Please do not post them "
            "here; send us a direct message instead."
        ),
    ),
    (
        "checking", "en", None, "Still checking",
        (
            "Sorry to keep you waiting, {{customer}}. Our engineers are on it and I will answer "
            "here as soon as I know more."
        ),
    ),
    (
        "thanks", "en", None, "Thanks for the praise",
        "Thank you, {{customer}}! That made our day.",
    ),
    (
        "roaming", "en", "mobile", "Roaming prices",
        (
            "Data roaming starts at KRW 9,900 a day. You can switch it on under Roaming in the "
            "app before you leave. Prices as of {{today}}."
        ),
    ),
    (
        "router", "en", "home", "Restart the router",
        (
            "Please unplug the modem and the router for one minute and plug them in again. If "
            "nothing has changed after five minutes, we will send a technician."
        ),
    ),
]  # fmt: skip
