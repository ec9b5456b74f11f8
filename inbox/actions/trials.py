"""Trying a rule on what opened in the last 30 days: a worker looks, nothing is changed."""

import logging
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from inbox.actions.routing import OLD_AFTER, compiled, facts_of
from inbox.lifecycle import Direction, TrialState
from inbox.models import Conversation, Message, RoutingRule, RuleTrial
from inbox.routing import DECIDED_ONCE, Decision, Rule, decide, meets, take
from inbox.selectors.rules import rule_for
from opsconsole.audit.actions import record
from opsconsole.kernel.actor import Actor
from opsconsole.kernel.clock import now
from opsconsole.kernel.doorbell import ring_on_commit

logger = logging.getLogger(__name__)

#: How far back a trial looks.
LOOKS_BACK = timedelta(days=30)
#: Conversations looked at in one transaction, between two signs of progress.
STEP = 2000
#: Examples that are kept.
EXAMPLES = 30


def rule_try(actor: Actor, *, rule_id: int) -> RuleTrial:
    """Ask for a trial of a rule as it stands; one that is already under way is returned."""
    with transaction.atomic():
        rule = rule_for(actor, rule_id, lock=True)
        going = rule.trials.filter(finished_at__isnull=True, revision=rule.revision).first()
        if going is not None:
            return going
        at = now()
        trial = RuleTrial.objects.create(
            rule=rule, revision=rule.revision, asked_by_id=actor.user_id, asked_at=at,
            since=at - LOOKS_BACK,
        )  # fmt: skip
        record(actor, "inbox.rule.tried", rule, name=rule.name)
        ring_on_commit("rule_trial_asked")
    return trial


def trials_advance() -> bool:
    """Take one trial a step further. Returns whether there was one; call again until there is none."""
    with transaction.atomic():
        trial = (
            RuleTrial.objects.filter(finished_at__isnull=True)
            .select_for_update(skip_locked=True, of=("self",))
            .select_related("rule")
            .order_by("pk")
            .first()
        )
        if trial is None:
            return False
        try:
            with transaction.atomic():
                _advance(trial)
        except Exception:
            logger.exception("trial %s failed", trial.pk)
            trial.state, trial.finished_at = TrialState.FAILED, now()
        trial.save()
    return True


def _advance(trial: RuleTrial) -> None:
    opened = Conversation.objects.filter(opened_at__gte=trial.since, opened_at__lt=trial.asked_at)
    if trial.state == TrialState.WAITING:
        trial.state, trial.total = TrialState.RUNNING, opened.count()
    rows = list(
        opened.filter(pk__gt=trial.reached).select_related("contact").order_by("pk")[:STEP]
    )
    if rows:
        _look(trial, rows)
        trial.reached = rows[-1].pk
        trial.looked_at += len(rows)
    if len(rows) < STEP:
        _finish(trial)


def _finish(trial: RuleTrial) -> None:
    trial.state, trial.finished_at = TrialState.DONE, now()
    hours = trial.result.pop("per_hour", {})
    trial.result["busiest_hour"] = max(hours.values(), default=0)
    RoutingRule.objects.filter(pk=trial.rule_id, revision=trial.revision).update(
        tried_revision=trial.revision
    )


def _look(trial: RuleTrial, rows: Sequence[Conversation]) -> None:
    rule = compiled(trial.rule)
    earlier = [
        compiled(row)
        for row in RoutingRule.objects.filter(is_on=True).exclude(pk=rule.id)
        if (row.position, row.pk) < (trial.rule.position, trial.rule.pk)
    ]
    first = _first_lines(rows)
    found = _Found(trial.result)
    for row in rows:
        line = first.get(row.pk)
        if line is not None and (trial.rule.on_old_lines or not _was_old(line)):
            _ask(found, rule, earlier, row, line)
    trial.result = found.as_stored()


def _ask(
    found: "_Found", rule: Rule, earlier: Iterable[Rule], row: Conversation, line: Message
) -> None:
    facts = facts_of(row, line.text, line.language, line.posted_at)
    before = decide(earlier, facts)
    known = replace(facts, topic=before.fields.get("topic", facts.topic))
    if not meets(rule.conditions, known):
        return
    if before.stopped_by is not None:
        found.stopped[str(before.stopped_by.id)] += 1
        return
    found.hit(rule, before, row)


def _was_old(line: Message) -> bool:
    return line.landed_at - line.posted_at > OLD_AFTER


def _first_lines(rows: Sequence[Conversation]) -> dict[int, Message]:
    lines = (
        Message.objects.filter(conversation__in=rows, direction=Direction.INBOUND)
        .order_by("conversation_id", "posted_at", "id")
        .distinct("conversation_id")
        .only("conversation_id", "text", "language", "posted_at", "landed_at")
    )
    return {line.conversation_id: line for line in lines}


class _Found:
    """What a trial has found so far."""

    def __init__(self, stored: dict[str, Any]) -> None:
        self.hits: int = stored.get("hits", 0)
        self.per_day = Counter(stored.get("per_day", {}))
        self.per_hour = Counter(stored.get("per_hour", {}))
        self.stopped = Counter(stored.get("stopped", {}))
        self.decides = Counter(stored.get("decides", {}))
        self.there_already: int = stored.get("there_already", 0)
        self.elsewhere: int = stored.get("elsewhere", 0)
        self.examples: list[int] = stored.get("examples", [])
        self.too_late = {
            name: Counter(stored.get("too_late", {}).get(name, {})) for name in DECIDED_ONCE
        }

    def hit(self, rule: Rule, before: Decision, row: Conversation) -> None:
        """Count one conversation that the rule meets, and what it would decide there."""
        self.hits += 1
        local = timezone.localtime(row.opened_at)
        self.per_day[local.date().isoformat()] += 1
        self.per_hour[f"{local:%Y-%m-%dT%H}"] += 1
        self.examples = [*self.examples, row.pk][-EXAMPLES:]
        by = dict(before.by)
        made = take(before, rule)
        for name in made.too_late:
            self.too_late[name][str(by[name].id)] += 1
        for name in made.decided:
            self.decides[name] += 1
        if "unit" in made.decided:
            if row.unit_id == made.decided["unit"]:
                self.there_already += 1
            else:
                self.elsewhere += 1

    def as_stored(self) -> dict[str, Any]:
        """Return what has been found, as JSON keeps it."""
        too_late = {name: dict(counts) for name, counts in self.too_late.items() if counts}
        return {
            "hits": self.hits,
            "per_day": dict(self.per_day),
            "per_hour": dict(self.per_hour),
            "stopped": dict(self.stopped),
            "decides": dict(self.decides),
            "there_already": self.there_already,
            "elsewhere": self.elsewhere,
            "examples": self.examples,
            "too_late": too_late,
        }
