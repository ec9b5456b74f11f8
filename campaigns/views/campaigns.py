"""Screens of campaigns: the list, one with its posts and results, and its form."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from campaigns.actions import campaigns as actions
from campaigns.campaign_forms import CampaignForm, initial_of
from campaigns.models import Campaign
from campaigns.selectors.campaigns import (
    VIEWS,
    campaign_for,
    campaign_page,
    campaign_results,
    people_of_campaigns,
)
from campaigns.selectors.rehearsals import has_rehearsals, may_rehearse
from campaigns.status import CAMPAIGN_MOVES
from opsconsole.kernel.clock import now
from opsconsole.kernel.errors import DomainError
from opsconsole.people.roles import Ability
from opsconsole.people.screens import ActorRequest, blame, for_people, told
from opsconsole.people.selectors import active_units, units_within


@require_GET
@for_people
def campaigns(request: ActorRequest) -> HttpResponse:
    """List campaigns: what is planned or running, what is over, and what is archived."""
    request.actor.must(Ability.READ_POSTS)
    view = request.GET.get("view") or "current"
    page = campaign_page(request.actor, view=view, cursor=request.GET.get("cursor", ""))
    context = {
        "page": page,
        "view": view,
        "views": VIEWS,
        "can_write": request.actor.can(Ability.WRITE_POSTS),
    }
    return render(request, "campaigns/campaigns.html", context)


@require_GET
@for_people
def campaign(request: ActorRequest, campaign_id: int) -> HttpResponse:
    """Show one campaign, and how its posts stand."""
    found = campaign_for(request.actor, campaign_id)
    context = {
        "campaign": found,
        "partners": found.partners.all(),
        "owners": found.owners.all(),
        "results": campaign_results(request.actor, found),
        "moves": CAMPAIGN_MOVES[found.state],
        "can_write": request.actor.can(Ability.WRITE_POSTS, found.unit_id),
        "can_set": request.actor.can(Ability.MANAGE_DESK, found.unit_id),
        "can_post": request.actor.can(Ability.WRITE_POSTS),
        "may_rehearse": may_rehearse(request.actor, found),
        "has_rehearsals": has_rehearsals(found),
    }
    return render(request, "campaigns/campaign.html", context)


@require_http_methods(["GET", "POST"])
@for_people
def create(request: ActorRequest) -> HttpResponse:
    """Plan a new campaign."""
    request.actor.must(Ability.WRITE_POSTS)
    if request.method == "GET":
        today = now().date()
        initial = {
            "request_key": uuid4(), "starts_on": today, "ends_on": today,
            "owners": [request.actor.user_id],
        }  # fmt: skip
        return _form(request, _blank(request, initial=initial), None)
    form = _blank(request, data=request.POST)
    return _saved(request, form, None, lambda: _make(request, form))


@require_http_methods(["GET", "POST"])
@for_people
def edit(request: ActorRequest, campaign_id: int) -> HttpResponse:
    """Change a campaign."""
    found = campaign_for(request.actor, campaign_id, ability=Ability.WRITE_POSTS)
    if request.method == "GET":
        return _form(request, _blank(request, found, initial=initial_of(found)), found)
    form = _blank(request, found, data=request.POST, initial=initial_of(found))
    return _saved(request, form, found, lambda: _change(request, found, form))


@require_POST
@for_people
def move(request: ActorRequest, campaign_id: int) -> HttpResponse:
    """Start, end, archive or bring back."""
    told(
        request,
        lambda: actions.campaign_move(
            request.actor, campaign_id=campaign_id, state=request.POST.get("state", "")
        ),
    )
    return redirect("campaigns:campaign", campaign_id=campaign_id)


def _blank(request: ActorRequest, found: Campaign | None = None, **given: Any) -> CampaignForm:
    """Offer the units one writes for, all units as partners, and the people who write in one's units."""
    units = list(units_within(request.actor, Ability.WRITE_POSTS))
    people = people_of_campaigns(unit.pk for unit in units)
    return CampaignForm(
        units=units, every_unit=active_units(), people=people, campaign=found, **given
    )


def _make(request: ActorRequest, form: CampaignForm) -> Campaign:
    given = form.cleaned_data
    return actions.campaign_create(
        request.actor,
        unit_id=given["unit"],
        plan=form.plan(),
        request_key=given["request_key"],
    )


def _change(request: ActorRequest, found: Campaign, form: CampaignForm) -> Campaign:
    version = form.cleaned_data["version"] or 0
    return actions.campaign_update(
        request.actor, campaign_id=found.pk, plan=form.plan(), version=version
    )


def _saved(
    request: ActorRequest,
    form: CampaignForm,
    found: Campaign | None,
    save: Callable[[], Campaign],
) -> HttpResponse:
    """Save; keep what was typed when something is wrong."""
    if not form.is_valid():
        return _form(request, form, found, status=422)
    try:
        stored = save()
    except DomainError as error:
        blame(form, error)
        return _form(request, form, found, status=error.status)
    messages.success(request, _("Saved."))
    return redirect("campaigns:campaign", campaign_id=stored.pk)


def _form(
    request: ActorRequest, form: CampaignForm, found: Campaign | None, *, status: int = 200
) -> HttpResponse:
    context = {"form": form, "campaign": found}
    return render(request, "campaigns/campaign_edit.html", context, status=status)
