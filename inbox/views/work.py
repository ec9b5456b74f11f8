"""What one does with a conversation short of answering. Each view is one action."""

from django.http import HttpResponse
from django.views.decorators.http import require_POST

from inbox.actions.assignment import (
    conversation_assign,
    conversation_claim,
    conversation_hand_over,
    conversation_release,
)
from inbox.actions.triage import (
    conversation_reopen,
    conversation_tag,
    conversation_untag,
)
from inbox.forms import AssignForm, HandOverForm, TagForm
from inbox.lifecycle import HandOverReason
from inbox.views.base import ActorRequest, for_people
from inbox.views.thread import changed


@require_POST
@for_people
def claim(request: ActorRequest, conversation_id: int) -> HttpResponse:
    """Take a conversation."""
    conversation_claim(request.actor, conversation_id=conversation_id)
    return changed(request, conversation_id)


@require_POST
@for_people
def release(request: ActorRequest, conversation_id: int) -> HttpResponse:
    """Give a conversation back to its unit."""
    conversation_release(request.actor, conversation_id=conversation_id)
    return changed(request, conversation_id)


@require_POST
@for_people
def assign(request: ActorRequest, conversation_id: int) -> HttpResponse:
    """Give a conversation to a colleague."""
    given = AssignForm(request.POST).values()
    conversation_assign(
        request.actor, conversation_id=conversation_id, assignee_id=given["assignee"]
    )
    return changed(request, conversation_id)


@require_POST
@for_people
def hand_over(request: ActorRequest, conversation_id: int) -> HttpResponse:
    """Give a conversation to another unit."""
    given = HandOverForm(request.POST).values()
    conversation_hand_over(
        request.actor,
        conversation_id=conversation_id,
        unit_id=given["unit"],
        reason=given["reason"],
        kind=given["kind"] or HandOverReason.OTHER,
    )
    return changed(request, conversation_id)


@require_POST
@for_people
def reopen(request: ActorRequest, conversation_id: int) -> HttpResponse:
    """Take the work up again."""
    conversation_reopen(request.actor, conversation_id=conversation_id)
    return changed(request, conversation_id)


@require_POST
@for_people
def tag(request: ActorRequest, conversation_id: int) -> HttpResponse:
    """Put a tag on."""
    name = TagForm(request.POST).values()["name"]
    conversation_tag(request.actor, conversation_id=conversation_id, name=name)
    return changed(request, conversation_id)


@require_POST
@for_people
def untag(request: ActorRequest, conversation_id: int, tag_id: int) -> HttpResponse:
    """Take a tag off."""
    conversation_untag(request.actor, conversation_id=conversation_id, tag_id=tag_id)
    return changed(request, conversation_id)
