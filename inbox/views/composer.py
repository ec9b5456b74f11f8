"""Answering and noting. What was typed survives every refusal."""

import uuid

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST

from inbox.actions.notes import note_add
from inbox.actions.parking import reply_send_or_park
from inbox.forms import NoteForm, ReplyForm
from inbox.selectors.remarks import personal_remarks, remarks_on
from inbox.views.base import ActorRequest, for_people
from inbox.views.pictures import pictures_in, typed_in
from inbox.views.thread import changed, page
from opsconsole.kernel.errors import DomainError, NotFound
from opsconsole.people.selectors import undo_window_of


@require_POST
@for_people
def reply(request: ActorRequest, conversation_id: int) -> HttpResponse:
    """Send a public answer."""
    try:
        given = ReplyForm(request.POST).values()
        reply_send_or_park(
            request.actor,
            conversation_id=conversation_id,
            answers_id=given["answers"],
            text=given["text"],
            request_key=given["request_key"],
            seen_version=given["seen_version"],
            seen_at=given["seen_at"],
            resolve_after=given["then"] == "resolve",
            is_part=given["then"] in {"part", "anyway_part"},
            confirm=given["confirm"],
            after_reading=given["then"] in {"anyway", "anyway_part"},
            undo_seconds=undo_window_of(request.actor),
            private=given["audience"] == "private",
            pictures=pictures_in(request),
            speaks_as=given["speaks_as"],
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
        given = NoteForm(request.POST).values()
        note_add(request.actor, conversation_id=conversation_id, **given)
    except DomainError as problem:
        return _refused(request, conversation_id, problem, "note")
    return _then(changed(request, conversation_id, note_key=uuid.uuid4()), "noted")


def _then(response: HttpResponse, event: str) -> HttpResponse:
    """Tell the screen that what was typed has been taken over."""
    response.headers["HX-Trigger-After-Swap"] = event
    return response


def _refused(
    request: ActorRequest, conversation_id: int, problem: DomainError, field: str
) -> HttpResponse:
    """A live screen keeps its text and shows the problem; without scripts we give both back."""
    text = request.POST.get("text", "")
    if asked := asked_to_confirm(request, problem, text):
        return asked
    if request.htmx or isinstance(problem, NotFound):
        raise problem
    typed = {"note": text} if field == "note" else typed_in(request)
    return page(request, conversation_id, problem=problem, typed=typed)


def asked_to_confirm(
    request: ActorRequest, problem: DomainError, text: str, *, key: str = "reply"
) -> HttpResponse | None:
    """Ask whether personal data shall go out; None when that is not what stopped these words.

    `key` begins the names of the form that is sent again and of the field to go back to.
    """
    if problem.code != "needs_confirmation":
        return None
    problem.data["remarks"] = personal_remarks(text)
    if not request.htmx:
        return None
    context = {
        "problem": problem,
        "then": request.POST.get("then", ""),
        "key": key,
        "may_be_private": key == "reply" and "audience" in request.POST,
    }
    return render(request, "inbox/_confirm_send.html", context, status=problem.status)


@require_POST
@for_people
def hints(request: ActorRequest, conversation_id: int) -> HttpResponse:
    """Remark on what is being typed. Sent as a form: what is typed has no place in an address."""
    found = remarks_on(request.actor, conversation_id, request.POST.get("text", ""))
    context = {"remarks": found.remarks, "account": found.account, "words": found.words}
    return render(request, "inbox/_hints.html", context)
