"""The activity as a file: CSV that Excel opens as it should, or one JSON object to a line."""

import json
from collections.abc import Callable, Iterator
from typing import Any

from django.utils import timezone, translation
from django.utils.translation import gettext as _

from opsconsole.audit.models import Activity
from opsconsole.kernel.actor import Actor
from opsconsole.kernel.pagination import KeysetPage
from opsconsole.kernel.sheets import BOM, csv_text
from opsconsole.reports.lines import Line, lines_of
from opsconsole.reports.selectors import ActivityFilter, activity_page

#: Rows read at a time: an export of any length needs the memory of one page.
PAGE = 500

Write = Callable[[list[Line]], str]


def pieces(
    actor: Actor, filters: ActivityFilter, write: Write, first: KeysetPage[Activity]
) -> Iterator[str]:
    """Yield an export page by page, beginning with a page that has been read already."""
    page = first
    language = translation.get_language() or ""
    while True:
        with translation.override(language):
            piece = write(lines_of(actor, page.rows))
        yield piece
        if not page.next_cursor:
            return
        page = activity_page(actor, filters, cursor=page.next_cursor, size=PAGE)


def csv_head() -> str:
    """Return the mark for Excel and the headings in the reader's language."""
    names = [
        _("Time"), _("Who"), _("What"), _("Verb"), _("About"), _("Name"), _("Number"), _("Unit"),
        _("Details"),
    ]  # fmt: skip
    return BOM + csv_text([names])


def as_csv(lines: list[Line]) -> str:
    """Write lines as rows that no spreadsheet takes for formulas."""
    return csv_text([_cells(line) for line in lines])


def _cells(line: Line) -> list[str]:
    row = line.row
    return [
        timezone.localtime(row.at).isoformat(sep=" ", timespec="seconds"),
        row.actor_name,
        line.sentence,
        row.verb,
        str(line.subject.kind or row.subject_type),
        line.subject.label,
        str(row.subject_id),
        line.unit.name if line.unit else "",
        json.dumps(row.data, ensure_ascii=False) if row.data else "",
    ]


def csv_rows(rows: list[list[Any]], *, marked: bool = False) -> str:
    """Write any rows so that no spreadsheet takes a cell for a formula; `marked` as UTF-8 for Excel."""
    return (BOM if marked else "") + csv_text(rows)


def as_json(lines: list[Line]) -> str:
    """Write lines as JSON objects with the names of the table."""
    return "".join(json.dumps(_facts(line), ensure_ascii=False) + "\n" for line in lines)


def _facts(line: Line) -> dict[str, Any]:
    row = line.row
    return {
        "id": row.pk,
        "at": row.at.isoformat(),
        "actor_kind": row.actor_kind,
        "actor_id": row.actor_id,
        "actor_name": row.actor_name,
        "verb": row.verb,
        "sentence": line.sentence,
        "subject_type": row.subject_type,
        "subject_id": row.subject_id,
        "subject": line.subject.label,
        "unit_id": row.unit_id,
        "data": row.data,
    }
