"""Pictures of answers: shown to those who read the conversation, added and taken away while one writes."""

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from inbox.actions.pictures import Shown, picture_add, picture_remove, pictures_describe
from inbox.selectors.pictures import picture_file
from inbox.views.base import ActorRequest, for_people
from inbox.views.thread import changed, page
from opsconsole.kernel.errors import DomainError, Invalid, NotFound
from opsconsole.kernel.ranges import ranged

#: What stands behind a number never changes.
_KEEP = "private, max-age=86400, immutable"


@require_GET
@for_people
def picture(request: ActorRequest, conversation_id: int, picture_id: int) -> HttpResponse:
    """Show a picture, or play a film."""
    file, size, content_type = picture_file(request.actor, conversation_id, picture_id)
    response = ranged(request, file, size, content_type)
    response.headers["Cache-Control"] = _KEEP
    response.headers["Content-Disposition"] = "inline"
    return response


@require_POST
@for_people
def add(request: ActorRequest, conversation_id: int) -> HttpResponse:
    """Upload a picture, keeping what has been typed meanwhile."""
    upload = request.FILES.get("file")
    try:
        _describe(request, conversation_id)
        if upload is None:
            raise Invalid(_("Choose a picture first."), code="no_picture", field="picture")
        picture_add(request.actor, conversation_id=conversation_id, upload=upload)
    except DomainError as problem:
        if request.htmx or isinstance(problem, NotFound):
            raise
        return page(request, conversation_id, problem=problem, typed=typed_in(request))
    return _shown(request, conversation_id)


@require_POST
@for_people
def remove(request: ActorRequest, conversation_id: int, picture_id: int) -> HttpResponse:
    """Take a picture away."""
    _describe(request, conversation_id)
    picture_remove(request.actor, conversation_id=conversation_id, picture_id=picture_id)
    return _shown(request, conversation_id)


def _describe(request: ActorRequest, conversation_id: int) -> None:
    words = {shown.number: shown.alt_text for shown in pictures_in(request)}
    pictures_describe(request.actor, conversation_id=conversation_id, words=words)


def _shown(request: ActorRequest, conversation_id: int) -> HttpResponse:
    """Without scripts the page comes back with the words that were on it."""
    if request.htmx:
        return changed(request, conversation_id)
    return page(request, conversation_id, typed=typed_in(request))


def pictures_in(request: HttpRequest) -> list[Shown]:
    """Read which pictures a form takes along, and what is said of each."""
    given = request.POST
    numbers = [int(word) for word in given.getlist("picture") if word.isdecimal()]
    return [
        Shown(number, given.get(f"alt_{number}", ""), bool(given.get(f"plain_{number}")))
        for number in numbers[:20]
    ]


def typed_in(request: HttpRequest) -> dict[str, str]:
    """Return what was typed, to be given back."""
    text = request.POST.get("text", "")
    is_private = request.POST.get("audience") == "private"
    then = request.POST.get("then", "")
    return {"reply": text, "private": text if is_private else "", "then": then}
