"""The gate between arming and holding: many arm at once, and one who holds or lifts meets none of them.

Locks of PostgreSQL that end with the transaction. They queue: whoever closes the gate waits only for
those who are inside, never for those who come after. See docs/adr/0018.
"""

from django.db import connection
from django.db.transaction import TransactionManagementError

#: The number of this lock among all advisory locks of the database.
_GATE = 4_011_111


def gate_enter() -> None:
    """Go through the gate: no hold is placed or lifted before this transaction ends."""
    _lock("pg_advisory_xact_lock_shared")


def gate_close() -> None:
    """Wait until nobody is inside, and let nobody in before this transaction ends."""
    _lock("pg_advisory_xact_lock")


def _lock(function: str) -> None:
    if not connection.in_atomic_block:
        raise TransactionManagementError(function)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {function}(%s)", [_GATE])
