"""What a worker does with the next delivery, without a platform: each test says what came of it."""

from itertools import count
from typing import Any

from channels.actions.moves import Claim
from channels.actions.sending import (
    delivery_arm,
    delivery_claim,
    delivery_failed,
    delivery_prepared,
    delivery_sent,
)
from channels.errors import ChannelError
from channels.models import Delivery
from channels.types import Receipt
from opsconsole.kernel.clock import now
from opsconsole.tasks import settle

_numbers = count(1)


def arm_next() -> Claim:
    """Claim, prepare and arm the delivery whose turn it is."""
    claim = delivery_claim()
    assert claim is not None, "nothing is due"
    assert delivery_prepared(claim, [])
    assert delivery_arm(claim, worker="test")
    return claim


def send_next(external_id: str = "", **given) -> Delivery:
    """Have the platform take the next delivery, and bring the apps up to date."""
    claim = arm_next()
    shown: dict[str, Any] = {"posted_at": now(), "url": "https://platform.example/sent"}
    assert delivery_sent(claim, Receipt(external_id or f"out{next(_numbers)}", **shown | given))
    settle()
    return Delivery.objects.get(pk=claim.delivery_id)


def refuse_next(error: ChannelError) -> Delivery:
    """Have the platform answer the next delivery with an error, and bring the apps up to date."""
    claim = arm_next()
    assert delivery_failed(claim, error)
    settle()
    return Delivery.objects.get(pk=claim.delivery_id)
