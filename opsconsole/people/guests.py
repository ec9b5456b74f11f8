"""What the pages of guests share: somebody without a login, with a one-time address, on any phone, without scripts."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import add_never_cache_headers

from opsconsole.kernel.clients import client_address
from opsconsole.kernel.rates import is_within

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponse]

#: Looks and presses of one caller in a minute.
MOST_A_MINUTE = 30


def for_guests(what: str, *, most: int = MOST_A_MINUTE) -> Callable[[View[P]], View[P]]:
    """Keep the address secret and guessing slow: never stored, never indexed, never told to another site.

    `what` names that which a caller may ask for so often.
    """

    def guard(view: View[P]) -> View[P]:
        @wraps(view)
        def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
            caller = client_address(request) or "nobody"
            if is_within(f"guest:{what}:{caller}", most=most, seconds=60):
                response = view(request, *args, **kwargs)
            else:
                response = render(request, "people/guest_slow.html", status=429)
                response["Retry-After"] = "60"
            add_never_cache_headers(response)
            response["X-Robots-Tag"] = "noindex, nofollow, noarchive"
            response["Referrer-Policy"] = "same-origin"
            return response

        return guarded

    return guard
