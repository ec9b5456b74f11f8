"""Waits of a crowd by direct SQL, their day books, and what the books must say. Needs a database that runs."""

import threading
import time
from collections.abc import Iterator
from datetime import timedelta

import django

django.setup()

from django.db import connection, connections, transaction  # noqa: E402 - models exist only after setup

from channels.actions.landing import items_land  # noqa: E402
from inbox.actions.ingest import items_ingest  # noqa: E402
from inbox.models import Wait  # noqa: E402
from opsconsole.bench import lines  # noqa: E402
from opsconsole.bench.crowd import insert_from  # noqa: E402
from opsconsole.kernel.clock import now  # noqa: E402
from opsconsole.people.models import User  # noqa: E402
from opsconsole.people.selectors import actor_for  # noqa: E402
from opsconsole.reports.booking import day_books_refresh, day_write  # noqa: E402
from opsconsole.reports.days import day_of, midnight  # noqa: E402
from opsconsole.reports.models import DayBook, StaleMark  # noqa: E402
from opsconsole.reports.times import Wanted, report_for  # noqa: E402

#: How long conversation `n` waited: half a minute to two hours, and now and then a day.
_TOOK = "30 + (id * 7919::bigint) %% 7200 + CASE WHEN id %% 97 = 0 THEN 86400 ELSE 0 END"
_SOURCE = (
    "(SELECT c.*, id AS n, waiting_since IS NOT NULL AS is_open, "
    "opened_at + interval '1 hour' AS due, "
    f"opened_at + make_interval(secs => {_TOOK}) AS over, {_TOOK} AS took FROM inbox_conversation c) w"
)
_SECONDS = "CASE WHEN NOT is_open THEN took END"
_WAIT = {
    "conversation": "id",
    "seq": "1",
    "cycle": "1",
    "kind": "'first'",
    "is_reopened": "n %% 9 = 0",
    "opened_at": "opened_at",
    "desk_opened_at": "opened_at + make_interval(secs => n %% 30)",
    "ended_at": "CASE WHEN NOT is_open THEN over END",
    "end_kind": "CASE WHEN is_open THEN '' WHEN n %% 20 = 0 THEN 'closed_no_reply' ELSE 'answered' END",
    "replier": "CASE WHEN NOT is_open AND n %% 20 <> 0 THEN assignee_id END",
    "unit_at_open": "unit_id",
    "unit_at_end": "CASE WHEN NOT is_open THEN unit_id END",
    "account": "account_id",
    "channel": "channel",
    "language": "language",
    "target_s": "3600",
    "due_at": "due",
    "breached_at": "CASE WHEN over > due THEN due END",
    "wall_s": _SECONDS,
    "biz_s": _SECONDS,
    "desk_biz_s": f"greatest(0, {_SECONDS} - n %% 30)",
}


def wait_all() -> None:
    """Give every conversation of the crowd a wait."""
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE inbox_wait, reports_stalemark, reports_daybook CASCADE")
        cursor.execute(insert_from(Wait, _WAIT, _SOURCE), {})
        for table in (
            "inbox_contact",
            "inbox_conversation",
        ):  # the crowd has numbered its rows itself
            cursor.execute(
                f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), max(id)) FROM {table}"
            )
        cursor.execute("ANALYZE inbox_wait")


def books_written() -> float:
    """Write all day books; return the seconds it took."""
    began = time.monotonic()
    while day_books_refresh():
        pass
    return time.monotonic() - began


def books() -> int:
    """Count the day books."""
    return DayBook.objects.count()


def day_rewritten() -> float:
    """Write the fullest day anew; return the milliseconds it took."""
    book = DayBook.objects.order_by("-count")[0]
    with transaction.atomic():
        began = time.perf_counter()
        day_write(book.unit_id, book.day)
        return (time.perf_counter() - began) * 1000


def wanted() -> Wanted:
    """Return a wish for ninety days."""
    today = day_of(now())
    return Wanted(today - timedelta(days=89), today)


_RECOUNT = """
SELECT count(*), percentile_cont(0.5) WITHIN GROUP (ORDER BY wall_s),
       percentile_cont(0.9) WITHIN GROUP (ORDER BY wall_s), max(wall_s), avg(wall_s)
  FROM inbox_wait WHERE kind = 'first' AND NOT is_reopened AND excluded_reason = ''
   AND opened_at >= %s AND end_kind = 'answered' AND unit_at_open_id = %s
"""


def wrong_figures() -> int:
    """Count the figures of the units that differ from what PostgreSQL counts over the waits themselves."""
    wish, wrong = wanted(), 0
    actor = actor_for(User.objects.get(username="bench"))
    for unit, told in report_for(actor, wish).by("unit").items():
        one = told.spread
        ours = (one.count, one.median, one.p90, one.longest, one.mean)
        with connection.cursor() as cursor:
            cursor.execute(_RECOUNT, [midnight(wish.since), unit])
            theirs = cursor.fetchone()
        pairs = zip(ours, theirs, strict=True)
        wrong += sum(abs(float(a or 0) - float(b or 0)) > 1e-6 for a, b in pairs)
    return wrong


def lags(seconds: float) -> Iterator[float]:
    """Take lines in for so long while books are written every two seconds; yield how far behind they were."""
    over = threading.Event()
    workers = [threading.Thread(target=work, args=(over,)) for work in (_take_in, _follow)]
    for worker in workers:
        worker.start()
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        oldest = StaleMark.objects.order_by("id").values_list("marked_at", flat=True).first()
        yield (now() - oldest).total_seconds() if oldest else 0.0
        time.sleep(0.1)
    over.set()
    for worker in workers:
        worker.join()


def _take_in(over: threading.Event) -> None:
    """Let customers write, a page at a time, as fast as it goes."""
    account, page = lines.account(), 0
    while not over.is_set():
        page += 1
        items_land(account, lines.written(lines.PAGE, f"{page}-"))
        while items_ingest():
            pass
    connections.close_all()


def _follow(over: threading.Event) -> None:
    """Do what the beat does every two seconds."""
    while not over.wait(2):
        while day_books_refresh():
            pass
    connections.close_all()
