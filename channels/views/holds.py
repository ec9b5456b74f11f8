"""Screens of holds: stopping, what stands still, and the review of what became due meanwhile."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from channels.actions import holding
from channels.actions.watching import alarms_look
from channels.hold_forms import HoldForm, ReviewForm
from channels.selectors.holds import (
    deliveries_to_review,
    flown_before,
    hold_for,
    hold_page,
    rows_of,
    stopped_by,
)
from channels.views.reviewing import decide_chosen
from opsconsole.kernel.errors import DomainError
from opsconsole.people.roles import Ability
from opsconsole.people.screens import ActorRequest, blame, for_people, told

#: Rows of one list on a screen that has several.
SHOWN = 50


@require_http_methods(["GET", "POST"])
@for_people
def holds(request: ActorRequest) -> HttpResponse:
    """Show what is stopped and what waits for review, and stop something."""
    actor = request.actor
    actor.must(Ability.READ_POSTS)
    form = HoldForm(actor, request.POST or None)
    status = 200
    if request.method == "POST":
        actor.must(Ability.PLACE_HOLDS)
        status = 422
        if form.is_valid():
            try:
                made = holding.hold_place(actor, **form.wish())
            except DomainError as error:
                blame(form, error)
                status = error.status
            else:
                messages.success(request, _("Stopped. Nothing more leaves until it is lifted."))
                return redirect("channels:hold", hold_id=made.pk)
    to_review = deliveries_to_review(actor)
    context = {
        "rows": hold_page(actor).rows,
        "form": form,
        "may_place": actor.can(Ability.PLACE_HOLDS),
        "reviewed": ReviewForm(),
        "to_review": to_review[:SHOWN],
        "waiting": to_review.count(),
        "may_settle": actor.can(Ability.SETTLE_DELIVERIES),
    }
    is_part = request.htmx.target == "holds"
    name = "channels/_holds.html" if is_part else "channels/holds.html"
    return render(request, name, context, status=status)


@require_GET
@for_people
def past(request: ActorRequest) -> HttpResponse:
    """List holds that have been lifted."""
    request.actor.must(Ability.READ_POSTS)
    page = hold_page(request.actor, is_past=True, cursor=request.GET.get("cursor", ""))
    return render(request, "channels/holds_past.html", {"page": page})


@require_GET
@for_people
def hold(request: ActorRequest, hold_id: int) -> HttpResponse:
    """Show one hold: who, why, since when, what was in flight and what stands still."""
    found = hold_for(request.actor, hold_id)
    (row,) = rows_of(request.actor, [found])
    context = {
        "row": row,
        "flown": flown_before(request.actor, found),
        "stopped": stopped_by(request.actor, found)[:SHOWN],
    }
    is_part = request.htmx.target == "hold"
    name = "channels/_hold.html" if is_part else "channels/hold.html"
    return render(request, name, context)


@require_POST
@for_people
def lift(request: ActorRequest, hold_id: int) -> HttpResponse:
    """Lift a hold."""
    done = _("Lifted. What became due meanwhile waits for review; the rest leaves as planned.")
    told(request, lambda: holding.hold_lift(request.actor, hold_id=hold_id), done)
    return redirect("channels:holds")


@require_GET
@for_people
def banner(request: ActorRequest) -> HttpResponse:
    """Render what stands at the top of every screen.

    Those who watch ask again and again: that is how a silent beat is noticed, which cannot tell of itself.
    """
    if request.actor.can(Ability.READ_WATCH):
        alarms_look()
    return render(request, "components/_standing.html")


@require_POST
@for_people
def review(request: ActorRequest) -> HttpResponse:
    """Decide about some of what waits for review: send it now, give it a new time, or drop it."""
    decide_chosen(request)
    return redirect("channels:holds")
