"""Where what was pushed lands: the one place through which doors change items. Workers only."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from django.db.models import Q

from channels.actions.landing import items_land, items_vanish, late_or_live
from channels.lifecycle import ChannelKind, DeliveryState
from channels.models import ChannelAccount, Delivery, InboundItem
from channels.tidings import Gone
from channels.types import Fetched, ItemKind, Recheck, Visibility
from opsconsole.kernel.clock import now
from opsconsole.kernel.text import storable_id

#: Characters of the post above a comment that are kept with it.
CONTEXT_LENGTH = 600
_BELOW = frozenset({ItemKind.COMMENT, ItemKind.REPLY})


def tidings_land(
    account: ChannelAccount,
    *,
    fresh: Sequence[Fetched] = (),
    seen: Recheck | None = None,
    gone: Sequence[Gone] = (),
    as_of: datetime,
) -> int:
    """Store what was pushed and what was read because of it; returns how many rows were written.

    `fresh` land only where they are not known: whatever a poll has shown is at least as new. `seen` was
    asked for `as_of` a moment, and gives way to what was stored since. What is gone before we have ever
    seen it is remembered, so that the event of its birth, should it come later, does not revive it.
    Call inside a transaction.
    """
    seen = seen or Recheck()
    came_as = late_or_live(account)  # the ledger of what has been read is left to the polls
    written = items_land(account, fresh, only_new=True, as_of=as_of, came_as=came_as)
    written += items_land(account, seen.items, as_of=as_of, came_as=came_as)
    written += items_land(account, [_unseen(one) for one in gone], only_new=True)
    written += items_vanish(account, [storable_id(one.external_id) for one in gone])
    written += items_vanish(account, [storable_id(key) for key in seen.gone])
    if any(item.is_own for item in (*fresh, *seen.items)):
        _hurry_unclear(account)
    return written


def _unseen(gone: Gone) -> Fetched:
    return Fetched(
        external_id=gone.external_id,
        kind=gone.kind,
        text="",
        posted_at=now(),
        thread_external_id=gone.thread_external_id,
        visibility=Visibility.REMOVED,
    )


def _hurry_unclear(account: ChannelAccount) -> None:
    """Something of ours has come to stand: it may be what we do not know the end of. Reading back tells."""
    Delivery.objects.filter(account=account, state=DeliveryState.AMBIGUOUS).filter(
        Q(next_look_at__gt=now())
    ).update(next_look_at=now())


def known_of(account: ChannelAccount, ids: Sequence[str]) -> dict[str, str]:
    """Return which of these items are known, and how visible each was last."""
    rows = InboundItem.objects.filter(account=account, external_id__in=list(ids))
    return dict(rows.values_list("external_id", "visibility"))


def threads_of(account: ChannelAccount, ids: Sequence[str]) -> dict[str, InboundItem]:
    """Return the posts under which comments stand, as far as they are known."""
    rows = InboundItem.objects.filter(account=account, external_id__in=list(ids))
    return {
        row.external_id: row
        for row in rows.only("external_id", "text", "permalink", "is_own", "kind", "account")
    }


def needs_thread(account: ChannelAccount, item: Fetched) -> bool:
    """Whether an item says too little of itself: on Facebook what a comment stands under is told apart from it."""
    is_below = item.kind in _BELOW and item.thread_external_id != item.external_id
    return account.kind == ChannelKind.FACEBOOK and is_below


def placed(item: Fetched, thread: InboundItem | Fetched) -> Fetched:
    """Return a comment with what a poll would tell of the post above it.

    Under a visitor's post it answers that post, under one of ours nothing.
    """
    key = item.thread_external_id
    parent = item.parent_external_id
    if parent in {"", key}:
        parent = "" if thread.is_own else key
    return replace(
        item,
        parent_external_id=parent,
        context=thread.text[:CONTEXT_LENGTH],
        context_url=thread.permalink,
        permalink=item.permalink or _beneath(thread.permalink, item.external_id),
    )


def _beneath(address: str, external_id: str) -> str:
    """Return the address of a comment, made of its post's as Facebook makes it."""
    if not address:
        return f"https://www.facebook.com/{external_id}"
    page, _, fragment = address.partition("#")
    mark = "&" if "?" in page else "?"
    number = external_id.rpartition("_")[2]
    return f"{page}{mark}comment_id={number}" + (f"#{fragment}" if fragment else "")
