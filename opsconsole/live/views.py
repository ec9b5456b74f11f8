"""The stream's address."""

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.views.decorators.http import require_GET

from opsconsole.kernel.actor import Actor
from opsconsole.live.hub import events
from opsconsole.people.roles import Ability


@require_GET
async def stream(request: HttpRequest) -> HttpResponse | StreamingHttpResponse:
    """Stream hints to a signed-in person's screen, of the units whose inbox they may read."""
    actor: Actor | None = getattr(request, "actor", None)
    if actor is None:
        return HttpResponse(status=401)
    response = StreamingHttpResponse(
        events(actor.units(Ability.READ_INBOX)), content_type="text/event-stream"
    )
    response["Cache-Control"] = "no-cache, no-transform"
    response["X-Accel-Buffering"] = "no"
    return response
