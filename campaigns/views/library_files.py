"""The library for other screens: its files, the choice of images for a post, and uploads that scripts send."""

from functools import partial
from typing import Any, cast

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import get_conditional_response
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from campaigns.actions.library import image_add
from campaigns.models import LibraryImage
from campaigns.selectors.library import (
    ImageFilter,
    film_opened,
    image_bytes,
    image_for,
    image_page,
    today_here,
)
from opsconsole.kernel.errors import DomainError, Invalid
from opsconsole.kernel.ranges import ranged
from opsconsole.people.roles import Ability
from opsconsole.people.screens import ActorRequest, for_people, told
from opsconsole.people.screens import number as number_in

#: What stands behind a number never changes; who may see it can.
_KEEP = "private, max-age=3600"
#: Images that the choice for a post shows at once.
PICK_SIZE = 24


@login_required
@require_GET
def image(request: HttpRequest, image_id: int) -> HttpResponse:
    """Send an image of the library."""
    return _file(cast(ActorRequest, request), image_id, is_small=False)


@login_required
@require_GET
def thumb(request: HttpRequest, image_id: int) -> HttpResponse:
    """Send the small one of an image."""
    return _file(cast(ActorRequest, request), image_id, is_small=True)


def _file(request: ActorRequest, image_id: int, *, is_small: bool) -> HttpResponse:
    found = image_for(request.actor, image_id)
    tag = f'"{found.sha256}{"-small" if is_small else ""}"'
    response = get_conditional_response(request, etag=tag)
    if response is None and found.is_film and not is_small:
        response = ranged(request, film_opened(found), found.size, found.content_type)
    if response is None:
        content_type = "image/webp" if is_small else found.content_type
        response = HttpResponse(image_bytes(found, small=is_small), content_type=content_type)
    kept = {"ETag": tag, "Cache-Control": _KEEP, "Content-Disposition": "inline"}
    for name, value in kept.items():
        response.headers[name] = value
    return response


@require_GET
@for_people
def pick(request: ActorRequest) -> HttpResponse:
    """Offer images for a post: the newest of a unit, or of all in reach, with these words."""
    request.actor.must(Ability.READ_POSTS)
    query = request.GET
    filters = ImageFilter(
        text=query.get("q", ""), unit=number_in(query.get("unit"), 0, 1, 10**9) or None
    )
    page = image_page(request.actor, filters, cursor=query.get("cursor", ""), size=PICK_SIZE)
    context = {"page": page, "filters": filters, "today": today_here()}
    return render(request, "campaigns/_library_pick.html", context)


@require_POST
@for_people
def add(request: ActorRequest) -> HttpResponse:
    """Take in what was uploaded: a script sends one and hears of it as JSON, a form as many as were chosen."""
    if "application/json" in request.headers.get("Accept", ""):
        return _added_for_script(request)
    uploads: list[Any] = [*request.FILES.getlist("file")]
    for upload in uploads or [None]:
        told(request, partial(_add, request, upload))
    return redirect(f"{reverse('campaigns:library')}?unit={_unit_in(request)}")


def _added_for_script(request: ActorRequest) -> JsonResponse:
    try:
        added = _add(request, request.FILES.get("file"))
    except DomainError as error:
        body = {"code": error.code, "detail": str(error.message), **error.data}
        return JsonResponse(body, status=error.status)
    return JsonResponse(as_json(added), status=201)


def _add(request: ActorRequest, upload: Any) -> LibraryImage:
    if upload is None:
        raise Invalid(_("Choose an image first."), code="no_picture", field="file")
    return image_add(
        request.actor, unit_id=_unit_in(request), upload=upload,
        alt_text=request.POST.get("alt_text", ""),
    )  # fmt: skip


def _unit_in(request: ActorRequest) -> int:
    return number_in(request.POST.get("unit"), 0, 0, 10**9)


def as_json(image: LibraryImage) -> dict[str, Any]:
    """Return an image as the scripts of our screens know it."""
    return {
        "id": image.pk, "name": image.name, "alt": image.alt_text,
        "thumb": reverse("campaigns:library_thumb", args=[image.pk]),
        "width": image.width, "height": image.height, "size": image.size,
        "content_type": image.content_type, "seconds": image.seconds,
    }  # fmt: skip
