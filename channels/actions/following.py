"""What follows another delivery: let go once that one stands, stopped once it cannot any more.

One sweep does both, whatever road the other took: sent, found by reading back, confirmed by a person.
"""

from urllib.parse import urlsplit, urlunsplit

from django.db import transaction
from django.db.models import Q, QuerySet

from channels.actions.moves import show
from channels.lifecycle import UNBEGUN, DeliveryState
from channels.models import Delivery
from channels.registry import capabilities_for
from channels.types import LINK, FollowKind, Threading
from opsconsole.kernel.clock import now
from opsconsole.kernel.doorbell import ring_on_commit

S = DeliveryState
#: Reason code of what was stopped because the one before it did not get there.
STOPPED = "before_failed"
#: The one before will not stand any more, unless a person makes it.
_GIVEN_UP = frozenset({S.REJECTED, S.FAILED, S.MISSED, S.CANCELLED})


def followers_sweep(limit: int = 200) -> int:
    """Let go and stop what is blocked. Returns how many moved; a chain is stopped one link a round."""
    return _let_go(limit) + _stop(limit)


def _blocked() -> QuerySet[Delivery]:
    rows = Delivery.objects.filter(is_blocked=True).order_by("id")
    return rows.select_related("account", "follows").select_for_update(
        skip_locked=True, of=("self",)
    )


def _let_go(limit: int) -> int:
    """Complete what follows something that the public can see now: its place under it, or its address."""
    with transaction.atomic():
        stands = Q(follows__state=S.SENT, follows__is_held_by_host=False)
        nameless = Q(follow_kind=FollowKind.ANNOUNCE, follows__url="")
        rows = list(_blocked().filter(stands, ~nameless, state__in=UNBEGUN)[:limit])
        for row in rows:
            if row.follows is not None:  # the database knows no blocked delivery without
                completed = _completed(row, row.follows)
                Delivery.objects.filter(pk=row.pk).update(is_blocked=False, **completed)
        show({row.pk: row.account.unit_id for row in rows})
        if rows:
            ring_on_commit("delivery_requested")
    return len(rows)


def _completed(row: Delivery, before: Delivery) -> dict[str, str]:
    if row.follow_kind == FollowKind.AFTER:
        return {}
    if row.follow_kind == FollowKind.ANNOUNCE:
        return {"text": LINK.sub(lambda found: _with(before.url, found[1]), row.text)}
    root = before.thread or before.external_id
    is_flat = capabilities_for(row.account.kind).threading == Threading.FLAT
    return {"thread": root, "reply_to": root if is_flat else before.external_id}


def _with(address: str, tags: str | None) -> str:
    """Return an address with tags behind what it asks for already."""
    parts = urlsplit(address)
    return urlunsplit(parts._replace(query="&".join(filter(None, [parts.query, tags]))))


def _stop(limit: int) -> int:
    """Mark as missed what can no longer follow: a person may send it once the other stands after all."""
    with transaction.atomic():
        rows = list(_blocked().filter(follows__state__in=_GIVEN_UP, state__in=UNBEGUN)[:limit])
        Delivery.objects.filter(pk__in=[row.pk for row in rows]).update(
            state=S.MISSED, settled_at=now(), is_unseen=True, reason_code=STOPPED, reason=""
        )
        show({row.pk: row.account.unit_id for row in rows})
        if rows:
            ring_on_commit("delivery_settled")
    return len(rows)
