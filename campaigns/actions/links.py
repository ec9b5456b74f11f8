"""Asking about the addresses in posts, and keeping what workers found. These are facts, not acts: no record."""

from collections.abc import Iterable
from datetime import timedelta

from django.db import transaction
from django.db.models import Q

from campaigns.lifecycle import LinkState
from campaigns.models import LinkCheck
from campaigns.selectors.links import FRESH, LONGEST, link_key
from channels.links import Look
from opsconsole.kernel.clock import now
from opsconsole.kernel.doorbell import ring_on_commit

#: For so long a worker has an address to itself; longer than its looks take.
LEASE = timedelta(minutes=3)
#: When something could not be found out, it is tried again after these.
AGAIN = (timedelta(seconds=30), timedelta(minutes=2), timedelta(minutes=10))
#: What nobody has asked about for so long is forgotten.
KEPT = timedelta(days=7)


def links_ask(urls: Iterable[str]) -> None:
    """Have workers look up those of these addresses that are unknown, or were looked up over an hour ago.

    Anybody may ask, as often as they like: what is fresh or asked for already is left alone.
    """
    wanted = {link_key(url): url for url in urls if len(url) <= LONGEST}
    if not wanted:
        return
    at = now()
    known = LinkCheck.objects.filter(key__in=wanted)
    is_old = Q(next_at__isnull=True, checked_at__lt=at - FRESH)
    stand = dict(known.values_list("key", "pk"))
    old = list(known.filter(is_old).values_list("pk", flat=True))
    new = [
        LinkCheck(key=key, url=url, next_at=at) for key, url in wanted.items() if key not in stand
    ]
    if not new and not old:
        return
    with transaction.atomic():
        LinkCheck.objects.bulk_create(new, ignore_conflicts=True)
        LinkCheck.objects.filter(is_old, pk__in=old).update(next_at=at, tries=0)
        ring_on_commit("links_asked")


def links_due(limit: int = 8) -> list[LinkCheck]:
    """Take some addresses that are to be looked up now, for LEASE. Two workers never get the same one."""
    at = now()
    with transaction.atomic():
        rows = list(
            LinkCheck.objects.filter(next_at__lte=at)
            .order_by("next_at", "id")
            .select_for_update(skip_locked=True)[:limit]
        )
        LinkCheck.objects.filter(pk__in=[row.pk for row in rows]).update(next_at=at + LEASE)
    return rows


def link_checked(link: LinkCheck, look: Look) -> None:
    """Keep what was found. What could not be found out is tried again, a few times."""
    at = now()
    is_unknown = look.outcome == LinkState.UNREACHABLE
    is_worth_it = is_unknown and link.tries < len(AGAIN)
    LinkCheck.objects.filter(pk=link.pk).update(
        state=LinkState(look.outcome), reason=look.reason, status=look.status,
        final_url=look.final if look.final != link.url else "", checked_at=at,
        next_at=at + AGAIN[link.tries] if is_worth_it else None,
        tries=link.tries + 1 if is_unknown else 0,
    )  # fmt: skip


def links_forget(limit: int = 1000) -> int:
    """Forget what nobody has asked about for long. Returns how many."""
    old = LinkCheck.objects.filter(next_at__isnull=True, checked_at__lt=now() - KEPT)
    count, _by_model = LinkCheck.objects.filter(
        pk__in=list(old.order_by("id").values_list("pk", flat=True)[:limit])
    ).delete()
    return count
