"""The screen of who signs answers on a blog."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from channels.actions.signatures import account_signature_set
from channels.forms_signature import SignatureForm, initial_of
from channels.lifecycle import ChannelKind
from channels.selectors.accounts import account_for
from opsconsole.kernel.errors import DomainError, NotFound
from opsconsole.people.roles import Ability
from opsconsole.people.screens import ActorRequest, blame, for_people


@require_http_methods(["GET", "POST"])
@for_people
def signature(request: ActorRequest, account_id: int) -> HttpResponse:
    """Say who signs answers on a blog."""
    found = account_for(request.actor, account_id, Ability.MANAGE_ACCOUNTS)
    if found.kind != ChannelKind.BLOG:
        raise NotFound
    form = SignatureForm(request.POST or None, initial=initial_of(found.signs_as))
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                account_signature_set(request.actor, account_id=account_id, signs_as=form.signs_as)
            except DomainError as error:
                blame(form, error)
            else:
                messages.success(request, _("Saved."))
                return redirect("channels:account", account_id=account_id)
    context = {"form": form, "account": found}
    return render(request, "channels/signature.html", context, status=status)
