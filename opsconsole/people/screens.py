"""What the views of all apps share: who is signed in, and answers and refusals fit for whoever asked."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django import forms
from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.cache import add_never_cache_headers, patch_vary_headers
from django.utils.functional import Promise
from django_htmx.middleware import HtmxDetails

from opsconsole.kernel.actor import Actor
from opsconsole.kernel.errors import DomainError

P = ParamSpec("P")


class ActorRequest(HttpRequest):
    """A request of a signed-in person, as our middleware leaves it."""

    actor: Actor
    htmx: HtmxDetails


def for_people(
    view: Callable[Concatenate[ActorRequest, P], HttpResponseBase],
) -> Callable[Concatenate[ActorRequest, P], HttpResponseBase]:
    """Let signed-in people through; a page or a fragment is never kept for later."""

    @wraps(view)
    def guarded(request: ActorRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return _sign_in_first(request)
        response = view(request, *args, **kwargs)
        add_never_cache_headers(response)
        # One address gives a page or a fragment, by who asks.
        patch_vary_headers(response, ["HX-Request", "HX-Target"])
        return response

    return guarded


def _sign_in_first(request: ActorRequest) -> HttpResponse:
    if request.htmx:
        return HttpResponse(status=401, headers={"HX-Refresh": "true"})
    return redirect_to_login(request.get_full_path())


def blame(form: forms.Form, error: DomainError) -> None:
    """Put a refusal at the field it is about, else at the form as a whole; the gate's pass through."""
    if error.status in {403, 404}:
        raise error
    field = error.data.get("field")
    form.add_error(field if field in form.fields else None, str(error.message))


def told(request: HttpRequest, act: Callable[[], object], done: "str | Promise" = "") -> None:
    """Act, and say `done` or the refusal as a notice on the next page; the gate's pass through."""
    try:
        act()
    except DomainError as error:
        if error.status in {403, 404}:
            raise
        messages.error(request, str(error.message))
    else:
        if done:
            messages.success(request, str(done))


def number_of_row(given: str | None) -> int | None:
    """Return the number of a row from an address or a form; None for anything else."""
    is_number = given and given.isascii() and given.isdigit() and len(given) < 19
    return int(given) if given and is_number else None


def number(given: str | None, default: int, smallest: int, largest: int) -> int:
    """Read a whole number from an address, kept within bounds."""
    if given is None or not given.isascii() or not given.isdigit() or len(given) > 9:
        return default
    return min(max(int(given), smallest), largest)
