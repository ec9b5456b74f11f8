"""Puts the signed-in person's actor and language on every request; answers those who are locked out."""

from collections.abc import Callable

from axes.middleware import AxesMiddleware
from django.http import HttpRequest, HttpResponse
from django.utils import translation

from opsconsole.people.models import User
from opsconsole.people.selectors import actor_for

Handler = Callable[[HttpRequest], HttpResponse]


class PreferencesMiddleware:
    """Sets `request.actor` lazily and speaks the person's language."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if isinstance(request.user, User):
            request.actor = actor_for(request.user)  # type: ignore[attr-defined]
            translation.activate(request.user.language)
            request.LANGUAGE_CODE = translation.get_language()
        return self.get_response(request)


class LockOutMiddleware(AxesMiddleware):  # type: ignore[misc]
    """Axes' own, in its synchronous form only: the other one loses the answer that it replaces."""

    async_capable = False
