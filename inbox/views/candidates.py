"""Asking for approval of an answer, and giving it."""

from django.http import HttpResponse
from django.views.decorators.http import require_POST

from inbox.actions.candidates import (
    candidate_approve,
    candidate_decline,
    candidate_submit_or_park,
)
from inbox.forms import ReplyForm
from inbox.forms_wording import ApproveForm, DeclineForm
from inbox.views.base import ActorRequest, for_people
from inbox.views.composer import asked_to_confirm
from inbox.views.pictures import pictures_in
from inbox.views.thread import changed, page
from opsconsole.kernel.errors import DomainError, NotFound


@require_POST
@for_people
def submit(request: ActorRequest, conversation_id: int) -> HttpResponse:
    """Ask for approval of an answer."""
    try:
        given = ReplyForm(request.POST).values()
        candidate_submit_or_park(
            request.actor,
            conversation_id=conversation_id,
            answers_id=given["answers"],
            text=given["text"],
            request_key=given["request_key"],
            seen_version=given["seen_version"],
            seen_at=given["seen_at"],
            resolve_after=given["then"] == "resolve",
            is_part=given["then"] == "part",
            confirm=given["confirm"],
            private=given["audience"] == "private",
            pictures=pictures_in(request),
        )
    except DomainError as problem:
        return _refused(request, conversation_id, problem)
    response = changed(request, conversation_id)
    response.headers["HX-Trigger-After-Swap"] = "drafted"
    return response


def _refused(request: ActorRequest, conversation_id: int, problem: DomainError) -> HttpResponse:
    """A live screen keeps its text; without scripts we give it back."""
    text = request.POST.get("text", "")
    if asked := asked_to_confirm(request, problem, text):
        return asked
    if request.htmx or isinstance(problem, NotFound):
        raise problem
    return page(request, conversation_id, problem=problem, typed={"reply": text})


@require_POST
@for_people
def approve(request: ActorRequest, conversation_id: int, draft_id: int) -> HttpResponse:
    """Let a colleague's answer out, as it is or with other words."""
    given = ApproveForm(request.POST).values()
    text = given["text"] if given["is_edited"] else None
    try:
        candidate_approve(
            request.actor,
            draft_id=draft_id,
            digest=given["digest"],
            text=text,
            read_version=given["read_version"],
            confirm=given["confirm"],
        )
    except DomainError as problem:
        words = given["shown"] if text is None else text
        key = f"approve-{draft_id}" if text is None else f"edit-{draft_id}"
        if asked := asked_to_confirm(request, problem, words, key=key):
            return asked
        raise
    return changed(request, conversation_id)


@require_POST
@for_people
def decline(request: ActorRequest, conversation_id: int, draft_id: int) -> HttpResponse:
    """Give a colleague's answer back with a word about it."""
    given = DeclineForm(request.POST).values()
    candidate_decline(request.actor, draft_id=draft_id, digest=given["digest"], note=given["note"])
    return changed(request, conversation_id)
