"""Screens for administrators: people, their roles, and business units."""

from collections.abc import Callable
from typing import TypeVar

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from opsconsole.kernel.errors import DomainError
from opsconsole.people import actions
from opsconsole.people.forms import MembershipForm, UnitForm, UserForm
from opsconsole.people.roles import Ability
from opsconsole.people.selectors import active_units, person_for, person_page
from opsconsole.people.views import ActorRequest

Row = TypeVar("Row")


@login_required
@require_GET
def people(request: ActorRequest) -> HttpResponse:
    """List everybody with their roles, and the units."""
    query = request.GET
    page = person_page(request.actor, text=query.get("text", ""), cursor=query.get("cursor", ""))
    context = {"page": page, "units": active_units(), "text": query.get("text", "")}
    return render(request, "people/people.html", context)


@login_required
@require_GET
def person(request: ActorRequest, user_id: int) -> HttpResponse:
    """Show one person, their roles, and what may be changed."""
    return _person(request, user_id, MembershipForm(units=active_units()))


def _person(
    request: ActorRequest, user_id: int, form: MembershipForm, *, status: int = 200
) -> HttpResponse:
    context = {"person": person_for(request.actor, user_id), "form": form}
    return render(request, "people/person.html", context, status=status)


@login_required
@require_http_methods(["GET", "POST"])
def create(request: ActorRequest) -> HttpResponse:
    """Add a person."""
    request.actor.must(Ability.MANAGE_PEOPLE, -1)
    form = UserForm(request.POST or None)
    if form.is_valid() and (
        user := _try(form, lambda: actions.user_create(request.actor, **form.cleaned_data))
    ):
        return redirect("people:person", user_id=user.pk)
    status = 422 if form.is_bound else 200
    return render(request, "people/create.html", {"form": form}, status=status)


@login_required
@require_http_methods(["GET", "POST"])
def create_unit(request: ActorRequest) -> HttpResponse:
    """Add a business unit."""
    request.actor.must(Ability.MANAGE_PEOPLE, -1)
    form = UnitForm(request.POST or None)
    if form.is_valid() and _try(
        form, lambda: actions.unit_create(request.actor, **form.cleaned_data)
    ):
        return redirect("people:people")
    status = 422 if form.is_bound else 200
    return render(request, "people/create_unit.html", {"form": form}, status=status)


def _try(form: forms.Form, act: Callable[[], Row]) -> Row | None:
    """Do it, or put the refusal at the field it is about."""
    try:
        return act()
    except DomainError as error:
        if error.status in {403, 404}:
            raise
        field = error.data.get("field")
        form.add_error(field if field in form.fields else None, str(error.message))
    return None


@login_required
@require_POST
def add_membership(request: ActorRequest, user_id: int) -> HttpResponse:
    """Give a role."""
    form = MembershipForm(request.POST, units=active_units())
    if not form.is_valid():
        return _person(request, user_id, form, status=422)
    given = form.cleaned_data
    return _told(
        request, user_id,
        lambda: actions.membership_set(
            request.actor, user_id=user_id, unit_id=given["unit"], role=given["role"]
        ),
    )  # fmt: skip


@login_required
@require_POST
def remove_membership(request: ActorRequest, user_id: int, membership_id: int) -> HttpResponse:
    """Take a role away."""
    return _told(
        request, user_id,
        lambda: actions.membership_remove(request.actor, membership_id=membership_id),
    )  # fmt: skip


@login_required
@require_POST
def deactivate(request: ActorRequest, user_id: int) -> HttpResponse:
    """Shut a person out."""
    return _told(request, user_id, lambda: actions.user_deactivate(request.actor, user_id=user_id))


@login_required
@require_POST
def reactivate(request: ActorRequest, user_id: int) -> HttpResponse:
    """Let a person in again."""
    return _told(request, user_id, lambda: actions.user_reactivate(request.actor, user_id=user_id))


def _told(request: ActorRequest, user_id: int, act: Callable[[], object]) -> HttpResponse:
    """Do it; a refusal becomes a notice on the same page."""
    try:
        act()
    except DomainError as error:
        if error.status in {403, 404}:
            raise
        messages.error(request, str(error.message))
    return redirect("people:person", user_id=user_id)
