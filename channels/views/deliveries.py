"""Screens of deliveries: where each text stands, and a person's verdict when nobody else knows."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from channels.actions import deliveries as actions
from channels.forms import ConfirmForm
from channels.lifecycle import STOPPABLE
from channels.models import Delivery
from channels.selectors.accounts import accounts_for
from channels.selectors.deliveries import (
    DeliveryFilter,
    deliveries_needing_people,
    delivery_for,
    delivery_page,
    evidence_for,
)
from channels.status import GROUP_LABELS
from opsconsole.kernel.errors import DomainError, NotFound
from opsconsole.people.roles import Ability
from opsconsole.people.screens import ActorRequest, blame, for_people, number, told

_ACTS: dict[str, tuple[Callable[..., Delivery], Promise]] = {
    "again": (actions.delivery_send_again, gettext_lazy("It is sent again now.")),
    "drop": (actions.delivery_drop, gettext_lazy("Given up. It will not be sent.")),
    "cancel": (actions.delivery_cancel, gettext_lazy("Stopped. It will not be sent.")),
}
#: What a person may start anew, or give up, without being asked.
_STALLED = ("failed", "missed", "held")


@require_GET
@for_people
def deliveries(request: ActorRequest) -> HttpResponse:
    """List deliveries, newest first; what needs a decision is counted and comes first."""
    request.actor.must(Ability.READ_ACCOUNTS)
    wanted = _wanted(request)
    context: dict[str, Any] = {"wanted": wanted, "groups": GROUP_LABELS}
    if request.htmx.target != "deliveries":
        context["undecided"] = deliveries_needing_people(request.actor)
    if request.htmx.target == "groups":
        return render(request, "channels/_groups.html", context)
    cursor = request.GET.get("cursor", "")
    context["page"] = delivery_page(request.actor, wanted, cursor=cursor)
    if request.htmx.target == "deliveries":
        return render(request, "channels/_deliveries.html", context)
    context["accounts"] = accounts_for(request.actor)
    return render(request, "channels/deliveries.html", context)


def _wanted(request: ActorRequest) -> DeliveryFilter:
    query = request.GET
    return DeliveryFilter(
        group=query.get("group", ""),
        kind=query.get("kind", ""),
        account=number(query.get("account"), 0, 0, 10**9) or None,
    )


@require_GET
@for_people
def delivery(request: ActorRequest, delivery_id: int) -> HttpResponse:
    """Show one delivery with every attempt."""
    return _page(request, delivery_id, ConfirmForm())


@require_POST
@for_people
def confirm(request: ActorRequest, delivery_id: int) -> HttpResponse:
    """It is live: here is its address."""
    delivery_for(request.actor, delivery_id, Ability.SETTLE_DELIVERIES)
    form = ConfirmForm(request.POST)
    status = 422
    if form.is_valid():
        found = form.cleaned_data["external_id"]
        try:
            actions.delivery_confirm_live(
                request.actor, delivery_id=delivery_id, external_id=found
            )
        except DomainError as error:
            blame(form, error)
            status = error.status
        else:
            messages.success(request, _("Noted: it stands on the platform."))
            return redirect("channels:delivery", delivery_id=delivery_id)
    return _page(request, delivery_id, form, status=status)


@require_POST
@for_people
def act(request: ActorRequest, delivery_id: int, verb: str) -> HttpResponse:
    """Send again, drop or cancel."""
    if verb not in _ACTS:
        raise NotFound
    action, done = _ACTS[verb]
    told(request, lambda: action(request.actor, delivery_id=delivery_id), done)
    return redirect("channels:delivery", delivery_id=delivery_id)


def _page(
    request: ActorRequest, delivery_id: int, form: ConfirmForm, *, status: int = 200
) -> HttpResponse:
    """Render a delivery with what this person may do about it."""
    found = delivery_for(request.actor, delivery_id)
    unit_id = found.account.unit_id
    sends = Ability.WORK_INBOX if found.is_answer else Ability.WRITE_POSTS
    may_settle = request.actor.can(Ability.SETTLE_DELIVERIES, unit_id)
    may_stop = request.actor.can(sends, unit_id) and found.state in STOPPABLE
    context = {
        "delivery": found,
        "evidence": evidence_for(found),
        "form": form,
        "may_settle": may_settle,
        "may_stop": may_stop,
        "is_stalled": found.state in _STALLED and not (found.hold and found.hold.is_in_force),
    }
    is_part = request.htmx.target == "delivery"
    name = "channels/_delivery.html" if is_part else "channels/delivery.html"
    return render(request, name, context, status=status)
