"""Screens of accounts: how each is doing, and what may be done with it."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from channels.actions import accounts as actions
from channels.actions import leaving
from channels.coverage import Stretch
from channels.coverage_words import SHOWN
from channels.forms import AccountForm, LeaveForm, initial_of
from channels.models import ChannelAccount
from channels.selectors.accounts import (
    account_counts,
    account_for,
    account_size,
    accounts_for,
)
from channels.selectors.budgets import uses_of
from channels.selectors.coverage import coverage_of
from channels.selectors.deliveries import DeliveryFilter, delivery_page
from channels.selectors.followers import curve_of
from channels.selectors.push import push_of
from channels.selectors.side_streams import side_streams_of
from channels.selectors.windows import quotas_of
from opsconsole.kernel.clock import now
from opsconsole.kernel.errors import DomainError, NotFound
from opsconsole.people.roles import Ability
from opsconsole.people.screens import ActorRequest, blame, for_people, told
from opsconsole.people.selectors import units_within

#: Deliveries shown on an account's own page.
RECENT = 8
#: Days of the curve of followers there.
MONTH = 30

_ACTS: dict[str, tuple[Callable[..., ChannelAccount], Promise]] = {
    "pause": (actions.account_pause, gettext_lazy("Paused. Nothing more is read or sent.")),
    "resume": (actions.account_resume, gettext_lazy("Resumed.")),
    "poll": (actions.account_poll_now, gettext_lazy("A worker reads it now.")),
}


@require_GET
@for_people
def accounts(request: ActorRequest) -> HttpResponse:
    """List the accounts within reach, by unit, with their health."""
    request.actor.must(Ability.READ_ACCOUNTS)
    context = {
        "accounts": accounts_for(request.actor),
        "can_connect": request.actor.can(Ability.MANAGE_ACCOUNTS),
    }
    is_part = request.htmx.target == "accounts"
    name = "channels/_accounts.html" if is_part else "channels/accounts.html"
    return render(request, name, context)


@require_GET
@for_people
def account(request: ActorRequest, account_id: int) -> HttpResponse:
    """Show one account: health, what came in, what is on its way out."""
    found = account_for(request.actor, account_id)
    recent = delivery_page(request.actor, DeliveryFilter(account=account_id), size=RECENT)
    context = {
        "account": found,
        "counts": account_counts(found, now()),
        "coverage": coverage_of(found, Stretch(now() - SHOWN, now())),
        "uses": uses_of(found, now()),
        "quotas": quotas_of(found, now()),
        "curve": curve_of(found, timezone.localdate(now()), MONTH),
        "at": now(),
        "streams": side_streams_of(found),
        "push": push_of(found)
        if request.actor.can(Ability.MANAGE_ACCOUNTS, found.unit_id)
        else None,
        "recent": recent.rows,
    }
    is_part = request.htmx.target == "account"
    name = "channels/_account.html" if is_part else "channels/account.html"
    return render(request, name, context)


@require_http_methods(["GET", "POST"])
@for_people
def edit(request: ActorRequest, account_id: int) -> HttpResponse:
    """Rename an account, move it to another unit, or change its interval."""
    found = account_for(request.actor, account_id, Ability.MANAGE_ACCOUNTS)
    units = units_within(request.actor, Ability.MANAGE_ACCOUNTS)
    form = AccountForm(request.POST or None, initial=initial_of(found), units=units)
    if form.is_valid():
        try:
            actions.account_update(request.actor, account_id=account_id, **form.changes())
        except DomainError as error:
            blame(form, error)
        else:
            messages.success(request, _("Saved."))
            return redirect("channels:account", account_id=account_id)
    context = {"form": form, "account": found}
    return render(request, "channels/edit.html", context, status=_status(form))


@require_POST
@for_people
def act(request: ActorRequest, account_id: int, verb: str) -> HttpResponse:
    """Pause, resume, or read at once."""
    if verb not in _ACTS:
        raise NotFound
    action, done = _ACTS[verb]
    told(request, lambda: action(request.actor, account_id=account_id), done)
    return redirect("channels:account", account_id=account_id)


@require_http_methods(["GET", "POST"])
@for_people
def leave(request: ActorRequest, account_id: int) -> HttpResponse:
    """Show what goes with an account, and have it deleted."""
    found = account_for(request.actor, account_id, Ability.MANAGE_ACCOUNTS)
    form = LeaveForm(request.POST or None)
    if form.is_valid():
        try:
            leaving.account_leave(
                request.actor, account_id=account_id, name=form.cleaned_data["name"]
            )
        except DomainError as error:
            blame(form, error)
        else:
            messages.success(request, _("A worker deletes it now."))
            return redirect("channels:accounts")
    context = {"form": form, "account": found, "size": account_size(found)}
    return render(request, "channels/leave.html", context, status=_status(form))


def _status(form: AccountForm | LeaveForm) -> int:
    """Return the status of a page with this form: what is wrong with it is no success."""
    return 422 if form.is_bound and form.errors else 200
