"""The watch over the sending: a screen for people, and the same figures for a monitoring system."""

import secrets

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from channels.actions.watching import alarms_look
from channels.concerns import concerns_of
from channels.metrics import exposition
from channels.selectors.watch import alarms_open, watch_for
from opsconsole.kernel.actor import SYSTEM, Actor
from opsconsole.kernel.clock import now
from opsconsole.people.roles import Ability
from opsconsole.people.screens import ActorRequest, for_people

_TEXT = "text/plain; version=0.0.4; charset=utf-8"


@require_GET
@for_people
def watch(request: ActorRequest) -> HttpResponse:
    """Show signs of life, lag, queues, silent accounts, holds and the next hour."""
    request.actor.must(Ability.READ_WATCH)
    alarms_look()
    context = {
        "watch": watch_for(request.actor, now()),
        "alarms": alarms_open(),
        "concerns": concerns_of(request.actor),
    }
    is_part = request.htmx.target == "watch"
    return render(request, "channels/_watch.html" if is_part else "channels/watch.html", context)


@require_GET
@never_cache
def metrics(request: HttpRequest) -> HttpResponse:
    """Give the figures of the whole house to whoever has the token, or watches the whole house."""
    if not _may_read(request):
        return HttpResponse(status=401, headers={"WWW-Authenticate": "Bearer"}, content_type=_TEXT)
    alarms_look()
    body = exposition(watch_for(SYSTEM, now()), alarms_open())
    return HttpResponse(body, content_type=_TEXT)


def _may_read(request: HttpRequest) -> bool:
    word, _space, given = request.headers.get("Authorization", "").partition(" ")
    token = settings.METRICS_TOKEN
    if word.lower() == "bearer" and token:
        return secrets.compare_digest(given.strip().encode(), token.encode())
    actor: Actor | None = getattr(request, "actor", None)
    return actor is not None and actor.everywhere(Ability.READ_WATCH)
