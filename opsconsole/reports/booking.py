"""Keeping day books true: whoever changes a wait leaves a mark, and a worker writes the marked days anew.

Marks are written by the database itself (migration `0002_stale_marks`), in the transaction of the change.
A day is written under a lock of its own, after its marks are gone and from what is committed then: of two
workers the later one has seen more, or has nothing left to do. Doing it twice comes to the same.
"""

from collections.abc import Iterable
from datetime import date

from django.conf import settings
from django.db import connection, transaction

from opsconsole.kernel.clock import now
from opsconsole.reports.columns import packed, packed_tags
from opsconsole.reports.cycles import cycles_of_day
from opsconsole.reports.days import bounds, day_of
from opsconsole.reports.lifecycle import Cohort, Family
from opsconsole.reports.models import DayBook, StaleMark
from opsconsole.reports.questions import approvals_of_day, consults_of_day
from opsconsole.reports.sources import Row, waits_of_day

#: Who reads the rows of a day.
SOURCES = {
    Family.WAITS: waits_of_day,
    Family.CYCLES: cycles_of_day,
    Family.CONSULTS: consults_of_day,
    Family.APPROVALS: approvals_of_day,
}
#: Marks looked at before the days that they name are written: as a rule a few.
BATCH = 2_000
#: The first half of our advisory locks; the second is the day and the unit.
_LOCK = 7_340_000


def day_books_refresh(limit: int = BATCH) -> int:
    """Write the days anew that were marked longest ago. Returns how many marks went; call until 0."""
    marks = StaleMark.objects.order_by("id").values_list("unit_id", "moment")[:limit]
    stale = {(unit_id, day_of(moment)) for unit_id, moment in marks}
    return sum(_refresh(unit_id, day) for unit_id, day in sorted(stale))


@transaction.atomic
def _refresh(unit_id: int, day: date) -> int:
    """Take all marks of a day away, then write it: whatever left them is committed, and read now.

    A day that another worker is writing this moment is left to it, and its newest marks to the next round.
    """
    if not _lock(unit_id, day, wait=False):
        return 0
    since, until = bounds(day)
    rows = StaleMark.objects.filter(unit=unit_id, moment__gte=since, moment__lt=until)
    gone, _by_table = rows.delete()
    if gone:
        day_write(unit_id, day)
    return gone


def _lock(unit_id: int, day: date, *, wait: bool) -> bool:
    """Lock a day until the end of the transaction; without waiting, say whether nobody else has it."""
    function = "pg_advisory_xact_lock" if wait else "pg_try_advisory_xact_lock"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {function}(%s, %s)", [_LOCK + unit_id % 1000, day.toordinal()])
        (got,) = cursor.fetchone() or (False,)
    return wait or bool(got)


def day_write(unit_id: int, day: date) -> int:
    """Write all books of one day of a unit from its rows, inside a transaction; return how many differed."""
    _lock(unit_id, day, wait=True)
    since, until = bounds(day)
    return sum(
        _write(family, cohort, unit_id, day, *read(unit_id, since, until, cohort))
        for family, read in SOURCES.items()
        for cohort in Cohort
    )


def _write(
    family: str,
    cohort: str,
    unit_id: int,
    day: date,
    rows: "list[Row]",
    tags: Iterable[tuple[int, int]],
) -> bool:
    """Store a book; one that is as it was keeps its version."""
    columns, tagged = packed(rows), packed_tags(list(tags))
    book = DayBook.objects.filter(family=family, cohort=cohort, unit=unit_id, day=day).first()
    if book is None:
        if not rows:
            return False
        book = DayBook(family=family, cohort=cohort, unit_id=unit_id, day=day, version=0)
    if bytes(book.columns) == columns and bytes(book.tags) == tagged:
        return False
    book.count, book.columns, book.tags = len(rows), columns, tagged
    book.version, book.made_at = book.version + 1, now()
    book.save()
    return True


def day_books_mark_all() -> None:
    """Mark every day on which anything happened, and every day that has a book."""
    with connection.cursor() as cursor:
        cursor.execute(_MARK_ALL, [settings.TIME_ZONE])


_MARK_ALL = """
INSERT INTO reports_stalemark (unit_id, moment, marked_at)
SELECT unit_id, moment, clock_timestamp() FROM (
  SELECT unit_at_open_id AS unit_id, date_bin('15 minutes', opened_at, 'epoch') AS moment
    FROM inbox_wait
  UNION SELECT unit_at_end_id, date_bin('15 minutes', ended_at, 'epoch') FROM inbox_wait
    WHERE unit_at_end_id IS NOT NULL
  UNION SELECT w.unit_at_open_id, date_bin('15 minutes', c.at, 'epoch')
    FROM inbox_closing c JOIN inbox_wait w ON w.conversation_id = c.conversation_id
  UNION SELECT unit_id, date_bin('15 minutes', asked_at, 'epoch') FROM inbox_consult
  UNION SELECT unit_id, date_bin('15 minutes', ended_at, 'epoch') FROM inbox_consult
    WHERE ended_at IS NOT NULL
  UNION SELECT w.unit_at_open_id, date_bin('15 minutes', asked.at, 'epoch')
    FROM inbox_draft d JOIN inbox_wait w ON w.conversation_id = d.conversation_id,
    LATERAL (VALUES (d.submitted_at), (d.decided_at)) asked (at) WHERE asked.at IS NOT NULL
  UNION SELECT unit_id, day::timestamp AT TIME ZONE %s FROM reports_daybook
) told
"""
