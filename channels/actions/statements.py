"""The statements that every delivery goes through on its way out, compiled once. They decide nothing.

With a thousand posts due in one second the console is as fast as it makes these. Whatever happens
rarely (a refusal, a retry, a person's verdict) is a plain update of `moves`.
"""

from datetime import datetime

from django.db.models import F, QuerySet

from channels.lifecycle import URGENT, DeliveryState
from channels.models import ChannelAccount, Delivery, DeliveryMedia
from channels.selectors.due import due_now
from channels.types import Receipt
from opsconsole.kernel.plans import Statement
from opsconsole.kernel.prepared import Change, prepared, prepared_change
from opsconsole.kernel.text import storable_id, web_address

S = DeliveryState
#: What an account remembers for its polls; large, and of no use here.
_OF_POLLING = ("cursor", "categories")


@prepared_change("id", "fence")
def claim_next(at: datetime, until: datetime) -> Change:
    """Claim the most urgent of what is due."""
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
    rows = rows.defer(*(f"account__{name}" for name in _OF_POLLING))
    return rows.filter(pk=delivery_id, fence=fence, state=S.CLAIMED)


@prepared
def media_of(delivery_id: int) -> QuerySet[DeliveryMedia]:
    """Return the files of a delivery, in their order."""
    return DeliveryMedia.objects.filter(delivery=delivery_id).order_by("pk")


@prepared
def account_locked(delivery_id: int) -> QuerySet[ChannelAccount]:
    """Return the account of a delivery; nobody pauses or reconnects it before this transaction ends."""
    rows = ChannelAccount.objects.filter(deliveries=delivery_id).defer(*_OF_POLLING)
    return rows.select_for_update(no_key=True, of=("self",))


_ARM = Statement("""
    WITH armed AS (
        UPDATE channels_delivery
           SET state = 'armed', attempts_made = attempts_made + 1, lease_until = %(until)s
         WHERE id = %(delivery)s AND fence = %(fence)s AND state IN ('claimed', 'prepared')
           AND deadline >= %(at)s AND (NOT needs_permit OR permitted_hash = content_hash)
     RETURNING id, account_id, attempts_made
    )
    INSERT INTO channels_deliveryattempt (delivery_id, account_id, number, armed_at, worker, detail)
    SELECT id, account_id, attempts_made, %(at)s, %(worker)s, '' FROM armed
    RETURNING number
""")


def arm(delivery_id: int, fence: int, *, at: datetime, until: datetime, worker: str) -> bool:
    """Arm what a claim holds, in its window, and let out where somebody has to; write down the attempt.

    One statement, because a thousand posts of one second each pay for its way to PostgreSQL and back.
    """
    values = {"delivery": delivery_id, "fence": fence, "at": at, "until": until, "worker": worker}
    return bool(_ARM(values))


_SENT = Statement("""
    WITH told AS (
        UPDATE channels_delivery
           SET state = 'sent', external_id = %(external_id)s, url = %(url)s, sent_at = %(sent_at)s,
               posted_at = coalesce(%(posted_at)s, posted_at), settled_at = %(at)s,
               is_held_by_host = is_held_by_host OR %(is_held)s,
               reason = '', reason_code = '', is_unseen = true
         WHERE id = %(delivery)s AND fence = %(fence)s AND state IN ('armed', 'reconciling')
     RETURNING id, account_id
    ), ended AS (
        UPDATE channels_deliveryattempt AS attempt SET outcome = 'sent', ended_at = %(at)s
          FROM told WHERE attempt.delivery_id = told.id AND attempt.outcome IS NULL
    )
    SELECT account.unit_id FROM told JOIN channels_channelaccount AS account ON account.id = account_id
""")


def sent(
    claim_of: tuple[int, int], receipt: Receipt, *, sent_at: datetime, at: datetime
) -> list[int]:
    """Note what stands on the platform while a claim (delivery, fence) holds, and complete its attempt.

    Returns the unit whose screens show it; nothing when the claim was lost. Raises IntegrityError when
    another delivery stands for the same id.
    """
    delivery_id, fence = claim_of
    return [unit for (unit,) in _SENT({
        "delivery": delivery_id, "fence": fence, "external_id": storable_id(receipt.external_id),
        "url": web_address(receipt.url), "sent_at": sent_at, "posted_at": receipt.posted_at,
        "is_held": receipt.is_held, "at": at,
    })]  # fmt: skip


@prepared
def unit_of(delivery_id: int) -> "QuerySet[ChannelAccount, int]":
    """Return the unit whose screens show a delivery."""
    rows = ChannelAccount.objects.filter(deliveries=delivery_id)
    return rows.values_list("unit_id", flat=True)
