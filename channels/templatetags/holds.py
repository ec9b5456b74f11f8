"""How templates speak of holds."""

from django import template

from channels.lifecycle import DeliveryState
from channels.models import Hold
from channels.selectors.holds import hold_title as title_of
from channels.status import DELIVERY_STATUS, Status

register = template.Library()


@register.filter
def hold_title(hold: Hold) -> str:
    """Say in a few words what a hold is about."""
    return title_of(hold)


@register.filter
def state_words(state: str) -> Status:
    """Return the words for a delivery's state as it was noted down."""
    return DELIVERY_STATUS[DeliveryState(state)]
