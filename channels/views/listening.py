"""The screen of what an account on X listens for."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from channels.actions.listening import account_listening_set
from channels.forms_listening import ListeningForm
from channels.lifecycle import ChannelKind
from channels.selectors.accounts import account_for
from channels.selectors.side_streams import search_of
from opsconsole.kernel.errors import DomainError, NotFound
from opsconsole.people.roles import Ability
from opsconsole.people.screens import ActorRequest, blame, for_people


@require_http_methods(["GET", "POST"])
@for_people
def listening(request: ActorRequest, account_id: int) -> HttpResponse:
    """Say which words are searched for, and whether posts that are passed on come in."""
    found = account_for(request.actor, account_id, Ability.MANAGE_ACCOUNTS)
    if found.kind != ChannelKind.X:
        raise NotFound
    search = search_of(found)
    typed = {"query": search.query if search else "", "with_reposts": found.with_reposts}
    form = ListeningForm(request.POST or None, initial=typed)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                account_listening_set(request.actor, account_id=account_id, **form.cleaned_data)
            except DomainError as error:
                blame(form, error)
            else:
                messages.success(request, _("Saved."))
                return redirect("channels:account", account_id=account_id)
    context = {"form": form, "account": found, "search": search}
    return render(request, "channels/listening.html", context, status=status)
