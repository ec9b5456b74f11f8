"""The managers' first screen: what it counts, whom it shows, and the rows behind each number."""

from datetime import timedelta

import pytest
from django.test import Client

from inbox.models import Wait
from opsconsole.kernel.clock import now
from opsconsole.people.selectors import actor_for
from opsconsole.reports import today
from tests.factories.channels import make_account
from tests.factories.duty import make_on_duty
from tests.factories.inbox import make_conversations
from tests.factories.people import make_unit, make_user

pytestmark = pytest.mark.django_db

#: Noon in Seoul on a Wednesday.
NOON = "2026-11-25T03:00:00Z"


@pytest.fixture
def unit():
    return make_unit()


@pytest.fixture
def manager(unit):
    return make_user(role="manager", unit=unit)


def waited(unit, *minutes, replier=None, target=600):
    """Waits of today, answered after so many minutes; None still waits, since an hour."""
    rows = make_conversations(len(minutes), account=make_account(unit=unit))
    for row, took in zip(rows, minutes, strict=True):
        wait = Wait.objects.get(conversation=row)
        opened = now() - timedelta(hours=1)
        wait.opened_at = wait.desk_opened_at = opened
        wait.due_at = opened + timedelta(seconds=target)
        if took is not None:
            wait.ended_at = opened + timedelta(minutes=took)
            wait.end_kind, wait.replier_id = "answered", replier
            wait.wall_s = wait.biz_s = wait.desk_biz_s = took * 60
            row.waiting_since = None
        row.due_at = wait.due_at if took is None else None
        row.save()
        wait.save()


def test_percentiles_are_exact_and_whoever_still_waits_too_long_is_missed(unit, time_machine):
    time_machine.move_to(NOON, tick=False)
    someone = make_user(role="operator", unit=unit)
    waited(unit, 1, 2, 3, 4, 30, None, replier=someone.pk)
    (times,) = today.times_by_unit([unit], today.day_began(), "customer")
    assert (times.answered, times.median, times.longest) == (5, 180, 1800)
    assert times.p90 == pytest.approx(1176)  # between the fourth and the fifth: 240 + 0.6 × 1560
    assert (times.due, times.met) == (6, 4)
    (person,) = today.times_by_operator([unit], today.day_began(), "customer")
    assert person.subject == someone
    assert person.due == 5


def test_what_was_closed_in_time_is_met_and_what_the_customer_took_back_is_neither(
    unit, time_machine
):
    time_machine.move_to(NOON, tick=False)
    waited(unit, 1, 1, 30)
    for wait, kind in zip(
        Wait.objects.order_by("ended_at", "pk"),
        ("closed_no_reply", "withdrawn", "withdrawn"),
        strict=True,
    ):
        Wait.objects.filter(pk=wait.pk).update(end_kind=kind)
    (times,) = today.times_by_unit([unit], today.day_began(), "customer")
    assert (times.due, times.met) == (2, 1), "taken back after its due time, it stays missed"


def test_yesterday_does_not_count(unit, time_machine):
    time_machine.move_to("2026-11-24T03:00:00Z", tick=False)
    waited(unit, 1)
    time_machine.move_to(NOON, tick=False)
    (times,) = today.times_by_unit([unit], today.day_began(), "customer")
    assert times.answered == 0
    assert times.median is None


def test_the_standing_counts_who_waits_and_who_is_overdue(unit, time_machine):
    time_machine.move_to(NOON, tick=False)
    waited(unit, None, None, 5)
    (standing,) = today.standings([unit])
    assert (standing.open, standing.overdue) == (2, 2)


def test_the_rows_behind_a_number_are_as_many_as_the_number(unit, manager, time_machine):
    time_machine.move_to(NOON, tick=False)
    waited(unit, 1, 30, None)
    actor = actor_for(manager)
    sizes = {kind: len(today.wait_page(actor, kind=kind).rows) for kind in today.KINDS}
    assert sizes == {"answered": 2, "open": 1, "overdue": 1, "missed": 2, "all": 3}


def test_a_manager_sees_the_own_units_alone(manager, time_machine):
    time_machine.move_to(NOON, tick=False)
    elsewhere = make_unit()
    waited(elsewhere, 1)
    assert today.wait_page(actor_for(manager)).rows == []
    assert elsewhere not in today.units_reported(actor_for(manager))


def test_who_is_on_duty_is_shown_with_what_they_have_in_hand(unit, manager, time_machine):
    time_machine.move_to(NOON, tick=False)
    person = make_on_duty(unit, nickname="유나")
    rows = make_conversations(2, account=make_account(unit=unit))
    for row in rows:
        row.assignee_id, row.state = person.user_id, "open"
        row.save()
    (crew,) = today.crew_now([unit])
    assert (str(crew.person), crew.waiting) == ("유나", 2)
    client = Client()
    client.force_login(manager)
    page = client.get("/today/").text
    assert "유나" in page


def test_operators_have_no_such_screen_and_managers_land_on_it(unit):
    make_user("boss", role="manager", unit=unit, password="long enough 1")
    make_user("ana", role="operator", unit=unit, password="long enough 1")
    boss, ana = Client(), Client()
    for client, name in ((boss, "boss"), (ana, "ana")):
        client.post("/sign-in/", {"username": name, "password": "long enough 1"})
    assert ana.get("/today/").status_code == 403
    assert boss.get("/today/").status_code == 200
    answer = Client().post("/sign-in/", {"username": "boss", "password": "long enough 1"})
    assert answer.headers["Location"] == "/today/"


@pytest.mark.parametrize("path", ["/today/?clock=moon", "/today/waits/?kind=moon"])
def test_an_address_that_means_nothing_is_refused(manager, path):
    client = Client()
    client.force_login(manager)
    assert client.get(path).status_code == 422
