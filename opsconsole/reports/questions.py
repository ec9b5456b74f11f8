"""Consults and approvals as rows of a day book: how long colleagues took, beside the customer's wait."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import F, OuterRef, Q, Subquery

from inbox.lifecycle import ConsultState
from inbox.models import Consult, Draft, Wait
from opsconsole.reports.columns import FLAGS
from opsconsole.reports.lifecycle import Cohort
from opsconsole.reports.sources import Row, empty_row

_FIELDS = ("pk", "began", "over", "account", "person", "due", "is_done")


def consults_of_day(
    unit_id: int, since: datetime, until: datetime, cohort: str
) -> tuple[list[Row], list[tuple[int, int]]]:
    """Return the consults that a unit was asked, or that ended, on a day. One query."""
    rows = Consult.objects.filter(_on("asked_at", "ended_at", since, until, cohort), unit=unit_id)
    told = rows.annotate(
        began=F("asked_at"), over=F("ended_at"), person=F("answered_by"), due=F("due_at"),
        account=F("conversation__account"), is_done=Q(state=ConsultState.ANSWERED),
    )  # fmt: skip
    return _rows(told.order_by("asked_at", "pk").values_list(*_FIELDS[:-2], "due", "is_done")), []


def approvals_of_day(
    unit_id: int, since: datetime, until: datetime, cohort: str
) -> tuple[list[Row], list[tuple[int, int]]]:
    """Return the answers that were put before a colleague, or decided, on a day. One query.

    Their unit is that in which the customer's wait began which they answer.
    """
    waits = Wait.objects.filter(
        conversation=OuterRef("conversation"), opened_at__lte=OuterRef("submitted_at")
    )
    own = waits.order_by("-seq").values("unit_at_open")[:1]
    rows = Draft.objects.filter(_on("submitted_at", "decided_at", since, until, cohort))
    told = rows.annotate(
        waited_in=Subquery(own), began=F("submitted_at"), over=F("decided_at"),
        person=F("decided_by"), account=F("conversation__account"), is_done=Q(decided_at__isnull=False),
    ).filter(waited_in=unit_id, submitted_at__isnull=False)  # fmt: skip
    found = told.order_by("submitted_at", "pk").values_list(
        *_FIELDS[:-2], "decision_note", "is_done"
    )
    return _rows((*row[:5], None, row[6]) for row in found), []


def _on(opened: str, ended: str, since: datetime, until: datetime, cohort: str) -> Q:
    name = opened if cohort == Cohort.OPENED else ended
    return Q(**{f"{name}__gte": since, f"{name}__lt": until})


def _rows(found: "Iterable[tuple[Any, ...]]") -> list[Row]:
    return [_row(dict(zip(_FIELDS, row, strict=True))) for row in found]


def _row(given: dict[str, Any]) -> Row:
    over, due = given["over"], given["due"]
    flags = {
        "first": True,
        "answered": over is not None and given["is_done"],
        "withdrawn": over is not None and not given["is_done"],
        "uncounted": over is not None and not given["is_done"] and (due is None or over <= due),
        "met": over is not None and due is not None and over <= due,
    }
    return empty_row(given["pk"], given["began"], over) | {
        "account": given["account"],
        "person": given["person"] or 0,
        "due": int(due.timestamp()) if due else 0,
        "flags": sum(FLAGS[name] for name, value in flags.items() if value),
    }
