"""Whose replies need approval in a unit, and who gives it."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from inbox.selectors.desks import unit_to_manage
from inbox.views.base import ActorRequest, for_people
from opsconsole.people.approval import answering_memberships, membership_approval_set
from opsconsole.people.roles import Ability
from opsconsole.people.screens import told


@require_GET
@for_people
def approval(request: ActorRequest, unit_id: int) -> HttpResponse:
    """List who answers in a unit, with what approval asks of them."""
    unit = unit_to_manage(request.actor, unit_id)
    context = {
        "unit": unit, "rows": answering_memberships(request.actor, unit_id),
        "me": request.actor.user_id, "everywhere": request.actor.everywhere(Ability.MANAGE_DESK),
    }  # fmt: skip
    return render(request, "inbox/approval.html", context)


@require_POST
@for_people
def change(request: ActorRequest, unit_id: int, membership_id: int) -> HttpResponse:
    """Say whether somebody's replies need approval, and whether they approve others'."""
    unit_to_manage(request.actor, unit_id)
    wish = request.POST.get("approval", "")
    told(
        request,
        lambda: membership_approval_set(
            request.actor, membership_id=membership_id,
            needs_approval=wish == "needs", may_approve=wish == "gives",
        ),
        _("Saved."),
    )  # fmt: skip
    return redirect("inbox:approval", unit_id=unit_id)
