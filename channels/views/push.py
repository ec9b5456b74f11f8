"""The screen of an account's push: its addresses, how it does, and the events that a person must decide about."""

from collections.abc import Callable
from functools import partial

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from channels.actions import doors
from channels.actions.subscribing import subscription_ask
from channels.lifecycle import SubscriptionWish
from channels.selectors.accounts import account_for
from channels.selectors.push import parked_events, push_of
from opsconsole.kernel.errors import NotFound
from opsconsole.people.roles import Ability
from opsconsole.people.screens import ActorRequest, for_people, told

#: Parked events shown at once.
SHOWN = 50

_ACTS: dict[str, tuple[Callable[..., object], Promise]] = {
    "open": (doors.door_open, gettext_lazy("Push is on. Enter the address at the platform.")),
    "renew": (doors.door_renew, gettext_lazy("There is a new address. The old one is dead.")),
    "close": (
        doors.door_close,
        gettext_lazy("Push is off. The account is read by polling alone."),
    ),
    "subscribe": (
        partial(subscription_ask, wish=SubscriptionWish.SUBSCRIBE),
        gettext_lazy("A worker subscribes the Page."),
    ),
    "unsubscribe": (
        partial(subscription_ask, wish=SubscriptionWish.UNSUBSCRIBE),
        gettext_lazy("A worker ends the subscription."),
    ),
    "look": (
        partial(subscription_ask, wish=SubscriptionWish.LOOK),
        gettext_lazy("A worker asks how it stands."),
    ),
}
_VERDICTS: dict[str, tuple[Callable[..., None], Promise]] = {
    "retry": (doors.event_retry, gettext_lazy("A worker tries it again.")),
    "discard": (doors.event_discard, gettext_lazy("Discarded.")),
}


@require_GET
@for_people
def push(request: ActorRequest, account_id: int) -> HttpResponse:
    """Show what to enter at the platform, how pushing does, and what is parked."""
    account = account_for(request.actor, account_id, Ability.MANAGE_ACCOUNTS)
    context = {
        "account": account,
        "push": push_of(account),
        "parked": parked_events(request.actor, account).defer("body")[:SHOWN],
        "shown": SHOWN,
    }
    is_part = request.htmx.target == "push"
    return render(request, "channels/_push.html" if is_part else "channels/push.html", context)


@require_POST
@for_people
def act(request: ActorRequest, account_id: int, verb: str) -> HttpResponse:
    """Switch push on or off, take another address, or subscribe the account to our application."""
    if verb not in _ACTS:
        raise NotFound
    action, done = _ACTS[verb]
    told(request, lambda: action(request.actor, account_id=account_id), done)
    return redirect("channels:push", account_id=account_id)


@require_POST
@for_people
def decide(request: ActorRequest, account_id: int, event_id: int, verb: str) -> HttpResponse:
    """Have a parked event tried again, or give it up."""
    if verb not in _VERDICTS:
        raise NotFound
    action, done = _VERDICTS[verb]
    told(
        request,
        lambda: action(request.actor, account_id=account_id, event_id=event_id),
        done,
    )
    return redirect("channels:push", account_id=account_id)
