"""How far somebody has read: told by the screen, and taken back."""

from django.http import HttpResponse
from django.views.decorators.http import require_POST

from inbox.actions.reading import conversation_read, conversation_unread
from inbox.forms import ReadForm
from inbox.views.base import ActorRequest, for_people
from inbox.views.thread import changed


@require_POST
@for_people
def read(request: ActorRequest, conversation_id: int) -> HttpResponse:
    """Note what was on the screen."""
    seen = ReadForm(request.POST).values()
    conversation_read(request.actor, conversation_id=conversation_id, **seen)
    return HttpResponse(status=204)


@require_POST
@for_people
def unread(request: ActorRequest, conversation_id: int) -> HttpResponse:
    """Let it be new again."""
    conversation_unread(request.actor, conversation_id=conversation_id)
    return changed(request, conversation_id)
