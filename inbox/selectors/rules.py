"""Reads of routing rules and their trials, for those who direct the desks of the whole house."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from inbox.models import Conversation, RoutingRule, RuleTrial, Tag
from inbox.selectors.access import conversations_for
from opsconsole.kernel.actor import Actor
from opsconsole.kernel.errors import NotAllowed, NotFound
from opsconsole.people.models import User
from opsconsole.people.roles import Ability


def may_route(actor: Actor) -> bool:
    """Whether the actor keeps the routing rules: they reach over all units."""
    return actor.everywhere(Ability.MANAGE_DESK)


def rules_for(actor: Actor) -> QuerySet[RoutingRule]:
    """Return all rules in their order, for those who keep them."""
    if not may_route(actor):
        raise NotAllowed
    return RoutingRule.objects.select_related("created_by")


def rule_for(actor: Actor, rule_id: int, *, lock: bool = False) -> RoutingRule:
    """Return one rule; NotFound when there is none."""
    rows = rules_for(actor).filter(pk=rule_id)
    if lock:
        rows = rows.select_related(None).select_for_update()
    found = rows.first()
    if found is None:
        raise NotFound
    return found


def newest_trial(rule: RoutingRule) -> RuleTrial | None:
    """Return a rule's newest trial; None when it was never tried."""
    return rule.trials.order_by("-pk").first()


def examples_of(actor: Actor, trial: RuleTrial) -> list[Conversation]:
    """Return those of a trial's examples that the actor may read, newest first."""
    ids = trial.result.get("examples", [])
    return list(conversations_for(actor).filter(pk__in=ids).order_by("-opened_at"))


@dataclass(frozen=True, slots=True)
class Names:
    """What the numbers in rules are called."""

    people: dict[int, str]
    tags: dict[int, str]
    rules: dict[int, str]


def names_in(rules: Iterable[RoutingRule], trial: RuleTrial | None = None) -> Names:
    """Return the names of people and tags in rules, and of rules in a trial. Three queries."""
    outcomes: list[dict[str, Any]] = [rule.outcome for rule in rules]
    people = {outcome.get("assignee") for outcome in outcomes} - {None}
    tags = {tag for outcome in outcomes for tag in outcome.get("tags", [])}
    others: dict[str, dict[str, int]] = trial.result.get("too_late", {}) if trial else {}
    earlier = {int(pk) for counts in others.values() for pk in counts}
    stops = trial.result.get("stopped", {}) if trial else {}
    earlier |= {int(pk) for pk in stops}
    return Names(
        people={user.pk: str(user) for user in User.objects.filter(pk__in=people)},
        tags=dict(Tag.objects.filter(pk__in=tags).values_list("pk", "name")),
        rules=dict(RoutingRule.objects.filter(pk__in=earlier).values_list("pk", "name")),
    )
