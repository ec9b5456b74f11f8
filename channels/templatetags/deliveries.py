"""How templates say where a delivery stands."""

from django import template

from channels.lifecycle import DeliveryState
from channels.models import Delivery
from channels.status import DELIVERY_REASONS, DELIVERY_STATUS, Status

register = template.Library()


@register.filter
def delivery_status(delivery: Delivery) -> Status:
    """Return the words for a delivery's state."""
    return DELIVERY_STATUS[DeliveryState(delivery.state)]


@register.filter
def delivery_reason(delivery: Delivery) -> str:
    """Say why a delivery is where it is: our words, then the platform's own; empty when all is well."""
    status = DELIVERY_STATUS[DeliveryState(delivery.state)]
    is_open = delivery.state == DeliveryState.NEEDS_HUMAN
    ours = status.hint if is_open else DELIVERY_REASONS.get(delivery.reason_code)
    return " · ".join(str(part) for part in (ours, delivery.reason) if part)
