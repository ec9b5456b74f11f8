"""Rehearsals in tests: the template is a copy of the test's own empty database, made in a moment."""

from collections.abc import Iterator
from contextlib import closing

import psycopg2
import pytest
from django.db import connection
from psycopg2 import sql

from campaigns.rehearsal.scratch import scratches_sweep, template_name

#: How long things take in the sending, cut short.
QUICK = {
    "SEND_TIMEOUT_SECONDS": "2",
    "DELIVERY_LEASE_SECONDS": "4",
    "REAPER_SECONDS": "1",
    "RECONCILE_SCHEDULE": "1,1",
}


@pytest.fixture
def rehearsal_template(transactional_db, monkeypatch) -> Iterator[str]:
    """What a rehearsal needs, without the time it takes to make tables anew; time-outs in seconds."""
    for name, value in QUICK.items():
        monkeypatch.setenv(name, value)
    name, own = template_name(), str(connection.settings_dict["NAME"])
    connection.close()  # what is copied may not be in use
    _outside("CREATE DATABASE {} TEMPLATE {}", name, own)
    yield name
    scratches_sweep()
    _outside("DROP DATABASE {}", name)


def _outside(statement: str, *names: str) -> None:
    """Say something to the server from another database than the test's."""
    known = {"user", "password", "host", "port"}
    given = connection.get_connection_params()
    parameters = {name: value for name, value in given.items() if name in known}
    with closing(psycopg2.connect(dbname="postgres", **parameters)) as line:
        line.autocommit = True
        with line.cursor() as cursor:
            cursor.execute(sql.SQL(statement).format(*(sql.Identifier(one) for one in names)))
