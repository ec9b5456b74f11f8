"""Screens for administrators: people, their roles, and business units."""

from collections.abc import Callable
from typing import TypeVar

from django import forms
from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from opsconsole.kernel.errors import DomainError
from opsconsole.people import actions
from opsconsole.people.forms import (
    FirstPasswordForm,
    MembershipForm,
    PersonFilterForm,
    UnitForm,
    UserForm,
)
from opsconsole.people.roles import Ability
from opsconsole.people.screens import ActorRequest, blame, for_people, told
from opsconsole.people.selectors import (
    active_units,
    people_inside,
    person_for,
    person_page,
    unit_to_wall,
    units_within,
)

Row = TypeVar("Row")


@require_GET
@for_people
def people(request: ActorRequest) -> HttpResponse:
    """List everybody with their roles, and the units."""
    units = active_units()
    form = PersonFilterForm(request.GET, units=units)
    page = person_page(request.actor, form.filters(), cursor=request.GET.get("cursor", ""))
    mine = request.actor.units(Ability.MANAGE_PEOPLE)
    walls = {unit.pk for unit in units if mine is None or unit.pk in mine}
    context = {
        "page": page, "units": units, "form": form, "walls": walls,
        "may_add": _may_everywhere(request),
    }  # fmt: skip
    return render(request, "people/people.html", context)


def _may_everywhere(request: ActorRequest) -> bool:
    return request.actor.can(Ability.MANAGE_PEOPLE, -1)


@require_GET
@for_people
def person(request: ActorRequest, user_id: int) -> HttpResponse:
    """Show one person, their roles, and what may be changed."""
    return _person(request, user_id)


def _person(
    request: ActorRequest,
    user_id: int,
    *,
    form: MembershipForm | None = None,
    password_form: FirstPasswordForm | None = None,
) -> HttpResponse:
    """Draw the page; a form that is handed in was refused."""
    found = person_for(request.actor, user_id)
    context = {
        "person": found,
        "form": form or _role_form(request, None),
        "password_form": password_form or FirstPasswordForm(),
        "may_all": _may_everywhere(request),
        "may_audit": request.actor.can(Ability.READ_AUDIT),
        "my_units": {unit.pk for unit in units_within(request.actor, Ability.MANAGE_PEOPLE)},
    }
    status = 422 if form or password_form else 200
    return render(request, "people/person.html", context, status=status)


def _role_form(request: ActorRequest, given: QueryDict | None) -> MembershipForm:
    """Offer the units in which one may give roles, and every unit to those who may everywhere."""
    units = units_within(request.actor, Ability.MANAGE_PEOPLE)
    return MembershipForm(given, units=units, every=_may_everywhere(request))


@require_http_methods(["GET", "POST"])
@for_people
def create(request: ActorRequest) -> HttpResponse:
    """Add a person."""
    request.actor.must(Ability.MANAGE_PEOPLE, -1)
    form = UserForm(request.POST or None)
    if form.is_valid():
        user = _try(form, lambda: actions.user_create(request.actor, **form.cleaned_data))
        if user is not None:
            messages.success(
                request, _("Added. Now give a role: without one nothing can be seen.")
            )
            return redirect("people:person", user_id=user.pk)
    return render(request, "people/create.html", {"form": form}, status=_status(form))


@require_http_methods(["GET", "POST"])
@for_people
def create_unit(request: ActorRequest) -> HttpResponse:
    """Add a business unit."""
    request.actor.must(Ability.MANAGE_PEOPLE, -1)
    form = UnitForm(request.POST or None)
    if form.is_valid():
        unit = _try(form, lambda: actions.unit_create(request.actor, **form.cleaned_data))
        if unit is not None:
            messages.success(request, _("The unit has been added."))
            return redirect("people:people")
    return render(request, "people/create_unit.html", {"form": form}, status=_status(form))


@require_http_methods(["GET", "POST"])
@for_people
def wall(request: ActorRequest, unit_id: int) -> HttpResponse:
    """Show who would see a unit behind a wall; raise the wall or take it down."""
    unit = unit_to_wall(request.actor, unit_id)
    if request.method == "POST":
        is_walled = request.POST.get("wall") == "up"
        told(
            request,
            lambda: actions.unit_wall_set(request.actor, unit_id=unit_id, is_walled=is_walled),
            _("The wall stands.") if is_walled else _("The wall has been taken down."),
        )
        return redirect("people:wall", unit_id=unit_id)
    context = {"unit": unit, "inside": people_inside(unit)}
    return render(request, "people/wall.html", context)


def _status(form: forms.Form) -> int:
    return 422 if form.is_bound else 200


def _try(form: forms.Form, act: Callable[[], Row]) -> Row | None:
    """Do it, or put the refusal at the field it is about."""
    try:
        return act()
    except DomainError as error:
        blame(form, error)
    return None


@require_POST
@for_people
def add_membership(request: ActorRequest, user_id: int) -> HttpResponse:
    """Give a role."""
    request.actor.must(Ability.MANAGE_PEOPLE)
    form = _role_form(request, request.POST)
    if not form.is_valid():
        return _person(request, user_id, form=form)
    given = form.cleaned_data
    return _told(
        request, user_id,
        lambda: actions.membership_set(
            request.actor, user_id=user_id, unit_id=given["unit"], role=given["role"]
        ),
    )  # fmt: skip


@require_POST
@for_people
def remove_membership(request: ActorRequest, user_id: int, membership_id: int) -> HttpResponse:
    """Take a role away."""
    return _told(
        request, user_id,
        lambda: actions.membership_remove(
            request.actor, user_id=user_id, membership_id=membership_id
        ),
    )  # fmt: skip


@require_POST
@for_people
def deactivate(request: ActorRequest, user_id: int) -> HttpResponse:
    """Shut a person out."""
    return _told(request, user_id, lambda: actions.user_deactivate(request.actor, user_id=user_id))


@require_POST
@for_people
def reactivate(request: ActorRequest, user_id: int) -> HttpResponse:
    """Let a person in again."""
    return _told(request, user_id, lambda: actions.user_reactivate(request.actor, user_id=user_id))


@require_POST
@for_people
def reset_password(request: ActorRequest, user_id: int) -> HttpResponse:
    """Give a person who has forgotten theirs a new password."""
    request.actor.must(Ability.MANAGE_PEOPLE, -1)
    form = FirstPasswordForm(request.POST)
    if form.is_valid():
        given = form.cleaned_data
        user = _try(form, lambda: actions.password_reset(request.actor, user_id=user_id, **given))
        if user is not None:
            messages.success(request, _("The password has been set. Tell it to them in person."))
            return redirect("people:person", user_id=user_id)
    return _person(request, user_id, password_form=form)


def _told(request: ActorRequest, user_id: int, act: Callable[[], object]) -> HttpResponse:
    """Do it; a refusal becomes a notice on the same page."""
    told(request, act)
    return redirect("people:person", user_id=user_id)
