"""Service levels: what was met and missed by each, the worst of it, and what will be missed next if nobody acts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Count, Q, QuerySet

from inbox.lifecycle import HandOverReason
from inbox.models import Conversation, UnitStay, Wait
from inbox.selectors.access import conversations_for
from opsconsole.kernel.actor import Actor
from opsconsole.kernel.clock import now
from opsconsole.people.models import BusinessUnit
from opsconsole.reports.behind import Behind, rows_behind
from opsconsole.reports.days import midnight
from opsconsole.reports.lifecycle import Grouping
from opsconsole.reports.naming import Group, named
from opsconsole.reports.times import Report, Wanted, report_for

#: Rows that are named one by one, and how far the look ahead goes.
NAMED, AHEAD = 10, timedelta(hours=4)


@dataclass(frozen=True, slots=True)
class Coming:
    """A wait that is due soon, and its conversation if it is within reach."""

    wait: Wait
    conversation: Conversation | None


@dataclass(frozen=True)
class Levels:
    """How service levels were kept in a period, and what comes."""

    report: Report
    groups: Sequence[Group]
    worst: Sequence[Behind]
    coming: Sequence[Coming]
    coming_count: int
    doubles: int
    misroutes: int
    returns: int


def levels_of(actor: Actor, wanted: Wanted) -> Levels:
    """Return how service levels were kept within somebody's reach. A fixed number of queries."""
    report = report_for(actor, wanted, ("doubles",))
    units = list(report.units)
    ahead = _coming(units)
    stays = _misroutes(units, wanted)
    return Levels(
        report,
        named(report, Grouping.LEVEL),
        rows_behind(actor, wanted, part="missed", size=NAMED).rows,
        _dressed(actor, ahead),
        ahead.count(),
        int(report.rows["doubles"][report.reading.concerned].sum()),
        stays["all"],
        stays["back"],
    )


def _coming(units: Sequence[BusinessUnit]) -> "QuerySet[Wait, Wait]":
    """Return the open waits that are due within the look ahead, the next one first."""
    at = now()
    rows = Wait.objects.filter(ended_at__isnull=True, due_at__gte=at, due_at__lt=at + AHEAD)
    return rows.filter(unit_at_open__in=list(units)).order_by("due_at", "pk")


def _dressed(actor: Actor, rows: "QuerySet[Wait, Wait]") -> list[Coming]:
    waits = list(rows.select_related("unit_at_open", "policy", "account")[:NAMED])
    seen = conversations_for(actor).in_bulk([wait.conversation_id for wait in waits])
    return [Coming(wait, seen.get(wait.conversation_id)) for wait in waits]


def _misroutes(units: Sequence[BusinessUnit], wanted: Wanted) -> dict[str, int]:
    """Count what came wrongly to the units, and what came back to one it had been in before."""
    since, until = midnight(wanted.since), midnight(wanted.until + timedelta(days=1))
    stays = UnitStay.objects.filter(
        came_from__in=list(units),
        began_at__gte=since,
        began_at__lt=until,
        reason=HandOverReason.WRONG_UNIT,
    )
    return stays.aggregate(all=Count("pk"), back=Count("pk", filter=Q(is_return=True)))
