"""Statements that a connection knows by name: the same rows, in every state a connection can be in."""

import psycopg2
import pytest
from django.db import DatabaseError, connection, connections, transaction
from django.test.utils import CaptureQueriesContext

from opsconsole.kernel.plans import Plan, Statement
from opsconsole.kernel.prepared import prepared, prepared_change
from opsconsole.people.models import BusinessUnit
from tests.factories.people import make_unit
from tests.support.together import together

pytestmark = pytest.mark.django_db


@prepared
def called(name):
    """Units by their Korean name, of those that work."""
    return BusinessUnit.objects.filter(name_ko=name, is_active=True)


@prepared_change("slug")
def renamed(unit_id, name):
    """Another Korean name for a unit."""
    rows = BusinessUnit.objects.filter(pk=unit_id)
    return rows, {"name_ko": name}


NAMED = Statement(
    "SELECT slug FROM people_businessunit WHERE name_ko = %(name)s OR (name_en = %(name)s AND %(also)s)"
)


def statements_known():
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_prepared_statements WHERE name LIKE 'kept_%%'")
        return cursor.fetchone()[0]


@pytest.mark.parametrize("keeps", [True, False])
def test_the_same_rows_with_and_without(keeps, settings, monkeypatch):
    monkeypatch.setitem(connection.settings_dict, "KEEP_PLANS", keeps)
    unit, other = make_unit(name_ko="모바일"), make_unit(name_ko="'; --%s $1")
    for one in (unit, other, unit):
        assert called(one.name_ko) == [one]
        assert NAMED({"name": one.name_ko, "also": False}) == [(one.slug,)]
    assert renamed(unit.pk, "인터넷") == [(unit.slug,)]
    assert (called("모바일"), called("인터넷")) == ([], [unit])


def test_a_statement_is_made_known_once_and_costs_one_query():
    make_unit(name_ko="모바일")
    called("모바일")
    known = statements_known()
    with CaptureQueriesContext(connection) as asked:
        called("모바일")
    assert (len(asked), statements_known()) == (1, known)


def test_it_is_known_after_a_transaction_that_came_to_nothing():
    plan = Plan("SELECT %s::int + %s", [None, 41_977], [(0, 0)], 1)

    def one_more(number):
        with connection.cursor() as cursor:
            cursor.execute(*plan.call("default", [number]))
            return cursor.fetchone()[0]

    with transaction.atomic():
        assert one_more(1) == 41_978
        transaction.set_rollback(True)
    assert one_more(2) == 41_979


@pytest.mark.django_db(transaction=True)
def test_a_new_connection_is_told_anew():
    unit = make_unit(name_ko="모바일")
    assert called("모바일") == [unit]
    connection.close()
    assert called("모바일") == [unit]
    assert statements_known() == 1


@pytest.mark.django_db(transaction=True)
def test_a_connection_that_the_server_has_ended_fails_as_any_query_and_comes_back():
    unit = make_unit(name_ko="모바일")
    assert called("모바일") == [unit]
    with (
        psycopg2.connect(
            connection.connection.dsn, password=connection.settings_dict["PASSWORD"]
        ) as other,
        other.cursor() as cursor,
    ):
        cursor.execute(
            "SELECT pg_terminate_backend(%s, 5000)", [connection.connection.info.backend_pid]
        )
    with pytest.raises(DatabaseError):
        called("모바일")
    connection.close()
    assert called("모바일") == [unit]


@pytest.mark.django_db(transaction=True)
def test_many_threads_at_once_each_on_its_own_connection():
    unit = make_unit(name_ko="모바일")
    fresh = prepared(lambda name: BusinessUnit.objects.filter(name_ko=name).exclude(slug="-"))

    def look():
        try:
            return [fresh("모바일") for _ in range(20)]
        finally:
            connections.close_all()

    assert all(found == [[unit]] * 20 for found in together(*[look] * 8))


@pytest.mark.django_db(transaction=True)
def test_a_column_that_comes_meanwhile_does_no_harm():
    """Tables change under running workers while a new release is put into service."""
    unit = make_unit(name_ko="모바일")
    assert called("모바일") == [unit]
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE people_businessunit ADD COLUMN later integer")
    try:
        assert called("모바일") == [unit]
    finally:
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE people_businessunit DROP COLUMN later")
