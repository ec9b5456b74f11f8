"""What somebody typed into the search field, understood: words, phrases, exclusions, operators. Pure."""

import re
from dataclasses import dataclass, field
from datetime import date
from difflib import get_close_matches

from inbox.search.words import folded

#: What may stand before a colon, in both languages, and what it means.
OPERATORS = {
    "from": "from", "보낸이": "from", "고객": "from",
    "unit": "unit", "사업부": "unit",
    "tag": "tag", "태그": "tag",
    "channel": "channel", "채널": "channel",
    "account": "account", "계정": "account",
    "assignee": "assignee", "담당자": "assignee", "담당": "assignee",
    "before": "before", "이전": "before",
    "after": "after", "이후": "after",
    "is": "is", "상태": "is",
}  # fmt: skip
#: Words and phrases of one search; more only cost time.
MOST_WORDS = 50
#: How much a word before a colon must look like an operator to be taken for one that is mistyped.
LIKENESS = 0.7

_PIECES = re.compile(
    r"""(?P<minus>-)?(?:(?P<key>[^\W\d_]+):(?!//))?(?:"(?P<quoted>[^"]*)"?|(?P<plain>[^\s"]+))""",
    re.VERBOSE,
)
_DATE = re.compile(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?\Z")


class Misunderstood(ValueError):
    """A search that cannot be understood: `code` says why, `word` where."""

    def __init__(self, code: str, word: str) -> None:
        super().__init__(code, word)
        self.code, self.word = code, word


@dataclass(frozen=True, slots=True)
class Asked:
    """A search: folded words that a line must have or must not have, and values of operators.

    `until` is the day before which a line was written, `since` the day from which on.
    """

    words: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()
    values: dict[str, str] = field(default_factory=dict)
    since: date | None = None
    until: date | None = None

    @property
    def is_empty(self) -> bool:
        """Whether nothing at all was asked."""
        return not (self.words or self.excluded or self.values or self.since or self.until)


def understood(text: str) -> Asked:
    """Read a search; Misunderstood names the word that makes no sense.

    A colon alone makes no operator: people paste what customers write.
    """
    words: list[str] = []
    excluded: list[str] = []
    values: dict[str, str] = {}
    for piece in _PIECES.finditer(text):
        key, quoted = piece["key"], piece["quoted"]
        given = (quoted if quoted is not None else piece["plain"]).strip()
        if key is None or _is_text(key):
            said = given if key is None else f"{key}:{given}"
            _add(excluded if piece["minus"] else words, said)
            continue
        values[_operator(key, given, piece)] = given
    if len(words) + len(excluded) > MOST_WORDS:
        raise Misunderstood("too_many_words", str(MOST_WORDS))
    if excluded and not words and not values:
        raise Misunderstood("only_excluded", excluded[0])
    since, until = values.pop("after", ""), values.pop("before", "")
    return Asked(
        tuple(dict.fromkeys(words)), tuple(dict.fromkeys(excluded)), values,
        _day("after", since) if since else None, _day("before", until) if until else None,
    )  # fmt: skip


def _is_text(key: str) -> bool:
    """Whether what stands before a colon is no operator, nor one that was mistyped."""
    return not get_close_matches(key.casefold(), OPERATORS, n=1, cutoff=LIKENESS)


def _add(kept: list[str], given: str) -> None:
    if word := folded(given):
        kept.append(word)


def _operator(key: str, given: str, piece: "re.Match[str]") -> str:
    name = OPERATORS.get(key.casefold())
    if name is None:
        raise Misunderstood("unknown_operator", key)
    if piece["minus"]:
        raise Misunderstood("excluded_operator", key)
    if not given:
        raise Misunderstood("empty_operator", key)
    return name


def _day(name: str, given: str) -> date:
    """Read a day, a month or a year; its first day is meant."""
    match = _DATE.match(given)
    if match is None:
        raise Misunderstood("not_a_day", f"{name}:{given}")
    year, month, day = (int(part) if part else 1 for part in match.groups())
    try:
        return date(year, month, day)
    except (ValueError, OverflowError) as error:
        raise Misunderstood("not_a_day", f"{name}:{given}") from error
