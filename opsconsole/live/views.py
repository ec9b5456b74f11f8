"""The stream's address."""

from collections.abc import AsyncIterator
from contextlib import aclosing

from asgiref.sync import sync_to_async
from django.db import connections
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
    units = actor.units(Ability.READ_INBOX)
    body = _unattached(units, actor.user_id)
    response = StreamingHttpResponse(body, content_type="text/event-stream")
    response["Cache-Control"] = "no-cache, no-transform"
    response["X-Accel-Buffering"] = "no"
    return response


async def _unattached(units: frozenset[int] | None, user_id: int | None) -> AsyncIterator[str]:
    """Let go of the connection on which the session was read: a screen stays open for hours."""
    await sync_to_async(connections.close_all)()
    async with aclosing(events(units, user_id)) as told:
        async for event in told:
            yield event
