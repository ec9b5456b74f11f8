"""Databases of rehearsals: beside the real one on the same server, made from a template, dropped at the end.

Their names begin with a digest of the real database's, so that consoles which share a server leave each
other's alone.
"""

import hashlib
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import quote, urlencode

from django.db import connection, connections
from django.db.migrations.loader import MigrationLoader
from psycopg2 import sql

#: The name under which Django knows the scratch database in the process that conducts.
ALIAS = "rehearsal"
_TEMPLATE = "template"


def may_make_databases() -> bool:
    """Whether the role that the console uses may make databases. One query."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolcreatedb OR rolsuper FROM pg_roles WHERE rolname = current_user")
        return bool(cursor.fetchone()[0])


def role_name() -> str:
    """Return the role that the console uses, for the operator who has to grant it something."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        return str(cursor.fetchone()[0])


def url_of(name: str) -> str:
    """Return how a program is told of a database on the same server: the form of DATABASE_URL."""
    given = connection.settings_dict
    user, password = (quote(str(given[part]), safe="") for part in ("USER", "PASSWORD"))
    login = f"{user}:{password}@" if password else f"{user}@" if user else ""
    host = quote(str(given["HOST"]), safe=":[]")
    port = f":{given['PORT']}" if given["PORT"] else ""
    options = urlencode(given["OPTIONS"])
    return f"postgres://{login}{host}{port}/{quote(name, safe='')}" + (options and f"?{options}")


def template_made(migrate: Callable[[str], None]) -> str:
    """Return a database with today's tables and no rows; `migrate` brings one up to date where there is none."""
    name = template_name()
    if name in _databases():
        return name
    for old in _databases():
        if old.startswith(_prefix(_TEMPLATE)):
            _drop(old)
    building = f"{_prefix(_TEMPLATE)}building"
    _run("CREATE DATABASE {}", building)
    migrate(building)
    _run("ALTER DATABASE {} RENAME TO {}", building, name)
    return name


def template_name() -> str:
    """Return what the template of today's tables is called."""
    leaves = sorted(MigrationLoader(None).graph.leaf_nodes())
    return _prefix(_TEMPLATE) + hashlib.sha256(repr(leaves).encode()).hexdigest()[:12]


def scratch_name(rehearsal_id: int) -> str:
    """Return what the database of a rehearsal is called."""
    return _prefix(str(rehearsal_id)).rstrip("_")


def scratch_make(rehearsal_id: int, template: str) -> str:
    """Make the database of a rehearsal, and return its name."""
    name = scratch_name(rehearsal_id)
    _run("CREATE DATABASE {} TEMPLATE {}", name, template)
    return name


def scratch_drop(rehearsal_id: int) -> None:
    """Drop the database of a rehearsal, if it is there, whoever is still connected."""
    _drop(scratch_name(rehearsal_id))


def scratches_sweep(*, but: int | None = None) -> int:
    """Drop what rehearsals that were killed have left behind; that of `but` stays. Returns how many."""
    kept = scratch_name(but) if but is not None else ""
    pattern = re.compile(re.escape(_prefix("")) + r"\d+")
    found = [name for name in _databases() if pattern.fullmatch(name) and name != kept]
    for name in found:
        _drop(name)
    return len(found)


@contextmanager
def scratch_open(name: str) -> Iterator[str]:
    """Make a scratch database known to Django in this process, as the alias that is yielded."""
    settings: dict[str, Any] = {**connection.settings_dict, "NAME": name, "POOL_SIZE": 0}
    connections.settings[ALIAS] = settings
    try:
        yield ALIAS
    finally:
        connections[ALIAS].close()
        del connections[ALIAS], connections.settings[ALIAS]


def _prefix(what: str) -> str:
    real = str(connection.settings_dict["NAME"])
    return f"rehearsal_{hashlib.sha256(real.encode()).hexdigest()[:8]}_{what}" + (what and "_")


def _databases() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT datname FROM pg_database WHERE starts_with(datname, %s)", [_prefix("")]
        )
        return [str(row[0]) for row in cursor.fetchall()]


def _drop(name: str) -> None:
    _run("DROP DATABASE IF EXISTS {} WITH (FORCE)", name)


def _run(statement: str, *names: str) -> None:
    """Run what stands outside any transaction."""
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL(statement).format(*(sql.Identifier(name) for name in names)))
