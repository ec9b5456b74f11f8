"""The report of service levels: what was met and missed by each, the worst first, and what is due next."""

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client

from opsconsole.people.selectors import actor_for
from opsconsole.reports.days import day_of
from opsconsole.reports.levels import levels_of
from opsconsole.reports.times import Wanted
from tests.factories.clocks import make_policy
from tests.factories.people import make_unit, make_user
from tests.factories.reports import books_written, make_waits

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 11, 25, 3, tzinfo=UTC)


@pytest.fixture
def unit(time_machine):
    time_machine.move_to(NOON, tick=False)
    return make_unit()


@pytest.fixture
def manager(unit):
    return make_user(role="manager", unit=unit, language="en")


def found(manager):
    books_written()
    day = day_of(NOON)
    return levels_of(actor_for(manager), Wanted(day, day, measure="any", group="level"))


def test_each_level_tells_what_was_met_and_missed(unit, manager):
    quick, slow = make_policy(name="Quick"), make_policy(name="Slow", channel="x")
    make_waits(unit, NOON - timedelta(hours=2), 5, 9, 30, policy=quick)
    make_waits(unit, NOON - timedelta(hours=2), 5, policy=slow)
    told = {row.label: (row.figures.met, row.figures.missed) for row in found(manager).groups}
    assert told == {"Quick": (2, 1), "Slow": (1, 0)}


def test_the_worst_comes_first_and_whoever_still_waits_before_all(unit, manager):
    make_waits(unit, NOON - timedelta(hours=2), 20, 90, 5)
    (waiting,) = make_waits(unit, NOON - timedelta(hours=1), None)
    worst = found(manager).worst
    assert [row.seconds for row in worst] == [None, 5400, 1200]
    assert worst[0].conversation.pk == waiting.conversation_id


def test_what_is_due_next_is_told_and_double_answers_are_counted(unit, manager):
    make_waits(unit, NOON - timedelta(minutes=5), None, None, target=600)
    make_waits(unit, NOON - timedelta(minutes=5), None, target=86_400)
    make_waits(unit, NOON - timedelta(hours=1), 5, double_answers=2)
    make_waits(make_unit(), NOON - timedelta(minutes=5), None)
    told = found(manager)
    assert (told.coming_count, len(told.coming), told.doubles) == (2, 2, 2)


def test_the_screen_shows_them_and_refuses_nonsense(unit, manager):
    make_waits(unit, NOON - timedelta(hours=2), 5, 30, None)
    books_written()
    client = Client()
    client.force_login(manager)
    page = client.get("/reports/levels/")
    assert page.status_code == 200
    assert "No service level" in page.text
    assert client.get("/reports/levels/?period=days").status_code == 422
    assert client.get("/reports/?group=level").status_code == 200
    client.force_login(make_user(role="operator", unit=unit))
    assert client.get("/reports/levels/").status_code == 403
