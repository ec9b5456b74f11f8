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


C = Column
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
}
#: Kind of channel -> the column of its own words.
OWN_TEXT: dict[str, Column] = {"x": C.X_TEXT, "facebook": C.FACEBOOK_TEXT, "blog": C.BLOG_TEXT}
#: Columns that stand in files for people to read and are passed over when they come back.
FOR_READERS = {"ko": ("사업부", "번호"), "en": ("Unit", "Number")}
#: The column that a file of faulty rows has besides; passed over too.
FAULTS = {"ko": "오류", "en": "Faults"}
#: How the keys of columns with one account's own words begin, and of columns that nobody knows.
OF_ACCOUNT, OTHER = "account:", "other:"
#: The text of the row that shows in an empty file how it is filled in: never imported.
EXAMPLE = {
    "ko": "이 행은 작성 예시입니다. 지우고 나서 게시물을 적으세요.",
    "en": "This row is an example. Delete it and write your posts.",
}
#: A note in brackets or a star behind a heading says nothing about which column it is.
_NOTE = re.compile(r"[(（\[].*?[)）\]]|\*")
_ONE_ACCOUNT = re.compile(r"^text for (?P<en>.+)$|^(?P<ko>.+?) 전용 본문$", re.IGNORECASE)


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


def account_heading(reference: str, language: str) -> str:
    """Return the heading of a column with the words of one account."""
    return f"{reference} 전용 본문" if language == "ko" else f"Text for {reference}"


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
    found = _ONE_ACCOUNT.match(name)
    return OF_ACCOUNT + (found["en"] or found["ko"]) if found else OTHER + name


def _plain(name: str) -> str:
    bare = _NOTE.sub("", unicodedata.normalize("NFC", name)).casefold()
    return re.sub(r"[\s_\-]+", "", bare)


_KNOWN = {
    _plain(name): str(column)
    for column, (names, others) in _HEADINGS.items()
    for name in (*names.values(), *others)
}
_PASSED_OVER = {
    _plain(name) for names in (*FOR_READERS.values(), FAULTS.values()) for name in names
}
