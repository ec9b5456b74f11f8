"""Days on which a cheerful post would hurt: Korean memorial days that are no public holidays. Pure."""

from datetime import date

#: (month, day) -> the name, by language.
_DAYS: dict[tuple[int, int], dict[str, str]] = {
    (4, 3): {"ko": "제주 4·3 희생자 추념일", "en": "Jeju 3 April memorial day"},
    (4, 16): {"ko": "세월호 참사 추모일", "en": "Sewol ferry memorial day"},
    (4, 19): {"ko": "4·19혁명 기념일", "en": "19 April revolution day"},
    (5, 18): {"ko": "5·18 민주화운동 기념일", "en": "18 May democratisation day"},
    (6, 25): {"ko": "6·25전쟁일", "en": "Korean War day"},
    (10, 29): {"ko": "10·29 이태원 참사 추모일", "en": "Itaewon memorial day"},
}


def memorial_day(day: date, language: str) -> str:
    """Return the name of the memorial day that falls on a date; empty on other days."""
    names = _DAYS.get((day.month, day.day), {})
    return names.get(language, names.get("en", ""))
