"""Reads of how the sending goes: signs of life, lag, queues, silent accounts, the next hour."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import (
    Count,
    DateTimeField,
    DurationField,
    Exists,
    ExpressionWrapper,
    F,
    Max,
    Q,
    QuerySet,
)
from django.db.models.functions import Coalesce, Extract, Greatest, TruncMinute

from channels.health import Health, health_of
from channels.lifecycle import GROUPS, LEASED, URGENT, WAITING, DeliveryState, LateRule
from channels.models import Alarm, ChannelAccount, Delivery, DeliveryAttempt, Hold
from channels.pulse import BEAT, DISPATCHER, is_silent, pulse_of
from channels.selectors.accounts import accounts_for
from channels.selectors.due import due_now
from channels.selectors.holds import holds_seen
from channels.selectors.windows import refused_windows
from opsconsole.kernel.actor import Actor
from opsconsole.kernel.percentiles import Percentile
from opsconsole.kernel.prepared import prepared
from opsconsole.people.roles import Ability

#: Seconds that something may be due before sending counts as late.
LATE_AFTER = 30
#: Posts that did not leave at their time and wait for somebody.
_MISSED = [DeliveryState.MISSED, DeliveryState.FAILED]
#: Health of an account that needs no look.
_WELL = {"connected", "ending", "new", "waiting"}


@dataclass(frozen=True, slots=True)
class Pulse:
    """The last sign of life of one part, and whether that is too long ago."""

    heard_at: datetime | None
    is_silent: bool


@dataclass(frozen=True, slots=True)
class Lag:
    """How late first calls began in the last hour: seconds, None where there was none."""

    count: int
    p50: float | None
    p99: float | None
    longest: float | None


@dataclass(frozen=True, slots=True)
class Lane:
    """What one priority has to do; a lower number goes first."""

    priority: int
    due: int
    later: int
    in_hand: int
    unclear: int
    held: int


@dataclass(frozen=True, slots=True)
class Silent:
    """An account that cannot speak as it should, why, and how much waits for it."""

    account: ChannelAccount
    health: Health
    waiting: int


@dataclass(frozen=True, slots=True)
class Minute:
    """How many deliveries are planned for one minute."""

    at: datetime
    count: int


@dataclass(frozen=True, slots=True)
class Watch:
    """How the sending goes, as far as one person may see it."""

    at: datetime
    beat: Pulse
    dispatcher: Pulse
    late_since: datetime | None
    lag: Lag
    lanes: list[Lane]
    silent: list[Silent]
    holds: list[Hold]
    minutes: list[Minute]
    to_review: int
    undecided: int
    missed: int

    @property
    def late_by(self) -> float:
        """Seconds that the oldest due delivery has been due; 0 when nothing is."""
        return max(0.0, (self.at - self.late_since).total_seconds()) if self.late_since else 0.0

    @property
    def is_late(self) -> bool:
        """Whether that is too long."""
        return self.late_by > LATE_AFTER

    @property
    def busiest(self) -> int:
        """The most deliveries in one minute of the next hour."""
        return max((minute.count for minute in self.minutes), default=0)

    @property
    def planned(self) -> int:
        """Deliveries of the next hour."""
        return sum(minute.count for minute in self.minutes)


def watch_for(actor: Actor, at: datetime) -> Watch:
    """Read how the sending goes in the units that somebody watches. Ten queries, however much there is."""
    rows = _within(actor)
    return Watch(
        at=at,
        beat=pulse(BEAT, at),
        dispatcher=pulse(DISPATCHER, at),
        late_since=late_since(at, actor.units(Ability.READ_WATCH)),
        lag=_lag(at, rows),
        lanes=_lanes(at, rows),
        silent=_silent(actor, at, rows),
        holds=holds_seen(actor),
        minutes=_minutes(at, rows),
        to_review=rows.filter(state=DeliveryState.HELD, hold__lifted_at__isnull=False).count(),
        undecided=rows.filter(state__in=GROUPS["decide"]).count(),
        missed=rows.filter(state__in=_MISSED, priority__gt=URGENT)
        .exclude(late_rule=LateRule.DROP, state=DeliveryState.MISSED)
        .count(),
    )


def pulse(name: str, at: datetime) -> Pulse:
    """Return the last sign of life of one part."""
    heard = pulse_of(name)
    return Pulse(heard, is_silent(heard, at))


def late_since(at: datetime, units: frozenset[int] | None = None) -> datetime | None:
    """Return since when the longest due delivery could have left, of some units or of all; None when nothing is due.

    Not since its time alone: whose account was parked until a moment ago is not late by that.
    """
    due = due_now(at) if units is None else due_now(at).filter(account__unit__in=units)
    could = Greatest(
        F("not_before"),
        F("requested_at"),
        Coalesce(F("account__next_allowed_at"), F("not_before")),
    )
    found: datetime | None = due.order_by(could).values_list(could, flat=True).first()
    return found


def limited_since(at: datetime) -> datetime | None:
    """Return since when the longest due delivery waits for a platform that asks for patience, or refuses its calls."""
    is_parked = Q(account__next_allowed_at__gt=at)
    is_refused = Q(Exists(refused_windows("account_id")), reason_code="no_quota")
    parked = Delivery.objects.filter(
        is_parked | is_refused, state__in=WAITING, hold__isnull=True, not_before__lte=at,
        deadline__gte=at,
    )  # fmt: skip
    found: datetime | None = (
        parked.order_by("not_before").values_list("not_before", flat=True).first()
    )
    return found


@prepared
def alarms_open() -> QuerySet[Alarm]:
    """Return what is wrong with the sending as a whole, if anything."""
    return Alarm.objects.filter(ended_at__isnull=True).order_by("pk")


def _within(actor: Actor) -> QuerySet[Delivery]:
    units = actor.units(Ability.READ_WATCH)
    return (
        Delivery.objects.all()
        if units is None
        else Delivery.objects.filter(account__unit__in=units)
    )


def _lag(at: datetime, rows: QuerySet[Delivery]) -> Lag:
    """Of first calls: what was tried again waited for a reason."""
    asked = Greatest(
        F("delivery__not_before"), F("delivery__requested_at"), output_field=DateTimeField()
    )
    late = ExpressionWrapper(F("armed_at") - asked, output_field=DurationField())
    calls = DeliveryAttempt.objects.filter(
        armed_at__gte=at - timedelta(hours=1), number=1, delivery__retries=0,
        delivery__in=rows.values("pk"),
    ).annotate(seconds=Extract(late, "epoch"))  # fmt: skip
    told = calls.aggregate(
        count=Count("pk"), p50=Percentile("seconds", 0.5), p99=Percentile("seconds", 0.99),
        longest=Max("seconds"),
    )  # fmt: skip
    return Lag(**told)


def _lanes(at: datetime, rows: QuerySet[Delivery]) -> list[Lane]:
    waiting = Q(state__in=WAITING)
    unclear = Q(
        state__in=[DeliveryState.AMBIGUOUS, DeliveryState.RECONCILING, DeliveryState.NEEDS_HUMAN]
    )
    in_hand = Q(state__in=LEASED - {DeliveryState.RECONCILING})
    held = Q(state=DeliveryState.HELD)
    counted = (
        rows.filter(waiting | unclear | in_hand | held)
        .order_by("priority")
        .values("priority")
        .annotate(
            due=Count("pk", filter=waiting & Q(not_before__lte=at)),
            later=Count("pk", filter=waiting & Q(not_before__gt=at)),
            in_hand=Count("pk", filter=in_hand),
            unclear=Count("pk", filter=unclear),
            held=Count("pk", filter=held),
        )
    )
    return [Lane(**row) for row in counted]


def _silent(actor: Actor, at: datetime, rows: QuerySet[Delivery]) -> list[Silent]:
    accounts = accounts_for(actor, Ability.READ_WATCH)
    ill = [(account, health_of(account, at)) for account in accounts]
    ill = [(account, health) for account, health in ill if health.code not in _WELL]
    waiting = _waiting(rows, [account.pk for account, _health in ill])
    return [Silent(account, health, waiting.get(account.pk, 0)) for account, health in ill]


def _waiting(rows: QuerySet[Delivery], account_ids: Iterable[int]) -> dict[int, int]:
    kept = rows.filter(state__in=WAITING | {DeliveryState.HELD}, account__in=list(account_ids))
    return dict(kept.order_by().values_list("account").annotate(Count("pk")))


def _minutes(at: datetime, rows: QuerySet[Delivery]) -> list[Minute]:
    """The next sixty minutes, empty ones too; what a hold covers does not count."""
    start = at.replace(second=0, microsecond=0)
    planned = rows.filter(
        state__in=WAITING, hold__isnull=True, not_before__gt=at,
        not_before__lt=start + timedelta(hours=1),
    )  # fmt: skip
    found = dict(
        planned.order_by()
        .annotate(minute=TruncMinute("not_before"))
        .values_list("minute")
        .annotate(Count("pk"))
    )
    minutes = [start + timedelta(minutes=number) for number in range(60)]
    return [Minute(minute, found.get(minute, 0)) for minute in minutes]
