"""What the columns of a file of posts are called, in Korean and English. Pure.

Headings are part of a file that travels between people of both languages, so both are always understood.
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum


class Column(StrEnum):
    """What a cell is about."""

    TITLE = "title"
    TEXT = "text"
    ACCOUNTS = "accounts"
    DATE = "date"
    TIME = "time"
    ZONE = "zone"
    CAMPAIGN = "campaign"
    STATE = "state"
    X_TEXT = "x_text"
    FACEBOOK_TEXT = "facebook_text"
    BLOG_TEXT = "blog_text"
    X_THREAD = "x_thread"
    FACEBOOK_COMMENTS = "facebook_comments"
    EXCERPT = "excerpt"
    CATEGORIES = "categories"
    IMAGES = "images"
    ALT_TEXTS = "alt_texts"
    LEFT_OUT = "left_out"
    ANNOUNCED = "announced"
    LINK_TAG = "link_tag"
    LATENESS = "lateness"


class Aspect(StrEnum):
    """What a single account may have of its own; each is how the keys of its columns begin."""

    TEXT = "account:"
    PARTS = "parts:"
    EXCERPT = "excerpt:"
    CATEGORIES = "categories:"


C, A = Column, Aspect
#: Column -> its heading by language, and what else it may be called.
_HEADINGS: dict[Column, tuple[dict[str, str], tuple[str, ...]]] = {
    C.TITLE: ({"ko": "제목", "en": "Title"}, ("headline",)),
    C.TEXT: ({"ko": "본문", "en": "Text"}, ("내용", "body", "content")),
    C.ACCOUNTS: ({"ko": "계정", "en": "Accounts"}, ("채널", "account", "channel")),
    C.DATE: ({"ko": "날짜", "en": "Date"}, ("발행일", "일자", "day")),
    C.TIME: ({"ko": "시각", "en": "Time"}, ("시간", "발행시각", "발행시간")),
    C.ZONE: ({"ko": "시간대", "en": "Time zone"}, ("timezone", "zone")),
    C.CAMPAIGN: ({"ko": "캠페인", "en": "Campaign"}, ()),
    C.STATE: ({"ko": "상태", "en": "State"}, ("status",)),
    C.X_TEXT: ({"ko": "X 본문", "en": "X text"}, ("엑스 본문", "트위터 본문", "twitter text")),
    C.FACEBOOK_TEXT: ({"ko": "Facebook 본문", "en": "Facebook text"}, ("페이스북 본문",)),
    C.BLOG_TEXT: ({"ko": "블로그 본문", "en": "Blog text"}, ("blog body",)),
    C.X_THREAD: ({"ko": "X 이어지는 글", "en": "X thread"}, ("타래", "X 타래", "thread")),
    C.FACEBOOK_COMMENTS: (
        {"ko": "Facebook 댓글", "en": "Facebook comments"},
        ("페이스북 댓글", "첫 댓글", "first comment", "facebook first comment"),
    ),
    C.EXCERPT: ({"ko": "요약", "en": "Summary"}, ("발췌", "excerpt")),
    C.CATEGORIES: ({"ko": "카테고리", "en": "Categories"}, ("분류", "category")),
    C.IMAGES: ({"ko": "이미지", "en": "Images"}, ("사진", "image", "picture", "pictures")),
    C.ALT_TEXTS: (
        {"ko": "이미지 설명", "en": "Image descriptions"},
        ("대체 텍스트", "alt text", "alt texts", "image description"),
    ),
    C.LEFT_OUT: ({"ko": "제외할 이미지", "en": "Images left out"}, ("left out",)),
    C.ANNOUNCED: ({"ko": "글이 공개되면 알리기", "en": "Announce when live"}, ("announce",)),
    C.LINK_TAG: (
        {"ko": "링크 캠페인 이름", "en": "Campaign in links"},
        ("utm_campaign", "link tag"),
    ),
    C.LATENESS: ({"ko": "지연 시 처리", "en": "If it is late"}, ("late", "lateness")),
}
#: Kind of channel -> the column of its own words.
OWN_TEXT: dict[str, Column] = {"x": C.X_TEXT, "facebook": C.FACEBOOK_TEXT, "blog": C.BLOG_TEXT}
#: What single accounts may have of their own -> the columns that say it for all accounts of a channel.
FOR_CHANNEL: dict[Aspect, dict[str, Column]] = {
    A.TEXT: OWN_TEXT,
    A.PARTS: {"x": C.X_THREAD, "facebook": C.FACEBOOK_COMMENTS},
    A.EXCERPT: {"blog": C.EXCERPT},
    A.CATEGORIES: {"blog": C.CATEGORIES},
}
#: Columns beside title, text, places, time and campaign.
SET_APART = frozenset(
    {
        *(column for of in FOR_CHANNEL.values() for column in of.values()),
        C.IMAGES,
        C.ALT_TEXTS,
        C.LEFT_OUT,
        C.ANNOUNCED,
        C.LINK_TAG,
        C.LATENESS,
    }
)
#: Columns that stand in files for people to read and are passed over when they come back.
FOR_READERS = {"ko": ("사업부", "번호"), "en": ("Unit", "Number")}
#: The column that a file of faulty rows has besides; passed over too.
FAULTS = {"ko": "오류", "en": "Faults"}
#: How the keys of columns that nobody knows begin.
OTHER = "other:"
#: The text of the row that shows in an empty file how it is filled in: never imported.
EXAMPLE = {
    "ko": "이 행은 작성 예시입니다. 지우고 나서 게시물을 적으세요.",
    "en": "This row is an example. Delete it and write your posts.",
}
#: A note in brackets or a star behind a heading says nothing about which column it is.
_NOTE = re.compile(r"[(（\[].*?[)）\]]|\*")
#: What columns for one account are called, by language; %s is the account.
_ONE_ACCOUNT: dict[Aspect, dict[str, str]] = {
    A.TEXT: {"ko": "%s 전용 본문", "en": "Text for %s"},
    A.PARTS: {"ko": "%s 전용 이어지는 글", "en": "Thread for %s"},
    A.EXCERPT: {"ko": "%s 전용 요약", "en": "Summary for %s"},
    A.CATEGORIES: {"ko": "%s 전용 카테고리", "en": "Categories for %s"},
}


@dataclass(frozen=True, slots=True)
class Headings:
    """What each column of a file is: key by place, the heading as typed by key, and those that stand twice."""

    keys: Mapping[int, str]
    typed: Mapping[str, str]
    twice: tuple[str, ...]

    @property
    def unknown(self) -> list[str]:
        """The headings that nobody knows."""
        return [name for key, name in self.typed.items() if key.startswith(OTHER)]


def heading(column: str, language: str) -> str:
    """Return the heading of a column in a language ("ko", "en")."""
    names = _HEADINGS[Column(column)][0]
    return names.get(language, names["en"])


def account_heading(key: str, language: str) -> str:
    """Return the heading of a column that is for one account alone, by its key."""
    aspect, reference = aspect_of(key)
    names = _ONE_ACCOUNT[aspect or A.TEXT]
    return names.get(language, names["en"]) % reference


def aspect_of(key: str) -> tuple[Aspect | None, str]:
    """Take the key of a column for one account apart: what it is about, and the account. None for any other."""
    start, colon, reference = key.partition(":")
    is_one = f"{start}{colon}" in set(Aspect)
    return (Aspect(f"{start}{colon}"), reference) if is_one else (None, "")


def read_headings(cells: Sequence[str]) -> Headings:
    """Find out what the columns are. What stands in files of ours for readers alone is passed over."""
    keys: dict[int, str] = {}
    typed: dict[str, str] = {}
    twice: list[str] = []
    for place, cell in enumerate(cells):
        name = " ".join(cell.split())[:200]
        if not name or _plain(name) in _PASSED_OVER:
            continue
        key = _key(name)
        if key in typed:
            twice.append(name)
        else:
            keys[place], typed[key] = key, name
    return Headings(keys, typed, tuple(twice))


def _key(name: str) -> str:
    if known := _KNOWN.get(_plain(name)):
        return known
    for pattern, aspect in _PATTERNS:
        if found := pattern.fullmatch(name):
            return aspect + found[1]
    return OTHER + name


def _plain(name: str) -> str:
    bare = _NOTE.sub("", unicodedata.normalize("NFC", name)).casefold()
    return re.sub(r"[\s_\-]+", "", bare)


_PATTERNS = [
    (re.compile(name.replace("%s", "(.+)"), re.IGNORECASE), aspect)
    for aspect, names in _ONE_ACCOUNT.items()
    for name in names.values()
]
_KNOWN = {
    _plain(name): str(column)
    for column, (names, others) in _HEADINGS.items()
    for name in (*names.values(), *others)
}
_PASSED_OVER = {
    _plain(name) for names in (*FOR_READERS.values(), FAULTS.values()) for name in names
}
