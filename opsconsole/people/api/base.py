"""The base of every API view: it knows the actor and speaks the caller's language."""

from typing import Any

from django.utils import translation
from rest_framework.request import Request
from rest_framework.viewsets import ViewSet

from opsconsole.kernel.actor import Actor
from opsconsole.people.models import User
from opsconsole.people.selectors import actor_for


class ActorViewSet(ViewSet):
    """A resource that only signed-in people reach.

    Django's middleware has not seen who a token belongs to, and a request may carry both a token
    and somebody else's session: the actor is always made for the user that was authenticated here.
    """

    actor: Actor
    user: User

    def perform_authentication(self, request: Request) -> None:
        """Authenticate, then set `user`, `actor` and the language. One query when a token was used."""
        super().perform_authentication(request)
        if not isinstance(request.user, User):
            return
        known: Any = getattr(request._request, "actor", None)
        is_same = isinstance(known, Actor) and known.user_id == request.user.pk
        self.user = request.user
        self.actor = known if is_same else actor_for(request.user)
        speak(request, request.user)


def speak(request: Request, user: User) -> None:
    """Answer in the language the request asks for, else in the user's own."""
    asked = request.headers.get("Accept-Language")
    language = translation.get_language_from_request(request._request) if asked else user.language
    translation.activate(language)
