"""Reads of how much the platforms still let an account ask."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import CharField, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Cast, Concat

from channels.models import ChannelAccount, RateWindow
from channels.models.windows import owner_of_account, owner_of_app

#: What was told longer ago says nothing any more.
REMEMBERED = timedelta(hours=25)


@dataclass(frozen=True, slots=True)
class Quota:
    """What is left of one window: calls, or percent where the platform tells it so."""

    endpoint: str
    span: str
    is_share: bool
    is_shared: bool
    most: int
    left: int
    ends_at: datetime | None

    @property
    def percent(self) -> int:
        """What is left in percent."""
        return 100 * self.left // self.most

    @property
    def tone(self) -> str:
        """How pressing that is."""
        return "danger" if self.percent <= 5 else "warn" if self.percent <= 25 else "ok"


def quotas_of(account: ChannelAccount, at: datetime) -> list[Quota]:
    """Return what is left for an account that has come through its gate, the scarcest first. One query."""
    mine = Q(owner=owner_of_account(account.pk))
    if account.app_key:
        mine |= Q(owner=owner_of_app(account.app_key))
    rows = RateWindow.objects.filter(mine, most__gt=0, ends_at__gt=at - REMEMBERED)
    return sorted((_quota(row, at) for row in rows), key=lambda one: (one.percent, one.endpoint))


def _quota(row: RateWindow, at: datetime) -> Quota:
    """A window that is over is whole again; a measure is what was last told; what is refused has nothing left."""
    most = row.most or 1
    if row.held_until is not None and row.held_until > at:
        return Quota(row.endpoint, row.span, row.is_share, row.is_shared, most, 0, row.held_until)
    is_over = row.ends_at is None or row.ends_at <= at
    left = most if is_over and not row.is_share else max(0, row.remaining or 0)
    ends_at = None if is_over or (row.is_share and left > 5) else row.ends_at
    return Quota(row.endpoint, row.span, row.is_share, row.is_shared, most, left, ends_at)


def refused_windows(account: str) -> QuerySet[RateWindow]:
    """Return what a platform refuses an account without saying for how long; `account` names the outer column."""
    owner = Concat(Value(owner_of_account("")), Cast(OuterRef(account), CharField()))
    return RateWindow.objects.filter(owner=owner, holds__gt=0)
