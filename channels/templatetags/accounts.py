"""How templates say how an account is doing."""

from datetime import datetime, timedelta

from django import template
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from channels.budgets import WINDOWS
from channels.details import in_words as said_in_words
from channels.health import Health, behind_since, days_left, health_of, next_poll, silence_of
from channels.lifecycle import ChannelKind
from channels.models import ChannelAccount
from channels.status import CHANNELS
from opsconsole.kernel.clock import now
from opsconsole.kernel.text import web_address
from opsconsole.people.roles import Ability

register = template.Library()


@register.filter
def health(account: ChannelAccount) -> Health:
    """Return how an account is doing, in words."""
    return health_of(account, now())


@register.filter
def silence(account: ChannelAccount) -> str:
    """Say why nothing can be said as an account now; empty when it can."""
    return silence_of(account, now())


@register.filter
def behind(account: ChannelAccount) -> datetime | None:
    """Return since when an account is behind its plan, if it is."""
    return behind_since(account, now())


@register.filter
def next_read(account: ChannelAccount) -> datetime | None:
    """Return when an account is read next."""
    return next_poll(account)


@register.filter
def is_past(at: datetime) -> bool:
    """Tell whether a moment is over."""
    return at <= now()


@register.filter
def access_ends_soon(account: ChannelAccount) -> bool:
    """Tell whether the platform ends our access within two weeks."""
    return days_left(account, now()) is not None


@register.filter
def channel_label(kind: str) -> str:
    """Name a kind of channel."""
    return str(CHANNELS[ChannelKind(kind)].label)


@register.filter
def in_words(detail: str) -> str:
    """Say what an adapter wrote down in the reader's language."""
    return said_in_words(detail)


@register.filter
def as_link(address: str) -> str:
    """Return an address that may become a link, else nothing."""
    return web_address(address)


@register.simple_tag(takes_context=True)
def may_manage(context: template.Context, account: ChannelAccount) -> bool:
    """Tell whether the reader manages this account."""
    return bool(context["actor"].can(Ability.MANAGE_ACCOUNTS, account.unit_id))


_WINDOW_LABELS = {
    "budget_quarter": gettext_lazy("In 15 minutes"),
    "budget_hour": gettext_lazy("In an hour"),
    "budget_day": gettext_lazy("In 24 hours"),
}


@register.filter
def window_label(window: timedelta) -> Promise:
    """Name the window of a budget."""
    return next(_WINDOW_LABELS[name] for name, long in WINDOWS.items() if long == window)
