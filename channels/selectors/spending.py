"""Reads of what things cost, and of what accounts have cost."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.conf import settings
from django.db.models import Sum

from channels.models import ChannelAccount, Spending
from channels.prices import Priced


@dataclass(frozen=True, slots=True)
class Item:
    """What one kind of thing has cost in a month."""

    kind: str
    count: int
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Month:
    """What an account has cost in a month, the dearest first."""

    first: date
    items: list[Item]

    @property
    def total(self) -> Decimal:
        """All of it."""
        return sum((item.amount for item in self.items), Decimal(0))

    @property
    def before(self) -> date:
        """The month before."""
        return (self.first - timedelta(days=1)).replace(day=1)

    @property
    def after(self) -> date:
        """The month after."""
        return _next(self.first)


def price_of(kind: Priced) -> Decimal:
    """Return what one of a kind costs now (dollars). No query."""
    return Decimal(str(settings.X_PRICES[kind]))


def month_spent(account: ChannelAccount, first: date) -> Month:
    """Return a month of an account that has come through its gate. One query."""
    rows = Spending.objects.filter(account=account, day__gte=first, day__lt=_next(first))
    sums = rows.values("kind").annotate(many=Sum("count"), money=Sum("amount"))
    items = [Item(row["kind"], row["many"], row["money"]) for row in sums]
    return Month(first, sorted(items, key=lambda item: (-item.amount, item.kind)))


def days_spent(account: ChannelAccount, first: date) -> list[Spending]:
    """Return a month day by day. One query."""
    rows = Spending.objects.filter(account=account, day__gte=first, day__lt=_next(first))
    return list(rows.order_by("day", "kind"))


def _next(first: date) -> date:
    return (first + timedelta(days=32)).replace(day=1)
