"""Applying the routing rules to conversations that open: many at once, a handful of statements a batch.

`route` decides before the conversations are written, `routed_record` writes down what was decided once
they have numbers. Both run under the ingester's lock, in its transaction.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db.models import Case, Count, F, Value, When

from channels.models import InboundItem
from inbox.actions.notices import notices_give
from inbox.lifecycle import ConversationState, StayCause
from inbox.models import (
    Assignment,
    Conversation,
    ConversationTag,
    RoutingRule,
    RuleRun,
    Tag,
    UnitStay,
)
from inbox.notices import NoticeKind
from inbox.routing import Decision, Facts, Rule, conditions_of, decide, language_of, outcome_of
from opsconsole.audit.actions import act, record, record_all
from opsconsole.kernel.actor import SYSTEM, Actor
from opsconsole.kernel.bulk import rows_insert
from opsconsole.kernel.clock import now
from opsconsole.people.models import BusinessUnit
from opsconsole.people.roles import Ability
from opsconsole.people.selectors import actors_of, administrators

#: Lines that land later than this after they were written are history: a rule must ask for them.
OLD_AFTER = timedelta(days=1)
#: The stretch in which the breaker counts.
BREAKER_WINDOW = timedelta(hours=1)

Opening = tuple[Conversation, InboundItem]


@dataclass
class Routed:
    """Decisions to be written, and the rules that have used up what they may do in an hour."""

    decisions: list[tuple[Conversation, Decision]] = field(default_factory=list)
    used_up: list[RoutingRule] = field(default_factory=list)


@dataclass
class _Book:
    """The rules that are on, with what is needed to apply them."""

    rows: dict[int, RoutingRule]
    rules: list[Rule]
    left: dict[int, int]
    units: frozenset[int]
    people: Mapping[int, Actor]

    def open_to(self, *, is_old: bool) -> list[Rule]:
        """Return the rules that may meet a conversation now."""
        return [
            rule
            for rule in self.rules
            if self.left[rule.id] > 0 and (not is_old or self.rows[rule.id].on_old_lines)
        ]


def route(openings: Sequence[Opening]) -> Routed:
    """Decide where new conversations go, and set it on them. Nothing is written; at most five reads."""
    routed = Routed()
    book = _book() if openings else None
    if book is None:
        return routed
    at = now()
    for conversation, item in openings:
        rules = book.open_to(is_old=at - item.posted_at > OLD_AFTER)
        decision = decide(rules, facts_of(conversation, item.text, item.language, item.posted_at))
        if not decision.hits:
            continue
        for hit in decision.hits:
            book.left[hit.rule.id] -= 1
        _set_on(conversation, decision, book, at)
        routed.decisions.append((conversation, decision))
    routed.used_up = [book.rows[pk] for pk, left in book.left.items() if left <= 0]
    return routed


def facts_of(conversation: Conversation, text: str, language: str, at: datetime) -> Facts:
    """Return what the rules may know of a conversation at its first line. Reads its contact."""
    contact = conversation.contact
    return Facts(
        account=conversation.account_id, channel=conversation.channel, text=text,
        language=language.split("-", maxsplit=1)[0].lower() or language_of(text), topic="",
        handle=contact.handle, followers=contact.followers, is_vip=conversation.is_vip, at=at,
    )  # fmt: skip


def compiled(row: RoutingRule) -> Rule:
    """Return a stored rule, ready to be asked."""
    return Rule(row.pk, row.name, conditions_of(row.conditions), outcome_of(row.outcome))


def _book() -> _Book | None:
    rows = {row.pk: row for row in RoutingRule.objects.filter(is_on=True)}
    if not rows:
        return None
    rules = [compiled(row) for row in rows.values()]
    lately = (
        RuleRun.objects.filter(rule__in=rows, ran_at__gt=now() - BREAKER_WINDOW)
        .values_list("rule")
        .annotate(count=Count("pk"))
        .order_by()
    )
    used = dict(lately)
    assignees = {rule.outcome.assignee for rule in rules if rule.outcome.assignee}
    return _Book(
        rows, rules,
        left={pk: row.most_per_hour - used.get(pk, 0) for pk, row in rows.items()},
        units=frozenset(BusinessUnit.objects.filter(is_active=True).values_list("pk", flat=True)),
        people=actors_of(assignees) if assignees else {},
    )  # fmt: skip


def _set_on(conversation: Conversation, decision: Decision, book: _Book, at: datetime) -> None:
    """Set what was decided; a unit that is closed or somebody who may not work there is left out."""
    fields = decision.fields
    if fields.get("unit") in book.units:
        conversation.unit_id = fields["unit"]
    if "priority" in fields:
        conversation.priority = fields["priority"]
    if "topic" in fields:
        conversation.topic = fields["topic"]
    person = book.people.get(fields.get("assignee", 0))
    if person is not None and person.can(Ability.WORK_INBOX, conversation.unit_id):
        conversation.assignee_id = person.user_id
        conversation.assigned_at = at
        conversation.state = ConversationState.OPEN


def routed_record(routed: Routed) -> None:
    """Write what the rules did to conversations that have just been stored."""
    if not routed.decisions:
        return
    at = now()
    _runs(routed, at)
    _tags(routed, at)
    moved = [
        (row, decision)
        for row, decision in routed.decisions
        if "unit" in decision.by and row.unit_id != row.account.unit_id
    ]
    rows_insert([_stay(row, decision.by["unit"]) for row, decision in moved])
    given = [row for row, _decision in routed.decisions if row.assignee_id]
    rows_insert([_assignment(row, row.assignee_id, at) for row in given if row.assignee_id])
    _tell(given)
    _count(routed, at)
    for rule in routed.used_up:
        rule_trip(rule)


def _runs(routed: Routed, at: datetime) -> None:
    rows_insert(
        [
            RuleRun(conversation=row, rule_id=hit.rule.id, outcome=hit.decided, ran_at=at)
            for row, decision in routed.decisions
            for hit in decision.hits
        ]
    )
    acts = [
        act(
            SYSTEM, "inbox.conversation.routed", row,
            unit_id=row.unit_id, rule=hit.rule.name, rule_id=hit.rule.id,
        )
        for row, decision in routed.decisions
        for hit in decision.hits
    ]  # fmt: skip
    record_all(acts)


def _tags(routed: Routed, at: datetime) -> None:
    wanted = {tag for _row, decision in routed.decisions for tag in decision.tags}
    if not wanted:
        return
    known = set(Tag.objects.filter(pk__in=wanted).values_list("pk", flat=True))
    rows_insert(
        [
            ConversationTag(conversation=row, tag_id=tag, added_at=at)
            for row, decision in routed.decisions
            for tag in decision.tags
            if tag in known
        ]
    )


def _stay(conversation: Conversation, rule: Rule) -> UnitStay:
    return UnitStay(
        conversation=conversation, account_id=conversation.account_id,
        unit_id=conversation.unit_id, came_by=StayCause.RULE, rule_id=rule.id,
        began_at=conversation.opened_at,
    )  # fmt: skip


def _assignment(conversation: Conversation, assignee_id: int, at: datetime) -> Assignment:
    return Assignment(
        conversation=conversation, assignee_id=assignee_id,
        unit_id=conversation.unit_id, started_at=at,
    )  # fmt: skip


def _tell(given: Sequence[Conversation]) -> None:
    """One notice for each person, however many conversations came at once."""
    first = {row.assignee_id: row for row in reversed(given)}
    for person, row in first.items():
        if person is not None:
            key = f"routed:{row.pk}"
            notices_give([person], NoticeKind.ASSIGNED, key=key, conversation=row)


def _count(routed: Routed, at: datetime) -> None:
    hits = Counter(hit.rule.id for _row, decision in routed.decisions for hit in decision.hits)
    counts = Case(*(When(pk=pk, then=Value(count)) for pk, count in hits.items()))
    RoutingRule.objects.filter(pk__in=hits).update(hits=F("hits") + counts, last_hit_at=at)


def rule_trip(rule: RoutingRule) -> None:
    """Switch off a rule that hits more often than anybody can have meant, and tell administrators."""
    at = now()
    if not RoutingRule.objects.filter(pk=rule.pk, is_on=True).update(is_on=False, tripped_at=at):
        return
    record(SYSTEM, "inbox.rule.tripped", rule, name=rule.name)
    told = {user.pk for user in administrators()} | {rule.created_by_id or 0}
    notices_give(
        told - {0}, NoticeKind.RULE_TRIPPED,
        key=f"rule:{rule.pk}:{at.timestamp()}", data={"rule": rule.pk, "name": rule.name},
    )  # fmt: skip
