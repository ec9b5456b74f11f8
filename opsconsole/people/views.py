"""Screens about oneself: signing in and out, preferences, password, own photo."""

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import LoginView, LogoutView
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from opsconsole.kernel.actor import Actor
from opsconsole.kernel.errors import DomainError
from opsconsole.people import actions
from opsconsole.people.forms import OwnPasswordForm, ProfileForm, SignInForm
from opsconsole.people.models import User
from opsconsole.people.selectors import photo_file


class ActorRequest(HttpRequest):
    """A request of a signed-in person, as our middleware leaves it."""

    actor: Actor
    user: User


class SignIn(LoginView):
    """Sign in; the name typed is kept after a mistake."""

    template_name = "people/sign_in.html"
    authentication_form = SignInForm
    redirect_authenticated_user = True


class SignOut(LogoutView):
    """Sign out, by POST only."""


@login_required
@require_http_methods(["GET", "POST"])
def preferences(request: ActorRequest) -> HttpResponse:
    """Show and change one's own profile."""
    user = request.user
    stored = {"nickname": user.nickname, "language": user.language, "theme": user.theme}
    given = stored | request.POST.dict() if request.method == "POST" else None
    form = ProfileForm(given, request.FILES or None, initial=stored)
    if given is None or not form.is_valid():
        return _profile(request, form, OwnPasswordForm(user))
    try:
        _apply(request, form)
    except DomainError as error:
        field = error.data.get("field")
        form.add_error(field if field in form.fields else None, str(error.message))
        return _profile(request, form, OwnPasswordForm(user), status=error.status)
    messages.success(request, _("Saved."))
    return redirect(_back(request))


def _apply(request: ActorRequest, form: ProfileForm) -> None:
    words = {name: form.cleaned_data[name] for name in ("nickname", "language", "theme")}
    if form.cleaned_data["photo"]:
        actions.photo_set(request.actor, upload=form.cleaned_data["photo"])
    actions.preferences_set(request.actor, **words)


def _back(request: HttpRequest) -> str:
    """Return to the page a quick switch was made on, if that is ours."""
    wanted = request.POST.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(wanted, allowed_hosts={request.get_host()})
    return wanted if is_ours else "people:preferences"


@login_required
@require_POST
def password(request: ActorRequest) -> HttpResponse:
    """Change one's own password; other sessions end, this one stays."""
    form = OwnPasswordForm(request.user, request.POST)
    stored = {name: getattr(request.user, name) for name in ("nickname", "language", "theme")}
    if not form.is_valid():
        return _profile(request, ProfileForm(initial=stored), form, status=422)
    form.save()
    update_session_auth_hash(request, form.user)
    actions.password_changed(request.actor, user=request.user)
    messages.success(request, _("Your password has been changed."))
    return redirect("people:preferences")


def _profile(
    request: HttpRequest, form: ProfileForm, password_form: OwnPasswordForm, *, status: int = 200
) -> HttpResponse:
    if form.is_bound and form.errors and status == 200:
        status = 422
    context = {"form": form, "password_form": password_form}
    return render(request, "people/preferences.html", context, status=status)


@login_required
@require_GET
@cache_control(private=True, max_age=3600)
def photo(request: ActorRequest, user_id: int, name: str) -> FileResponse:
    """Send a colleague's photo. `name` changes with the photo, so that browsers may keep it."""
    return FileResponse(photo_file(user_id, name), content_type="image/webp")
