"""Files of posts for tests, and imports that have been read and checked."""

import csv
import io
from typing import Any
from uuid import uuid4

import openpyxl

from campaigns.actions.import_running import imports_run
from campaigns.actions.imports import import_upload
from campaigns.models import Import
from tests.factories.campaigns import in_seoul


def csv_of(*rows, encoding="utf-8-sig", delimiter=",") -> bytes:
    """The bytes of a CSV file."""
    paper = io.StringIO()
    csv.writer(paper, delimiter=delimiter).writerows(rows)
    return paper.getvalue().encode(encoding)


def xlsx_of(*rows) -> bytes:
    """The bytes of a workbook with one sheet, values as openpyxl writes them."""
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def posts_file(*rows, make=csv_of, **given) -> bytes:
    """A file with rows of named cells; what all rows leave out is no column."""
    keys = list(dict.fromkeys(key for row in rows for key in row))
    return make(keys, *([row.get(key, "") for key in keys] for row in rows), **given)


def row_of(account, text: str, *, days: int = 2, clock: str = "14:30", **given) -> dict[str, str]:
    """A row that schedules a post in some days, unless told otherwise."""
    day = in_seoul(days=days).date().isoformat()
    return {
        "Text": text, "Accounts": account.name, "Date": day, "Time": clock, "State": "Scheduled",
    } | given  # fmt: skip


def run_imports() -> None:
    """Do what the workers would."""
    while imports_run():
        pass


def make_import(actor, unit, *rows, content: bytes | None = None, **given: Any) -> Import:
    """An import that has been read and checked."""
    given = {"name": "posts.csv", "request_key": uuid4(), **given}
    content = posts_file(*rows) if content is None else content
    made = import_upload(actor, unit_id=unit.pk, content=content, **given)
    run_imports()
    made.refresh_from_db()
    return made
