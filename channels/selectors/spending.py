"""Reads of what things cost, and of what accounts have cost."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.conf import settings
from django.db.models import Sum

from channels.lifecycle import ChannelKind
from channels.models import ChannelAccount, Spending
from channels.prices import WARN_AT, Priced, creating, month_of
from opsconsole.kernel.clock import now


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


@dataclass(frozen=True, slots=True)
class Cost:
    """What saying something will cost, and how much of the month's money is gone once that is a lot."""

    amount: Decimal
    has_link: bool
    plain: Decimal
    spent: Decimal | None = None
    ceiling: Decimal | None = None

    @property
    def percent(self) -> int:
        """The share of the month's money that is spent; 0 while there is nothing to say about it."""
        return int(100 * self.spent / self.ceiling) if self.ceiling and self.spent else 0


def cost_of_saying(
    account: ChannelAccount, texts: Iterable[str], *, is_reply: bool, described: int = 0
) -> Cost | None:
    """Return what it costs to say texts, with so many described pictures; None where nothing costs. No query."""
    if account.kind != ChannelKind.X:
        return None
    said = [text for text in texts if text.strip()]
    kinds = [creating(text, is_reply=is_reply) for text in said]
    pictures = price_of(Priced.DESCRIBE) * described
    plain = price_of(Priced.REPLY if is_reply else Priced.CREATE)
    ceiling, is_now = account.spend_ceiling, account.spend_month == month_of(now())
    is_much = ceiling is not None and is_now and account.spent * 100 >= ceiling * WARN_AT
    return Cost(
        amount=sum(map(price_of, kinds), pictures) if said else plain + pictures,
        has_link=Priced.CREATE_URL in kinds,
        plain=plain,
        spent=account.spent if is_much else None,
        ceiling=ceiling if is_much else None,
    )


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
