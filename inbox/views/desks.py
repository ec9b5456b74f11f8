"""How units work: a list, and a page for each with what its people may set."""

from django.contrib import messages
from django.forms.models import model_to_dict
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from inbox.actions.desks import desk_change
from inbox.desk_forms import DeskForm
from inbox.selectors.desks import desk_of, unit_to_manage
from inbox.selectors.rules import may_route
from inbox.views.base import ActorRequest, for_people
from opsconsole.kernel.errors import DomainError
from opsconsole.people.roles import Ability
from opsconsole.people.screens import blame
from opsconsole.people.selectors import units_within


@require_GET
@for_people
def desks(request: ActorRequest) -> HttpResponse:
    """List the units whose ways of working one may set."""
    request.actor.must(Ability.MANAGE_DESK)
    units = units_within(request.actor, Ability.MANAGE_DESK)
    context = {
        "units": units,
        "may_all": request.actor.everywhere(Ability.MANAGE_DESK),
        "may_route": may_route(request.actor),
    }
    return render(request, "inbox/desks.html", context)


@require_http_methods(["GET", "POST"])
@for_people
def desk(request: ActorRequest, unit_id: int) -> HttpResponse:
    """Show and change how one unit works."""
    unit = unit_to_manage(request.actor, unit_id)
    form = DeskForm(request.POST or None, initial=model_to_dict(desk_of(unit_id)))
    if form.is_valid():
        try:
            desk_change(request.actor, unit_id=unit_id, **form.cleaned_data)
        except DomainError as error:
            blame(form, error)
        else:
            messages.success(request, _("Saved."))
            return redirect("inbox:desk", unit_id=unit_id)
    may_wall = request.actor.can(Ability.MANAGE_PEOPLE, unit_id)
    context = {"unit": unit, "form": form, "may_wall": may_wall}
    return render(request, "inbox/desk.html", context, status=422 if form.is_bound else 200)
