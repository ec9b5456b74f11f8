"""The gate between arming and holding: many arm at once, and one who holds or lifts meets none of them.

Locks of PostgreSQL that end with the transaction. They queue: whoever closes the gate waits only for
those who are inside, never for those who come after. See docs/adr/0018.
"""

from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.transaction import TransactionManagementError

#: The number of this lock among all advisory locks of the database.
_GATE = 4_011_111


def gate_enter() -> bool:
    """Go through the gate: no hold is placed or lifted before this transaction ends.

    Tells whether any is in force. Both in one journey, as two statements: the second sees what was
    committed while the first one waited.
    """
    with _in_transaction().cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock_shared(%s);"
            " SELECT EXISTS (SELECT FROM channels_hold WHERE lifted_at IS NULL)",
            [_GATE],
        )
        return bool(cursor.fetchone()[0])


def gate_close() -> None:
    """Wait until nobody is inside, and let nobody in before this transaction ends."""
    with _in_transaction().cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_GATE])


def _in_transaction() -> BaseDatabaseWrapper:
    if not connection.in_atomic_block:
        raise TransactionManagementError("the gate is gone through inside a transaction")
    return connection
