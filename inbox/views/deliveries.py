"""A person's verdict on an answer that did not leave, or of which nobody knows whether it did."""

from django.http import HttpResponse
from django.views.decorators.http import require_POST

from channels.actions.deliveries import (
    delivery_cancel,
    delivery_confirm_live,
    delivery_drop,
    delivery_send_again,
)
from inbox.forms import ConfirmForm
from inbox.views.base import ActorRequest, for_people
from inbox.views.thread import changed


@require_POST
@for_people
def confirm(request: ActorRequest, conversation_id: int, delivery_id: int) -> HttpResponse:
    """It is live: here is its address."""
    given = ConfirmForm(request.POST).values()["address"]
    delivery_confirm_live(request.actor, delivery_id=delivery_id, external_id=given)
    return changed(request, conversation_id)


@require_POST
@for_people
def again(request: ActorRequest, conversation_id: int, delivery_id: int) -> HttpResponse:
    """It is not there: send it once more."""
    delivery_send_again(request.actor, delivery_id=delivery_id)
    return changed(request, conversation_id)


@require_POST
@for_people
def drop(request: ActorRequest, conversation_id: int, delivery_id: int) -> HttpResponse:
    """It shall not be sent."""
    delivery_drop(request.actor, delivery_id=delivery_id)
    return changed(request, conversation_id)


@require_POST
@for_people
def cancel(request: ActorRequest, conversation_id: int, delivery_id: int) -> HttpResponse:
    """Stop it before it leaves."""
    delivery_cancel(request.actor, delivery_id=delivery_id)
    return changed(request, conversation_id)
