"""How the day stands: who waits, how fast answers were, by unit and by operator. Exact, from the waits."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time

from django.db.models import Aggregate, Avg, Count, F, Max, Min, Q, QuerySet
from django.utils import timezone

from channels.coverage import Stretch
from channels.models import ChannelAccount
from channels.selectors.coverage import incomplete_accounts
from inbox.models import Conversation, Shift, Wait
from inbox.wait_log import EndKind
from opsconsole.kernel.actor import Actor
from opsconsole.kernel.clock import now
from opsconsole.kernel.errors import Invalid
from opsconsole.kernel.pagination import KeysetPage, cut, moment_and_number
from opsconsole.kernel.percentiles import Percentile
from opsconsole.people.models import BusinessUnit, User
from opsconsole.people.roles import Ability
from opsconsole.people.selectors import units_within

#: The clock a figure is read by → the column of seconds: as the customer feels it, by day and night; or
#: as the desk can help it, in open hours since the line reached us.
CLOCKS = {"customer": "wall_s", "desk": "desk_biz_s"}
#: What a list of waits may be narrowed to, as named in addresses.
KINDS = ("answered", "open", "overdue", "missed", "all")


@dataclass(frozen=True, slots=True)
class Times:
    """Response times of one unit or operator: seconds, None where nothing was answered."""

    subject: "BusinessUnit | User | None"
    answered: int
    median: float | None
    p90: float | None
    mean: float | None
    longest: float | None
    due: int
    met: int

    @property
    def share(self) -> float | None:
        """Within target, of those whose time has come: a fraction of one."""
        return self.met / self.due if self.due else None


@dataclass(frozen=True, slots=True)
class Standing:
    """Who waits in one unit now."""

    unit: BusinessUnit
    open: int
    overdue: int
    oldest: datetime | None


def units_reported(actor: Actor) -> list[BusinessUnit]:
    """Return the units whose figures one may see; NotAllowed without any."""
    actor.must(Ability.READ_REPORTS)
    return list(units_within(actor, Ability.READ_REPORTS))


def day_began() -> datetime:
    """Return when today began in the console's zone."""
    today = timezone.localdate(now())
    return timezone.make_aware(datetime.combine(today, time.min))


def incomplete_today(units: Iterable[BusinessUnit], since: datetime) -> list[ChannelAccount]:
    """Return the accounts of which not all that was written today is here. Two queries."""
    at = now()
    return incomplete_accounts([unit.pk for unit in units], Stretch(since, at), at)


def standings(units: Iterable[BusinessUnit]) -> list[Standing]:
    """Count who waits in each unit now. One query on the queue's own index."""
    units = list(units)
    rows = (
        Conversation.objects.filter(unit__in=units, waiting_since__isnull=False)
        .exclude(state="resolved")
        .order_by()
        .values("unit")
        .annotate(
            open=Count("pk"),
            overdue=Count("pk", filter=Q(due_at__lt=now())),
            oldest=Min("waiting_since"),
        )
    )
    found = {row["unit"]: row for row in rows}
    nothing = {"open": 0, "overdue": 0, "oldest": None}
    return [
        Standing(unit, **{key: found.get(unit.pk, nothing)[key] for key in nothing})
        for unit in units
    ]


def _counted(units: Iterable[BusinessUnit], since: datetime) -> QuerySet[Wait]:
    """Return the waits that count, by when they opened: neither excluded nor imported from before."""
    return Wait.objects.filter(
        unit_at_open__in=list(units), opened_at__gte=since, excluded_reason="", is_backfill=False
    )


def times_by_unit(units: list[BusinessUnit], since: datetime, clock: str) -> list[Times]:
    """Return response times of each unit, by the waits that opened since then. One query."""
    found = _times(_counted(units, since), "unit_at_open", clock)
    return [_as_times(unit, found.get(unit.pk)) for unit in units]


def times_by_operator(units: list[BusinessUnit], since: datetime, clock: str) -> list[Times]:
    """Return response times of whoever answered, most answers first. Two queries."""
    rows = _counted(units, since).filter(replier__isnull=False)
    found = _times(rows, "replier", clock)
    people = User.objects.in_bulk(found)
    made = [_as_times(people[pk], row) for pk, row in found.items() if pk in people]
    return sorted(made, key=lambda times: (-times.answered, str(times.subject)))


def times_of_all(units: list[BusinessUnit], since: datetime, clock: str) -> Times:
    """Return response times over all the units."""
    row = _counted(units, since).aggregate(**_measures(clock))
    return _as_times(None, row)


def _times(rows: QuerySet[Wait], by: str, clock: str) -> dict[int, dict[str, float]]:
    grouped = rows.order_by().values(by).annotate(**_measures(clock))
    return {row[by]: row for row in grouped}


