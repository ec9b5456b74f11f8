"""Promises in a conversation, and the page of all of them. Each act is one action."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_POST

from inbox.actions.follow_ups import (
    followup_change,
    followup_dismiss,
    followup_drop,
    followup_keep,
    followup_make,
)
from inbox.forms_follow_up import NoPromiseForm, PromiseChangeForm, PromiseForm
from inbox.selectors.follow_ups import COUNT_LIMIT, promise_counts, promise_page
from inbox.views.base import ActorRequest, for_people
from inbox.views.thread import changed
from opsconsole.people.roles import Ability

VIEWS = {"open": _("Open"), "overdue": _("Overdue"), "kept": _("Kept")}


@require_POST
@for_people
def make(request: ActorRequest, conversation_id: int) -> HttpResponse:
    """Note a promise."""
    given = PromiseForm(request.POST).values()
    followup_make(
        request.actor,
        conversation_id=conversation_id,
        quote=given["quote"],
        due_at=given["due_at"],
        message_id=given["message"],
        owner_id=given["owner"],
    )
    return changed(request, conversation_id)


@require_POST
@for_people
def dismiss(request: ActorRequest, conversation_id: int) -> HttpResponse:
    """Say that a sentence is no promise."""
    given = NoPromiseForm(request.POST).values()
    followup_dismiss(
        request.actor,
        conversation_id=conversation_id,
        message_id=given["message"],
        quote=given["quote"],
    )
    return changed(request, conversation_id)


@require_POST
@for_people
def change(request: ActorRequest, conversation_id: int, followup_id: int) -> HttpResponse:
    """Give it another day or another owner."""
    given = PromiseChangeForm(request.POST).values()
    followup_change(
        request.actor,
        conversation_id=conversation_id,
        followup_id=followup_id,
        due_at=given["due_at"],
        owner_id=given["owner"],
    )
    return changed(request, conversation_id)


@require_POST
@for_people
def keep(request: ActorRequest, conversation_id: int, followup_id: int) -> HttpResponse:
    """It has been kept."""
    followup_keep(request.actor, conversation_id=conversation_id, followup_id=followup_id)
    return _done(request, conversation_id)


@require_POST
@for_people
def drop(request: ActorRequest, conversation_id: int, followup_id: int) -> HttpResponse:
    """It need not be kept."""
    followup_drop(request.actor, conversation_id=conversation_id, followup_id=followup_id)
    return _done(request, conversation_id)


@require_GET
@for_people
def promises(request: ActorRequest) -> HttpResponse:
    """List the promises within reach: open, overdue, kept."""
    request.actor.must(Ability.READ_INBOX)
    view, cursor = request.GET.get("view", "open"), request.GET.get("cursor", "")
    page = promise_page(request.actor, view=view, cursor=cursor)
    counts = promise_counts(request.actor)
    units = {row.conversation.unit_id for row in page.rows}
    workable = {unit for unit in units if request.actor.can(Ability.WORK_INBOX, unit)}
    context = {"page": page, "view": view, "tabs": _tabs(view, counts), "workable": workable}
    return render(request, "inbox/promises.html", context)


def _tabs(here: str, counts: dict[str, int]) -> list[dict[str, Any]]:
    return [
        {
            "view": view,
            "label": label,
            "here": view == here,
            "count": f"{COUNT_LIMIT - 1}+" if counts[view] >= COUNT_LIMIT else counts[view],
        }
        for view, label in VIEWS.items()
    ]


def _done(request: ActorRequest, conversation_id: int) -> HttpResponse:
    """Back to the page of promises when it was pressed there."""
    if request.POST.get("from") == "promises":
        return redirect("inbox:promises")
    return changed(request, conversation_id)
