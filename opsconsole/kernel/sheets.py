"""Tables for spreadsheets: CSV that Excel opens as it should and takes no cell of for a formula. Streamed."""

import csv
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from io import StringIO
from typing import IO

from asgiref.sync import sync_to_async

#: Tells Excel that the text is UTF-8; without it Hangul becomes noise.
BOM = "\ufeff"
#: A cell that begins with one of these is a formula to a spreadsheet, in full width too.
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def guarded(cell: str) -> str:
    """Return a cell that no spreadsheet takes for a formula; `unguarded` gives it back as it was."""
    return f"'{cell}" if cell.lstrip("'").startswith(FORMULA) else cell


def unguarded(cell: str) -> str:
    """Take away what `guarded` has put before a cell."""
    is_guarded = cell.startswith("'") and cell.lstrip("'").startswith(FORMULA)
    return cell[1:] if is_guarded else cell


def csv_text(rows: Iterable[Sequence[object]]) -> str:
    """Write rows as CSV, each cell guarded; a number is none that a spreadsheet could mistake."""
    paper = StringIO()
    csv.writer(paper).writerows([_cell(cell) for cell in row] for row in rows)
    return paper.getvalue()


def _cell(cell: object) -> str:
    is_number = isinstance(cell, int | float)
    return str(cell) if is_number else guarded(str(cell))


async def streamed(parts: Iterator[str]) -> AsyncIterator[str]:
    """Hand out the parts one by one, each made in the thread that holds the request's connection."""

    def take() -> str | None:
        return next(parts, None)

    while (part := await sync_to_async(take, thread_sensitive=True)()) is not None:
        yield part


class FileParts:
    """An open file, handed out in parts and closed with the answer."""

    SIZE = 65_536

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file

    async def __aiter__(self) -> AsyncIterator[bytes]:
        while part := await sync_to_async(self._file.read)(self.SIZE):
            yield part

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()
