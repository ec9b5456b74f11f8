"""Saved views: keeping a list, and looking after what was kept."""

from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from inbox.actions.saved_views import (
    view_delete,
    view_make_home,
    view_move,
    view_rename,
    view_save,
)
from inbox.forms import ViewForm
from inbox.models import SavedView
from inbox.selectors.saved_views import COUNT_LIMIT, filter_of, shelf_of, view_counts
from inbox.views.base import ActorRequest, for_people
from inbox.views.listing import chips_of, count_words, listing_of
from opsconsole.kernel.actor import Actor
from opsconsole.kernel.errors import DomainError
from opsconsole.people.roles import Ability
from opsconsole.people.screens import blame, told
from opsconsole.people.selectors import units_within


@dataclass(frozen=True, slots=True)
class Row:
    """A saved view, what its filters are in words, and whether one may change it."""

    view: SavedView
    words: str
    may_change: bool


@require_GET
@for_people
def saved_views(request: ActorRequest) -> HttpResponse:
    """List the saved views within reach."""
    shelf = shelf_of(request.actor)
    rows = [_row(request.actor, view) for view in shelf.views]
    return render(request, "inbox/views.html", {"rows": rows, "shelf": shelf})


def _row(actor: Actor, view: SavedView) -> Row:
    is_mine = view.owner_id == actor.user_id
    may_change = is_mine or actor.can(Ability.DIRECT_INBOX, view.unit_id)
    try:
        chips = chips_of(actor, filter_of(view))
    except DomainError as error:
        return Row(view, str(error.message), may_change)
    return Row(view, " · ".join(f"{chip.label} {chip.value}" for chip in chips), may_change)


@require_GET
@for_people
def counts(request: ActorRequest) -> HttpResponse:
    """Show the saved views in the menu with their numbers, once somebody has opened it."""
    listing = listing_of(request)
    found = view_counts(request.actor, listing.shelf.views)
    words = [(pk, count_words(count, COUNT_LIMIT)) for pk, count in found.items()]
    context = {"listing": listing, "counts": words or [(0, "")]}
    return render(request, "inbox/_saved_views.html", context)


@require_http_methods(["GET", "POST"])
@for_people
def save(request: ActorRequest) -> HttpResponse:
    """Keep the list of this address under a name."""
    units = units_within(request.actor, Ability.WORK_INBOX)
    form = ViewForm(request.POST or None, units=units)
    query = request.GET.urlencode()
    if form.is_valid():
        name, unit = form.cleaned_data["name"], form.cleaned_data["unit"]
        try:
            view = view_save(
                request.actor, name=name, query=query, unit_id=unit.pk if unit else None
            )
        except DomainError as error:
            blame(form, error)
        else:
            messages.success(request, _("The view is saved."))
            return redirect(f"{reverse('inbox:queue')}?saved={view.pk}")
    name = "inbox/_view_form.html" if request.htmx else "inbox/view.html"
    status = 422 if form.is_bound else 200
    return render(request, name, {"form": form, "query": query}, status=status)


@require_POST
@for_people
def change(request: ActorRequest, view_id: int) -> HttpResponse:
    """Do one of the things that can be done with a saved view."""
    actor, act = request.actor, request.POST.get("act", "")
    acts = {
        "home": lambda: view_make_home(actor, view_id=view_id),
        "unhome": lambda: view_make_home(actor, view_id=None),
        "up": lambda: view_move(actor, view_id=view_id, step=-1),
        "down": lambda: view_move(actor, view_id=view_id, step=1),
        "delete": lambda: view_delete(actor, view_id=view_id),
        "rename": lambda: view_rename(actor, view_id=view_id, name=request.POST.get("name", "")),
    }
    if act in acts:
        told(request, acts[act])
    return redirect("inbox:saved_views")
