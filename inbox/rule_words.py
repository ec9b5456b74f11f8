"""How routing rules are said on screens: tables, and a rule as labels with values."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from channels.lifecycle import ChannelKind
from inbox.languages import language_name
from inbox.lifecycle import Priority
from inbox.models import RoutingRule
from inbox.routing import Conditions, Outcome, conditions_of, outcome_of
from inbox.selectors.rules import Names

CHANNEL_WORDS = {
    ChannelKind.X: "X",
    ChannelKind.FACEBOOK: "Facebook",
    ChannelKind.BLOG: gettext_lazy("Blog"),
    ChannelKind.FEED: gettext_lazy("Feed"),
}
PRIORITY_WORDS = {
    Priority.LOW: gettext_lazy("Low"),
    Priority.NORMAL: gettext_lazy("Normal"),
    Priority.HIGH: gettext_lazy("High"),
    Priority.URGENT: gettext_lazy("Urgent"),
}
WEEKDAY_WORDS = {
    0: gettext_lazy("Monday"),
    1: gettext_lazy("Tuesday"),
    2: gettext_lazy("Wednesday"),
    3: gettext_lazy("Thursday"),
    4: gettext_lazy("Friday"),
    5: gettext_lazy("Saturday"),
    6: gettext_lazy("Sunday"),
}
DECIDED_WORDS = {
    "unit": gettext_lazy("Unit"),
    "assignee": gettext_lazy("Assignee"),
    "priority": gettext_lazy("Priority"),
    "topic": gettext_lazy("Topic"),
    "tags": gettext_lazy("Tags"),
}

Pair = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Told:
    """A rule in words: when it meets, and what follows."""

    row: RoutingRule
    when: list[Pair]
    then: list[Pair]


def told(
    rule: RoutingRule, names: Names, units: Mapping[int, str], accounts: Mapping[int, str]
) -> Told:
    """Say a rule as labels with values."""
    conditions, outcome = conditions_of(rule.conditions), outcome_of(rule.outcome)
    return Told(rule, _when(conditions, accounts), _then(outcome, names, units))


def _when(asked: Conditions, accounts: Mapping[int, str]) -> list[Pair]:
    keywords = _("All of the keywords") if asked.every_keyword else _("One of the keywords")
    pairs: list[tuple[str, Any]] = [
        (_("Accounts"), [accounts.get(pk, f"#{pk}") for pk in asked.accounts]),
        (_("Channels"), [CHANNEL_WORDS[ChannelKind(kind)] for kind in asked.channels]),
        (keywords, asked.keywords),
        (_("Languages"), [language_name(code) for code in asked.languages]),
        (_("Topics"), asked.topics),
        (_("Authors"), [f"@{handle}" for handle in asked.handles]),
        (_("Followers, at least"), asked.followers_at_least),
        (_("Customer"), "VIP" if asked.vip else None),
        (_("Weekdays"), [WEEKDAY_WORDS[day] for day in asked.weekdays]),
        (_("Time of day"), _span(asked)),
    ]
    return _shown(pairs)


def _span(asked: Conditions) -> str | None:
    if asked.begins is None and asked.ends is None:
        return None
    begins, ends = asked.begins or 0, 24 * 60 if asked.ends is None else asked.ends
    return f"{_clock(begins)}–{_clock(ends)} ({asked.zone})"


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"


def _then(outcome: Outcome, names: Names, units: Mapping[int, str]) -> list[Pair]:
    priority = None if outcome.priority is None else PRIORITY_WORDS[Priority(outcome.priority)]
    pairs: list[tuple[str, Any]] = [
        (_("Unit"), units.get(outcome.unit or 0)),
        (_("Assignee"), names.people.get(outcome.assignee or 0)),
        (_("Priority"), priority),
        (_("Tags"), [f"#{names.tags[tag]}" for tag in outcome.tags if tag in names.tags]),
        (_("Topic"), outcome.topic),
        (_("Then"), _("ask no further rule") if outcome.stop else None),
    ]
    return _shown(pairs)


def _shown(pairs: list[tuple[str, Any]]) -> list[Pair]:
    return [
        (label, ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value))
        for label, value in pairs
        if value not in (None, "", [], ())
    ]
