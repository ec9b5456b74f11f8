"""Putting aside, bringing back and closing. Each view is one action."""

from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_POST

from inbox.actions.elsewhere import answered_elsewhere_undo, conversation_answered_elsewhere
from inbox.actions.snoozing import conversation_snooze, conversation_wake
from inbox.actions.triage import conversation_resolve
from inbox.forms import ResolveForm, SnoozeForm
from inbox.snoozes import SnoozeChoice, moment_of
from inbox.views.base import ActorRequest, for_people
from inbox.views.thread import changed


@require_POST
@for_people
def resolve(request: ActorRequest, conversation_id: int) -> HttpResponse:
    """Close the work, unless the customer has written what this screen did not show."""
    given = ResolveForm(request.POST).values()
    conversation_resolve(
        request.actor,
        conversation_id=conversation_id,
        resolution=given["resolution"],
        seen_version=given["seen_version"],
    )
    return changed(request, conversation_id)


@require_POST
@for_people
def elsewhere(request: ActorRequest, conversation_id: int) -> HttpResponse:
    """Say that the customer was answered on the site itself."""
    given = ResolveForm(request.POST).values()
    conversation_answered_elsewhere(
        request.actor, conversation_id=conversation_id, seen_version=given["seen_version"]
    )
    return changed(request, conversation_id)


@require_POST
@for_people
def elsewhere_undo(request: ActorRequest, conversation_id: int) -> HttpResponse:
    """Take that back."""
    answered_elsewhere_undo(request.actor, conversation_id=conversation_id)
    return changed(request, conversation_id)


@require_POST
@for_people
def snooze(request: ActorRequest, conversation_id: int) -> HttpResponse:
    """Put a conversation aside."""
    given = SnoozeForm(request.POST).values()
    choice = SnoozeChoice(given["choice"])
    until = given["at"] if choice == SnoozeChoice.OWN else moment_of(choice, timezone.localtime())
    conversation_snooze(
        request.actor,
        conversation_id=conversation_id,
        until=until,
        reason=given["reason"],
        seen_version=given["seen_version"],
    )
    return changed(request, conversation_id)


@require_POST
@for_people
def wake(request: ActorRequest, conversation_id: int) -> HttpResponse:
    """Take a snoozed conversation up again."""
    conversation_wake(request.actor, conversation_id=conversation_id)
    return changed(request, conversation_id)
