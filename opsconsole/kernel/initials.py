"""Letters that stand for somebody without a photo. Pure; the only place where they are made."""

import unicodedata

#: Family names of one syllable that nearly all Koreans have. Rare ones begin more words than names.
FAMILY_NAMES = frozenset(
    "김이박최정강조윤장임한오서신권황안송류유전홍고문양손배백허남심노로하곽성차주우구민나진지엄채원천방공"
    "현함변염여추도석선설마길왕맹탁"
)
#: Words that begin like a family name and are none, and endings that no name has.
WORDS = frozenset(
    ("고객사", "구매자", "기획자", "도우미", "방문자", "여행자", "이용자", "주문자", "진행자")
)
NO_NAME = ("팀", "부", "점")
#: Family names of two syllables; whoever has one has a given name of one or two more.
LONG_FAMILY_NAMES = ("남궁", "황보", "제갈", "선우", "사공", "서문", "독고", "동방")
#: What nobody's letters are taken from.
UNKNOWN = "?"


def initials(name: str) -> str:
    """Return one or two letters for a name: 김지호 gives 지호, 관리자 gives 관리, Ana Kim gives AK.

    Of a Korean name the given name is taken, for that is what people are called by; of another Korean
    word, as of Chinese and Japanese names, what it begins with. Alphabets give capitals: of the first two
    words, or of one word the first two letters. A name without any letter gives UNKNOWN.
    """
    words = [word for part in name.split() if (word := _letters(part))]
    if not words:
        return UNKNOWN
    if _is_hangul(words[0]):
        return _korean(words)
    if _is_ideographic(words[0]):
        return words[0][:2]
    second = words[1][:1] if len(words) > 1 else words[0][1:2]
    return (words[0][0] + second).upper()


def _letters(word: str) -> str:
    """Leave out what is no letter or digit: signs, brackets, pictures; a letter made of two is put together."""
    return "".join(one for one in unicodedata.normalize("NFC", word) if one.isalnum())


def _korean(words: list[str]) -> str:
    first = words[0].removesuffix("님") if len(words[0]) > 2 else words[0]
    if first in WORDS or first.endswith(NO_NAME):
        return first[:2]
    if (
        len(words) > 1
        and _is_hangul(words[1])
        and (first in FAMILY_NAMES or first in LONG_FAMILY_NAMES)
    ):
        return words[1][:2]  # written apart: 김 지호
    if len(first) == 3 and first[0] in FAMILY_NAMES and not first.startswith(LONG_FAMILY_NAMES):
        return first[1:]
    if len(first) in {3, 4} and first.startswith(LONG_FAMILY_NAMES):
        return first[2:]
    return first[:2]


def _is_hangul(word: str) -> bool:
    return all("가" <= one <= "힣" for one in word)


def _is_ideographic(word: str) -> bool:
    """Whether a word is written without capitals: Chinese signs, kana, or Korean among other letters."""
    return not word[0].isascii() and word[0].upper() == word[0].lower()
