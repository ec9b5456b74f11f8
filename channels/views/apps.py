"""Screens of our own apps at the platforms. For administrators of the whole house."""

from urllib.parse import urljoin

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods

from channels.actions.apps import app_set, must_manage_apps
from channels.connect_forms import AppForm
from channels.lifecycle import ChannelKind
from channels.selectors.handshakes import app_at, apps_set_up
from channels.status import CHANNELS
from channels.ways import APP_FIELDS
from opsconsole.kernel.errors import DomainError, NotFound
from opsconsole.people.screens import ActorRequest, blame, for_people


@require_GET
@for_people
def apps(request: ActorRequest) -> HttpResponse:
    """List the platforms that want an app of ours, and whether each is set up."""
    must_manage_apps(request.actor)
    known = apps_set_up()
    rows = [(kind, CHANNELS[ChannelKind(kind)].label, kind in known) for kind in APP_FIELDS]
    return render(request, "channels/apps.html", {"rows": rows})


@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
@for_people
def app(request: ActorRequest, kind: str) -> HttpResponse:
    """Set up our app at one platform."""
    must_manage_apps(request.actor)
    if kind not in APP_FIELDS:
        raise NotFound
    known = app_at(kind)
    initial = {"base_url": known.base_url if known else ""}
    form = AppForm(request.POST or None, kind=kind, is_known=known is not None, initial=initial)
    if form.is_valid():
        try:
            app_set(request.actor, kind=kind, **form.given())
        except DomainError as error:
            blame(form, error)
        else:
            messages.success(request, _("Saved."))
            return redirect("channels:apps")
    context = {
        "form": form,
        "kind": kind,
        "channel": CHANNELS[ChannelKind(kind)],
        "known": known,
        "back": urljoin(settings.PUBLIC_URL, reverse("channels:connect_back", args=[kind])),
    }
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "channels/app.html", context, status=status)
