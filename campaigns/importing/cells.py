"""What stands in single cells: lists of names, texts that follow each other, yes and no, how late. Pure.

Each way of writing has its way of reading; what is written here is read again as the same.
"""

import re
from collections.abc import Callable, Iterable

from campaigns.lateness import Lateness, lateness_of
from channels.lifecycle import LateRule

#: Marks that part several names in one line, and the line between texts that follow each other.
MARKS = "\n;,、，；"
BETWEEN = "---"
_PARTED = str.maketrans(dict.fromkeys(MARKS, "\n"))
#: Such a line that is part of a text is written with a backslash before it.
_LINE = re.compile(r"(\\*)-{3,}[ \t]*")
_YES = {"yes", "y", "true", "1", "o", "예", "네", "함"}
_NO = {"", "no", "n", "false", "0", "x", "아니요", "아니오", "안함"}
_YES_WORDS = {"ko": "예", "en": "Yes"}
_MINUTES = {"ko": "%d분까지", "en": "Up to %d minutes"}
_RULES: dict[LateRule, dict[str, str]] = {
    LateRule.ASK: {"ko": "담당자에게 확인", "en": "Ask a person"},
    LateRule.DROP: {"ko": "늦으면 발송하지 않음", "en": "Do not send it late"},
}
#: What else they are called.
_SHORT = {"do not send": "drop", "발송하지 않음": "drop", "보내지 않음": "drop", "확인": "ask"}
_TIME = re.compile(
    r"(?:up to\s*)?(?P<count>\d{1,6})\s*(?P<unit>minutes?|mins?|m|분|hours?|h|시간)?\s*(?:late|까지)?"
)


def names_in(cell: str, is_known: Callable[[str], bool]) -> list[str]:
    """Return the names in a cell, one to a line or parted by marks; a whole line that is a name is one."""
    whole = cell.strip()
    if whole and is_known(whole):
        return [whole]
    names: list[str] = []
    for line in cell.splitlines():
        parted = [line] if is_known(line.strip()) else line.translate(_PARTED).split("\n")
        names += [name.strip() for name in parted if name.strip()]
    return names


def parts_in(cell: str) -> list[str]:
    """Return the texts of a cell, parted by lines of three dashes."""
    parts: list[list[str]] = [[]]
    for line in cell.split("\n"):
        found = _LINE.fullmatch(line)
        if found and not found[1]:
            parts.append([])
        else:
            parts[-1].append(line[1:] if found else line)
    return [text for part in parts if (text := "\n".join(part).strip())]


def parts_cell(parts: Iterable[str]) -> str:
    """Write texts that follow each other into one cell."""
    return f"\n{BETWEEN}\n".join("\n".join(map(_kept_line, part.split("\n"))) for part in parts)


def _kept_line(line: str) -> str:
    return f"\\{line}" if _LINE.fullmatch(line) else line


def read_yes(cell: str) -> bool | None:
    """Return yes or no, no where nothing is typed; None for anything else."""
    word = "".join(cell.split()).casefold()
    return True if word in _YES else False if word in _NO else None


def yes_word(is_so: bool, language: str) -> str:
    """Write yes; no is an empty cell."""
    return _YES_WORDS.get(language, _YES_WORDS["en"]) if is_so else ""


def read_lateness(cell: str) -> str | None:
    """Return the word of `campaigns.lateness`; None when it cannot be read."""
    text = " ".join(cell.split()).casefold()
    for rule, words in _RULES.items():
        if text in {str(rule), *(word.casefold() for word in words.values())}:
            return str(rule)
    text = _SHORT.get(text, text)
    found = _TIME.fullmatch(text.removeprefix("send:"))
    if found:
        is_hours = (found["unit"] or "").startswith(("h", "시"))
        text = f"send:{int(found['count']) * (60 if is_hours else 1)}"
    try:
        return lateness_of(text).word
    except ValueError:
        return None


def lateness_cell(word: str, language: str) -> str:
    """Write what becomes of a late post; what is usual is an empty cell."""
    late: Lateness = lateness_of(word)
    names = _RULES.get(late.rule, _MINUTES)
    name = names.get(language, names["en"])
    if late.rule != LateRule.SEND:
        return name
    return name % late.minutes if word else ""
