"""Screens of rehearsals: asking for one, those of a campaign, and one with its progress or its report."""

from typing import Any
from uuid import uuid4

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from campaigns.actions.rehearsals import SPEEDS, rehearsal_ask, rehearsal_cancel
from campaigns.models import Campaign
from campaigns.rehearsal.misfortunes import Faults
from campaigns.rehearsal.scratch import may_make_databases, role_name
from campaigns.rehearsal.script import Script, script_of
from campaigns.rehearsal_forms import RehearsalForm
from campaigns.selectors.campaigns import campaign_for
from campaigns.selectors.rehearsals import (
    may_rehearse,
    rehearsal_for,
    rehearsal_page,
    report_seen_by,
)
from opsconsole.kernel.clock import now
from opsconsole.kernel.errors import DomainError, NotAllowed
from opsconsole.people.screens import ActorRequest, blame, for_people, told


@require_GET
@for_people
def rehearsals(request: ActorRequest, campaign_id: int) -> HttpResponse:
    """List the rehearsals of a campaign, newest first, each with its verdict."""
    campaign = campaign_for(request.actor, campaign_id)
    page = rehearsal_page(request.actor, campaign, cursor=request.GET.get("cursor", ""))
    lines = [(row, report_seen_by(request.actor, row)) for row in page.rows]
    context = {
        "campaign": campaign,
        "page": page,
        "lines": lines,
        "may_rehearse": may_rehearse(request.actor, campaign),
    }
    return render(request, "campaigns/rehearsals.html", context)


@require_http_methods(["GET", "POST"])
@for_people
def rehearse(request: ActorRequest, campaign_id: int) -> HttpResponse:
    """Ask for a rehearsal."""
    campaign = campaign_for(request.actor, campaign_id)
    if not may_rehearse(request.actor, campaign):
        raise NotAllowed
    script = script_of(request.actor, campaign)
    if request.method == "GET":
        return _form(request, campaign, script, RehearsalForm(initial=_initial(script)))
    form = RehearsalForm(request.POST)
    if not form.is_valid():
        return _form(request, campaign, script, form, status=422)
    try:
        made = rehearsal_ask(
            request.actor, campaign_id=campaign_id, wish=form.wish(),
            request_key=form.cleaned_data["request_key"],
        )  # fmt: skip
    except DomainError as error:
        blame(form, error)
        return _form(request, campaign, script, form, status=error.status)
    return redirect("campaigns:rehearsal", rehearsal_id=made.pk)


@require_GET
@for_people
def rehearsal(request: ActorRequest, rehearsal_id: int) -> HttpResponse:
    """Show one rehearsal: how far it is, or what it found."""
    found = rehearsal_for(request.actor, rehearsal_id)
    context = {
        "rehearsal": found,
        "campaign": found.campaign,
        "report": report_seen_by(request.actor, found),
        "may_rehearse": may_rehearse(request.actor, found.campaign),
        "role": role_name() if found.reason == "no_databases" else "",
    }
    return render(request, "campaigns/rehearsal.html", context)


@require_POST
@for_people
def cancel(request: ActorRequest, rehearsal_id: int) -> HttpResponse:
    """Stop a rehearsal."""
    told(
        request,
        lambda: rehearsal_cancel(request.actor, rehearsal_id=rehearsal_id),
        _("The rehearsal has been stopped."),
    )
    return redirect("campaigns:rehearsal", rehearsal_id=rehearsal_id)


def _initial(script: Script) -> dict[str, Any]:
    """Gaps are shortened where the campaign would take more than ten minutes otherwise."""
    seconds = script.timing(speed=SPEEDS[0], skips_gaps=False).seconds
    return {
        "speed": SPEEDS[0],
        "skips_gaps": seconds > 600,
        "faults": str(Faults.ORDINARY),
        "seed": int(now().timestamp()) % 1000,
        "request_key": uuid4(),
    }


def _form(
    request: ActorRequest,
    campaign: Campaign,
    script: Script,
    form: RehearsalForm,
    *,
    status: int = 200,
) -> HttpResponse:
    lengths = [
        (speed, *(script.timing(speed=speed, skips_gaps=skips).seconds for skips in (False, True)))
        for speed in SPEEDS
    ]
    context = {
        "form": form,
        "campaign": campaign,
        "placed": len(script.placed),
        "idle": len(script.idle),
        "lengths": lengths,
        "most_seconds": settings.REHEARSAL_MINUTES * 60,
        "role": "" if may_make_databases() else role_name(),
    }
    return render(request, "campaigns/rehearse.html", context, status=status)
