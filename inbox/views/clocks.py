"""Opening hours and service levels of a unit or of all units; and how the waits of a conversation went."""

from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from inbox.actions.service_levels import (
    calendar_change,
    exception_add,
    exception_remove,
    policy_add,
    policy_change,
    policy_end,
)
from inbox.clock_forms import (
    DAYS,
    ExceptionForm,
    HoursForm,
    LevelForm,
    hours_initial,
    level_initial,
)
from inbox.selectors.desks import unit_to_manage
from inbox.selectors.service_levels import (
    calendar_version,
    clocks_of,
    must_manage,
    policy_to_manage,
)
from inbox.selectors.waits import wait_stories
from inbox.views.base import ActorRequest, for_people
from opsconsole.kernel.errors import DomainError
from opsconsole.people.models import BusinessUnit
from opsconsole.people.screens import blame, told

#: Stands in an address for all units together.
HOUSE = 0


@require_GET
@for_people
def clocks(request: ActorRequest, unit_id: int) -> HttpResponse:
    """Show when a unit is open, how soon it answers, and what both mean right now."""
    return _page(request, unit_id)


@require_POST
@for_people
def hours(request: ActorRequest, unit_id: int) -> HttpResponse:
    """Set the hours of the week."""
    form = HoursForm(request.POST)
    if form.is_valid():
        try:
            calendar_change(request.actor, unit_id=unit_id or None, **form.parts())
        except DomainError as error:
            blame(form, error)
        else:
            return _done(request, unit_id, _("Saved. What waits is measured anew."))
    return _page(request, unit_id, hours_form=form)


@require_POST
@for_people
def exception(request: ActorRequest, unit_id: int) -> HttpResponse:
    """Set the hours of one date."""
    form = ExceptionForm(request.POST)
    if form.is_valid():
        try:
            exception_add(request.actor, unit_id=unit_id or None, **form.cleaned_data)
        except DomainError as error:
            blame(form, error)
        else:
            return _done(request, unit_id, _("Saved. What waits is measured anew."))
    return _page(request, unit_id, exception_form=form)


@require_POST
@for_people
def exception_drop(request: ActorRequest, unit_id: int) -> HttpResponse:
    """Let a date be like its weekday again."""
    day = request.POST.get("day", "")
    told(request, lambda: exception_remove(request.actor, unit_id=unit_id or None, day=day))
    return redirect("inbox:clocks", unit_id=unit_id)


@require_http_methods(["GET", "POST"])
@for_people
def level_new(request: ActorRequest, unit_id: int) -> HttpResponse:
    """Add a service level."""
    unit = _unit(request, unit_id)
    form = LevelForm(request.POST or None, initial=level_initial(None))
    if form.is_valid():
        try:
            policy_add(request.actor, unit_id=unit_id or None, **form.cleaned_data)
        except DomainError as error:
            blame(form, error)
        else:
            return _done(request, unit_id, _("The service level holds from now on."))
    context = {"unit": unit, "unit_id": unit_id, "form": form}
    return render(request, "inbox/level.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "POST"])
@for_people
def level(request: ActorRequest, unit_id: int, policy_id: int) -> HttpResponse:
    """Change a service level."""
    unit, policy = _unit(request, unit_id), policy_to_manage(request.actor, policy_id)
    form = LevelForm(request.POST or None, initial=level_initial(policy))
    if form.is_valid():
        try:
            policy_change(request.actor, policy_id=policy_id, **form.cleaned_data)
        except DomainError as error:
            blame(form, error)
        else:
            return _done(request, unit_id, _("Saved. What waits is measured anew."))
    context = {"unit": unit, "unit_id": unit_id, "policy": policy, "form": form}
    return render(request, "inbox/level.html", context, status=422 if form.is_bound else 200)


@require_POST
@for_people
def level_end(request: ActorRequest, unit_id: int, policy_id: int) -> HttpResponse:
    """Let a service level hold no longer."""
    done = _("The service level holds no longer.")
    told(request, lambda: policy_end(request.actor, policy_id=policy_id), done)
    return redirect("inbox:clocks", unit_id=unit_id)


@require_GET
@for_people
def waits(request: ActorRequest, conversation_id: int) -> HttpResponse:
    """Show how each wait of a conversation went, step by step."""
    conversation, stories = wait_stories(request.actor, conversation_id)
    context = {"conversation": conversation, "stories": stories}
    return render(request, "inbox/waits.html", context)


def _unit(request: ActorRequest, unit_id: int) -> BusinessUnit | None:
    """Return the unit to set, None for all units; the gate refuses everybody else."""
    if unit_id == HOUSE:
        must_manage(request.actor, None)
        return None
    return unit_to_manage(request.actor, unit_id)


def _done(request: ActorRequest, unit_id: int, sentence: str) -> HttpResponse:
    told(request, lambda: None, sentence)
    return redirect("inbox:clocks", unit_id=unit_id)


def _page(
    request: ActorRequest,
    unit_id: int,
    *,
    hours_form: HoursForm | None = None,
    exception_form: ExceptionForm | None = None,
) -> HttpResponse:
    unit = _unit(request, unit_id)
    shown = clocks_of(unit_id or None, get_language() or "ko")
    own = calendar_version(unit_id or None)
    context: dict[str, Any] = {
        "unit": unit,
        "unit_id": unit_id,
        "clocks": shown,
        "version": own,
        "may_all": request.actor.everywhere("desk.manage"),
        "hours_form": hours_form or HoursForm(initial=hours_initial(own)),
        "day_names": list(DAYS.values()),
        "exception_form": exception_form or ExceptionForm(),
    }
    bound = [form for form in (hours_form, exception_form) if isinstance(form, forms.Form)]
    return render(request, "inbox/clocks.html", context, status=422 if bound else 200)
