"""Cycles as rows of a day book: from a cycle's first line to the last resolve that ended it.

Told of the first wait of each cycle: its unit, account and calendar are the cycle's. A resolve that was
taken back is none; of several before the customer writes again the last one counts. No target is told:
a service level's target of resolution is not kept with the wait, and history must not change with it.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Q, QuerySet

from inbox.business_time import Hours, business_seconds
from inbox.lifecycle import UNWANTED, Resolution
from inbox.models import CalendarVersion, Closing, Wait
from inbox.selectors.measures import hours_of
from inbox.wait_log import ELSEWHERE
from opsconsole.reports.columns import FLAGS, NONE, as_word
from opsconsole.reports.lifecycle import Cohort
from opsconsole.reports.sources import Row, empty_row, seconds_between, tags_of

#: Resolves after which a cycle tells nothing of how long we took.
_NOT_COUNTED = {*UNWANTED, Resolution.EVENT}


@dataclass
class _Story:
    """The waits and standing resolves of one conversation, in their order."""

    waits: list[Wait] = field(default_factory=list)
    resolves: list[Closing] = field(default_factory=list)

    def firsts(self) -> "dict[int, Wait]":
        """Return the first wait of each cycle."""
        found: dict[int, Wait] = {}
        for wait in self.waits:
            found.setdefault(wait.cycle, wait)
        return found

    def end_of(self, cycle: int) -> Closing | None:
        """Return the last resolve before the next cycle begins; None while it goes on."""
        following = min((wait.cycle for wait in self.waits if wait.cycle > cycle), default=None)
        ends = self.resolves[cycle - 1 : None if following is None else following - 1]
        return ends[-1] if ends else None

    def replier_of(self, cycle: int) -> int:
        """Return who answered last; 0 for nobody of the house."""
        people = [wait.replier_id for wait in self.waits if wait.cycle == cycle]
        return next((pk for pk in reversed(people) if pk), 0)


def cycles_of_day(
    unit_id: int, since: datetime, until: datetime, cohort: str
) -> tuple[list[Row], list[tuple[int, int]]]:
    """Return the cycles of a unit's day as rows, and pairs of place and tag. A handful of queries."""
    stories = _stories(_touched(unit_id, since, until, cohort))
    hours = _all_hours(wait for story in stories for wait in story.waits)
    rows = []
    for story in stories:
        for cycle, first in story.firsts().items():
            end = story.end_of(cycle)
            at = first.opened_at if cohort == Cohort.OPENED else end.at if end else None
            if first.unit_at_open_id == unit_id and at and since <= at < until:
                rows.append(_row(first, end, story.replier_of(cycle), hours))
    rows.sort(key=lambda row: (row["opened"], row["key"]))
    return rows, tags_of([row["key"] for row in rows])


def _touched(unit_id: int, since: datetime, until: datetime, cohort: str) -> "QuerySet[Wait, int]":
    """Return the conversations that may have a cycle on that day."""
    rows = Wait.objects.filter(unit_at_open=unit_id)
    if cohort == Cohort.OPENED:
        rows = rows.filter(opened_at__gte=since, opened_at__lt=until)
    else:
        closed = Closing.objects.filter(at__gte=since, at__lt=until).order_by()
        rows = rows.filter(conversation__in=list(closed.values_list("conversation", flat=True)))
    return rows.order_by().values_list("conversation", flat=True).distinct()


def _stories(conversations: "QuerySet[Wait, int]") -> Sequence[_Story]:
    found: dict[int, _Story] = defaultdict(_Story)
    ids = list(conversations)
    waits = Wait.objects.filter(conversation__in=ids).order_by("seq")
    for wait in waits:
        found[wait.conversation_id].waits.append(wait)
    stands = Closing.objects.filter(~Q(reason=ELSEWHERE), conversation__in=ids, undone_at=None)
    for row in stands.order_by("at", "pk"):
        found[row.conversation_id].resolves.append(row)
    return list(found.values())


def _all_hours(waits: Iterable[Wait]) -> dict[int, Hours]:
    versions = {wait.calendar_version_id for wait in waits if wait.calendar_version_id}
    rows = CalendarVersion.objects.filter(pk__in=versions) if versions else ()
    return {version.pk: hours_of(version) for version in rows}


def _row(first: Wait, end: Closing | None, replier: int, hours: dict[int, Hours]) -> Row:
    own = hours.get(first.calendar_version_id or 0)
    row = empty_row(first.pk, first.opened_at, end.at if end else None) | {
        "account": first.account_id,
        "person": replier,
        "language": as_word(first.language),
        "delay": seconds_between(first.opened_at, first.desk_opened_at),
        "policy": first.policy_id or 0,
        "flags": _flags(first, end),
    }
    if end is not None:
        row["biz"] = int(business_seconds(own, first.opened_at, end.at))
        row["desk_biz"] = int(business_seconds(own, first.desk_opened_at, end.at))
        row["wall"] = seconds_between(first.opened_at, end.at)
    else:
        row["wall"] = row["biz"] = row["desk_biz"] = NONE
    return row


def _flags(first: Wait, end: Closing | None) -> int:
    is_uncounted = first.is_backfill or (end is not None and end.reason in _NOT_COUNTED)
    is_true = {
        "first": True,
        "reopened": first.is_reopened,
        "late": first.is_late,
        "backfill": first.is_backfill,
        "spam": end is not None and end.reason in UNWANTED,
        "event": end is not None and end.reason == Resolution.EVENT,
        "uncounted": is_uncounted,
        "answered": end is not None and not is_uncounted,
    }
    return sum(FLAGS[name] for name, value in is_true.items() if value)
