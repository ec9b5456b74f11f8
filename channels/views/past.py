"""The screen of an account's past: reading its history, or a period once more."""

from datetime import timedelta

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from channels.actions.past import history_ask, past_ask, past_stop
from channels.coverage import Stretch
from channels.coverage_words import SHOWN
from channels.past_forms import AgainForm, HistoryForm
from channels.selectors.accounts import account_for
from channels.selectors.coverage import coverage_of, past_of
from opsconsole.kernel.clock import now
from opsconsole.kernel.errors import DomainError
from opsconsole.people.roles import Ability
from opsconsole.people.screens import ActorRequest, blame, for_people, told

_HISTORY = "history"


@require_http_methods(["GET", "POST"])
@for_people
def past(request: ActorRequest, account_id: int) -> HttpResponse:
    """Ask for a period that is read once more, or for more of the history."""
    found = account_for(request.actor, account_id, Ability.MANAGE_ACCOUNTS)
    is_history = request.POST.get("what") == _HISTORY
    at = timezone.localtime(now())
    period = {"since": at - timedelta(hours=24), "until": at}
    given = request.POST or None
    again = AgainForm(None if is_history else given, initial=period)
    history = HistoryForm(given if is_history else None)
    form, action = (history, history_ask) if is_history else (again, past_ask)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                action(request.actor, account_id=account_id, **form.wish())
            except DomainError as error:
                blame(form, error)
            else:
                messages.success(request, _("Workers read it now, whenever nothing else waits."))
                return redirect("channels:account", account_id=account_id)
    coverage = coverage_of(found, Stretch(at - SHOWN, at))
    context = {"account": found, "again": again, "history": history, "coverage": coverage}
    return render(request, "channels/past.html", context, status=status)


@require_POST
@for_people
def stop(request: ActorRequest, account_id: int, number: int) -> HttpResponse:
    """Stop a reading of the past, the so-many-th of an account."""
    found = account_for(request.actor, account_id, Ability.MANAGE_ACCOUNTS)
    reading = past_of(found, number)
    done = gettext_lazy("Stopped. What it brought stays.")
    told(request, lambda: past_stop(request.actor, reading_id=reading.pk), done)
    return redirect("channels:account", account_id=account_id)
