"""What every answer carries, and what a domain error looks like on a screen."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from opsconsole.kernel.errors import DomainError

Handler = Callable[[HttpRequest], HttpResponse]

#: Pictures and films of customers come from the platforms; the sandbox is one that speaks plain http.
_POLICY = (
    f"default-src 'self'; img-src 'self' data: https: {settings.SANDBOX_URL}; "
    f"media-src 'self' https: {settings.SANDBOX_URL}; style-src 'self'; "
    "script-src 'self'; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; "
    "form-action 'self'; object-src 'none'"
)


class SecurityHeadersMiddleware:
    """Allows scripts and styles from our own origin only: what slips through sanitising still cannot run."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Content-Security-Policy", _POLICY)
        response.headers.setdefault(
            "Permissions-Policy", "camera=(), microphone=(), geolocation=()"
        )
        return response


class DomainErrorMiddleware:
    """Turns a DomainError that a view let through into a page, or a fragment when htmx asked."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Render domain errors; leave everything else to Django."""
        if not isinstance(error, DomainError):
            return None
        name = (
            "components/_problem.html"
            if request.headers.get("HX-Request")
            else "errors/problem.html"
        )
        return render(request, name, {"problem": error}, status=error.status)
