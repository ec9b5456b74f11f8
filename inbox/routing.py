"""Which rules meet a conversation that opens, and what follows. Pure: facts in, a decision out.

Rules are read once, in order. What an earlier rule has decided stays decided; tags add up. A later rule
sees the topic that an earlier one gave, and nothing else of what was decided: no rule can set off another
that has had its turn, so there is no way around in a circle.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

MINUTES_A_DAY = 24 * 60


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of a conversation at its first line. `text` as written, `at` aware."""

    account: int
    channel: str
    text: str
    language: str
    topic: str
    handle: str
    followers: int | None
    is_vip: bool
    at: datetime


@dataclass(frozen=True, slots=True)
class Conditions:
    """What must hold, all of it together; what is empty asks for nothing.

    Keywords are kept folded (see `folded`). Weekdays count from Monday, 0. `begins` and `ends` are
    minutes of the day in `zone`; a span that ends before it begins goes over midnight.
    """

    accounts: tuple[int, ...] = ()
    channels: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    every_keyword: bool = False
    languages: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    handles: tuple[str, ...] = ()
    followers_at_least: int | None = None
    vip: bool = False
    weekdays: tuple[int, ...] = ()
    begins: int | None = None
    ends: int | None = None
    zone: str = "Asia/Seoul"

    @property
    def is_empty(self) -> bool:
        """Whether every conversation meets them."""
        return replace(self, every_keyword=False, zone="Asia/Seoul") == Conditions()


@dataclass(frozen=True, slots=True)
class Outcome:
    """What follows. Empty means: leave it as it is."""

    unit: int | None = None
    assignee: int | None = None
    tags: tuple[int, ...] = ()
    priority: int | None = None
    topic: str = ""
    stop: bool = False

    @property
    def is_empty(self) -> bool:
        """Whether nothing would follow; a rule that only stops does something."""
        return self == Outcome()


