"""What somebody sees whose sign-in is locked out."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def locked_out(
    request: HttpRequest, response: HttpResponse | None = None, credentials: Any = None
) -> HttpResponse:
    """Answer 429 with a page that says when to try again; the API has said so in its own form."""
    if response is not None and response.status_code == 429:
        return response
    return render(request, "people/locked_out.html", status=429)
