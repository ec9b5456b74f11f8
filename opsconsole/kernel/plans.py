"""Statements that PostgreSQL parses and plans once per connection, and not at every call.

Planning a join takes it longer than answering it, where the answer is one row. PREPARE and EXECUTE are
plain SQL (https://www.postgresql.org/docs/15/sql-prepare.html), so the driver need know nothing of it.
A plan may be kept although it does not know the values: what is compared with a value that one statement
in a hundred has should not be planned so.
"""

import hashlib
import re
import threading
from collections.abc import Mapping, Sequence
from typing import Any
from weakref import WeakKeyDictionary

from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from psycopg2.extensions import AsIs

#: Which statements each connection knows by name. Connections outlive requests, see docs/adr/0015.
_known: WeakKeyDictionary[Any, set[str]] = WeakKeyDictionary()
_lock = threading.Lock()
_NAMED = re.compile(r"%\((\w+)\)s")


class Plan:
    """A statement with some parameters that stay as they are, and some that differ at every call."""

    def __init__(
        self, sql: str, parameters: Sequence[Any], places: Sequence[tuple[int, int]], count: int
    ) -> None:
        """Take a statement in the driver's form; `places` says which parameter is which of `count` values."""
        self._sql, self._count = sql, count
        self._parameters = list(parameters)
        for place, value in places:
            self._parameters[place] = AsIs(f"${value + 1}")
        self._text = self._name = ""

    def call(self, alias: str, values: Sequence[Any]) -> tuple[str, tuple[Any, ...]]:
        """Return what runs the statement with these values; it is made known to the connection before."""
        connection = connections[alias]
        if not connection.settings_dict.get("KEEP_PLANS", True):
            return self._sql, tuple(_filled(self._parameters, values))
        self._make_known(connection)
        marks = ", ".join(["%s"] * self._count)
        return f"EXECUTE {self._name}{marks and f'({marks})'}", tuple(values)

    def _make_known(self, wrapper: BaseDatabaseWrapper) -> None:
        wrapper.ensure_connection()
        raw = wrapper.connection
        with _lock:
            known = _known.setdefault(raw, set())
        if self._name in known:
            return
        with wrapper.wrap_database_errors, raw.cursor() as cursor:
            if not self._name:
                self._text = cursor.mogrify(self._sql, self._parameters).decode()
                digest = hashlib.sha256(self._text.encode()).hexdigest()
                self._name = f"kept_{digest[:24]}"
            if self._name not in known:
                cursor.execute(f"PREPARE {self._name} AS {self._text}")
        known.add(self._name)


def _filled(parameters: Sequence[Any], values: Sequence[Any]) -> list[Any]:
    """The parameters with the values in their places."""
    return [
        values[int(str(one).removeprefix("$")) - 1] if isinstance(one, AsIs) else one
        for one in parameters
    ]


class Statement:
    """A statement written by hand, its values called by name. Planned once per connection."""

    def __init__(self, sql: str) -> None:
        """Take SQL with values in the form `%(name)s`."""
        self._names = list(dict.fromkeys(_NAMED.findall(sql)))
        order = [self._names.index(name) for name in _NAMED.findall(sql)]
        places = list(enumerate(order))
        self._plan = Plan(_NAMED.sub("%s", sql), [None] * len(order), places, len(self._names))

    def __call__(self, values: Mapping[str, object], *, alias: str = "default") -> list[Any]:
        """Run it; return the rows it tells."""
        sql, given = self._plan.call(alias, [values[name] for name in self._names])
        with connections[alias].cursor() as cursor:
            cursor.execute(sql, given)
            return list(cursor.fetchall())
