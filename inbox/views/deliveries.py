"""A person's verdict on an answer that did not leave, or of which nobody knows whether it did."""

from django.http import HttpResponse
from django.views.decorators.http import require_POST

from inbox.actions.deliveries import (
    answer_confirm_live,
    answer_drop,
    answer_send_again,
    answer_stop,
)
from inbox.forms import ConfirmForm
from inbox.views.base import ActorRequest, for_people
from inbox.views.thread import changed


@require_POST
@for_people
def confirm(request: ActorRequest, conversation_id: int, delivery_id: int) -> HttpResponse:
    """It is live: here is its address."""
    address = ConfirmForm(request.POST).values()["address"]
    answer_confirm_live(
        request.actor, conversation_id=conversation_id, delivery_id=delivery_id, address=address
    )
    return changed(request, conversation_id)


@require_POST
@for_people
def again(request: ActorRequest, conversation_id: int, delivery_id: int) -> HttpResponse:
    """It is not there: send it once more."""
    answer_send_again(request.actor, conversation_id=conversation_id, delivery_id=delivery_id)
    return changed(request, conversation_id)


@require_POST
@for_people
def drop(request: ActorRequest, conversation_id: int, delivery_id: int) -> HttpResponse:
    """It shall not be sent."""
    answer_drop(request.actor, conversation_id=conversation_id, delivery_id=delivery_id)
    return changed(request, conversation_id)


@require_POST
@for_people
def cancel(request: ActorRequest, conversation_id: int, delivery_id: int) -> HttpResponse:
    """Stop it before it leaves."""
    answer_stop(request.actor, conversation_id=conversation_id, delivery_id=delivery_id)
    return changed(request, conversation_id)
