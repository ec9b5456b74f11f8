"""What somebody sees whose sign-in is locked out, and until when it is."""

from datetime import datetime, timedelta
from typing import Any

from axes.models import AccessAttempt
from django.conf import settings
from django.db.models import Max
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from opsconsole.kernel.clients import client_address
from opsconsole.kernel.clock import now


def locked_out(
    request: HttpRequest, response: HttpResponse | None = None, credentials: Any = None
) -> HttpResponse:
    """Answer 429 with a page that says when to try again; the API has said so in its own form."""
    until = _until((credentials or {}).get("username", ""), client_address(request))
    if response is None or response.status_code != 429:
        response = render(request, "people/locked_out.html", {"until": until}, status=429)
    response["Retry-After"] = str(max(1, round((until - now()).total_seconds())))
    return response


def _until(username: str, address: str | None) -> datetime:
    """The last wrong password that counted, and the time a lock-out lasts."""
    attempts = AccessAttempt.objects.filter(username=username, ip_address=address)
    last: datetime | None = attempts.aggregate(last=Max("attempt_time"))["last"]
    return (last or now()) + timedelta(hours=settings.AXES_COOLOFF_TIME)
