"""Drafts: saved while one types, listed, resumed, copied, scheduled, thrown away, taken back."""

import uuid
from typing import Any

from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_POST

from inbox.actions.drafts import draft_copy, draft_discard, draft_resume, draft_save
from inbox.actions.scheduling import reply_schedule, scheduled_stop
from inbox.actions.undo import reply_undo
from inbox.forms import DraftForm, ScheduleForm
from inbox.lifecycle import DraftKind
from inbox.selectors.drafts import draft_page
from inbox.selectors.remarks import personal_remarks
from inbox.sending_times import sending_time
from inbox.views.base import ActorRequest, for_people
from inbox.views.pictures import pictures_in, typed_in
from inbox.views.thread import changed, page
from opsconsole.kernel.clock import now
from opsconsole.kernel.errors import DomainError, Invalid, NotFound
from opsconsole.people.screens import told

TABS = {"mine": _("My drafts"), "unit": _("Of my units"), "scheduled": _("Scheduled")}


@require_GET
@for_people
def drafts(request: ActorRequest) -> HttpResponse:
    """List what is written and not sent: one's own, and that of one's units."""
    view, cursor = request.GET.get("view", "mine"), request.GET.get("cursor", "")
    found = draft_page(request.actor, view, cursor=cursor)
    context = {"page": found, "view": view, "tabs": TABS, "me": request.actor.user_id}
    return render(request, "inbox/drafts.html", context)


@require_POST
@for_people
def discard_listed(request: ActorRequest, draft_id: int) -> HttpResponse:
    """Throw a draft away from the list."""
    told(request, lambda: draft_discard(request.actor, draft_id=draft_id), _("Thrown away."))
    return redirect("inbox:drafts")


@require_POST
@for_people
def save(request: ActorRequest, conversation_id: int) -> JsonResponse:
    """Keep what is being typed. Answers in JSON, refusals too: the one who asks is a script."""
    try:
        given = DraftForm(request.POST).values()
        kind = DraftKind(given.pop("kind"))
        draft = draft_save(request.actor, conversation_id=conversation_id, kind=kind, **given)
    except DomainError as problem:
        said: dict[str, Any] = {"code": problem.code, "message": str(problem.message)}
        if problem.code == "closed":
            said["request_key"] = str(uuid.uuid4())
        return JsonResponse(said | problem.data, status=problem.status)
    return JsonResponse({"revision": draft.revision if draft else 0})


@require_POST
@for_people
def discard(request: ActorRequest, conversation_id: int, draft_id: int) -> HttpResponse:
    """Throw a draft away."""
    draft_discard(request.actor, draft_id=draft_id)
    keys = {"request_key": uuid.uuid4(), "note_key": uuid.uuid4()}
    return _then(changed(request, conversation_id, **keys), "discarded")


@require_POST
@for_people
def resume(request: ActorRequest, conversation_id: int, draft_id: int) -> HttpResponse:
    """Go on with what was set aside or scheduled."""
    draft = draft_resume(request.actor, draft_id=draft_id)
    return _then(changed(request, conversation_id, request_key=draft.request_key), "drafted")


@require_POST
@for_people
def copy(request: ActorRequest, conversation_id: int, draft_id: int) -> HttpResponse:
    """Take a copy of a colleague's draft."""
    draft_copy(request.actor, draft_id=draft_id)
    return _then(changed(request, conversation_id), "drafted")


@require_POST
@for_people
def stop(request: ActorRequest, conversation_id: int, draft_id: int) -> HttpResponse:
    """Keep a colleague's scheduled answer from leaving."""
    scheduled_stop(request.actor, draft_id=draft_id, conversation_id=conversation_id)
    return changed(request, conversation_id)


@require_POST
@for_people
def undo(request: ActorRequest, conversation_id: int, reply_id: int) -> HttpResponse:
    """Take an answer back before it leaves."""
    draft = reply_undo(request.actor, conversation_id=conversation_id, reply_id=reply_id)
    return _then(changed(request, conversation_id, request_key=draft.request_key), "drafted")


@require_POST
@for_people
def schedule(request: ActorRequest, conversation_id: int) -> HttpResponse:
    """Have an answer leave at a time."""
    try:
        given = ScheduleForm(request.POST).values()
        choice, send_at = given["choice"], given["send_at"]
        if choice:
            send_at = sending_time(choice, timezone.localtime(now()))
        if send_at is None:
            raise Invalid(_("Choose when it leaves."), code="send_at", field="send_at")
        reply_schedule(
            request.actor, conversation_id=conversation_id, text=given["text"], send_at=send_at,
            request_key=given["request_key"], seen_version=given["seen_version"],
            confirm=given["confirm"], private=given["audience"] == "private",
            resolve_after=given["resolve_after"], pictures=pictures_in(request),
        )  # fmt: skip
    except DomainError as problem:
        return _not_scheduled(request, conversation_id, problem)
    return _then(changed(request, conversation_id), "drafted")


def _not_scheduled(
    request: ActorRequest, conversation_id: int, problem: DomainError
) -> HttpResponse:
    """Keep the text; personal data in it asks for a word, as when it is sent at once."""
    text = request.POST.get("text", "")
    if problem.code == "needs_confirmation":
        problem.data["remarks"] = personal_remarks(text)
        problem.data["choice"] = request.POST.get("choice", "")
        problem.data["schedule"] = reverse("inbox:schedule", args=[conversation_id])
        if request.htmx:
            context = {"problem": problem}
            return render(request, "inbox/_confirm_send.html", context, status=problem.status)
    if request.htmx or isinstance(problem, NotFound):
        raise problem
    return page(request, conversation_id, problem=problem, typed=typed_in(request))


def _then(response: HttpResponse, event: str) -> HttpResponse:
    """Tell the screen's scripts what has happened, once it shows the outcome."""
    response.headers["HX-Trigger-After-Swap"] = event
    return response
