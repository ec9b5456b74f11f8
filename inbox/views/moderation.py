"""What one does to a message on its platform. Each view is one action."""

from django.http import HttpResponse
from django.views.decorators.http import require_POST

from channels.types import ModerationVerb
from inbox.actions.moderation import message_moderate, message_moderation_stop
from inbox.forms import ModerateForm
from inbox.views.base import ActorRequest, for_people
from inbox.views.thread import changed


@require_POST
@for_people
def moderate(request: ActorRequest, conversation_id: int, message_id: int) -> HttpResponse:
    """Have something done to a message."""
    verb = ModerationVerb(ModerateForm(request.POST).values()["verb"])
    message_moderate(
        request.actor, conversation_id=conversation_id, message_id=message_id, verb=verb
    )
    return changed(request, conversation_id)


@require_POST
@for_people
def moderate_stop(request: ActorRequest, conversation_id: int, message_id: int) -> HttpResponse:
    """Stop it before a worker begins."""
    message_moderation_stop(request.actor, conversation_id=conversation_id, message_id=message_id)
    return changed(request, conversation_id)
