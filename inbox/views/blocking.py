"""Spam and blocked customers. Each view is one action."""

from django.http import HttpResponse
from django.views.decorators.http import require_POST

from inbox.actions.blocking import (
    contact_block,
    contact_unblock,
    conversation_not_spam,
    conversation_spam,
)
from inbox.forms import ResolveForm
from inbox.forms_customer import BlockForm
from inbox.views.base import ActorRequest, for_people
from inbox.views.customers import panel_changed
from inbox.views.thread import changed


@require_POST
@for_people
def spam(request: ActorRequest, conversation_id: int) -> HttpResponse:
    """Mark a conversation as spam, and block its customer when asked to."""
    conversation_spam(
        request.actor,
        conversation_id=conversation_id,
        block=request.POST.get("then") == "block",
        seen_version=ResolveForm(request.POST).values()["seen_version"],
    )
    return changed(request, conversation_id)


@require_POST
@for_people
def not_spam(request: ActorRequest, conversation_id: int) -> HttpResponse:
    """Take it out of the spam."""
    conversation_not_spam(request.actor, conversation_id=conversation_id)
    return changed(request, conversation_id)


@require_POST
@for_people
def block(request: ActorRequest, conversation_id: int) -> HttpResponse:
    """Block the customer."""
    reason = BlockForm(request.POST).values()["reason"]
    contact_block(request.actor, conversation_id=conversation_id, reason=reason)
    return panel_changed(request, conversation_id)


@require_POST
@for_people
def unblock(request: ActorRequest, conversation_id: int) -> HttpResponse:
    """Let the customer's lines wait again."""
    contact_unblock(request.actor, conversation_id=conversation_id)
    return panel_changed(request, conversation_id)
