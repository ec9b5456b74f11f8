"""Screens of the library: the images of one's units, and one of them with what is said of it."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from campaigns.actions import library as actions
from campaigns.library_forms import ImageForm, initial_of
from campaigns.models import LibraryImage
from campaigns.selectors.library import (
    ImageFilter,
    image_counts,
    image_for,
    image_page,
    image_undescribed,
    image_uses,
    today_here,
)
from campaigns.status import IMAGE_VIEWS
from opsconsole.kernel.errors import DomainError, NotFound
from opsconsole.people.roles import Ability
from opsconsole.people.screens import ActorRequest, blame, for_people, told
from opsconsole.people.screens import number as number_in
from opsconsole.people.selectors import units_within

_ACTS = {"archive": actions.image_archive, "restore": actions.image_restore}


@require_GET
@for_people
def library(request: ActorRequest) -> HttpResponse:
    """List images: those with these words, of one unit, or what wants looking after."""
    request.actor.must(Ability.READ_POSTS)
    filters = ImageFilter(
        text=request.GET.get("q", ""),
        unit=number_in(request.GET.get("unit"), 0, 1, 10**9) or None,
        show=request.GET.get("show", ""),
    )
    counts = image_counts(request.actor, filters)
    writable = list(units_within(request.actor, Ability.WRITE_POSTS))
    context = {
        "page": image_page(request.actor, filters, cursor=request.GET.get("cursor", "")),
        "filters": filters,
        "views": [(name, label, counts[name or "all"]) for name, label in IMAGE_VIEWS.items()],
        "units": units_within(request.actor, Ability.READ_POSTS),
        "writable": writable,
        "largest": actions.LARGEST_FILE,
        "largest_film": actions.LARGEST_FILM,
        "today": today_here(),
    }
    return render(request, "campaigns/library.html", context)


@require_http_methods(["GET", "POST"])
@for_people
def image(request: ActorRequest, image_id: int) -> HttpResponse:
    """Show an image and what is said of it; whoever writes posts in its unit changes that here."""
    if request.method == "GET":
        found = image_for(request.actor, image_id)
        return _page(request, found, ImageForm(initial=initial_of(found)))
    found = image_for(request.actor, image_id, ability=Ability.WRITE_POSTS)
    form = ImageForm(request.POST)
    if not form.is_valid():
        return _page(request, found, form, status=422)
    try:
        actions.image_describe(
            request.actor, image_id=image_id, about=form.about(),
            version=form.cleaned_data["version"],
        )  # fmt: skip
    except DomainError as error:
        blame(form, error)
        return _page(request, found, form, status=error.status)
    messages.success(request, _("Saved."))
    following = image_undescribed(request.actor) if request.POST.get("then") == "next" else None
    return redirect("campaigns:library_item", image_id=following.pk if following else image_id)


@require_POST
@for_people
def act(request: ActorRequest, image_id: int, verb: str) -> HttpResponse:
    """Archive an image, or bring it back."""
    if verb not in _ACTS:
        raise NotFound
    told(request, lambda: _ACTS[verb](request.actor, image_id=image_id))
    return redirect("campaigns:library_item", image_id=image_id)


def _page(
    request: ActorRequest, found: LibraryImage, form: ImageForm, *, status: int = 200
) -> HttpResponse:
    can_write = request.actor.can(Ability.WRITE_POSTS, found.unit_id)
    context: dict[str, Any] = {
        "image": found,
        "form": form,
        "can_write": can_write,
        "uses": image_uses(request.actor, found),
        "following": image_undescribed(request.actor, besides=found) if can_write else None,
        "today": today_here(),
    }
    return render(request, "campaigns/library_image.html", context, status=status)
