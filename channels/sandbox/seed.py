"""Accounts with their credentials, made on wish, and the default world of a fictional telecom."""

from collections.abc import Mapping
from typing import Any

from channels.sandbox.clock import now
from channels.sandbox.fb_posts import make_person, make_post
from channels.sandbox.rows import Account, WpCategory, WpPost, WpUser, XUser
from channels.sandbox.world import World
from channels.sandbox.wp_text import slugify
from channels.sandbox.x_posts import make_tweet

CATEGORIES = ("회사", "서비스", "브랜드", "문화", "사람")
PLATFORMS = ("x", "facebook", "wordpress")
#: The app that the accounts of the default world share, and that people sign in through.
HOUSE = "house"
#: Blog users: login, name, role.
BLOG_USERS = (
    ("admin", "관리자", "administrator"),
    ("ops", "한빛텔레콤", "editor"),
    ("writer", "사내기자", "author"),
    ("reader", "독자", "subscriber"),
)


def app_of(world: World, platform: str) -> dict[str, str]:
    """Return the credentials of the company's own app at a platform, through which people sign in."""
    key = f"app:{HOUSE}"
    if platform == "facebook":
        return {"app_id": "1234567890", "app_secret": world.secret(key, "app_secret", length=32)}
    names = ("client_id", "client_secret", "consumer_key", "consumer_secret")
    return {name: world.secret(key, name) for name in names}


def create_account(world: World, wish: Mapping[str, Any]) -> Account:
    """Make a profile, or return the one of that name. ValueError says what is missing.

    Wishes: platform, name, title, unit, handle, app_secret (Facebook: false for none), app (X and Facebook:
    whose keys it shares), user (Facebook: who manages it), rest (blog: false for feeds only), settings.
    """
    platform, name = str(wish.get("platform", "")), str(wish.get("name", ""))
    if platform not in PLATFORMS or not name:
        raise ValueError(f"platform must be one of {', '.join(PLATFORMS)}, and name is needed")
    key = f"{platform}:{name}" if ":" not in name else name
    known = world.store.accounts.get(key)
    if known:
        return known
    makers = {"x": _x_account, "facebook": _page, "wordpress": _blog}
    account = makers[platform](world, key, name, wish)
    account.unit = str(wish.get("unit", ""))
    account.settings |= dict(wish.get("settings") or {})
    return world.store.accounts.put(account)


def _app_of(key: str, wish: Mapping[str, Any]) -> str:
    """Return the application an account speaks through: its own, or one that it shares by name."""
    return f"app:{wish['app']}" if wish.get("app") else key


def _x_account(world: World, key: str, name: str, wish: Mapping[str, Any]) -> Account:
    handle = str(wish.get("handle") or name)[:15]
    title = str(wish.get("title") or name)
    user = world.store.x_users.put(
        XUser(
            id=world.derived_id(key, lowest=10**18),
            handle=handle,
            name=title,
            followers=int(wish.get("followers", 48_200)),
            following=120,
            verified=True,
            description=str(wish.get("description", "")),
        )
    )
    world.snowflakes.remember(user.id)
    app = _app_of(key, wish)
    words = ("consumer_key", "consumer_secret", "bearer_token")
    credentials = {word: world.secret(app, word) for word in words}
    credentials["access_token_secret"] = world.secret(key, "access_token_secret")
    credentials["access_token"] = f"{user.id}-{world.secret(key, 'access_token')}"
    credentials["oauth2_access_token"] = world.secret(key, "oauth2", length=60)
    return Account(key, "x", title, user.id, handle=handle, credentials=credentials)


def _page(world: World, key: str, name: str, wish: Mapping[str, Any]) -> Account:
    title = str(wish.get("title") or name)
    manager = make_person(world, str(wish.get("user") or f"Manager of {key}"))
    credentials = {
        "app_id": "1234567890",
        "app_secret": world.secret(_app_of(key, wish), "app_secret", length=32),
        "page_token": "EAAG" + world.secret(key, "page_token", length=100),
        "user_token": "EAAU" + world.secret(manager.name, "user_token", length=100),
        "user_id": manager.id,
    }
    if wish.get("app_secret") is False:
        credentials["app_secret"] = ""
    identity = world.derived_id(key, lowest=10**14)
    credentials["page_id"] = identity
    handle = str(wish.get("handle") or name)
    return Account(key, "facebook", title, identity, handle=handle, credentials=credentials)


def _blog(world: World, key: str, name: str, wish: Mapping[str, Any]) -> Account:
    slug = name.rsplit(":", maxsplit=1)[-1]
    for number, (login, shown, role) in enumerate(BLOG_USERS, 1):
        world.store.wp_users.put(
            WpUser(
                id=f"{slug}:{number}",
                blog=slug,
                number=number,
                login=login,
                name=shown,
                role=role,
                password=world.secret(key, login, length=24),
                email=f"{login}@{slug}.example",
            )
        )
    for number, category in enumerate(CATEGORIES, 1):
        world.store.wp_categories.put(
            WpCategory(f"{slug}:{number}", slug, number, category, slugify(category))
        )
    credentials = {"username": "ops"}
    for login, _, _ in BLOG_USERS:
        prefix = "" if login == "ops" else f"{login}_"
        credentials[f"{prefix}application_password"] = _spaced(world.secret(key, login, length=24))
    title = str(wish.get("title") or name)
    account = Account(key, "wordpress", title, slug, handle=slug, credentials=credentials)
    account.settings["rest"] = bool(wish.get("rest", True))
    add_article(world, slug, "첫 글", "안녕하세요. 블로그를 열었습니다.", days_ago=30)
    return account


