"""Keeping day books true: whoever changes a wait leaves a mark, and a worker writes the marked days anew.

Marks are written by the database itself (migration `0002_stale_marks`), in the transaction of the change.
A day is written under a lock of its own from what is committed then, so that of two workers the later
one has seen more; its marks go in the same transaction. Doing it twice comes to the same.
"""

from collections.abc import Iterable
from datetime import date

from django.conf import settings
from django.db import connection, transaction

from opsconsole.kernel.clock import now
from opsconsole.reports.columns import packed, packed_tags
from opsconsole.reports.days import bounds, day_of
from opsconsole.reports.lifecycle import Cohort, Family
from opsconsole.reports.models import DayBook, StaleMark
from opsconsole.reports.sources import Row, waits_of_day

#: Marks taken away in one transaction: as a rule they all name a few days.
BATCH = 2_000
#: The first half of our advisory locks; the second is the day and the unit.
_LOCK = 7_340_000


def day_books_refresh(limit: int = BATCH) -> int:
    """Write the days anew that were marked longest ago. Returns how many marks went; call until 0."""
    with transaction.atomic():
        rows = StaleMark.objects.order_by("id").select_for_update(skip_locked=True)
        marks = list(rows[:limit])
        stale = {(mark.unit_id, day_of(mark.moment)) for mark in marks}
        for unit_id, day in sorted(stale):
            day_write(unit_id, day)
        StaleMark.objects.filter(pk__in=[mark.pk for mark in marks]).delete()
    return len(marks)


def day_write(unit_id: int, day: date) -> int:
    """Write all books of one day of a unit from its rows, inside a transaction; return how many differed."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(%s, %s)", [_LOCK + unit_id % 1000, day.toordinal()]
        )
    since, until = bounds(day)
    return sum(
        _write(Family.WAITS, cohort, unit_id, day, *waits_of_day(unit_id, since, until, cohort))
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
  UNION SELECT unit_id, day::timestamp AT TIME ZONE %s FROM reports_daybook
) told
"""
