"""Reports as files: CSV for any program, workbooks for Excel."""

from collections.abc import Iterator
from itertools import chain
from typing import Any

from django.http import HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from campaigns.downloads import CSV, csv_file, sheets_file
from campaigns.importing.workbooks import Sheet
from opsconsole.kernel.clock import now
from opsconsole.kernel.sheets import BOM, csv_text, streamed
from opsconsole.people.screens import ActorRequest, for_people
from opsconsole.reports import time_words as words
from opsconsole.reports.actions import waits_export
from opsconsole.reports.behind import Behind
from opsconsole.reports.time_files import (
    report_cells,
    report_facts,
    report_head,
    row_cells,
    row_head,
)
from opsconsole.reports.time_views import asked
from opsconsole.reports.times import report_for

#: Rows that a workbook holds; beyond that it takes too long to write.
MOST = 50_000


@require_GET
@for_people
def times_csv(request: ActorRequest) -> HttpResponse:
    """Send the groups of a report."""
    report = report_for(request.actor, asked(request))
    rows = [report_head(report), *report_cells(report), [], *report_facts(report)]
    return csv_file(rows, _dated("response-times"))


@require_GET
@for_people
def times_xlsx(request: ActorRequest) -> HttpResponseBase:
    """Send the same as a workbook: the groups, and what was asked for."""
    report = report_for(request.actor, asked(request))
    facts = Sheet(_("What was asked for"), [_("What"), ""], report_facts(report), [40, 40])
    groups = Sheet(_("Response times"), report_head(report), report_cells(report), [28, *[16] * 8])
    return sheets_file([groups, facts], _dated("response-times"))


@require_GET
@for_people
def rows_csv(request: ActorRequest) -> HttpResponseBase:
    """Send all rows behind a number, as they are read."""
    wanted, language = asked(request), translation.get_language() or ""
    parts = waits_export(request.actor, wanted, part=request.GET.get("part", "timed"))
    head = BOM + csv_text([row_head(words.MEASURES[wanted.measure])])
    pieces = (_piece(rows, language) for rows in parts)
    saved = {"Content-Disposition": f'attachment; filename="{_dated("waits")}.csv"'}
    return StreamingHttpResponse(streamed(chain([head], pieces)), content_type=CSV, headers=saved)


def _piece(rows: list[Behind], language: str) -> str:
    with translation.override(language):
        return csv_text(list(row_cells(rows)))


@require_GET
@for_people
def rows_xlsx(request: ActorRequest) -> HttpResponseBase:
    """Send the rows behind a number as a workbook, up to so many."""
    wanted, part = asked(request), request.GET.get("part", "timed")
    parts = waits_export(request.actor, wanted, part=part, most=MOST)
    rows: Iterator[Any] = chain.from_iterable(row_cells(rows) for rows in parts)
    head = row_head(words.MEASURES[wanted.measure])
    return sheets_file([Sheet(_("Waits"), head, rows, [14, 24, *[18] * 9])], _dated("waits"))


def _dated(name: str) -> str:
    return f"{name}-{timezone.localtime(now()):%Y%m%d-%H%M%S}"
