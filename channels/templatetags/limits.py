"""How templates say what a platform still allows, and what it costs."""

from collections.abc import Sequence
from decimal import Decimal

from django import template
from django.utils.functional import Promise

from channels.models import ChannelAccount
from channels.quota_words import quota_label as label_of
from channels.quota_words import span_label
from channels.selectors.spending import Cost, cost_of_saying
from channels.selectors.windows import Quota
from channels.spending_words import priced_label

register = template.Library()


@register.filter
def quota_label(quota: Quota) -> Promise | str:
    """Name a window."""
    return label_of(quota.endpoint, quota.span)


@register.filter
def quota_span(quota: Quota) -> Promise | str:
    """Say over which time it counts, when that is longer than usual."""
    return span_label(quota.span)


@register.filter
def priced(kind: str) -> Promise | str:
    """Name what costs."""
    return priced_label(kind)


@register.filter
def dollars(amount: Decimal) -> str:
    """Say an amount of money, to the cent, and smaller parts only where there are some."""
    text = f"{amount:,.4f}".rstrip("0")
    whole, _point, part = text.partition(".")
    return f"${whole}.{part:0<2}"


@register.filter
def spent_percent(account: ChannelAccount) -> int:
    """Return how much of its money an account has spent, in percent."""
    return int(100 * account.spent / account.spend_ceiling) if account.spend_ceiling else 0


@register.simple_tag
def cost_of(
    account: ChannelAccount,
    words: str,
    parts: Sequence[str] = (),
    described: int = 0,
    *,
    is_reply: bool = False,
) -> Cost | None:
    """Return what saying something costs, with what hangs under it; None where nothing costs."""
    return cost_of_saying(account, [words, *parts], is_reply=is_reply, described=described)


@register.filter
def grouped(number: int) -> str:
    """Say a number with its thousands apart."""
    return f"{number:,}"


@register.filter
def signed(number: int) -> str:
    """Say a change: with a plus or a minus, or that there is none."""
    return f"{number:+,}" if number else "±0"
