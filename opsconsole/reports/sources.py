"""What day books are written from: the rows of a unit's day, read from the tables where they live."""

import math
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import (
    Aggregate,
    DateTimeField,
    F,
    Max,
    Min,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
)
from django.db.models.functions import Coalesce
from django.utils import timezone

from inbox.lifecycle import Resolution
from inbox.models import Assignment, ConversationTag, Wait
from inbox.wait_log import EndKind, WaitKind
from opsconsole.reports.columns import COLUMNS, FLAGS, NONE, as_word
from opsconsole.reports.lifecycle import Cohort

#: A row of a book, by the names of its columns.
Row = dict[str, int]

_ENDS = {
    EndKind.ANSWERED: FLAGS["answered"],
    EndKind.CLOSED_NO_REPLY: FLAGS["closed"],
    EndKind.WITHDRAWN: FLAGS["withdrawn"],
    EndKind.MERGED: FLAGS["merged"],
    EndKind.EVENT: FLAGS["event"],
}
_FIELDS = (
    "pk", "opened_at", "ended_at", "end_kind", "end_reason", "account_id", "replier_id", "language",
    "kind", "is_reopened", "is_outside", "is_late", "clock_suspect", "excluded_reason", "due_at",
    "policy_id", "wall_s", "biz_s", "desk_biz_s", "desk_opened_at", "double_answers",
    "taken_at", "had_at", "held_at",
)  # fmt: skip


def waits_of_day(
    unit_id: int, since: datetime, until: datetime, cohort: str
) -> tuple[list[Row], list[tuple[int, int]]]:
    """Return the waits of a unit's day as rows in a fixed order, and pairs of place and tag. Two queries."""
    rows = waits_within(unit_id, since, until, cohort)
    found = [dict(zip(_FIELDS, row, strict=True)) for row in _told(rows)]
    return [_row(row) for row in found], tags_of([row["pk"] for row in found])


def tags_of(waits: Sequence[int]) -> list[tuple[int, int]]:
    """Return pairs of place and tag for waits at their places. One query."""
    places = {pk: place for place, pk in enumerate(waits)}
    tagged = ConversationTag.objects.filter(conversation__waits__in=list(waits))
    pairs = tagged.values_list("conversation__waits__pk", "tag_id")
    return [(places[pk], tag) for pk, tag in pairs if pk in places]


def empty_row(key: int, opened: datetime, ended: datetime | None) -> Row:
    """Return a row that tells only when something opened and ended, and how long that took by any clock."""
    local, took = timezone.localtime(opened), seconds_between(opened, ended)
    return dict.fromkeys(COLUMNS, 0) | {
        "key": key,
        "opened": int(opened.timestamp()),
        "ended": int(ended.timestamp()) if ended else 0,
        "wall": took,
        "biz": took,
        "desk_biz": took,
        "assign": NONE,
        "held": NONE,
        "hour": local.weekday() * 24 + local.hour,
    }


def waits_within(
    unit_id: int, since: datetime, until: datetime, cohort: str
) -> "QuerySet[Wait, Wait]":
    """Return the waits of a unit that opened, or ended, within some time."""
    if cohort == Cohort.OPENED:
        return Wait.objects.filter(unit_at_open=unit_id, opened_at__gte=since, opened_at__lt=until)
    return Wait.objects.filter(unit_at_end=unit_id, ended_at__gte=since, ended_at__lt=until)


def _told(rows: "QuerySet[Wait, Wait]") -> Sequence[tuple[Any, ...]]:
    """Read waits with who took them when: the first during the wait, and the replier's own last time."""
    of_it = Assignment.objects.filter(conversation=OuterRef("conversation")).order_by()
    until = Coalesce(OuterRef("ended_at"), F("started_at"))
    during = of_it.filter(started_at__gte=OuterRef("opened_at"), started_at__lte=until)
    running = Q(ended_at__isnull=True) | Q(ended_at__gt=OuterRef("opened_at"))
    before = of_it.filter(running, started_at__lt=OuterRef("opened_at"))
    own = of_it.filter(running, assignee=OuterRef("replier"), started_at__lte=OuterRef("ended_at"))
    marked = rows.annotate(
        taken_at=_only(during, Min), had_at=_only(before, Max), held_at=_only(own, Max)
    )
    return list(marked.order_by(F("opened_at"), "pk").values_list(*_FIELDS))


def _only(rows: "QuerySet[Assignment, Assignment]", which: type[Aggregate]) -> Subquery:
    """Return the first or last beginning of some assignments."""
    told = rows.values("conversation").annotate(at=which("started_at")).values("at")
    return Subquery(told, output_field=DateTimeField())


def _row(wait: dict[str, Any]) -> Row:
    opened, ended, due = wait["opened_at"], wait["ended_at"], wait["due_at"]
    return empty_row(wait["pk"], opened, ended) | {
        "account": wait["account_id"],
        "person": wait["replier_id"] or 0,
        "language": as_word(wait["language"]),
        "flags": _flags(wait),
        "wall": _or_none(wait["wall_s"]),
        "biz": _or_none(wait["biz_s"]),
        "desk_biz": _or_none(wait["desk_biz_s"]),
        "delay": seconds_between(opened, wait["desk_opened_at"]),
        "due": math.ceil(due.timestamp()) if due else 0,
        "assign": NONE if wait["had_at"] else seconds_between(opened, wait["taken_at"]),
        "held": NONE if ended is None else seconds_between(_later(wait), ended),
        "policy": wait["policy_id"] or 0,
        "doubles": min(wait["double_answers"], 255),
    }


def _flags(wait: dict[str, Any]) -> int:
    ended, due = wait["ended_at"], wait["due_at"]
    is_true = {
        "first": wait["kind"] == WaitKind.FIRST,
        "reopened": wait["is_reopened"],
        "outside": wait["is_outside"],
        "late": wait["is_late"],
        "suspect": wait["clock_suspect"],
        "backfill": wait["excluded_reason"] == "backfill",
        "spam": wait["excluded_reason"] == "spam",
        "uncounted": wait["excluded_reason"] != "",
        "had_somebody": wait["had_at"] is not None,
        "given_up": wait["end_reason"] == Resolution.MISSED,
        "met": ended is not None and due is not None and ended <= due,
    }
    flags = sum(FLAGS[name] for name, value in is_true.items() if value)
    return flags | (_ENDS[wait["end_kind"]] if wait["end_kind"] else 0)


def _later(wait: dict[str, Any]) -> datetime | None:
    held: datetime | None = wait["held_at"]
    return max(held, wait["opened_at"]) if held else None


def _or_none(seconds: int | None) -> int:
    return NONE if seconds is None else seconds


def seconds_between(since: datetime | None, until: datetime | None) -> int:
    """Return the whole seconds from one moment to another, 0 if they are the other way round; NONE without both."""
    if since is None or until is None:
        return NONE
    return max(0, int((until - since).total_seconds()))
