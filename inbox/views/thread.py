"""One conversation: the page, the part of it that changes, and the customer beside it."""

import uuid
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET

from inbox.selectors.access import conversation_for, conversation_of_reply
from inbox.selectors.contacts import contact_panel
from inbox.selectors.tags import tag_page
from inbox.selectors.thread import Thread, thread
from inbox.views.base import ActorRequest, for_people
from inbox.views.lines import lines_of
from inbox.views.queue import frame_context, queue_context, queue_fragment
from opsconsole.kernel.errors import DomainError, NotFound
from opsconsole.people.roles import Ability
from opsconsole.people.selectors import active_units, people_who_can


@require_GET
@for_people
def conversation(request: ActorRequest, conversation_id: int) -> HttpResponse:
    """Show a conversation beside the queue, or only the part that was asked for."""
    if request.htmx.target == "queue":
        return queue_fragment(request, conversation_id)
    if request.htmx.target == "workspace":
        context = workspace_context(request, conversation_id)
        return render(request, "inbox/_workspace.html", context)
    return page(request, conversation_id)


@require_GET
@for_people
def of_reply(request: ActorRequest, request_key: uuid.UUID) -> HttpResponse:
    """Lead from an answer to its conversation: deliveries know answers by their key alone."""
    found = conversation_of_reply(request.actor, request_key)
    return redirect("inbox:conversation", conversation_id=found.pk)


@require_GET
@for_people
def customer(request: ActorRequest, conversation_id: int) -> HttpResponse:
    """Show the customer's side first on screens that cannot show everything."""
    return page(request, conversation_id, pane="customer")


@require_GET
@for_people
def timeline(request: ActorRequest, conversation_id: int) -> HttpResponse:
    """Show what changes in a conversation; older lines on request; 204 when nothing changed."""
    before = request.GET.get("before", "")
    if before:
        context = thread_context(request, conversation_id, before=before)
        return render(request, "inbox/_older.html", context)
    seen = request.headers.get("X-Seen")
    if seen and seen == str(conversation_for(request.actor, conversation_id).version):
        return HttpResponse(status=204)
    return render(request, "inbox/_changes.html", thread_context(request, conversation_id))


def page(
    request: ActorRequest,
    conversation_id: int,
    *,
    pane: str = "conversation",
    problem: DomainError | None = None,
    typed: dict[str, str] | None = None,
) -> HttpResponse:
    """Render the whole screen; with a problem, what was typed stays in its field."""
    context = {
        **queue_context(request, conversation_id),
        **frame_context(request),
        **workspace_context(request, conversation_id),
        "pane": pane,
        "problem": problem,
        "typed": typed or {},
    }
    status = problem.status if problem else 200
    return render(request, "inbox/inbox.html", context, status=status)


def workspace_context(request: ActorRequest, conversation_id: int) -> dict[str, Any]:
    """Return a conversation with its customer."""
    context = thread_context(request, conversation_id)
    shown: Thread = context["thread"]
    panel = contact_panel(request.actor, shown.conversation)
    return {**context, "panel": panel, "pane": "conversation", "request_key": uuid.uuid4()}


def thread_context(
    request: ActorRequest, conversation_id: int, *, before: str = ""
) -> dict[str, Any]:
    """Return a conversation's lines and what may be done with it. A fixed number of queries."""
    shown = thread(request.actor, conversation_id, before=before)
    row = shown.conversation
    units = active_units()
    return {
        "thread": shown,
        "conversation": row,
        "lines": lines_of(shown, {unit.slug: unit.name for unit in units}),
        "labels": list(row.tags.all()),
        "other_units": [unit for unit in units if unit.pk != row.unit_id],
        "colleagues": list(people_who_can(Ability.WORK_INBOX, row.unit_id)),
        "known_tags": tag_page(request.actor, size=100).rows,
        "query": f"?{request.GET.urlencode()}" if request.GET and not before else "",
        "is_mine": row.assignee_id == request.actor.user_id,
        "me": request.actor.user_id,
    }


def changed(request: ActorRequest, conversation_id: int, **extra: Any) -> HttpResponse:
    """Answer an act: the changed parts to a live screen, a redirect to everybody else."""
    try:
        if not request.htmx:
            conversation_for(request.actor, conversation_id)
            query = f"?{request.GET.urlencode()}" if request.GET else ""
            return redirect(reverse("inbox:conversation", args=[conversation_id]) + query)
        context = thread_context(request, conversation_id)
    except NotFound:  # it was handed to a unit whose inbox this person does not read
        queue = reverse("inbox:queue")
        away = HttpResponse(status=204, headers={"HX-Redirect": queue})
        return away if request.htmx else redirect(queue)
    return render(request, "inbox/_changes.html", {**context, **extra})
