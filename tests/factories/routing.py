"""Routing rules for tests, made and tried as real ones are."""

from itertools import count

from inbox.actions.rules import rule_create, rule_switch
from inbox.actions.trials import rule_try, trials_advance
from inbox.models import RoutingRule
from inbox.routing import Conditions, Outcome
from opsconsole.kernel.actor import SYSTEM

_numbers = count(1)


def make_rule(*, is_on: bool = True, conditions=None, outcome=None, **given) -> RoutingRule:
    """A rule at the end of the list; tried and switched on unless told otherwise."""
    rule = rule_create(
        SYSTEM,
        name=f"Rule {next(_numbers)}",
        conditions=Conditions(**(conditions or {})),
        outcome=Outcome(**(outcome or {"priority": 2})),
        **given,
    )
    if is_on:
        rule_try(SYSTEM, rule_id=rule.pk)
        while trials_advance():
            pass
        rule_switch(SYSTEM, rule_id=rule.pk, is_on=True)
    rule.refresh_from_db()
    return rule
