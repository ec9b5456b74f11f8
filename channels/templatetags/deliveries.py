"""How templates say where a delivery stands."""

from django import template
from django.utils.functional import Promise

from channels.details import in_words
from channels.lifecycle import DeliveryState
from channels.models import Delivery, DeliveryAttempt
from channels.status import (
    ATTEMPT_OPEN,
    ATTEMPT_OUTCOMES,
    DELIVERY_REASONS,
    FINAL_REASONS,
    ON_HOLD,
    TO_REVIEW,
    Status,
    status_of,
)

register = template.Library()


@register.filter
def delivery_status(delivery: Delivery) -> Status:
    """Return the words for a delivery's state."""
    return status_of(delivery)


@register.filter
def waits_for_a_hold(delivery: Delivery) -> bool:
    """Tell whether a hold, in force or lifted, keeps it from leaving."""
    return delivery.hold_id is not None and status_of(delivery) in {ON_HOLD, TO_REVIEW}


@register.filter
def delivery_reason(delivery: Delivery) -> str:
    """Say why a delivery is where it is: our words, then the platform's own; empty when all is well."""
    status = status_of(delivery)
    is_open = delivery.state == DeliveryState.NEEDS_HUMAN
    ours = status.hint if is_open else _reason(delivery)
    return " · ".join(str(part) for part in (ours, in_words(delivery.reason)) if part)


@register.filter
def delivery_why(delivery: Delivery) -> str:
    """Say what the hint of its state leaves out."""
    hint = str(status_of(delivery).hint)
    parts = (str(_reason(delivery) or ""), in_words(delivery.reason))
    return " · ".join(part for part in parts if part and part != hint)


def _reason(delivery: Delivery) -> Promise | None:
    code = delivery.reason_code
    final = FINAL_REASONS.get(code) if delivery.is_settled else None
    return final or DELIVERY_REASONS.get(code)


@register.filter
def attempt_status(attempt: DeliveryAttempt) -> Status:
    """Return the words for how a create call ended."""
    return ATTEMPT_OUTCOMES.get(attempt.outcome or "", ATTEMPT_OPEN)


@register.filter
def origin_key(delivery: Delivery) -> str:
    """Return what its origin is called by the app that asked: "reply:7f…" gives 7f…, "target:4:2" gives 4."""
    return delivery.origin.split(":")[1] if ":" in delivery.origin else ""