def _spaced(password: str) -> str:
    return " ".join(password[i : i + 4] for i in range(0, len(password), 4))


def add_article(
    world: World, slug: str, title: str, content: str, *, days_ago: float, category: int = 1
) -> WpPost:
    """Publish an article in the past."""
    number = max((p.number for p in world.store.wp_posts.by("blog", slug)), default=0) + 1
    at = float(int(now() - days_ago * 86_400))
    post = WpPost(
        id=f"{slug}:{number}",
        blog=slug,
        number=number,
        author=2,
        title=title,
        content=content,
        slug=slugify(title) or str(number),
        status="publish",
        date_gmt=at,
        modified_gmt=at,
        categories=[category],
    )
    return world.store.wp_posts.put(post)


X_PROFILES = (
    {"name": "hanbit", "title": "한빛텔레콤", "unit": "Corporate", "followers": 412_300,
     "description": "한빛텔레콤 공식 계정입니다. 평일 9시~18시, 사람이 답합니다."},
    {"name": "hanbit_mobile", "title": "한빛모바일", "unit": "Mobile", "followers": 287_900,
     "description": "한빛모바일: 요금제, 로밍, 단말 소식과 상담"},
    {"name": "hanbit_home", "title": "한빛홈", "unit": "Home", "followers": 96_400,
     "description": "한빛 인터넷·TV·집전화 소식과 상담"},
)  # fmt: skip
PAGES = (
    {"name": "hanbit", "title": "한빛텔레콤", "unit": "Corporate", "user": "김한빛"},
    {"name": "hanbit_home", "title": "한빛 홈", "unit": "Home", "user": "김한빛"},
)
BLOGS = (
    {"name": "blog", "title": "한빛 이야기", "unit": "Corporate"},
    {"name": "feedblog", "title": "한빛 개발자 노트", "unit": "Mobile", "rest": False},
)
ARTICLES = (
    ("11월 11일 11시 11분, 한빛 이야기가 문을 열었습니다", 1, 13.0,
     "140자로는 모자랐던 이야기를 여기에 풀어 놓으려고 합니다.\n\n댓글과 트랙백, 모두 읽고 답하겠습니다."),
    ("데이터 이월, 고객의 제안이 서비스가 되기까지", 2, 9.0,
     "남은 데이터를 다음 달로 넘겨 달라는 의견을 1년 동안 4,312건 받았습니다.\n\n12월 1일부터 시작합니다."),
    ("빛으로 그린 로고: 브랜드가 바뀐 다섯 가지 이유", 3, 7.5,
     "새 로고의 곡선은 광케이블의 단면에서 왔습니다."),
    ("점심시간 옥상 텃밭, 올해는 배추를 심었습니다", 4, 5.0,
     "본사 옥상에서 배추 300포기를 거두어 이웃과 나눴습니다."),
    ("새벽 3시, 기지국을 고치는 사람들", 5, 3.0,
     "강원도 산골의 기지국을 지키는 이정훈 과장을 따라가 보았습니다."),
    ("겨울 로밍 Q&A: 일본·미국·베트남 총정리", 2, 1.2,
     "하루 9,900원 무제한 로밍, 이렇게 신청하세요.\n\n1. 앱에서 로밍 메뉴를 누릅니다.\n2. 나라를 고릅니다."),
)  # fmt: skip
X_POSTS = (
    ("hanbit", 20.0, "좋은 아침입니다! 오늘도 한빛이 함께합니다 ☀️"),
    ("hanbit", 5.5, "오늘 오후 3시, #한빛타임 끝말잇기 시작합니다. 첫 단어는 '이어폰'! 경품은 무선 이어폰 10개 🎧"),
    ("hanbit_mobile", 7.0, "[안내] 12월 1일부터 남은 데이터가 다음 달로 이월됩니다. 자세한 내용은 블로그에서!"),
    ("hanbit_home", 6.0, "기가인터넷 설치 예약이 주말까지 확대됩니다. 토·일요일 방문도 됩니다."),
)  # fmt: skip
PAGE_POSTS = (
    ("hanbit", 26.0, "수능 보는 친구들, 모두 수고했어요! 댓글로 응원 남겨 주시면 30분께 커피 쿠폰을 드립니다 ☕"),
    ("hanbit", 8.0, "데이터 이월제가 12월 1일 시작됩니다. 궁금한 점은 댓글로 물어봐 주세요."),
    ("hanbit_home", 9.0, "한빛TV 겨울 영화제, 주말 동안 20편이 무료입니다 🍿"),
)  # fmt: skip


def default_world(world: World) -> None:
    """Build the telecom's profiles, what they said lately, and their articles."""
    for platform, wishes in (("x", X_PROFILES), ("facebook", PAGES), ("wordpress", BLOGS)):
        for wish in wishes:
            common = {"platform": platform, "app": HOUSE, "settings": {"story": True}}
            create_account(world, {**wish, **common})
    for title, category, days, content in ARTICLES:
        add_article(world, "blog", title, content, days_ago=days, category=category)
    add_article(
        world,
        "feedblog",
        "eSIM 개통 API를 공개합니다",
        "문서와 예제를 함께 올렸습니다.",
        days_ago=2,
    )
    at = now()
    for name, hours, text in X_POSTS:
        author = world.store.x_users[world.store.accounts[f"x:{name}"].identity]
        make_tweet(world, author, text, at=at - hours * 3600)
    for name, hours, text in PAGE_POSTS:
        page = world.store.accounts[f"facebook:{name}"].identity
        make_post(world, page, page, text, at=at - hours * 3600)
