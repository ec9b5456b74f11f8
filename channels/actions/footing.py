"""What workers stand on: the database's clock, and whether it is still the database they know.

A database that was replaced by a copy (a promoted standby, a restored backup) may have forgotten
what was sent last. Whatever is due in it is looked for on its platform before it is sent.
"""

import logging
from datetime import datetime, timedelta

from django.conf import settings
from django.db import DatabaseError, OperationalError, connection, transaction
from django.db.models import F

from channels.actions.moves import DATABASE_CHANGED, show
from channels.lifecycle import WAITING, DeliveryState
from channels.models import DatabaseMark, Delivery
from channels.pulse import clock_off_leave
from opsconsole.audit.actions import record
from opsconsole.kernel.actor import SYSTEM
from opsconsole.kernel.clock import follow, machine_time, now

logger = logging.getLogger(__name__)

S = DeliveryState
#: The mark is renewed this often.
_RENEWED = timedelta(minutes=1)
#: The timeline changes when a standby is promoted, the system's number when a dump is restored.
_LOOK = """
    SELECT clock_timestamp(),
           control.system_identifier::text || '/' || left(pg_walfile_name(pg_current_wal_lsn()), 8),
           mark.identity, mark.seen_at
      FROM pg_control_system() AS control
      LEFT JOIN channels_databasemark AS mark ON mark.id = 1
"""


def database_look() -> None:
    """Follow the database's clock, and notice when another database has taken its place.

    One query; called before anything is claimed.
    """
    asked = machine_time()
    try:
        with connection.cursor() as cursor:
            cursor.execute(_LOOK)
            told, identity, known, seen_at = cursor.fetchone()
    except OperationalError:
        raise
    except DatabaseError:
        logger.warning("this server does not say which it is: a change of it goes unnoticed")
        return
    heard = machine_time()
    if settings.CLOCK_TOLERANCE_SECONDS:
        _follow(told - (asked + (heard - asked) / 2))
    if known is not None and known != identity:
        deliveries_doubt(identity)
    elif known is None or abs(now() - seen_at) > _RENEWED:
        _renew(identity)


def _follow(ahead: timedelta) -> None:
    follow(ahead)
    if abs(ahead.total_seconds()) > settings.CLOCK_TOLERANCE_SECONDS:
        clock_off_leave(ahead.total_seconds())


def _renew(identity: str) -> None:
    DatabaseMark.objects.bulk_create(
        [DatabaseMark(pk=1, identity=identity, seen_at=now())],
        update_conflicts=True, unique_fields=["id"], update_fields=["identity", "seen_at"],
    )  # fmt: skip


def deliveries_doubt(identity: str) -> int:
    """Have all that is due in a database with another identity read back first; once, by whoever is first."""
    with transaction.atomic():
        mark = DatabaseMark.objects.select_for_update().get(pk=1)
        if mark.identity == identity:
            return 0
        found = _doubt(now())
        _renew(identity)
    logger.error(
        "the database was replaced, seen at work until %s: %s deliveries are read back",
        mark.seen_at, found,
    )  # fmt: skip
    return found


def _doubt(at: datetime) -> int:
    """What a worker had in hand in the copy may have been sent in what the copy has lost."""
    due = Delivery.objects.filter(state__in=WAITING | {S.CLAIMED, S.PREPARED}, not_before__lte=at)
    rows = list(due.select_related("account").select_for_update(of=("self",)).order_by("pk"))
    found = {row.pk: row.account.unit_id for row in rows}
    Delivery.objects.filter(pk__in=found).update(
        state=S.AMBIGUOUS, fence=F("fence") + 1, lease_until=None, ambiguous_at=at, empty_reads=0,
        next_look_at=at, reason_code=DATABASE_CHANGED, reason="", is_unseen=True,
    )  # fmt: skip
    for row in rows:
        record(SYSTEM, "channels.delivery.doubted", row, unit_id=row.account.unit_id)
    show(found)
    return len(found)
