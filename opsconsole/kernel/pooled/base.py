"""Connections that are handed from request to request (Django asks for a module of this name).

Under ASGI every request may run in a thread of its own, so Django's persistent connections, one per
thread, would pile up; Django's own pool needs psycopg 3. A connection that a thread gives back waits
here for the next one. It comes back as clean as it went: nothing in this project changes the state of
a session (no SET without LOCAL, no advisory locks, no cursors held open).
"""

import os
import select
import threading
import time
from collections import deque
from typing import Any

import psycopg2
from django.db.backends.postgresql import base
from django.db.backends.postgresql.psycopg_any import (  # type: ignore[import-untyped]
    IsolationLevel,
)
from psycopg2.extensions import TRANSACTION_STATUS_IDLE

#: Seconds after which a connection that nobody used is asked whether it still answers.
ASK_AFTER = 5.0


class Pool:
    """Connections at rest, the youngest on top, at most `size` of them. Safe for threads; forks start empty."""

    def __init__(self, size: int) -> None:
        """Keep up to `size` connections; none at all when it is 0."""
        self.size = size
        self._lock = threading.Lock()
        self._resting: deque[tuple[Any, float]] = deque()
        self._process = os.getpid()

    def take(self) -> Any | None:
        """Return a connection that answers, or None when none is at rest."""
        while True:
            with self._lock:
                self._forget_the_parents()
                if not self._resting:
                    return None
                connection, since = self._resting.pop()
            if _is_alive(connection, time.monotonic() - since):
                return connection
            connection.close()

    def give(self, connection: Any) -> bool:
        """Lay a connection to rest; False when it is not fit for that, or there are enough."""
        if connection.closed or not _is_clean(connection):
            return False
        with self._lock:
            self._forget_the_parents()
            if len(self._resting) >= self.size:
                return False
            self._resting.append((connection, time.monotonic()))
        return True

    def drain(self) -> None:
        """Close whatever is at rest."""
        with self._lock:
            resting, self._resting = self._resting, deque()
        for connection, _since in resting:
            connection.close()

    def _forget_the_parents(self) -> None:
        """Leave the connections of the process we were forked from to it."""
        if self._process != os.getpid():
            self._resting, self._process = deque(), os.getpid()


def _is_clean(connection: Any) -> bool:
    """Whether no transaction runs, nor one that has had no statement yet."""
    is_idle = connection.info.transaction_status == TRANSACTION_STATUS_IDLE
    return bool(connection.autocommit and is_idle)


def _is_alive(connection: Any, rested: float) -> bool:
    """Whether the server has said nothing since, which could only be a farewell, and still answers."""
    if connection.closed:
        return False
    listener = select.poll()  # select() knows no socket above 1,023
    listener.register(connection, select.POLLIN)
    if listener.poll(0):
        return False
    if rested < ASK_AFTER:
        return True
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except psycopg2.Error:
        return False
    return True


_pools: dict[tuple[tuple[str, str], ...], Pool] = {}
_pools_lock = threading.Lock()


def _pool(parameters: dict[str, Any], size: int) -> Pool:
    """The pool of one database: whoever connects differently, or to another one, has another pool."""
    key = tuple(sorted((name, str(value)) for name, value in parameters.items()))
    with _pools_lock:
        return _pools.setdefault(key, Pool(size))


class DatabaseWrapper(base.DatabaseWrapper):
    """Django's PostgreSQL, whose connections come from a pool and go back to it.

    Setting `POOL_SIZE` of the database: how many connections may rest in one process (0: none).
    """

    _home: Pool | None = None

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        """Return a rested connection, or a new one."""
        self._home = _pool(conn_params, self.settings_dict.get("POOL_SIZE", 0))
        rested = self._home.take()
        if rested is None:
            return super().get_new_connection(conn_params)
        self.isolation_level = IsolationLevel(
            rested.isolation_level or IsolationLevel.READ_COMMITTED
        )
        return rested

    def _close(self) -> None:
        """Give the connection back; close it when it is broken, in a transaction, or one too many."""
        if self.connection is None or self._home is None or not self._home.give(self.connection):
            super()._close()  # type: ignore[misc]  # missing in the stubs
