"""Screens of the routing rules: the list in its order, the form, and the trial on the past."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from channels.selectors.accounts import accounts_for
from inbox.actions.rules import rule_change, rule_create, rule_delete, rule_move, rule_switch
from inbox.actions.triage import tag_named
from inbox.actions.trials import rule_try
from inbox.models import RoutingRule
from inbox.rule_forms import RuleForm, as_typed
from inbox.rule_words import DECIDED_WORDS, told
from inbox.selectors.rules import examples_of, names_in, newest_trial, rule_for, rules_for
from inbox.views.base import ActorRequest, for_people
from opsconsole.kernel.errors import DomainError
from opsconsole.people.directory import colleague_page
from opsconsole.people.roles import Ability
from opsconsole.people.screens import blame
from opsconsole.people.screens import told as told_next
from opsconsole.people.selectors import active_units

_ACTS: dict[str, Callable[..., object]] = {
    "up": partial(rule_move, up=True),
    "down": partial(rule_move, up=False),
    "on": partial(rule_switch, is_on=True),
    "off": partial(rule_switch, is_on=False),
    "delete": rule_delete,
}


@require_GET
@for_people
def rules(request: ActorRequest) -> HttpResponse:
    """List the rules in the order in which they are asked."""
    rows = list(rules_for(request.actor))
    names, units, accounts = names_in(rows), _units(), _accounts(request)
    context = {"rules": [told(row, names, units, accounts) for row in rows]}
    return render(request, "inbox/rules.html", context)


def _units() -> dict[int, str]:
    return {unit.pk: unit.name for unit in active_units()}


def _accounts(request: ActorRequest) -> dict[int, str]:
    return {row.pk: str(row) for row in accounts_for(request.actor)}


def _form(request: ActorRequest, initial: dict[str, Any]) -> RuleForm:
    return RuleForm(
        request.POST or None,
        initial=initial,
        accounts=accounts_for(request.actor),
        units=active_units(),
        people=colleague_page(request.actor, ability=Ability.WORK_INBOX, size=200).rows,
    )


@require_http_methods(["GET", "POST"])
@for_people
def create(request: ActorRequest) -> HttpResponse:
    """Add a rule."""
    rules_for(request.actor)
    form = _form(request, {"zone": "Asia/Seoul", "most_per_hour": 5000})
    rule = _saved(request, form, partial(rule_create, request.actor))
    if rule is not None:
        return redirect("inbox:rule_trial", rule_id=rule.pk)
    status = 422 if form.is_bound else 200
    return render(request, "inbox/rule.html", {"form": form}, status=status)


@require_http_methods(["GET", "POST"])
@for_people
def edit(request: ActorRequest, rule_id: int) -> HttpResponse:
    """Change a rule."""
    rule = rule_for(request.actor, rule_id)
    form = _form(request, as_typed(rule, names_in([rule])))
    changed = _saved(request, form, partial(rule_change, request.actor, rule_id=rule_id))
    if changed is not None:
        messages.success(request, _("Saved."))
        name = "inbox:rules" if changed.is_tried else "inbox:rule_trial"
        return redirect(name, *([] if changed.is_tried else [rule_id]))
    status = 422 if form.is_bound else 200
    return render(request, "inbox/rule.html", {"form": form, "rule": rule}, status=status)


def _saved(
    request: ActorRequest, form: RuleForm, act: Callable[..., RoutingRule]
) -> RoutingRule | None:
    """Save what was typed, or put the refusal at its field."""
    if not form.is_valid():
        return None
    given = form.cleaned_data
    try:
        tags = [tag_named(request.actor, name).pk for name in form.tag_names()]
        return act(
            name=given["name"], conditions=form.conditions(), outcome=form.outcome(tags),
            on_old_lines=given["on_old_lines"], most_per_hour=given["most_per_hour"],
        )  # fmt: skip
    except DomainError as error:
        blame(form, error)
    return None


@require_http_methods(["GET", "POST"])
@for_people
def trial(request: ActorRequest, rule_id: int) -> HttpResponse:
    """Try a rule on the past, and show what would have happened."""
    rule = rule_for(request.actor, rule_id)
    if request.method == "POST":
        told_next(request, lambda: rule_try(request.actor, rule_id=rule_id))
        return redirect("inbox:rule_trial", rule_id=rule_id)
    newest = newest_trial(rule)
    names = names_in([rule], newest)
    context = {
        "rule": rule,
        "told": told(rule, names, _units(), _accounts(request)),
        "trial": newest,
        "is_current": newest is not None and newest.revision == rule.revision,
        "found": _found(newest.result, names.rules) if newest else None,
        "examples": examples_of(request.actor, newest) if newest else [],
    }
    name = "inbox/_trial.html" if request.htmx else "inbox/rule_trial.html"
    return render(request, name, context)


def _found(result: dict[str, Any], rules: dict[int, str]) -> dict[str, Any]:
    """Return what a trial found, with names for numbers and the days for drawing."""
    days = sorted(result.get("per_day", {}).items())
    most = max((count for _day, count in days), default=1)
    return {
        **result,
        "days": [(day, count, round(100 * count / most)) for day, count in days],
        "decides": [(DECIDED_WORDS[name], n) for name, n in result.get("decides", {}).items()],
        "too_late": [
            (DECIDED_WORDS[name], rules.get(int(pk), "?"), count)
            for name, counts in result.get("too_late", {}).items()
            for pk, count in counts.items()
        ],
        "stopped": [
            (rules.get(int(pk), "?"), count) for pk, count in result.get("stopped", {}).items()
        ],
    }


@require_POST
@for_people
def act(request: ActorRequest, rule_id: int, verb: str) -> HttpResponse:
    """Move a rule, switch it, delete it."""
    if verb not in _ACTS:
        raise Http404
    rule_for(request.actor, rule_id)
    told_next(request, lambda: _ACTS[verb](request.actor, rule_id=rule_id))
    target = redirect("inbox:rules")
    if verb in {"up", "down"}:  # the focus goes along with the rule
        target["Location"] += f"#rule-{rule_id}"
    return target
