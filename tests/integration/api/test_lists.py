"""Lists: filters, pages that survive change, and a number of queries that does not grow."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from inbox.actions.triage import conversation_resolve, conversation_tag
from inbox.models import Conversation
from opsconsole.kernel.actor import SYSTEM
from tests.factories.channels import make_account, make_delivery
from tests.factories.inbox import make_conversation, make_message
from tests.factories.people import make_user
from tests.integration.api.conftest import token_client


@pytest.fixture
def ana(company):
    return token_client(company.ana)


def queries_of(client, address):
    with CaptureQueriesContext(connection) as captured:
        answer = client.get(address)
    assert answer.status_code == 200
    return len(captured), len(answer.json()["results"])


def grow(company, number):
    for _row in range(number):
        row = make_conversation(account=company.account)
        for name in ("one", "two"):
            conversation_tag(SYSTEM, conversation_id=row.pk, name=name)
        make_delivery(account=company.account, kind="post")
        make_account(unit=company.mobile)
        make_user(role="operator", unit=company.mobile)


@pytest.mark.parametrize("address", ["conversations/", "deliveries/", "accounts/", "users/"])
def test_thirty_rows_cost_as_many_queries_as_three(company, ana, address):
    grow(company, 3)
    few, shown_few = queries_of(ana, f"/api/v1/{address}")
    grow(company, 27)
    many, shown_many = queries_of(ana, f"/api/v1/{address}")
    assert shown_many >= shown_few + 27
    assert few == many


def test_a_long_thread_costs_as_many_queries_as_a_short_one(company, ana):
    row = make_conversation(account=company.account)
    address = f"/api/v1/conversations/{row.pk}/"
    make_message(row)
    with CaptureQueriesContext(connection) as few:
        shown = len(ana.get(address).json()["entries"])
    for _line in range(27):
        make_message(row)
    with CaptureQueriesContext(connection) as many:
        assert len(ana.get(address).json()["entries"]) == shown + 27
    assert len(few) == len(many)


def walk(client, address, between):
    seen = []
    while address:
        page = client.get(address).json()
        seen += [row["id"] for row in page["results"]]
        assert bool(page["next"]) == bool(page["next_cursor"])
        address = page["next"]
        between(seen)
    return seen


def test_walking_the_queue_while_it_changes_repeats_and_skips_nothing(company, ana):
    rows = [make_conversation(account=company.account) for _row in range(11)]

    def between(seen):
        """What was just read is resolved, and somebody new is waiting at the end."""
        conversation_resolve(SYSTEM, conversation_id=seen[-1])
        if len(seen) < 12:
            rows.append(make_conversation(account=company.account))

    seen = walk(ana, "/api/v1/conversations/?limit=3", between)
    assert len(seen) == len(set(seen))
    assert seen == [row.pk for row in rows]


def test_walking_newest_first_while_rows_arrive_repeats_nothing(company, ana):
    rows = [make_conversation(account=company.account) for _row in range(7)]
    seen = walk(
        ana,
        "/api/v1/conversations/?view=all&limit=2",
        lambda _seen: make_conversation(account=company.account),
    )
    assert seen == [row.pk for row in reversed(rows)]


def test_walking_deliveries_and_users(company, ana):
    made = [make_delivery(account=company.account, kind="post").pk for _row in range(5)]
    seen = walk(
        ana,
        "/api/v1/deliveries/?limit=2",
        lambda _seen: make_delivery(account=company.account, kind="post"),
    )
    assert seen == made[::-1]
    people = walk(ana, "/api/v1/users/?limit=2", lambda _seen: None)
    assert people == sorted(set(people))
    assert company.ana.pk in people


def test_the_next_address_keeps_the_filters(company, ana):
    for _row in range(2):
        make_conversation(account=company.account)
    page = ana.get(f"/api/v1/conversations/?unit={company.mobile.pk}&limit=1").json()
    assert f"unit={company.mobile.pk}" in page["next"]
    assert "limit=1" in page["next"]


def test_the_queue_is_filtered_as_on_the_screen(company, ana):
    one, two, three = (make_conversation(account=company.account) for _row in range(3))
    other = make_account(unit=company.mobile, kind="x")
    four = make_conversation(account=other, text="My router smokes")
    Conversation.objects.filter(pk=one.pk).update(assignee=company.ana)
    conversation_tag(SYSTEM, conversation_id=two.pk, name="word")
    conversation_resolve(SYSTEM, conversation_id=three.pk)
    tag = two.tags.get()
    expected = {
        "": {one, two, four},
        "view=mine": {one},
        "view=unassigned": {two, four},
        "view=waiting": set(),
        "view=resolved": {three},
        "view=all": {one, two, three, four},
        "channel=x": {four},
        f"account={other.pk}": {four},
        f"unit={company.home.pk}": set(),
        f"assignee={company.ana.pk}": {one},
        f"tag={tag.pk}": {two},
        "text=router": {four},
        "view=all&text=router&channel=facebook": set(),
    }
    for query, rows in expected.items():
        found = ana.get(f"/api/v1/conversations/?{query}").json()["results"]
        assert {row["id"] for row in found} == {row.pk for row in rows}, query


@pytest.mark.parametrize(
    ("address", "field"),
    [
        ("conversations/?view=nonsense", "view"),
        ("conversations/?channel=telex", "channel"),
        ("conversations/?unit=two", "unit"),
        ("conversations/?veiw=all", "veiw"),
        ("conversations/?limit=0", "limit"),
        ("conversations/?limit=100000", "limit"),
        ("conversations/?text=%00", "text"),
        ("deliveries/?state=gone", "state"),
        ("users/?ability=fly", "ability"),
    ],
)
def test_queries_that_cannot_be_understood_name_the_field(ana, address, field):
    answer = ana.get(f"/api/v1/{address}")
    assert (answer.status_code, answer.json()["field"]) == (422, field)


@pytest.mark.parametrize("resource", ["conversations", "deliveries", "users", "tags"])
@pytest.mark.parametrize("cursor", ["x", "W10", "WyJ4Il0", "WyJ4IiwieSJd", "%00", "WzFd-_"])
def test_a_made_up_cursor_is_refused(ana, resource, cursor):
    answer = ana.get(f"/api/v1/{resource}/?cursor={cursor}")
    assert answer.status_code in {200, 422}
    if answer.status_code == 422:
        assert answer.json()["code"] in {"bad_cursor", "invalid"}
