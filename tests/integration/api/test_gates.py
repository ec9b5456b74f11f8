"""Every endpoint against every gate: anonymous, another unit's row, a role that lacks the ability."""

import pytest
from rest_framework.test import APIClient

from opsconsole.people.selectors import actor_for
from tests.factories.campaigns import make_live_desk
from tests.factories.channels import make_delivery
from tests.factories.inbox import make_conversation

CONVERSATION, ACCOUNT, DELIVERY = "conversations", "accounts", "deliveries"
LIVE = "live-desks"

READS = [
    "me/", "units/", "users/", "channels/", "accounts/", "conversations/", "deliveries/", "tags/",
    "promises/", "live-desks/",
]  # fmt: skip

#: resource, method, rest of the address, body, who in the unit lacks the ability.
ACTS = [
    (CONVERSATION, "get", "", None, None),
    (CONVERSATION, "post", "claim/", {}, "gil"),
    (CONVERSATION, "post", "release/", {}, "gil"),
    (CONVERSATION, "post", "assign/", {"assignee": 1}, "gil"),
    (CONVERSATION, "post", "hand-over/", {"unit": 1, "reason": "theirs"}, "gil"),
    (CONVERSATION, "post", "tags/", {"name": "word"}, "gil"),
    (CONVERSATION, "delete", "tags/1/", None, "gil"),
    (CONVERSATION, "post", "notes/", {"text": "psst"}, None),
    (CONVERSATION, "post", "replies/", {"text": "Hello."}, "seo"),
    (CONVERSATION, "post", "resolve/", {}, "gil"),
    (CONVERSATION, "post", "reopen/", {}, "seo"),
    (CONVERSATION, "get", "customer/", None, None),
    (CONVERSATION, "post", "customer/vip/", {"is_vip": True, "reason": "press"}, "gil"),
    (CONVERSATION, "post", "customer/language/", {"language": "en"}, "gil"),
    (CONVERSATION, "post", "customer/block/", {}, "gil"),
    (CONVERSATION, "post", "customer/unblock/", {}, "gil"),
    (CONVERSATION, "post", "customer/notes/", {"text": "psst"}, None),
    (CONVERSATION, "post", "spam/", {}, "gil"),
    (CONVERSATION, "post", "not-spam/", {}, "gil"),
    (CONVERSATION, "post", "read/", {"version": 1, "newest": 1}, None),
    (CONVERSATION, "post", "unread/", {}, None),
    (CONVERSATION, "post", "promises/", {"quote": "q", "due_at": "2030-01-01T00:00Z"}, "gil"),
    (ACCOUNT, "get", "", None, None),
    (ACCOUNT, "patch", "", {"name": "new"}, "min"),
    (ACCOUNT, "post", "pause/", {}, "min"),
    (ACCOUNT, "post", "resume/", {}, "ana"),
    (ACCOUNT, "post", "poll/", {}, "ana"),
    (ACCOUNT, "post", "reconnect/", {"secrets": {"x": "y"}}, "min"),
    (ACCOUNT, "get", "coverage/", None, None),
    (ACCOUNT, "get", "push/", None, "min"),
    (ACCOUNT, "get", "push/parked/", None, "min"),
    (DELIVERY, "get", "", None, None),
    (DELIVERY, "post", "cancel/", {}, "ana"),
    (DELIVERY, "post", "confirm-live/", {"external_id": "1"}, "seo"),
    (DELIVERY, "post", "send-again/", {}, "ana"),
    (DELIVERY, "post", "drop/", {}, "seo"),
    (LIVE, "get", "", None, None),
    (LIVE, "get", "lines/", None, None),
    (LIVE, "post", "lines/", {"text": "Welcome."}, "ana"),
    (LIVE, "post", "snippets/", {"text": "Welcome."}, "ana"),
    (LIVE, "post", "close/", {}, "ana"),
    (LIVE, "post", "reopen/", {}, "ana"),
    (LIVE, "post", "let-out/", {}, None),
    (LIVE, "post", "refuse/", {"word": "No."}, None),
    (LIVE, "post", "ask-again/", {}, "ana"),
]


@pytest.fixture
def rows(company):
    return {
        CONVERSATION: make_conversation(account=company.account),
        ACCOUNT: company.account,
        DELIVERY: make_delivery(account=company.account, kind="post"),
        LIVE: make_live_desk(company.account, actor=actor_for(company.seo)),
    }


