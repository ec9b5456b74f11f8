"""Screens of approval rules: those of units, and that of a campaign."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from campaigns.actions.policies import campaign_policy_set, unit_policy_set
from campaigns.approval_forms import PolicyForm
from campaigns.selectors.approvals import (
    policy_of_campaign,
    policy_of_unit,
    units_with_policies,
)
from campaigns.selectors.campaigns import campaign_for
from opsconsole.kernel.errors import DomainError, NotFound
from opsconsole.people.roles import Ability
from opsconsole.people.screens import ActorRequest, blame, for_people
from opsconsole.people.selectors import people_who_can, units_within


@require_GET
@for_people
def policies(request: ActorRequest) -> HttpResponse:
    """List the units whose ways I set, with the approval their posts need."""
    request.actor.must(Ability.MANAGE_DESK)
    return render(request, "campaigns/policies.html", {"rows": units_with_policies(request.actor)})


@require_http_methods(["GET", "POST"])
@for_people
def unit_policy(request: ActorRequest, unit_id: int) -> HttpResponse:
    """Show and change what approval the posts of a unit need."""
    request.actor.must(Ability.MANAGE_DESK)
    unit = units_within(request.actor, Ability.MANAGE_DESK).filter(pk=unit_id).first()
    if unit is None:
        raise NotFound
    form = PolicyForm(
        request.POST or None,
        people=people_who_can(Ability.READ_POSTS, unit_id),
        stored=policy_of_unit(unit_id),
    )
    return _page(
        request, form, {"unit": unit},
        lambda **given: unit_policy_set(request.actor, unit_id=unit_id, **given),
        lambda: redirect("campaigns:policies"),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@for_people
def campaign_policy(request: ActorRequest, campaign_id: int) -> HttpResponse:
    """Show and change what approval the posts of a campaign need beside their units'."""
    found = campaign_for(request.actor, campaign_id, ability=Ability.MANAGE_DESK)
    form = PolicyForm(
        request.POST or None,
        people=people_who_can(Ability.READ_POSTS, found.unit_id),
        stored=policy_of_campaign(found),
    )
    return _page(
        request, form, {"campaign": found},
        lambda **given: campaign_policy_set(request.actor, campaign_id=campaign_id, **given),
        lambda: redirect("campaigns:campaign", campaign_id=campaign_id),
    )  # fmt: skip


def _page(
    request: ActorRequest,
    form: PolicyForm,
    about: dict[str, Any],
    save: Callable[..., object],
    leave: Callable[[], HttpResponse],
) -> HttpResponse:
    if form.is_valid():
        try:
            save(steps=form.steps(), hours_before=form.cleaned_data["hours_before"])
        except DomainError as error:
            blame(form, error)
        else:
            messages.success(request, _("Saved."))
            return leave()
    status = 422 if form.is_bound else 200
    return render(request, "campaigns/policy.html", {"form": form, **about}, status=status)
