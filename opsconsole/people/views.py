"""Screens about oneself: signing in and out, preferences, password, own photo."""

from typing import Any, cast

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.decorators import login_required
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView, LogoutView
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from opsconsole.kernel.errors import DomainError
from opsconsole.people import actions
from opsconsole.people.forms import OwnPasswordForm, ProfileForm, SignInForm
from opsconsole.people.models import UNDO_CHOICES, User
from opsconsole.people.roles import Ability
from opsconsole.people.screens import ActorRequest, blame, for_people
from opsconsole.people.selectors import actor_for, photo_bytes

PROFILE = ("nickname", "language", "theme", "undo_seconds")


class SignIn(LoginView):
    """Sign in; the name typed is kept after a mistake."""

    template_name = "people/sign_in.html"
    authentication_form = SignInForm
    redirect_authenticated_user = True

    def get_default_redirect_url(self) -> str:
        """Lead managers to how the day stands, everybody else to the inbox."""
        actor = actor_for(cast(User, self.request.user))
        if actor.can(Ability.READ_REPORTS):
            return reverse("reports:today")
        return str(super().get_default_redirect_url())

    def form_invalid(self, form: AuthenticationForm) -> HttpResponse:
        """Say so in the status as well."""
        return self.render_to_response(self.get_context_data(form=form), status=422)


class SignOut(LogoutView):
    """Sign out, by POST only."""


@require_http_methods(["GET", "POST"])
@for_people
def preferences(request: ActorRequest) -> HttpResponse:
    """Show and change one's own profile."""
    if request.method == "GET":
        return _preferences(request, ProfileForm(initial=_stored(request)))
    form = ProfileForm(_stored(request) | request.POST.dict(), request.FILES or None)
    if form.is_valid():
        try:
            _apply(request, form)
        except DomainError as error:
            blame(form, error)
            return _preferences(request, form, status=error.status)
        messages.success(request, _("Saved."))
        return redirect(_back(request))
    return _preferences(request, form, status=422)


def _stored(request: HttpRequest) -> dict[str, Any]:
    user = cast(User, request.user)
    window = min(UNDO_CHOICES, key=lambda choice: abs(choice - user.undo_window))
    return {name: getattr(user, name) for name in PROFILE} | {"undo_seconds": window}


def _apply(request: ActorRequest, form: ProfileForm) -> None:
    if form.cleaned_data["photo"]:
        actions.photo_set(request.actor, upload=form.cleaned_data["photo"])
    words = {name: form.cleaned_data[name] for name in PROFILE}
    if "undo_seconds" not in request.POST:  # the quick switches leave the console's own in force
        words.pop("undo_seconds")
    actions.preferences_set(request.actor, **words)


def _back(request: HttpRequest) -> str:
    """Return to the page a quick switch was made on, if that is ours."""
    wanted = request.POST.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return wanted if is_ours else "people:preferences"


@require_POST
@for_people
def photo_remove(request: ActorRequest) -> HttpResponse:
    """Take one's own photo away."""
    actions.photo_remove(request.actor)
    messages.success(request, _("Your photo has been removed."))
    return redirect("people:preferences")


@require_POST
@for_people
def password(request: ActorRequest) -> HttpResponse:
    """Change one's own password; other sessions end, this one stays."""
    form = OwnPasswordForm(cast(User, request.user), request.POST)
    if not form.is_valid():
        return _password(request, form)
    user = actions.password_change(request.actor, password=form.cleaned_data["new_password1"])
    update_session_auth_hash(request, user)
    if request.htmx:
        return _password(request, OwnPasswordForm(user), is_changed=True)
    messages.success(request, _("Your password has been changed."))
    return redirect("people:preferences")


def _password(
    request: ActorRequest, form: OwnPasswordForm, *, is_changed: bool = False
) -> HttpResponse:
    """Draw the password card alone where htmx asks: what was typed beside it stays as it is."""
    if request.htmx:
        for name in list(form.errors)[:1]:
            form.fields[name].widget.attrs["autofocus"] = True
        context = {"password_form": form, "is_changed": is_changed}
        return render(request, "people/_password.html", context)
    profile = ProfileForm(initial=_stored(request))
    return _preferences(request, profile, password_form=form, status=422)


def _preferences(
    request: ActorRequest,
    form: ProfileForm,
    *,
    password_form: OwnPasswordForm | None = None,
    status: int = 200,
) -> HttpResponse:
    password_form = password_form or OwnPasswordForm(cast(User, request.user))
    context = {"form": form, "password_form": password_form}
    return render(request, "people/preferences.html", context, status=status)


@login_required
@require_GET
@cache_control(private=True, max_age=3600)
def photo(request: HttpRequest, user_id: int, name: str) -> HttpResponse:
    """Send a colleague's photo. `name` changes with the photo, so that browsers may keep it."""
    return HttpResponse(photo_bytes(user_id, name), content_type="image/webp")
