"""What is due: the one condition that the dispatcher, the counts and the watch share."""

from datetime import datetime

from django.db.models import Q, QuerySet

from channels.lifecycle import URGENT, WAITING
from channels.models import Delivery


def due_now(at: datetime) -> QuerySet[Delivery]:
    """Return what may be claimed at a moment: due, in its window, on no hold, behind nothing
    that has yet to stand, and its account can speak.

    Where a platform's clock differs from ours, reading back would prove nothing: nothing is sent there.
    """
    return Delivery.objects.filter(
        _over("account__next_allowed_at", at),
        Q(priority__gt=URGENT) | _over("account__answers_wait_until", at),
        Q(priority__lte=URGENT) | _over("account__posts_wait_until", at),
        state__in=WAITING,
        hold__isnull=True,
        is_blocked=False,
        not_before__lte=at,
        deadline__gte=at,
        account__is_paused=False,
        account__needs_reconnect=False,
        account__verified_at__isnull=False,
        account__clock_skew=0,
    )


def _over(column: str, at: datetime) -> Q:
    """Whether a wait is over, or there is none."""
    return Q(**{f"{column}__isnull": True}) | Q(**{f"{column}__lte": at})
