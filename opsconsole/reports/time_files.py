"""A report, and the rows behind its numbers, as the cells of a file."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from opsconsole.reports import time_words as words
from opsconsole.reports.behind import Behind
from opsconsole.reports.measures import Figures
from opsconsole.reports.naming import named
from opsconsole.reports.times import Report

Cells = list[Any]


def report_head(report: Report) -> Cells:
    """Return the headings of a report's groups; times are seconds."""
    return [
        words.GROUPINGS[report.wanted.group], _("Number, with a time"), _("Median (s)"), _("p90 (s)"),
        _("Mean (s)"), _("Longest (s)"), _("Time has come"), _("Target met"), _("Still waiting"),
    ]  # fmt: skip


def report_cells(report: Report) -> Iterator[Cells]:
    """Yield each group of a report, all together last."""
    for group in named(report, report.wanted.group):
        yield [group.label, *_figures(group.figures)]
    yield [_("All"), *_figures(report.total)]


def report_facts(report: Report) -> Iterator[Cells]:
    """Yield what was asked for, and what was left out."""
    wanted = report.wanted
    yield [_("Measure"), words.MEASURES[wanted.measure]]
    yield [_("Whose time"), words.CLOCKS[wanted.clock]]
    yield [_("Counted"), words.COHORTS[wanted.cohort]]
    yield [_("From"), wanted.since.isoformat()]
    yield [_("Until"), wanted.until.isoformat()]
    for name, count in report.left_out.items():
        yield [words.LEFT_OUT[name], count]


def _figures(figures: Figures) -> Cells:
    one = figures.spread
    times = [one.median, one.p90, one.mean, one.longest]
    rounded = ["" if time is None else round(time, 3) for time in times]
    return [one.count, *rounded, figures.due, figures.met, figures.open]


def row_head(report_name: Any) -> Cells:
    """Return the headings of rows."""
    return [
        _("Conversation"), _("Customer"), f"{report_name} (s)", _("Unit"), _("Channel"), _("Account"),
        _("Waited since"), _("Ended"), _("Due"), _("Target"), _("By"),
    ]  # fmt: skip


def row_cells(rows: Sequence[Behind]) -> Iterator[Cells]:
    """Yield rows; of a conversation out of reach neither its number nor its customer."""
    for row in rows:
        yield [
            row.conversation.pk if row.conversation else "",
            str(row.conversation.contact) if row.conversation else "",
            "" if row.seconds is None else row.seconds,
            str(row.unit),
            row.account.kind if row.account else "",
            row.account.name if row.account else "",
            _moment(row.opened_at), _moment(row.ended_at), _moment(row.due_at),
            _("missed") if row.is_missed else _("met") if row.is_met else "",
            str(row.person or ""),
        ]  # fmt: skip


def _moment(at: datetime | None) -> str:
    return timezone.localtime(at).isoformat(sep=" ", timespec="seconds") if at else ""
