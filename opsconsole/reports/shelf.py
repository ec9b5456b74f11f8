"""Day books as they are read: the columns that somebody asks for, of many days, joined together.

A process keeps columns it has read, by book and version: what it keeps is never stale, because which
books there are and at which version is asked of the database each time.
"""

import threading
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from django.db import connection

from opsconsole.reports.columns import COLUMNS, Column, before, column, tag_pairs, width
from opsconsole.reports.models import DayBook

#: From which day on days are numbered, so that their numbers stay small.
FIRST_DAY = date(2000, 1, 1)
#: Bytes of columns that a process keeps.
KEPT = 96 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Volume:
    """One book without its columns."""

    pk: int
    version: int
    unit: int
    day: date
    count: int


class _Shelf:
    """Columns by book, version and name; what was not asked for longest goes first."""

    def __init__(self, most: int) -> None:
        self._most, self._size = most, 0
        self._columns: OrderedDict[tuple[int, int, str], Column] = OrderedDict()
        self._lock = threading.Lock()

    def take(self, keys: Sequence[tuple[int, int, str]]) -> "list[Column | None]":
        with self._lock:
            found = [self._columns.get(key) for key in keys]
            for key, one in zip(keys, found, strict=True):
                if one is not None:
                    self._columns.move_to_end(key)
        return found

    def put(self, columns: "Iterable[tuple[tuple[int, int, str], Column]]") -> None:
        with self._lock:
            for key, one in columns:
                if key not in self._columns:
                    self._columns[key] = one
                    self._size += one.nbytes
            while self._size > self._most and self._columns:
                _key, gone = self._columns.popitem(last=False)
                self._size -= gone.nbytes


_shelf = _Shelf(KEPT)


def volumes(
    family: str, cohort: str, units: Sequence[int], since: date, until: date
) -> list[Volume]:
    """Return which books there are of some days and units, by day. One query."""
    rows = (
        DayBook.objects.filter(
            family=family,
            cohort=cohort,
            unit__in=units,
            day__gte=since,
            day__lte=until,
            count__gt=0,
        )
        .order_by("day", "unit")
        .values_list("pk", "version", "unit_id", "day", "count")
    )
    return [Volume(*row) for row in rows]


@dataclass(frozen=True)
class Table:
    """Rows of many books, as columns; a row's book is at its place in `volumes`."""

    volumes: Sequence[Volume]
    columns: "dict[str, Column]"

    @property
    def counts(self) -> "Column":
        """How many rows each book has."""
        return np.array([book.count for book in self.volumes], dtype=np.int64)

    def __len__(self) -> int:
        return int(self.counts.sum())

    def __getitem__(self, name: str) -> "Column":
        return self.columns[name]

    def units(self) -> "Column":
        """Return the unit of each row."""
        return np.repeat(np.array([b.unit for b in self.volumes], dtype=np.uint32), self.counts)

    def days(self) -> "Column":
        """Return the day of each row, as its number since FIRST_DAY."""
        first = FIRST_DAY.toordinal()
        days = np.array([book.day.toordinal() - first for book in self.volumes], dtype=np.uint16)
        return np.repeat(days, self.counts)


def table(books: Sequence[Volume], names: Iterable[str]) -> Table:
    """Read some columns of some books; "tags" are pairs of place and tag. One query, or none."""
    wanted = list(dict.fromkeys(names))
    found = [(book, _known(book, wanted)) for book in books]
    lacking = [book for book, columns in found if len(columns) < len(wanted)]
    if lacking:
        names = [name for name in wanted if any(name not in columns for _b, columns in found)]
        read = _read(lacking, names)
        # One that was written anew since it was listed is read as it stands now, as a whole.
        newer = _read([book for book in lacking if read[book.pk][0] != book], wanted)
        found = [_completed(book, columns, read, newer) for book, columns in found]
    volumes = [book for book, _columns in found]
    lengths = [book.count for book in volumes]
    joined = {}
    for name in wanted:
        parts = [columns[name] for _book, columns in found]
        joined[name] = _tags(parts, lengths) if name == "tags" else _joined(name, parts)
    return Table(volumes, joined)


def _known(book: Volume, names: Iterable[str]) -> "dict[str, Column]":
    keys = {name: (book.pk, book.version, name) for name in names}
    found = zip(keys, _shelf.take(list(keys.values())), strict=True)
    return {name: one for name, one in found if one is not None}


Read = dict[int, tuple[Volume, dict[str, Column]]]


def _completed(
    book: Volume, columns: "dict[str, Column]", read: Read, newer: Read
) -> "tuple[Volume, dict[str, Column]]":
    if book.pk in newer:
        return newer[book.pk]
    return (book, columns | read[book.pk][1]) if book.pk in read else (book, columns)


def _read(books: Sequence[Volume], names: Sequence[str]) -> Read:
    """Read columns of books as they stand now, and put them on the shelf."""
    if not books:
        return {}
    parts = [
        "tags" if name == "tags"
        else f"substring(columns FROM {before(name)} * count + 1 FOR {width(name)} * count)"
        for name in names
    ]  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT id, version, unit_id, day, count, {', '.join(parts)} "  # noqa: S608 - our names
            "FROM reports_daybook WHERE id = ANY(%s)",
            [[book.pk for book in books]],
        )
        rows = cursor.fetchall()
    read = {}
    for row in rows:
        book = Volume(*row[:5])
        columns = {
            name: tag_pairs(data) if name == "tags" else column(name, data)
            for name, data in zip(names, row[5:], strict=True)
        }
        read[book.pk] = (book, columns)
        _shelf.put(((book.pk, book.version, name), one) for name, one in columns.items())
    for book in books:  # a unit that went away meanwhile takes its books along
        gone = Volume(book.pk, 0, book.unit, book.day, 0)
        nothing = {name: tag_pairs(b"") if name == "tags" else column(name, b"") for name in names}
        read.setdefault(book.pk, (gone, nothing))
    return read


def _joined(name: str, parts: "Sequence[Column]") -> Column:
    return np.concatenate(parts) if parts else np.empty(0, dtype=COLUMNS[name])


def _tags(parts: "Sequence[Column]", lengths: Sequence[int]) -> Column:
    """Join pairs of place and tag; places count through all books."""
    begins = np.cumsum([0, *lengths])
    moved = [
        np.add(pairs.astype(np.int64), [begin, 0])
        for pairs, begin in zip(parts, begins, strict=False)
        if len(pairs)
    ]
    return np.concatenate(moved) if moved else np.empty((0, 2), dtype=np.int64)
