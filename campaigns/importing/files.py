"""What an uploaded file holds: checked at the door, then read as rows of text. Formulas are never worked out."""

import csv
import io
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from itertools import islice
from typing import Any

import openpyxl
from django.utils.translation import gettext_lazy as _
from openpyxl.worksheet.formula import ArrayFormula, DataTableFormula

from opsconsole.kernel.errors import Invalid
from opsconsole.kernel.sheets import unguarded

#: Bytes of a file, bytes of a workbook once unpacked, files inside it, rows of posts, columns.
LARGEST_FILE, LARGEST_UNPACKED, MOST_PARTS = 5_000_000, 20_000_000, 500
MOST_ROWS, MOST_COLUMNS = 2_000, 200
#: Lines of a file, empty ones too: a sheet may say that its second row is its millionth.
MOST_LINES = 50_000
# A cell is as long as it is: rows.py says which one is too long.
csv.field_size_limit(LARGEST_FILE)
_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"


@dataclass(frozen=True, slots=True)
class Line:
    """A row with its number as a spreadsheet shows it, and the places of cells that hold a formula or an error."""

    number: int
    cells: tuple[str, ...]
    formulas: frozenset[int] = frozenset()

    @property
    def is_blank(self) -> bool:
        """Whether nothing is typed in it."""
        return not any(cell.strip() for cell in self.cells)


def kind_at_the_door(content: bytes) -> str:
    """Return "xlsx" or "csv"; Invalid for what is too large, a bomb, or no file of that kind. Unpacks nothing."""
    if len(content) > LARGEST_FILE:
        raise Invalid(_("This file is larger than 5 MB."), code="too_large", field="file")
    if not content.strip():
        raise Invalid(_("This file is empty."), code="empty", field="file")
    if content.startswith(_OLE):
        raise Invalid(
            _("This is an old Excel file (.xls), or one with a password. Save it as .xlsx without one."),
            code="old_excel", field="file",
        )  # fmt: skip
    if content.startswith(_ZIP):
        _must_be_workbook(content)
        return "xlsx"
    decoded(content)
    return "csv"


def _must_be_workbook(content: bytes) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = archive.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
        raise _unreadable() from error
    if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > LARGEST_UNPACKED:
        raise _bomb()
    if not any(part.filename == "xl/workbook.xml" for part in parts):
        raise Invalid(
            _("This is neither CSV nor an Excel workbook (.xlsx)."), code="kind", field="file"
        )


def _unreadable() -> Invalid:
    return Invalid(
        _("This file cannot be read. Save it anew as .xlsx or CSV."),
        code="unreadable",
        field="file",
    )


def decoded(content: bytes) -> str:
    """Return the text of a CSV file: UTF-8, UTF-16 with its mark, or what Korean Excel writes (CP949)."""
    encodings = (
        ["utf-16"] if content.startswith((b"\xff\xfe", b"\xfe\xff")) else ["utf-8-sig", "cp949"]
    )
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return text
    raise Invalid(
        _("The characters of this file cannot be read. Save it as CSV UTF-8 or as .xlsx."),
        code="encoding", field="file",
    )  # fmt: skip


def lines_of(content: bytes, kind: str) -> list[Line]:
    """Return the rows that hold something, the one with the headings first.

    Invalid when there are more than MOST_ROWS besides it, more than MOST_COLUMNS, or none at all.
    """
    read = _csv_lines(decoded(content)) if kind == "csv" else _xlsx_lines(content)
    try:
        found = list(islice(_filled(read), MOST_ROWS + 2))
    except Invalid:
        raise
    except Exception as error:  # whatever a broken or hostile workbook makes the library raise
        raise _unreadable() from error
    if len(found) > MOST_ROWS + 1:
        raise Invalid(_("This file has more than 2,000 rows. Divide it."), code="too_many_rows")
    if len(found) < 2:
        raise Invalid(_("There are no rows below the headings."), code="no_rows")
    for line in found:
        _must_be_narrow(line)
    return found


def _filled(lines: Iterable[Line]) -> Iterator[Line]:
    """Hand on the lines that hold something, as long as all of it is of a sane size.

    In a workbook a thousand cells may share one text of a megabyte: the file is small, its rows are not.
    """
    size = 0
    for count, line in enumerate(lines):
        if count >= MOST_LINES:
            raise Invalid(
                _("This file has more than 50,000 lines, most of them empty. Delete those."),
                code="too_many_lines", field="file",
            )  # fmt: skip
        size += sum(map(len, line.cells))
        if size > LARGEST_UNPACKED:
            raise _bomb()
        if not line.is_blank:
            yield line


def _bomb() -> Invalid:
    return Invalid(_("Unpacked, this file would be far too large."), code="bomb", field="file")


def _must_be_narrow(line: Line) -> None:
    if any(cell.strip() for cell in line.cells[MOST_COLUMNS:]):
        raise Invalid(_("This file has more than 200 columns."), code="too_many_columns")


def _csv_lines(text: str) -> Iterator[Line]:
    first, _end, rest = text.partition("\n")
    says_so = first.strip().lower().startswith("sep=") and len(first.strip()) == 5
    mark = first.strip()[-1] if says_so else _separator(text)
    paper = io.StringIO(rest if says_so else text, newline="")
    for number, cells in enumerate(csv.reader(paper, delimiter=mark), 2 if says_so else 1):
        yield Line(number, tuple(unguarded(cell) for cell in cells))


def _separator(text: str) -> str:
    """Return what parts the headings: whichever of comma, semicolon and tab they hold most of."""
    head = next((line for line in text.splitlines() if line.strip()), "")
    outside = "".join(head.split('"')[::2])
    return max(",;\t", key=outside.count)


def _xlsx_lines(content: bytes) -> Iterator[Line]:
    book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, keep_links=False)
    try:
        sheet = book.worksheets[0]
        sheet.reset_dimensions()  # what a file says about its own size may be wrong
        rows = sheet.iter_rows(max_row=MOST_LINES + 1, max_col=MOST_COLUMNS + 1)
        for number, cells in enumerate(rows, 1):
            yield _xlsx_line(number, cells)
    finally:
        book.close()


def _xlsx_line(number: int, cells: Sequence[Any]) -> Line:
    formulas = {place for place, cell in enumerate(cells) if cell.data_type in {"f", "e"}}
    return Line(number, tuple(cell_text(cell.value) for cell in cells), frozenset(formulas))


def cell_text(value: object) -> str:
    """Return what a cell of a workbook shows, dates year first; of a formula the formula."""
    if value is None:
        return ""
    if isinstance(value, ArrayFormula | DataTableFormula):
        return "="
    if isinstance(value, datetime):
        moment = (value + timedelta(microseconds=500_000)).replace(microsecond=0)
        return moment.isoformat(" ").removesuffix(" 00:00:00")
    if isinstance(value, time):
        return value.replace(microsecond=0).isoformat()
    if isinstance(value, timedelta):
        return str(timedelta(seconds=round(value.total_seconds())))
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)