def call(client, method, address, body):
    return getattr(client, method)(f"/api/v1/{address}", body, format="json")


def address_of(rows, resource, rest):
    return f"{resource}/{rows[resource].pk}/{rest}"


@pytest.mark.parametrize("address", READS)
@pytest.mark.django_db
def test_nobody_reads_without_signing_in(address):
    answer = APIClient().get(f"/api/v1/{address}")
    assert answer.status_code == 401
    assert answer["WWW-Authenticate"] == "Token"
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json()["code"] == "not_authenticated"


@pytest.mark.parametrize("address", READS)
def test_everybody_reads_their_own_part(company, client_of, address):
    assert client_of(company.ana).get(f"/api/v1/{address}").status_code == 200


@pytest.mark.parametrize(("resource", "method", "rest", "body", "lacks"), ACTS)
def test_nobody_acts_without_signing_in(rows, resource, method, rest, body, lacks):
    answer = call(APIClient(), method, address_of(rows, resource, rest), body)
    assert answer.status_code == 401


@pytest.mark.parametrize(("resource", "method", "rest", "body", "lacks"), ACTS)
def test_rows_of_another_unit_do_not_exist(
    company, rows, client_of, resource, method, rest, body, lacks
):
    answer = call(client_of(company.chioma), method, address_of(rows, resource, rest), body)
    assert answer.status_code == 404
    assert answer.json()["code"] == "not_found"


@pytest.mark.parametrize(
    ("resource", "method", "rest", "body", "lacks"), [act for act in ACTS if act[4]]
)
def test_roles_that_lack_the_ability_are_told_so(
    company, rows, client_of, resource, method, rest, body, lacks
):
    client = client_of(getattr(company, lacks))
    answer = call(client, method, address_of(rows, resource, rest), body)
    assert answer.status_code == 403
    assert answer.json()["code"] == "not_allowed"


@pytest.mark.parametrize(("resource", "method", "rest", "body", "lacks"), ACTS)
def test_who_may_gets_past_the_gate(company, rows, client_of, resource, method, rest, body, lacks):
    answer = call(client_of(company.root), method, address_of(rows, resource, rest), body)
    assert answer.status_code in {200, 201, 202, 204, 409, 422}, answer.content


@pytest.mark.parametrize(
    ("resource", "wanted"), [("conversations", 1), ("accounts", 1), ("deliveries", 1)]
)
def test_lists_hold_only_what_is_within_reach(company, rows, client_of, resource, wanted):
    make_conversation(account=company.home_account)
    make_delivery(account=company.home_account, kind="post")
    found = client_of(company.ana).get(f"/api/v1/{resource}/?").json()["results"]
    assert [row["id"] for row in found] == [rows[resource].pk]
    assert len(found) == wanted


def test_connecting_needs_the_ability_in_that_very_unit(company, client_of):
    body = {"kind": "x", "unit": company.mobile.pk, "name": "n", "secrets": {}}
    answer = client_of(company.min).post("/api/v1/accounts/", body, format="json")
    assert answer.status_code == 403


def test_colleagues_are_those_who_share_a_unit(company, client_of):
    client = client_of(company.chioma)
    found = client.get("/api/v1/users/").json()["results"]
    assert {row["id"] for row in found} == {company.chioma.pk, company.root.pk}
    assert client.get(f"/api/v1/users/{company.ana.pk}/").status_code == 404
    assert client.get(f"/api/v1/users/?unit={company.mobile.pk}").status_code == 404


def test_colleagues_can_be_asked_by_ability(company, client_of):
    query = f"unit={company.mobile.pk}&ability=inbox.work"
    found = client_of(company.ana).get(f"/api/v1/users/?{query}").json()["results"]
    assert {row["id"] for row in found} == {
        company.ana.pk, company.boris.pk, company.min.pk, company.root.pk,
    }  # fmt: skip


def test_me_says_what_i_may_do_where(company, client_of):
    mine = client_of(company.ana).get("/api/v1/me/").json()
    reach = {row["ability"]: row["units"] for row in mine["abilities"]}
    assert reach["inbox.work"] == [company.mobile.pk]
    assert "accounts.manage" not in reach
    everything = client_of(company.root).get("/api/v1/me/").json()["abilities"]
    assert {"ability": "accounts.manage", "units": None} in everything
