"""Bringing in receipts that the database could not take when they came. Workers only."""

import logging

from django.db import transaction
from django.db.models import F

from channels.actions.moves import Claim
from channels.actions.sending import delivery_sent
from channels.lifecycle import LEASED, WAITING, DeliveryState
from channels.models import Delivery
from channels.spool import receipts_kept
from channels.types import Receipt
from opsconsole.kernel.clock import now

logger = logging.getLogger(__name__)

S = DeliveryState
#: Where a delivery may stand of which the database does not know that it was sent.
_OPEN = WAITING | LEASED | {S.AMBIGUOUS, S.NEEDS_HUMAN}


def receipts_replay() -> int:
    """Record every receipt that is kept, and forget it. Returns how many."""
    done = 0
    for path, delivery_id, receipt in receipts_kept():
        _replay(delivery_id, receipt)
        path.unlink(missing_ok=True)
        done += 1
    return done


def _replay(delivery_id: int, receipt: Receipt) -> None:
    """A receipt proves that the text stands, whoever has the delivery in hand by now."""
    with transaction.atomic():
        row = Delivery.objects.select_for_update(no_key=True).filter(pk=delivery_id).first()
        if row is not None and row.state in _OPEN:
            at = now()
            Delivery.objects.filter(pk=row.pk).update(
                state=S.RECONCILING, fence=F("fence") + 1, lease_until=at, ambiguous_at=at,
                settled_at=None,
            )  # fmt: skip
            delivery_sent(Claim(row.pk, row.fence + 1), receipt)
        elif row is None or row.external_id != receipt.external_id:
            state = row.state if row else "unknown"
            logger.error("delivery %s is %s, yet stands as %s", delivery_id, state, receipt)
