"""Writing Excel workbooks row by row: what is in a cell is text or a number, never a formula."""

import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import IO, Any

import openpyxl
from django.utils.translation import gettext_lazy as _
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

from opsconsole.kernel.errors import Invalid

#: Characters that a cell can hold, and a workbook that is still kept in memory.
_LONGEST_CELL, _IN_MEMORY = 32_767, 2_000_000
_TEXT = "@"  # Excel's own word for "leave this as it was typed"


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet: headings, rows, and how wide its columns are in characters."""

    title: str
    headings: Sequence[str]
    rows: Iterable[Sequence[object]]
    widths: Sequence[int]


def workbook(sheets: Iterable[Sheet]) -> IO[bytes]:
    """Return a workbook as an open file, at its beginning. Rows are written as they come.

    Invalid when a text is longer than a cell can be.
    """
    book = openpyxl.Workbook(write_only=True)
    try:
        for sheet in sheets:
            _write(book, sheet)
    except BaseException:
        _give_up(book)
        raise
    file = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115 -- the answer closes it
    book.save(file)
    file.seek(0)
    return file


def _give_up(book: Any) -> None:
    """Take away what is half written: the library keeps each sheet in a file until it is saved."""
    for page in book.worksheets:
        page.close()
        page._writer.cleanup()


def _write(book: Any, sheet: Sheet) -> None:
    page = book.create_sheet(sheet.title)
    page.freeze_panes = "A2"
    for number, width in enumerate(sheet.widths, 1):
        page.column_dimensions[get_column_letter(number)].width = width
    bold = Font(bold=True)
    page.append([_cell(page, name, bold) for name in sheet.headings])
    for row in sheet.rows:
        page.append([_cell(page, value) for value in row])


def _cell(page: Any, value: object, font: Font | None = None) -> Any:
    if isinstance(value, int | float):
        return WriteOnlyCell(page, value=value)
    text = ILLEGAL_CHARACTERS_RE.sub("", str(value))
    if len(text) > _LONGEST_CELL:
        raise Invalid(
            _("A text is too long for a cell of Excel. Take CSV instead."), code="long_cell"
        )
    cell = WriteOnlyCell(page, value=text)
    cell.data_type = "s"
    cell.number_format = _TEXT
    cell.alignment = _TOP
    if font is not None:
        cell.font = font
    return cell


_TOP = Alignment(vertical="top", wrap_text=True)
