"""The statements that every delivery goes through on its way out, compiled once. They decide nothing.

With a thousand posts due in one second the console is as fast as it makes these. Whatever happens
rarely (a refusal, a retry, a person's verdict) is a plain update of `moves`.
"""

from datetime import datetime

from django.db.models import F, Q, QuerySet

from channels.lifecycle import URGENT, DeliveryState
from channels.models import ChannelAccount, Delivery, DeliveryAttempt, DeliveryMedia
from channels.selectors.due import due_now
from opsconsole.kernel.prepared import Change, prepared, prepared_change

S = DeliveryState


@prepared_change("id", "fence")
def claim_next(at: datetime, until: datetime) -> Change:
    """Claim the most urgent of what is due. Inside a transaction only."""
    return _claim(due_now(at), until)


@prepared_change("id", "fence")
def claim_next_urgent(at: datetime, until: datetime) -> Change:
    """The same among answers alone."""
    return _claim(due_now(at).filter(priority__lte=URGENT), until)


def _claim(due: QuerySet[Delivery], until: datetime) -> Change:
    """Two workers never get the same one: what somebody has locked is skipped."""
    first = due.order_by("priority", "not_before", "id").values("pk")[:1]
    free = first.select_for_update(skip_locked=True, of=("self",))
    rows = Delivery.objects.filter(pk=free)
    return rows, {"state": S.CLAIMED, "fence": F("fence") + 1, "lease_until": until}


@prepared
def claimed(delivery_id: int, fence: int) -> QuerySet[Delivery]:
    """Return a delivery while a claim holds it, with whose voice it leaves."""
    rows = Delivery.objects.select_related("account", "account__credential")
    return rows.filter(pk=delivery_id, fence=fence, state=S.CLAIMED)


@prepared
def media_of(delivery_id: int) -> QuerySet[DeliveryMedia]:
    """Return the files of a delivery, in their order."""
    return DeliveryMedia.objects.filter(delivery=delivery_id).order_by("pk")


@prepared
def account_locked(delivery_id: int) -> QuerySet[ChannelAccount]:
    """Return the account of a delivery; nobody pauses or reconnects it before this transaction ends."""
    rows = ChannelAccount.objects.filter(deliveries=delivery_id)
    return rows.select_for_update(no_key=True, of=("self",))


@prepared_change("attempts_made")
def arm(delivery_id: int, fence: int, at: datetime, until: datetime) -> Change:
    """Arm what a claim holds, in its window, and let out where somebody has to."""
    rows = Delivery.objects.filter(
        Q(needs_permit=False) | Q(permitted_hash=F("content_hash")),
        pk=delivery_id, fence=fence, state__in=[S.CLAIMED, S.PREPARED], deadline__gte=at,
    )  # fmt: skip
    return rows, {
        "state": S.ARMED,
        "attempts_made": F("attempts_made") + 1,
        "lease_until": until,
    }


@prepared_change("account_id")
def sent(
    delivery_id: int, fence: int, external_id: str, url: str, sent_at: datetime, at: datetime
) -> Change:
    """Note what stands on the platform, which did not say since when, while the claim holds."""
    return _sent(
        delivery_id, fence, external_id=external_id, url=url, sent_at=sent_at, settled_at=at
    )


@prepared_change("account_id")
def sent_as_told(
    delivery_id: int, fence: int, external_id: str, url: str, posted_at: datetime, at: datetime
) -> Change:
    """Note what stands on the platform since the moment it told, while the claim holds."""
    return _sent(
        delivery_id, fence, external_id=external_id, url=url, sent_at=posted_at,
        posted_at=posted_at, settled_at=at,
    )  # fmt: skip


def _sent(delivery_id: int, fence: int, **told: object) -> Change:
    rows = Delivery.objects.filter(pk=delivery_id, fence=fence, state__in=[S.ARMED, S.RECONCILING])
    return rows, {"state": S.SENT, "reason": "", "reason_code": "", "is_unseen": True, **told}


@prepared_change("id")
def attempt_sent(delivery_id: int, at: datetime) -> Change:
    """Complete the attempt under way."""
    rows = DeliveryAttempt.objects.filter(delivery=delivery_id, outcome__isnull=True)
    return rows, {"outcome": "sent", "ended_at": at}


@prepared
def unit_of(delivery_id: int) -> "QuerySet[ChannelAccount, int]":
    """Return the unit whose screens show a delivery."""
    rows = ChannelAccount.objects.filter(deliveries=delivery_id)
    return rows.values_list("unit_id", flat=True)
