"""Keeping the routing rules: their text, their order, and whether they are on."""

from dataclasses import asdict
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from channels.lifecycle import ChannelKind
from inbox.lifecycle import Priority
from inbox.models import RoutingRule
from inbox.routing import Conditions, Outcome
from inbox.selectors.rules import rule_for, rules_for
from opsconsole.audit.actions import record
from opsconsole.kernel.actor import Actor
from opsconsole.kernel.clock import now
from opsconsole.kernel.errors import Conflict, Invalid
from opsconsole.kernel.text import storable
from opsconsole.people.roles import Ability
from opsconsole.people.selectors import active_units, actors_of

MOST_RULES = 200


def rule_create(
    actor: Actor,
    *,
    name: str,
    conditions: Conditions,
    outcome: Outcome,
    on_old_lines: bool = False,
    most_per_hour: int | None = None,
) -> RoutingRule:
    """Add a rule at the end of the list, switched off."""
    fields = _checked(name, conditions, outcome, on_old_lines, most_per_hour)
    with transaction.atomic():
        rules = rules_for(actor)
        if rules.count() >= MOST_RULES:
            raise Conflict(_("There are too many rules already."), code="too_many")
        last = rules.aggregate(last=Max("position"))["last"] or 0
        at = now()
        rule = RoutingRule.objects.create(
            position=last + 1, created_by_id=actor.user_id, created_at=at, changed_at=at, **fields
        )
        record(actor, "inbox.rule.created", rule, name=rule.name)
    return rule


def rule_change(
    actor: Actor,
    *,
    rule_id: int,
    name: str,
    conditions: Conditions,
    outcome: Outcome,
    on_old_lines: bool = False,
    most_per_hour: int | None = None,
) -> RoutingRule:
    """Change a rule. One whose working changes is switched off: it must be tried anew."""
    fields = _checked(name, conditions, outcome, on_old_lines, most_per_hour)
    with transaction.atomic():
        rule = rule_for(actor, rule_id, lock=True)
        works_anew = any(
            getattr(rule, key) != fields[key] for key in ("conditions", "outcome", "on_old_lines")
        )
        if works_anew:
            fields |= {"revision": rule.revision + 1, "is_on": False}
        for key, value in fields.items():
            setattr(rule, key, value)
        rule.changed_at = now()
        rule.save(update_fields=[*fields, "changed_at"])
        record(actor, "inbox.rule.changed", rule, name=rule.name)
    return rule


def rule_switch(actor: Actor, *, rule_id: int, is_on: bool) -> RoutingRule:
    """Switch a rule on or off. On only as it was tried: Conflict otherwise."""
    with transaction.atomic():
        rule = rule_for(actor, rule_id, lock=True)
        if rule.is_on == is_on:
            return rule
        if is_on and not rule.is_tried:
            raise Conflict(_("Try this rule on the past first."), code="untried")
        rule.is_on = is_on
        rule.tripped_at = None if is_on else rule.tripped_at
        rule.save(update_fields=["is_on", "tripped_at"])
        record(
            actor, "inbox.rule.started" if is_on else "inbox.rule.stopped", rule, name=rule.name
        )
    return rule


def rule_move(actor: Actor, *, rule_id: int, up: bool) -> RoutingRule:
    """Move a rule one place up or down; at the end of the list it stays."""
    with transaction.atomic():
        order = list(rules_for(actor).select_related(None).select_for_update())
        rule = rule_for(actor, rule_id)
        place = next(number for number, row in enumerate(order) if row.pk == rule.pk)
        other = place - 1 if up else place + 1
        if not 0 <= other < len(order):
            return rule
        order[place], order[other] = order[other], order[place]
        for number, row in enumerate(order, start=1):
            row.position = number
        RoutingRule.objects.bulk_update(order, ["position"])
        record(actor, "inbox.rule.moved", rule, name=rule.name)
    return rule


def rule_delete(actor: Actor, *, rule_id: int) -> None:
    """Delete a rule that is off. What it did stays in the record."""
    with transaction.atomic():
        rule = rule_for(actor, rule_id, lock=True)
        if rule.is_on:
            raise Conflict(_("Switch the rule off first."), code="is_on")
        record(actor, "inbox.rule.deleted", rule, name=rule.name)
        rule.delete()


def _checked(
    name: str,
    conditions: Conditions,
    outcome: Outcome,
    on_old_lines: bool,
    most_per_hour: int | None,
) -> dict[str, Any]:
    name = " ".join(storable(name).split())
    if not name or len(name) > 80:
        raise Invalid(_("A name has 1 to 80 characters."), code="name", field="name")
    if outcome.is_empty:
        raise Invalid(_("Say what shall happen."), code="no_outcome", field="unit")
    _check_conditions(conditions)
    _check_outcome(outcome)
    fields: dict[str, Any] = {
        "name": name,
        "conditions": _stored(asdict(conditions)),
        "outcome": _stored(asdict(outcome)),
        "on_old_lines": on_old_lines,
    }
    if most_per_hour is not None:
        fields["most_per_hour"] = most_per_hour
    return fields


def _stored(given: dict[str, Any]) -> dict[str, Any]:
    """As JSON gives it back, so that a rule that says the same compares equal."""
    return {
        key: list(value) if isinstance(value, tuple) else value for key, value in given.items()
    }


def _check_conditions(conditions: Conditions) -> None:
    if set(conditions.channels) - set(ChannelKind):
        raise Invalid(code="unknown_channel", field="channels")
    if conditions.begins is not None and conditions.begins == conditions.ends:
        raise Invalid(_("This span of time is empty."), code="empty_span", field="ends")
    try:
        ZoneInfo(conditions.zone)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise Invalid(_("Choose a time zone."), code="zone", field="zone") from error


def _check_outcome(outcome: Outcome) -> None:
    if outcome.unit is not None and outcome.unit not in {unit.pk for unit in active_units()}:
        raise Invalid(_("Choose a unit."), code="unit", field="unit")
    if outcome.priority is not None and outcome.priority not in set(Priority):
        raise Invalid(code="priority", field="priority")
    if outcome.assignee is None:
        return
    person = actors_of([outcome.assignee]).get(outcome.assignee)
    if person is None or not person.can(Ability.WORK_INBOX, outcome.unit):
        raise Invalid(
            _("Choose somebody who answers in this unit."), code="assignee", field="assignee"
        )
