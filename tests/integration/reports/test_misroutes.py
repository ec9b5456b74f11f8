"""The matrix of mis-routes: what counts, what it cost, and that every number opens its rows."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
import time_machine
from django.test import Client

from inbox.actions.assignment import conversation_hand_over
from inbox.actions.triage import conversation_resolve
from inbox.models import UnitStay
from opsconsole.kernel.actor import SYSTEM
from opsconsole.kernel.clock import now
from opsconsole.kernel.errors import Invalid
from opsconsole.people.selectors import actor_for
from opsconsole.reports.misroutes import MisrouteFilter, misroute_matrix, misroute_page
from tests.factories.channels import make_account
from tests.factories.inbox import make_conversation
from tests.factories.people import make_actor, make_unit, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def house():
    mobile, home = make_unit(name_en="Mobile"), make_unit(name_en="Home")
    return SimpleNamespace(
        mobile=mobile, home=home, shop=make_unit(), account=make_account(unit=mobile),
        boss=make_user("boss", role="manager", language="en"),
    )  # fmt: skip


def move(conversation, unit, kind="wrong_unit", *, after=0):
    """Hand over so many minutes from now."""
    with time_machine.travel(now() + timedelta(minutes=after), tick=False):
        conversation_hand_over(
            SYSTEM, conversation_id=conversation.pk, unit_id=unit.pk, reason="theirs", kind=kind
        )


def matrix_of(actor, **given):
    today = now().date()
    wanted = MisrouteFilter(today - timedelta(days=2), today + timedelta(days=2), **given)
    return misroute_matrix(actor, wanted), wanted


def cells(matrix):
    return {
        (row.unit.pk, unit.pk): (tally.count, tally.returns, tally.lost_seconds)
        for row in matrix.rows
        for unit, tally in row.cells
        if tally.count
    }


def test_only_what_came_to_the_wrong_unit_counts_with_what_the_customer_lost_there(house):
    at = now() - timedelta(minutes=1)
    with time_machine.travel(at, tick=False):
        wrong, right = (make_conversation(account=house.account, posted_at=at) for _ in range(2))
    with time_machine.travel(at, tick=False):
        move(wrong, house.home, after=30)
        move(right, house.home, "their_answer", after=30)
        move(wrong, house.shop, after=45)
        move(wrong, house.home, after=50)
    matrix, _wanted = matrix_of(actor_for(house.boss))
    mobile, home, shop = house.mobile.pk, house.home.pk, house.shop.pk
    assert cells(matrix) == {
        (mobile, home): (1, 0, 1800), (home, shop): (1, 0, 900), (shop, home): (1, 1, 300),
    }  # fmt: skip
    assert (matrix.total.count, matrix.total.returns) == (3, 1)
    stays = UnitStay.objects.filter(conversation=wrong).order_by("id")
    assert [stay.came_by for stay in stays] == ["account", "hand_over", "hand_over", "hand_over"]
    assert [stay.ended_at is None for stay in stays] == [False, False, False, True]


def test_nothing_is_lost_where_nobody_waits(house):
    done = make_conversation(account=house.account)
    conversation_resolve(SYSTEM, conversation_id=done.pk)
    move(done, house.home, after=30)
    matrix, _wanted = matrix_of(actor_for(house.boss))
    assert matrix.total.lost_seconds == 0


def test_a_reason_must_be_one_that_is_known(house):
    with pytest.raises(Invalid):
        move(make_conversation(account=house.account), house.home, "because")


def test_managers_count_what_left_or_reached_their_units_and_open_only_what_they_read(house):
    move(make_conversation(account=house.account), house.home)
    elsewhere = make_account(unit=house.home)
    move(make_conversation(account=elsewhere), house.shop)
    manager = make_actor("manager", house.mobile)
    matrix, wanted = matrix_of(manager)
    assert cells(matrix).keys() == {(house.mobile.pk, house.home.pk)}
    (row,) = misroute_page(manager, wanted).rows
    assert not row.is_readable


def test_every_number_opens_its_rows_and_goes_out_as_a_file(house):
    conversation = make_conversation(account=house.account)
    move(conversation, house.home)
    client = Client(headers={"Accept-Language": "en"})
    client.force_login(house.boss)
    page = client.get("/misroutes/").content.decode()
    behind = f"came_from={house.mobile.pk}&amp;unit={house.home.pk}"
    assert behind in page
    query = behind.replace("&amp;", "&")
    for asked in (query, f"account={house.account.pk}&rule=0", ""):
        rows = client.get(f"/misroutes/rows/?{asked}").content.decode()
        assert f"/conversations/{conversation.pk}/" in rows
    assert (
        f"/conversations/{conversation.pk}/"
        not in client.get(f"/misroutes/rows/?came_from={house.home.pk}").content.decode()
    )
    file = client.get(f"/misroutes.csv?{query}")
    assert file["Content-Type"].startswith("text/csv")
    assert f",{conversation.pk},Mobile,Home," in file.content.decode()
    assert client.get("/misroutes/?since=2026-02-02&until=2026-01-01").status_code == 422


@pytest.mark.parametrize("path", ["/misroutes/", "/misroutes/rows/", "/misroutes.csv"])
def test_only_who_directs_sees_mis_routes(house, path):
    client = Client()
    client.force_login(make_user(role="operator"))
    assert client.get(path).status_code == 403


def test_the_screen_hands_over_with_a_kind_of_reason(house):
    conversation = make_conversation(account=house.account)
    client = Client(headers={"Accept-Language": "en"})
    client.force_login(house.boss)
    assert (
        "It came to the wrong unit"
        in client.get(f"/conversations/{conversation.pk}/").content.decode()
    )
    client.post(
        f"/conversations/{conversation.pk}/hand-over/",
        {"unit": house.home.pk, "reason": "router", "kind": "wrong_unit"},
    )
    stay = UnitStay.objects.get(conversation=conversation, ended_at=None)
    assert (stay.reason, stay.words, stay.moved_by) == ("wrong_unit", "router", house.boss)