def _measures(clock: str) -> dict[str, Aggregate]:
    seconds = seconds_column(clock)
    answered = Q(end_kind=EndKind.ANSWERED)
    return {
        "answered": Count("pk", filter=answered),
        "median": Percentile(seconds, 0.5, filter=answered),
        "p90": Percentile(seconds, 0.9, filter=answered),
        "mean": Avg(seconds, filter=answered),
        "longest": Max(seconds, filter=answered),
        "due": Count("pk", filter=_met() | _missed()),
        "met": Count("pk", filter=_met()),
    }


def _met() -> Q:
    """Answered, or closed for a reason, by the due time. Withdrawn before it: neither met nor missed."""
    ours = [EndKind.ANSWERED, EndKind.CLOSED_NO_REPLY]
    return Q(end_kind__in=ours, ended_at__lte=F("due_at"))


def _missed() -> Q:
    """However it ended after its due time, or still waiting then."""
    return Q(ended_at__gt=F("due_at")) | Q(ended_at__isnull=True, due_at__lt=now())


def seconds_column(clock: str) -> str:
    """Return the column of a clock; Invalid for one that is not known."""
    if clock not in CLOCKS:
        raise Invalid(code="unknown_clock", field="clock")
    return CLOCKS[clock]


def _as_times(subject: "BusinessUnit | User | None", row: "dict[str, float] | None") -> Times:
    row = row or {}
    return Times(
        subject,
        answered=int(row.get("answered") or 0),
        median=row.get("median"),
        p90=row.get("p90"),
        mean=row.get("mean"),
        longest=row.get("longest"),
        due=int(row.get("due") or 0),
        met=int(row.get("met") or 0),
    )


def wait_page(
    actor: Actor,
    *,
    kind: str = "all",
    unit: int | None = None,
    replier: int | None = None,
    cursor: str = "",
    size: int = 50,
) -> KeysetPage[Wait]:
    """Return the rows behind a number: today's waits, the oldest first."""
    if kind not in KINDS:
        raise Invalid(code="unknown_kind", field="kind")
    units = [one for one in units_reported(actor) if unit is None or one.pk == unit]
    rows = _counted(units, day_began()).filter(_of_kind(kind))
    if replier is not None:
        rows = rows.filter(replier_id=replier)
    if cursor:
        at, pk = moment_and_number(cursor)
        rows = rows.filter(opened_at__gte=at).exclude(opened_at=at, pk__lte=pk)
    rows = rows.select_related("conversation__contact", "unit_at_open", "replier", "policy")
    page = rows.order_by("opened_at", "pk")[: size + 1]
    return cut(page, size, lambda row: [row.opened_at.isoformat(), row.pk])


def _of_kind(kind: str) -> Q:
    wanted = {
        "answered": Q(end_kind=EndKind.ANSWERED),
        "open": Q(ended_at__isnull=True),
        "overdue": Q(ended_at__isnull=True, due_at__lt=now()),
        "missed": _missed(),
        "all": Q(),
    }
    return wanted[kind]


@dataclass(frozen=True, slots=True)
class OnDuty:
    """Somebody whose shift runs now: until when, on a pause until when, and what they have in hand."""

    person: User
    until: datetime
    away_until: datetime | None
    waiting: int
    overdue: int


def crew_now(units: list[BusinessUnit]) -> list[OnDuty]:
    """Return who is on duty in any of the units, whoever has most in hand first. Two queries."""
    at = now()
    here = Q(unit__in=units) | Q(unit__isnull=True)
    shifts = (
        Shift.objects.filter(here, cancelled_at__isnull=True, starts_at__lte=at, ends_at__gt=at)
        .select_related("person__operator_profile")
        .order_by("ends_at")
    )
    people = {shift.person_id: shift for shift in shifts}
    loads = {
        row["assignee"]: row
        for row in Conversation.objects.filter(
            assignee__in=people, unit__in=units, waiting_since__isnull=False
        )
        .order_by()
        .values("assignee")
        .annotate(waiting=Count("pk"), overdue=Count("pk", filter=Q(due_at__lt=at)))
    }
    rows = [_on_duty(shift, loads.get(pk, {}), at) for pk, shift in people.items()]
    return sorted(rows, key=lambda row: (-row.waiting, str(row.person)))


def _on_duty(shift: Shift, load: dict[str, int], at: datetime) -> OnDuty:
    profile = getattr(shift.person, "operator_profile", None)
    away = (
        profile.away_until if profile and profile.away_until and profile.away_until > at else None
    )
    return OnDuty(
        person=shift.person,
        until=shift.ends_at,
        away_until=away,
        waiting=load.get("waiting", 0),
        overdue=load.get("overdue", 0),
    )
