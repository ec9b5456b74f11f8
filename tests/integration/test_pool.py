"""Connections that rest between requests: reused while they are good, dropped when they are not."""

import threading

import pytest
from django.db import connection

from opsconsole.kernel.pooled.base import DatabaseWrapper, _pool

pytestmark = pytest.mark.django_db


@pytest.fixture
def another():
    """Make wrappers of the test's database that share a pool of two; whatever rests is closed after."""
    wrappers, parameters = [], connection.get_connection_params() | {"application_name": "pool"}

    def make() -> DatabaseWrapper:
        given = connection.settings_dict | {"POOL_SIZE": 2}
        given["OPTIONS"] = given["OPTIONS"] | {"application_name": "pool"}
        wrappers.append(DatabaseWrapper(given, "default"))
        return wrappers[-1]

    yield make
    for wrapper in wrappers:
        wrapper.close()
    _pool(parameters, 2).drain()


def process_of(wrapper):
    """The number of the server's process behind a connection."""
    with wrapper.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return cursor.fetchone()[0]


def test_the_next_one_gets_the_same_connection(another):
    first, second = another(), another()
    process = process_of(first)
    first.close()
    assert process_of(second) == process
    assert second.get_autocommit()


def test_two_at_once_have_two(another):
    first, second = another(), another()
    assert process_of(first) != process_of(second)


def test_what_is_one_too_many_is_closed(another):
    wrappers = [another() for _number in range(3)]
    processes = {process_of(wrapper) for wrapper in wrappers}
    for wrapper in wrappers:
        wrapper.close()
    assert len(processes & {process_of(another()) for _number in range(3)}) == 2


def test_one_that_the_server_ended_is_not_handed_out(another):
    first = another()
    process = process_of(first)
    raw = first.connection
    first.close()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [process])
    assert process_of(another()) != process
    assert raw.closed


def test_one_that_rested_long_is_asked_first(another, monkeypatch):
    monkeypatch.setattr("opsconsole.kernel.pooled.base.ASK_AFTER", 0)
    first = another()
    process = process_of(first)
    first.close()
    assert process_of(another()) == process


def test_a_transaction_left_open_does_not_travel(another):
    first = another()
    process = process_of(first)
    first.set_autocommit(False)
    process_of(first)
    first.close()
    second = another()
    assert process_of(second) != process
    assert not second.in_atomic_block


def test_one_closed_inside_a_transaction_is_nobody_elses(another):
    first = another()
    process = process_of(first)
    first.set_autocommit(False)
    first.close()
    assert process_of(another()) != process


def test_an_error_in_a_statement_does_not_spoil_the_connection(another):
    first = another()
    process = process_of(first)
    with pytest.raises(Exception, match="nowhere"), first.cursor() as cursor:
        cursor.execute("SELECT nowhere")
    first.close_if_unusable_or_obsolete()
    first.close()
    assert process_of(another()) == process


def test_threads_never_share_one(another):
    seen, begun = [], threading.Barrier(4)

    def work(wrapper):
        wrapper.inc_thread_sharing()
        begun.wait()
        seen.append(process_of(wrapper))
        begun.wait()
        wrapper.close()

    threads = [threading.Thread(target=work, args=[another()]) for _number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(seen)) == 4
