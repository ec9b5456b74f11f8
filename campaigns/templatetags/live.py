"""How live desks are shown. No queries."""

import math

from django import template
from django.utils.functional import Promise

from campaigns.lifecycle import LiveState
from campaigns.live_words import LIVE_STATUS, MODE_LABELS, may_take_back, word_status
from campaigns.models import LiveDesk, LiveLine, LivePlace, LiveWord
from campaigns.selectors.live import is_chained
from campaigns.status import Status
from channels.registry import capabilities_for
from channels.status import Status as DeliveryStatus
from channels.types import Capabilities
from opsconsole.kernel.clock import now

register = template.Library()


@register.filter
def live_status(desk: LiveDesk) -> Status:
    """Return whether a desk is open, in words."""
    return LIVE_STATUS[LiveState(desk.state)]


@register.filter
def live_word(word: LiveWord) -> Status | DeliveryStatus:
    """Return where a line stands on one account, in words."""
    return word_status(word)


@register.filter
def live_mode(place: LivePlace) -> Promise:
    """Say how words follow on an account."""
    return MODE_LABELS["chain" if is_chained(place.account) else place.mode]


@register.filter
def limits(place: LivePlace) -> Capabilities:
    """Return how long words may be on an account, and how they are counted."""
    return capabilities_for(place.account.kind)


@register.filter
def leaves_in(line: LiveLine) -> float:
    """Return the seconds until a line leaves, to a tenth; 0 when it may have."""
    return max(0.0, math.ceil((line.leaves_at - now()).total_seconds() * 10) / 10)


@register.filter
def can_be_undone_by(line: LiveLine, user_id: int | None) -> bool:
    """Whether to offer somebody to take a line back."""
    return may_take_back(line, user_id)
