"""Handshakes and push through the API: what is told, to whom, and that no secret comes out."""

import pytest

from channels.actions.doors import door_open
from channels.actions.handshakes import handshake_begin
from channels.lifecycle import SubscriptionWish
from channels.models import Handshake, PushSubscription
from opsconsole.kernel.actor import SYSTEM
from opsconsole.kernel.clock import now
from opsconsole.people.selectors import actor_for
from tests.factories.channels import make_parked
from tests.factories.people import make_user

pytestmark = pytest.mark.django_db
SECRET = "a very secret token"


@pytest.fixture
def handshake(company):
    """A try of the house's administrator, of which a worker has found something."""
    row = handshake_begin(
        actor_for(company.root), kind="facebook", way="by_hand",
        given={"page_access_token": SECRET, "app_secret": SECRET}, back="", session="s",
    )  # fmt: skip
    check = {
        "right": "push",
        "works": False,
        "needed": False,
        "lacks": ["pages_manage_metadata"],
        "said": "",
    }
    found = {
        "external_id": "77", "name": "Page", "handle": "page", "url": "", "base_url": "",
        "checks": [check], "seconds": None, "until": None, "through_app": False,
    }  # fmt: skip
    Handshake.objects.filter(pk=row.pk).update(state="found", found=[found])
    return row


def test_ones_own_handshakes_are_told_without_secrets(company, client_of, handshake):
    client = client_of(company.root)
    (listed,) = client.get("/api/v1/handshakes/").json()["results"]
    answer = client.get(f"/api/v1/handshakes/{handshake.pk}/")
    shown = answer.json()
    assert listed == shown
    assert (shown["kind"], shown["way"], shown["state"]) == ("facebook", "by_hand", "found")
    assert shown["found"][0]["checks"][0]["lacks"] == ["pages_manage_metadata"]
    assert SECRET not in answer.content.decode()
    assert set(shown) == {
        "id", "kind", "way", "state", "account", "found", "reason", "detail", "asked_at", "until",
    }  # fmt: skip


def test_nobody_elses_handshake_exists(company, client_of, handshake):
    other = client_of(make_user("other", role="administrator"))
    assert other.get("/api/v1/handshakes/").json()["results"] == []
    assert other.get(f"/api/v1/handshakes/{handshake.pk}/").status_code == 404
    for address in ("/api/v1/handshakes/", f"/api/v1/handshakes/{handshake.pk}/"):
        assert client_of(company.min).get(address).status_code == 403


def test_push_says_address_state_and_what_is_parked(company, client_of):
    client, account = client_of(company.root), company.account
    address = f"/api/v1/accounts/{account.pk}/push/"
    shown = client.get(address).json()
    assert (shown["is_open"], shown["addresses"], shown["subscription"]) == (False, {}, None)
    door = door_open(SYSTEM, account_id=account.pk)
    first, second = make_parked(account, "one"), make_parked(account, "two words")
    PushSubscription.objects.create(
        account=account, wish=SubscriptionWish.LOOK, state="told", fields=["feed"],
        asked_at=now(), due_at=now(), told_at=now(),
    )  # fmt: skip
    answer = client.get(address)
    shown = answer.json()
    assert shown["addresses"][account.kind].endswith(door.token)
    assert door.verify_token not in answer.content.decode()
    assert (shown["parked"], shown["waiting"], shown["proved_at"]) == (2, 0, None)
    assert (shown["subscription"]["state"], shown["subscription"]["told"]) == ("told", ["feed"])
    listed = client.get(f"{address}parked/").json()["results"]
    assert [row["id"] for row in listed] == [second.pk, first.pk]
    assert listed[0] | {"received_at": ""} == {
        "id": second.pk, "source": "facebook", "size": 9, "received_at": "",
        "error": "ValueError: strange",
    }  # fmt: skip
    page = client.get(f"{address}parked/?limit=1").json()
    following = client.get(f"{address}parked/?limit=1&cursor={page['next_cursor']}").json()
    assert [row["id"] for row in following["results"]] == [first.pk]
