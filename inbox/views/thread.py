"""One conversation: the page, the part of it that changes, and the customer beside it."""

import uuid
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET

from channels.selectors.budgets import speaker_of
from inbox.languages import LANGUAGES
from inbox.lifecycle import FollowUpState
from inbox.selectors.access import conversation_for, conversation_of_reply
from inbox.selectors.answered import answered_post
from inbox.selectors.candidates import candidates_of
from inbox.selectors.consults import open_consults
from inbox.selectors.contacts import contact_panel
from inbox.selectors.cotags import signature_of
from inbox.selectors.duty import crew
from inbox.selectors.follow_ups import follow_ups_of, proposals
from inbox.selectors.reading import first_unread
from inbox.selectors.tags import tags_of, tags_offered
from inbox.selectors.thread import Thread, thread
from inbox.selectors.waits import latest_wait, resolution_due
from inbox.status import HAND_OVER_WORDS
from inbox.views.base import ActorRequest, for_people, number
from inbox.views.company import company_context, fresh_keys, leaving
from inbox.views.lines import lines_of
from inbox.views.menus import resolution_offers, snooze_offers
from inbox.views.queue import queue_context, queue_fragment
from inbox.wording import reached_anyway
from opsconsole.kernel.clock import now
from opsconsole.kernel.errors import DomainError, NotFound
from opsconsole.people.selectors import active_units

#: Above every number of a message.
MOST_MESSAGES = 2**62


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
        **workspace_context(request, conversation_id),
        "pane": pane,
        "problem": problem,
        "typed": typed or {},
    }
    status = problem.status if problem else 200
    return render(request, "inbox/inbox.html", context, status=status)


def workspace_context(request: ActorRequest, conversation_id: int) -> dict[str, Any]:
    """Return a conversation with its customer."""
    context = thread_context(request, conversation_id, is_opening=True)
    row = context["conversation"]
    return {
        **context,
        "post": answered_post(row, context["thread"].first_message),
        "panel": contact_panel(request.actor, row, search=request.GET.get("who", "")),
        "asked": request.GET.get("who", ""),
        "languages": LANGUAGES.items(),
        "pane": "conversation",
        **fresh_keys(context),
        "suffix": signature_of(request.actor.user_id, row.account),
    }


def thread_context(
    request: ActorRequest, conversation_id: int, *, before: str = "", is_opening: bool = False
) -> dict[str, Any]:
    """Return a conversation's lines and what may be done with it. A fixed number of queries.

    A live screen says from where on lines are new to its reader: it goes on showing where that was.
    """
    shown = thread(request.actor, conversation_id, before=before)
    row, there = shown.conversation, shown.belongings
    new_from = number(request.headers.get("X-New-From"), 0, 0, MOST_MESSAGES)
    if is_opening:
        new_from = first_unread(request.actor, row)
    units = active_units()
    clock = latest_wait(row)
    return {
        "thread": shown,
        "conversation": row,
        "pictures": shown.waiting_pictures,
        "new_from": new_from,
        "lines": lines_of(
            shown, {unit.slug: unit.name for unit in units}, new_from=0 if before else new_from
        ),
        "labels": tags_of(row.pk) if there.tags else [],
        "other_units": [unit for unit in units if unit.pk != row.unit_id],
        "hand_over_reasons": HAND_OVER_WORDS,
        "crew": crew(row.unit_id, now()),
        "resolutions": resolution_offers(row),
        "snoozes": snooze_offers(),
        "known_tags": tags_offered(),
        "query": f"?{request.GET.urlencode()}" if request.GET and not before else "",
        "uncounted": " ".join(sorted(reached_anyway(row.channel, shown.reply_target))),
        "clock": clock,
        "resolution_due": resolution_due(row, clock),
        "is_mine": row.assignee_id == request.actor.user_id,
        "me": request.actor.user_id,
        "consults": open_consults(row) if there.consults else [],
        "now": now(),
        **company_context(request, row, there),
        **_promises(shown, is_older=bool(before)),
        "candidates": candidates_of(row),
        "leaving": leaving(shown, request.actor.user_id),
        "speaker": speaker_of(row.account, now()),
    }


def _promises(shown: Thread, *, is_older: bool) -> dict[str, Any]:
    """Return what we promised here, and which sentences may be promises. One query at most."""
    known = follow_ups_of(shown.conversation) if shown.belongings.follow_ups else []
    return {
        "follow_ups": [row for row in known if row.state == FollowUpState.OPEN],
        "proposals": [] if is_older else proposals(shown.messages, known),
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
