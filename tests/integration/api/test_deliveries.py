"""A person's word about deliveries, through the API."""

import pytest

from channels.lifecycle import DeliveryState
from opsconsole.audit.models import Activity
from tests.factories.channels import make_delivery
from tests.integration.api.conftest import token_client

S = DeliveryState


@pytest.fixture
def boss(company):
    return token_client(company.min)


def act(client, row, verb, body=None):
    return client.post(f"/api/v1/deliveries/{row.pk}/{verb}/", body or {}, format="json")


def test_what_nobody_has_begun_can_be_stopped(company, boss):
    row = make_delivery(account=company.account, kind="post")
    assert act(boss, row, "cancel").json()["state"] == "cancelled"
    refused = act(boss, row, "cancel")
    assert (refused.status_code, refused.json()["code"]) == (409, "moved_on")


def test_what_is_under_way_cannot_be_stopped(company, boss):
    row = make_delivery(account=company.account, kind="post", state=S.ARMED)
    assert act(boss, row, "cancel").status_code == 409


def test_an_unclear_delivery_is_confirmed_sent_again_or_dropped(company, boss):
    found, absent, unwanted = (
        make_delivery(account=company.account, kind="post", state=S.NEEDS_HUMAN)
        for _row in range(3)
    )
    confirmed = act(boss, found, "confirm-live", {"external_id": "77", "url": "https://x.com/77"})
    assert (confirmed.json()["state"], confirmed.json()["external_id"]) == ("sent", "77")
    assert act(boss, absent, "send-again", {"minutes": 5}).json()["state"] == "ready"
    assert act(boss, unwanted, "drop").json()["state"] == "cancelled"
    verbs = set(Activity.objects.filter(actor=company.min).values_list("verb", flat=True))
    assert {
        "channels.delivery.confirmed", "channels.delivery.sent_again", "channels.delivery.dropped",
    } <= verbs  # fmt: skip


def test_one_thing_on_the_platform_proves_one_delivery(company, boss):
    one, two = (
        make_delivery(account=company.account, kind="post", state=S.NEEDS_HUMAN)
        for _row in range(2)
    )
    assert act(boss, one, "confirm-live", {"external_id": "77"}).status_code == 200
    refused = act(boss, two, "confirm-live", {"external_id": "77"})
    assert (refused.status_code, refused.json()["code"]) == (409, "external_id_taken")


@pytest.mark.parametrize(
    ("verb", "body", "field"),
    [
        ("confirm-live", {}, "external_id"),
        ("confirm-live", {"external_id": " "}, "external_id"),
        ("confirm-live", {"external_id": "1" * 191}, "external_id"),
        ("confirm-live", {"external_id": "1", "url": "javascript:alert(1)"}, "url"),
        ("send-again", {"minutes": 0}, "minutes"),
        ("send-again", {"hours": 1}, "hours"),
        ("drop", {"why": "because"}, "why"),
    ],
)
def test_what_is_wrong_is_named(company, boss, verb, body, field):
    row = make_delivery(account=company.account, kind="post", state=S.NEEDS_HUMAN)
    answer = act(boss, row, verb, body)
    assert (answer.status_code, answer.json()["field"]) == (422, field)


def test_the_list_is_filtered_by_state_and_account(company, boss):
    one = make_delivery(account=company.account, kind="post")
    two = make_delivery(account=company.account, kind="post", state=S.NEEDS_HUMAN)
    for query, rows in {
        "": [two, one],
        "state=needs_human": [two],
        f"account={company.account.pk}": [two, one],
        f"account={company.home_account.pk}": [],
    }.items():
        found = boss.get(f"/api/v1/deliveries/?{query}").json()["results"]
        assert [row["id"] for row in found] == [row.pk for row in rows]


def test_a_delivery_shows_its_attempts(company, boss):
    row = make_delivery(account=company.account, kind="post")
    row.attempts.create(number=1, armed_at=row.requested_at, outcome="absent", http_status=503)
    shown = boss.get(f"/api/v1/deliveries/{row.pk}/").json()
    assert [(a["number"], a["http_status"]) for a in shown["attempts"]] == [(1, 503)]
    assert shown["media"] == []
