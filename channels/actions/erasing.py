"""Taking the words out of what came in and went out. Numbers, times and states stay: they are the record."""

from collections.abc import Iterable

from django.db import transaction

from channels.actions.landing import ERASED
from channels.lifecycle import OVER
from channels.models import (
    AccountFollower,
    Ancestor,
    AncestorState,
    Delivery,
    DeliveryAttempt,
    DeliveryMedia,
    InboundItem,
    PaidRead,
)

#: What an item keeps of a person, emptied.
_BLANK = {
    "text": "", "author": {}, "author_external_id": "", "media": [], "permalink": "", "context": "",
    "context_url": "", "language": "", "problem": "", "digest": ERASED, "is_pending": False,
}  # fmt: skip


def items_blank(account_id: int, external_ids: Iterable[str]) -> int:
    """Empty items of one account for good: a platform that shows them again brings nothing back."""
    rows = InboundItem.objects.filter(account=account_id, external_id__in=list(external_ids))
    return rows.update(**_BLANK)


def author_forget(account_id: int, author_external_id: str) -> None:
    """Empty what somebody wrote that is still on its way into the inbox, or stands above others' lines.

    That they follow the account, and were read today, is forgotten.
    """
    items = InboundItem.objects.filter(account=account_id, is_pending=True)
    items.filter(author_external_id=author_external_id).update(**_BLANK)
    above = Ancestor.objects.filter(account=account_id, author_external_id=author_external_id)
    above.update(
        state=AncestorState.GONE, text="", author={}, author_external_id="", media=[], permalink=""
    )
    AccountFollower.objects.filter(account=account_id, external_id=author_external_id).delete()
    PaidRead.objects.filter(is_person=True, external_id=author_external_id).delete()


def are_under_way(delivery_ids: Iterable[int]) -> bool:
    """Say whether any of some deliveries may still leave, or waits for somebody's decision."""
    rows = Delivery.objects.filter(pk__in=list(delivery_ids))
    return rows.exclude(state__in=OVER).exists()


def deliveries_blank(delivery_ids: Iterable[int]) -> None:
    """Empty settled deliveries, and on commit delete the files that went with them."""
    ids = list(delivery_ids)
    rows = Delivery.objects.filter(pk__in=ids, state__in=OVER)
    rows.update(text="", title="", url="", reason="", media_handles=[], article={})
    DeliveryAttempt.objects.filter(delivery__in=ids).update(detail="")
    media = DeliveryMedia.objects.filter(delivery__in=ids)
    names = set(media.values_list("file", flat=True))
    media.delete()
    storage = DeliveryMedia._meta.get_field("file").storage
    for name in names:
        transaction.on_commit(lambda name=name: storage.delete(name))  # type: ignore[misc]
