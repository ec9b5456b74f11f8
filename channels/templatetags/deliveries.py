"""How templates say where a delivery stands."""

from django import template

from channels.lifecycle import DeliveryState
from channels.models import Delivery
from channels.status import DELIVERY_STATUS, Status

register = template.Library()


@register.filter
def delivery_status(delivery: Delivery) -> Status:
    """Return the words for a delivery's state."""
    return DELIVERY_STATUS[DeliveryState(delivery.state)]