#: The parts of an outcome that only one rule can decide.
DECIDED_ONCE = ("unit", "assignee", "priority", "topic")


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule, ready to be asked."""

    id: int
    name: str
    conditions: Conditions
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class Hit:
    """A rule that met the conversation: what it decided, and what had been decided before it."""

    rule: Rule
    decided: dict[str, Any]
    too_late: tuple[str, ...] = ()


@dataclass
class Decision:
    """What all rules together say, and which of them said what."""

    hits: list[Hit] = field(default_factory=list)
    fields: dict[str, Any] = field(default_factory=dict)
    by: dict[str, Rule] = field(default_factory=dict)
    tags: dict[int, Rule] = field(default_factory=dict)
    stopped_by: Rule | None = None


def decide(rules: Iterable[Rule], facts: Facts) -> Decision:
    """Ask the rules in their order; stop at the first that says so."""
    decision = Decision()
    seen = _Seen(facts)
    for rule in rules:
        if not seen.meets(rule.conditions):
            continue
        take(decision, rule)
        seen = _Seen(replace(facts, topic=decision.fields.get("topic", facts.topic)), seen)
        if rule.outcome.stop:
            decision.stopped_by = rule
            break
    return decision


def meets(conditions: Conditions, facts: Facts) -> bool:
    """Say whether a conversation meets the conditions."""
    return _Seen(facts).meets(conditions)


def take(decision: Decision, rule: Rule) -> Hit:
    """Let a rule that met add to a decision what nobody before it has decided."""
    decided: dict[str, Any] = {}
    too_late = []
    for name in DECIDED_ONCE:
        wanted = getattr(rule.outcome, name)
        if wanted in (None, ""):
            continue
        if name in decision.fields:
            too_late.append(name)
            continue
        decided[name] = wanted
        decision.by[name] = rule
    decision.fields |= decided
    fresh = [tag for tag in rule.outcome.tags if tag not in decision.tags]
    decision.tags |= dict.fromkeys(fresh, rule)
    if fresh:
        decided["tags"] = fresh
    hit = Hit(rule, decided, tuple(too_late))
    decision.hits.append(hit)
    return hit


class _Seen:
    """Facts with what has to be worked out once: the folded text, the local time."""

    def __init__(self, facts: Facts, known: "_Seen | None" = None) -> None:
        self.facts = facts
        self.text: str = known.text if known else folded(facts.text)
        self.handle = facts.handle.casefold().lstrip("@")

    def meets(self, asked: Conditions) -> bool:
        facts = self.facts
        return (
            (not asked.accounts or facts.account in asked.accounts)
            and (not asked.channels or facts.channel in asked.channels)
            and (not asked.languages or facts.language in asked.languages)
            and (not asked.topics or facts.topic in asked.topics)
            and (not asked.handles or self.handle in asked.handles)
            and (not asked.vip or facts.is_vip)
            and _followed(asked, facts)
            and _spoken(asked, self.text)
            and _in_time(asked, facts.at)
        )


def _followed(asked: Conditions, facts: Facts) -> bool:
    least = asked.followers_at_least
    return least is None or (facts.followers is not None and facts.followers >= least)


def _spoken(asked: Conditions, text: str) -> bool:
    if not asked.keywords:
        return True
    found = (_holds(text, keyword) for keyword in asked.keywords)
    return all(found) if asked.every_keyword else any(found)


def _holds(text: str, keyword: str) -> bool:
    """Find a keyword anywhere in Korean, where particles cling to words; Latin words only whole."""
    at = text.find(keyword)
    while at >= 0:
        end = at + len(keyword)
        if not (_joined(text, at) or _joined(text, end)):
            return True
        at = text.find(keyword, at + 1)
    return False


def _joined(text: str, at: int) -> bool:
    """Whether a Latin word or a number goes on across this place."""
    return bool(re.fullmatch(r"[a-z0-9]{2}", text[max(at - 1, 0) : at + 1])) if at else False


def _in_time(asked: Conditions, at: datetime) -> bool:
    if not asked.weekdays and asked.begins is None and asked.ends is None:
        return True
    local = at.astimezone(ZoneInfo(asked.zone))
    minute = local.hour * 60 + local.minute
    begins, ends = asked.begins or 0, MINUTES_A_DAY if asked.ends is None else asked.ends
    if begins < ends:
        inside, day = begins <= minute < ends, local.weekday()
    else:  # over midnight: the small hours belong to the day before
        inside = minute >= begins or minute < ends
        day = (local.weekday() - 1) % 7 if minute < ends else local.weekday()
    return inside and (not asked.weekdays or day in asked.weekdays)


def folded(text: str) -> str:
    """Return a text as it is compared: composed Hangul, no case, single spaces."""
    return " ".join(unicodedata.normalize("NFC", text).casefold().split())


def language_of(text: str) -> str:
    """Guess a language by its script, for platforms that do not tell: ko, ja, zh, en, or nothing."""
    for language, script in _SCRIPTS:
        if script.search(text):
            return language
    return ""


_SCRIPTS = (
    ("ko", re.compile(r"[가-힣ᄀ-ᇿㄱ-ㆎ]")),
    ("ja", re.compile(r"[぀-ヿ]")),
    ("zh", re.compile(r"[一-鿿]")),
    ("en", re.compile(r"[A-Za-z]")),
)


def conditions_of(stored: Mapping[str, Any]) -> Conditions:
    """Read conditions as they are stored; what is not known any more asks for nothing."""
    return Conditions(**_known(Conditions, stored))


def outcome_of(stored: Mapping[str, Any]) -> Outcome:
    """Read an outcome as it is stored."""
    return Outcome(**_known(Outcome, stored))


def _known(shape: Any, stored: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: tuple(value) if isinstance(value, list) else value
        for name, value in stored.items()
        if name in shape.__dataclass_fields__
    }
