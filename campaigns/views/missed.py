"""The board of what posts did not get onto a platform at their time."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from campaigns.selectors.campaigns import campaigns_for
from campaigns.selectors.missed import VIEWS, MissedFilter, missed_page
from channels.hold_forms import ReviewForm
from channels.selectors.accounts import accounts_for
from channels.views.reviewing import decide_chosen
from opsconsole.kernel.clock import now
from opsconsole.people.roles import Ability
from opsconsole.people.screens import ActorRequest, for_people, number_of_row
from opsconsole.people.selectors import units_within


@require_GET
@for_people
def missed(request: ActorRequest) -> HttpResponse:
    """Show what was missed, given up, or became due under a hold; nothing here leaves by itself."""
    actor = request.actor
    actor.must(Ability.READ_POSTS)
    query = request.GET
    filters = MissedFilter(
        view=query.get("view") or "open",
        unit=number_of_row(query.get("unit")),
        account=number_of_row(query.get("account")),
        campaign=number_of_row(query.get("campaign")),
    )
    context = {
        "page": missed_page(actor, filters, cursor=query.get("cursor", "")),
        "filters": filters,
        "views": VIEWS,
        "at": now(),
        "reviewed": ReviewForm(),
        "may_settle": actor.can(Ability.SETTLE_DELIVERIES),
    }
    if request.htmx.target == "missed":
        return render(request, "campaigns/_missed.html", context)
    context |= {
        "accounts": accounts_for(actor),
        "units": units_within(actor, Ability.READ_POSTS),
        "campaigns": campaigns_for(actor).order_by("name", "id"),
    }
    return render(request, "campaigns/missed.html", context)


@require_POST
@for_people
def decide(request: ActorRequest) -> HttpResponse:
    """Send some now, give them a new time, or drop them."""
    decide_chosen(request)
    return redirect("campaigns:missed")
