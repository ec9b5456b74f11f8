"""Holds through the API: place, list, lift, and who may."""

import pytest

from channels.models import Hold
from tests.factories.channels import make_delivery
from tests.integration.api.conftest import token_client

ADDRESS = "/api/v1/holds/"


def stop(user, **given):
    body = {"scope": "everything", "reason": "The price is wrong."} | given
    return token_client(user).post(ADDRESS, body, format="json")


def test_placing_lists_what_was_in_flight_and_lifting_sends_nothing(company):
    armed = make_delivery(account=company.account, kind="post", state="armed")
    due = make_delivery(account=company.account, kind="post")
    placed = stop(company.root)
    assert placed.status_code == 201
    assert placed.json()["flown"] == [{"delivery": armed.pk, "state": "armed"}]
    assert placed.json()["stopped"] == 1
    pk = placed.json()["hold"]["id"]
    client = token_client(company.root)
    shown = client.get(f"/api/v1/deliveries/{due.pk}/").json()
    assert (shown["state"], shown["hold"], shown["state_label"]) == ("held", pk, "On hold")
    assert client.post(f"{ADDRESS}{pk}/lift/").json()["to_review"] == 1
    assert client.post(f"{ADDRESS}{pk}/lift/").json()["code"] == "lifted"
    assert client.post(f"/api/v1/deliveries/{due.pk}/send-again/").json()["state"] == "ready"


def test_what_is_on_hold_is_not_sent_by_hand(company):
    due = make_delivery(account=company.account, kind="post")
    stop(company.root)
    refused = token_client(company.root).post(f"/api/v1/deliveries/{due.pk}/send-again/")
    assert (refused.status_code, refused.json()["code"]) == (409, "on_hold")


def test_lists_hold_what_is_in_force_or_over(company):
    first = stop(company.root).json()["hold"]["id"]
    second = stop(company.min, scope="unit", target=company.mobile.pk).json()["hold"]["id"]
    token_client(company.root).post(f"{ADDRESS}{first}/lift/")
    client = token_client(company.ana)
    assert [row["hold"]["id"] for row in client.get(ADDRESS).json()["results"]] == [second]
    past = client.get(f"{ADDRESS}?past=true").json()["results"]
    assert [row["hold"]["id"] for row in past] == [first]
    assert token_client(company.chioma).get(ADDRESS).json()["results"] == []


@pytest.mark.parametrize(
    ("given", "field"),
    [({"scope": "moon"}, "scope"), ({"scope": "unit"}, "target"), ({"reason": " "}, "reason"),
     ({"scope": "phrase"}, "phrase"), ({"colour": "red"}, "colour")],
)  # fmt: skip
def test_what_is_unclear_is_refused_at_its_field(company, given, field):
    refused = stop(company.root, **given)
    assert (refused.status_code, refused.json()["field"]) == (422, field)


def test_the_gates(company):
    assert stop(company.seo).status_code == 403
    pk = stop(company.seo, scope="account", target=company.account.pk).json()["hold"]["id"]
    assert token_client(company.chioma).get(f"{ADDRESS}{pk}/").status_code == 404
    assert token_client(company.ana).get(f"{ADDRESS}{pk}/").status_code == 200
    assert token_client(company.seo).post(f"{ADDRESS}{pk}/lift/").status_code == 403
    assert token_client(company.gil).get(ADDRESS).status_code == 403
    assert token_client(company.min).post(f"{ADDRESS}{pk}/lift/").status_code == 200
    assert stop(company.seo, scope="account", target=company.home_account.pk).status_code == 422
    assert Hold.objects.count() == 1
