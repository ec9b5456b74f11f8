"""Whether people are to be told how an account is doing: once when it grows worse, once when it is well again.

A look finds a condition; only one that has lasted is told, so that what flaps says nothing new each time.
Any worker may look; two who look at once tell once.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import F, Q, QuerySet

from channels.health import ENDS_SOON, ILL_AFTER, Condition, condition_of, days_left
from channels.models import ChannelAccount
from opsconsole.kernel.clock import now

#: How long something must have lasted before it is told. What only a person can end is told at once.
SETTLING = {
    Condition.CONNECTED: timedelta(minutes=3),
    Condition.DEGRADED: timedelta(minutes=2),
    Condition.OVER: timedelta(0),
    Condition.RECONNECT: timedelta(0),
}
#: Who was told within this time hears of the same trouble only after the longer wait.
LATELY, LONGER = timedelta(minutes=30), timedelta(minutes=10)
_WORSE = list(Condition)


@dataclass(frozen=True, slots=True)
class News:
    """A condition that people are to be told, and the one they knew."""

    account: ChannelAccount
    condition: Condition
    before: Condition

    @property
    def key(self) -> str:
        """One name for one piece of news."""
        return f"condition:{self.account.pk}:{self.account.condition_at:%Y%m%d%H%M%S%f}"


def conditions_look() -> list[News]:
    """Look at all accounts of which there may be something to say. One query while all is well.

    The caller tells in the same transaction.
    """
    at = now()
    return [news for account in _suspects() if (news := _look(account, at)) is not None]


def _suspects() -> QuerySet[ChannelAccount]:
    is_ill = Q(needs_reconnect=True) | Q(failures__gte=ILL_AFTER) | ~Q(parked_for="")
    is_ill |= Q(spend_ceiling__isnull=False, spent__gte=F("spend_ceiling"))
    is_known = ~Q(condition="") | ~Q(leaning="")
    rows = ChannelAccount.objects.filter(is_ill | is_known).defer("cursor", "categories")
    return rows.select_related("unit").order_by("pk")


def _look(account: ChannelAccount, at: datetime) -> News | None:
    known, seen = Condition(account.condition), condition_of(account, at)
    if seen == known:
        if account.leaning_since is not None:
            _change(account, leaning="", leaning_since=None)
        return None
    if account.leaning != seen or account.leaning_since is None:
        if not _change(account, leaning=seen, leaning_since=at):
            return None
        account.leaning, account.leaning_since = seen, at
    if at - account.leaning_since < _settling(account, seen, at):
        return None
    is_worse = _WORSE.index(seen) > _WORSE.index(known)
    if is_worse or seen == Condition.CONNECTED:
        return _tell(account, known, seen, at)
    return None


def _settling(account: ChannelAccount, seen: Condition, at: datetime) -> timedelta:
    told_lately = account.condition_at is not None and at - account.condition_at < LATELY
    if seen == Condition.DEGRADED and told_lately:
        return LONGER
    return SETTLING[seen]


def _tell(account: ChannelAccount, known: Condition, seen: Condition, at: datetime) -> News | None:
    if not _change(account, condition=seen, condition_at=at, leaning="", leaning_since=None):
        return None
    account.condition, account.condition_at = seen, at
    return News(account, seen, known)


def _change(account: ChannelAccount, **changes: object) -> bool:
    """Change what was found; False when somebody else was faster."""
    mine = ChannelAccount.objects.filter(
        pk=account.pk, condition=account.condition,
        leaning=account.leaning, leaning_since=account.leaning_since,
    )  # fmt: skip
    return bool(mine.update(**changes))


@dataclass(frozen=True, slots=True)
class Ending:
    """The access to an account ends within so many days."""

    account: ChannelAccount
    days: int

    @property
    def key(self) -> str:
        """One name for one piece of news."""
        return f"access:{self.account.pk}:{self.account.access_until}:{self.days}"


def accesses_ending() -> list[Ending]:
    """Return the accounts whose access ends soon and of which nobody was told this near. The caller tells."""
    at = now()
    rows = ChannelAccount.objects.filter(
        access_until__gt=at, access_until__lte=at + ENDS_SOON, needs_reconnect=False,
        leaving_at__isnull=True,
    )  # fmt: skip
    found = [(one, days_left(one, at)) for one in rows.defer("cursor", "categories")]
    return [Ending(one, days) for one, days in found if days is not None and _is_untold(one, days)]


def _is_untold(account: ChannelAccount, days: int) -> bool:
    """Note that people are told; False when they were, also by somebody else in this moment."""
    is_told = Q(access_told=account.access_until, access_told_days__lte=days)
    rows = ChannelAccount.objects.filter(pk=account.pk, access_until=account.access_until)
    told = {"access_told": account.access_until, "access_told_days": days}
    return bool(rows.exclude(is_told).update(**told))
