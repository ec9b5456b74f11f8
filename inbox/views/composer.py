"""Answering and noting. What was typed survives every refusal."""

import uuid

from django.http import HttpResponse
from django.views.decorators.http import require_POST

from inbox.actions.notes import note_add
from inbox.actions.replies import reply_send
from inbox.forms import NoteForm, ReplyForm
from inbox.views.base import ActorRequest, for_people
from inbox.views.thread import changed, page
from opsconsole.kernel.errors import DomainError, NotFound


@require_POST
@for_people
def reply(request: ActorRequest, conversation_id: int) -> HttpResponse:
    """Send a public answer."""
    try:
        given = ReplyForm(request.POST).values()
        reply_send(
            request.actor,
            conversation_id=conversation_id,
            answers_id=given["answers"],
            text=given["text"],
            request_key=given["request_key"],
            seen_version=given["seen_version"],
            resolve_after=given["then"] == "resolve",
        )
    except DomainError as problem:
        return _refused(request, conversation_id, problem, "reply")
    response = changed(request, conversation_id, request_key=uuid.uuid4())
    return _then(response, "replied")


@require_POST
@for_people
def note(request: ActorRequest, conversation_id: int) -> HttpResponse:
    """Leave a note."""
    try:
        text = NoteForm(request.POST).values()["text"]
        note_add(request.actor, conversation_id=conversation_id, text=text)
    except DomainError as problem:
        return _refused(request, conversation_id, problem, "note")
    return _then(changed(request, conversation_id), "noted")


def _then(response: HttpResponse, event: str) -> HttpResponse:
    """Tell the screen that what was typed has been taken over."""
    response.headers["HX-Trigger-After-Swap"] = event
    return response


def _refused(
    request: ActorRequest, conversation_id: int, problem: DomainError, field: str
) -> HttpResponse:
    """A live screen keeps its text and shows the problem; without scripts we give both back."""
    if request.htmx or isinstance(problem, NotFound):
        raise problem
    typed = {field: request.POST.get("text", "")}
    return page(request, conversation_id, problem=problem, typed=typed)
