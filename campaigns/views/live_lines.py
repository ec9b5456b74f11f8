"""What is pressed at a live desk: saying, taking back, getting past what is in the way, and the snippets."""

from collections.abc import Callable
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from campaigns.actions.live_desks import master_skip, word_retry, word_skip
from campaigns.actions.live_lines import ANYWAY, line_say, line_take_back
from campaigns.actions.live_snippets import (
    snippet_add,
    snippet_change,
    snippet_drop,
    snippet_move,
)
from campaigns.live_forms import SayForm, SnippetForm
from campaigns.selectors.live import desk_for
from campaigns.views.live import desk_screen
from opsconsole.kernel.errors import DomainError, Invalid, NotFound
from opsconsole.people.screens import ActorRequest, for_people, told


@require_POST
@for_people
def say(request: ActorRequest, desk_id: int) -> HttpResponse:
    """Say something. A script is answered with nothing, and looks itself; a page comes back as a page."""
    try:
        _say(request, desk_id)
    except DomainError as problem:
        if problem.status in {403, 404}:
            raise
        if request.htmx:
            context = {"problem": problem, "anyway": ANYWAY}
            name = "campaigns/_live_problem.html"
            return render(request, name, context, status=problem.status)
        return desk_screen(request, desk_id, problem=problem, typed=request.POST.get("text", ""))
    return HttpResponse(status=204) if request.htmx else _back(desk_id)


def _say(request: ActorRequest, desk_id: int) -> None:
    found = desk_for(request.actor, desk_id)
    form = SayForm(request.POST, places=found.places.values_list("pk", flat=True))
    if not form.is_valid():
        raise Invalid(_first_error(form), code="invalid", field=next(iter(form.errors)))
    given = form.cleaned_data
    line_say(
        request.actor, desk_id=desk_id, text=given["text"], request_key=given["request_key"],
        place_ids=given["places"] if given["has_places"] else None,
        snippet_id=given["snippet"], confirm=given["confirm"],
    )  # fmt: skip


def _first_error(form: SayForm) -> str:
    """Say what is wrong; nothing typed is the only thing that people do."""
    return _("Write something first.") if "text" in form.errors else ""


@require_POST
@for_people
def take_back(request: ActorRequest, desk_id: int, line_id: int) -> HttpResponse:
    """Take back what one has said."""
    return _done(
        request, desk_id, lambda: line_take_back(request.actor, desk_id=desk_id, line_id=line_id)
    )


@require_POST
@for_people
def retry(request: ActorRequest, desk_id: int, word_id: int) -> HttpResponse:
    """Try again what did not get out."""
    return _done(
        request, desk_id, lambda: word_retry(request.actor, desk_id=desk_id, word_id=word_id)
    )


@require_POST
@for_people
def skip(request: ActorRequest, desk_id: int, word_id: int) -> HttpResponse:
    """Leave out what did not get out, and go on."""
    return _done(
        request, desk_id, lambda: word_skip(request.actor, desk_id=desk_id, word_id=word_id)
    )


@require_POST
@for_people
def skip_master(request: ActorRequest, desk_id: int, place_id: int) -> HttpResponse:
    """Go on without a master post."""
    return _done(
        request, desk_id, lambda: master_skip(request.actor, desk_id=desk_id, place_id=place_id)
    )


@require_POST
@for_people
def add_snippet(request: ActorRequest, desk_id: int) -> HttpResponse:
    """Prepare a snippet."""
    given = _snippet(request)
    return _done(
        request, desk_id,
        lambda: snippet_add(
            request.actor, desk_id=desk_id, text=given["text"], is_kept=given["is_kept"]
        ),
    )  # fmt: skip


@require_POST
@for_people
def change_snippet(
    request: ActorRequest, desk_id: int, snippet_id: int, verb: str
) -> HttpResponse:
    """Change, move or drop a snippet."""
    steps = {"up": -1, "down": 1}
    if verb in steps:
        step = steps[verb]
        return _done(
            request, desk_id,
            lambda: snippet_move(request.actor, desk_id=desk_id, snippet_id=snippet_id, step=step),
        )  # fmt: skip
    if verb == "drop":
        return _done(
            request, desk_id,
            lambda: snippet_drop(request.actor, desk_id=desk_id, snippet_id=snippet_id),
        )  # fmt: skip
    if verb != "change":
        raise NotFound
    given = _snippet(request)
    return _done(
        request, desk_id,
        lambda: snippet_change(
            request.actor, desk_id=desk_id, snippet_id=snippet_id, text=given["text"],
            is_kept=given["is_kept"], version=given["version"] or 0,
        ),
    )  # fmt: skip


def _snippet(request: ActorRequest) -> dict[str, Any]:
    form = SnippetForm(request.POST)
    form.is_valid()
    return {"text": "", "is_kept": False, "version": 0} | form.cleaned_data


def _done(request: ActorRequest, desk_id: int, act: Callable[[], object]) -> HttpResponse:
    """Act. A script looks itself how the desk stands then; without one the refusal stands on the next page."""
    if request.htmx:
        act()
        return HttpResponse(status=204)
    told(request, act)
    return _back(desk_id)


def _back(desk_id: int) -> HttpResponse:
    return redirect("livedesk:desk", desk_id=desk_id)
