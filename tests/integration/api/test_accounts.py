"""Connecting and running accounts through the API."""

from datetime import timedelta

import pytest
from django.utils.dateparse import parse_datetime

from channels.models import ChannelAccount, Credential, PastReading
from channels.registry import secret_fields
from opsconsole.audit.models import Activity
from opsconsole.kernel.clock import now
from opsconsole.kernel.secrets import decrypt
from tests.factories.channels import make_account
from tests.integration.api.conftest import token_client

SECRET = "s3cret-that-must-never-come-back"


@pytest.fixture
def root(company):
    return token_client(company.root)


def secrets_of(kind):
    return {field.name: f"{SECRET}-{field.name}" for field in secret_fields(kind)}


def connect(client, company, **changes):
    body = {
        "kind": "x",
        "unit": company.mobile.pk,
        "name": "Care",
        "secrets": secrets_of("x"),
    }
    return client.post("/api/v1/accounts/", body | changes, format="json")


def test_connecting_stores_the_secrets_and_never_shows_them(company, root):
    answer = connect(root, company)
    assert answer.status_code == 201, answer.content
    body = answer.json()
    assert (body["name"], body["poll_every"], body["verified_at"]) == ("Care", 60, None)
    sealed = bytes(Credential.objects.get(account=body["id"]).sealed)
    assert decrypt(sealed) == secrets_of("x")
    for address in ("/api/v1/accounts/", f"/api/v1/accounts/{body['id']}/"):
        shown = root.get(address).content.decode()
        assert SECRET not in shown
        assert "cursor" not in shown.replace("next_cursor", "")
    assert SECRET not in answer.content.decode() + str(list(Activity.objects.values()))


def test_connecting_says_how_many_days_of_history_are_read(company, root):
    answer = connect(root, company, history_days=30)
    (reading,) = PastReading.objects.filter(account=answer.json()["id"])
    assert (reading.until - reading.since).days == 30
    assert connect(root, company, name="Other", history_days=400).status_code == 422


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"kind": "telex"}, "kind"),
        ({"unit": 10**6}, "unit"),
        ({"unit": 10**30}, "unit"),
        ({"name": ""}, "name"),
        ({"name": "n" * 121}, "name"),
        ({"secrets": {}}, "consumer_key"),
        ({"secrets": "none"}, "secrets"),
        ({"secrets": {"consumer_kee": SECRET}}, "secrets.consumer_kee"),
        ({"poll_every": 0}, "poll_every"),
        ({"poll_every": 10**12}, "poll_every"),
        ({"base_url": "javascript:alert(1)"}, "base_url"),
        ({"kind": "blog", "secrets": {}}, "base_url"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_what_is_wrong_is_named(company, root, changes, field):
    answer = connect(root, company, **changes)
    assert answer.status_code == 422, answer.content
    assert answer.json()["field"] == field
    assert SECRET not in answer.content.decode()
    assert ChannelAccount.objects.count() == 2


def test_a_change_leaves_the_rest_as_it_was(company, root):
    address = f"/api/v1/accounts/{company.account.pk}/"
    before = root.get(address).json()
    after = root.patch(address, {"poll_every": 300}, format="json").json()
    assert after == before | {"poll_every": 300}
    moved = root.patch(address, {"unit": company.home.pk, "name": "Other"}, format="json").json()
    assert (moved["unit"]["id"], moved["name"]) == (company.home.pk, "Other")


def test_secrets_cannot_be_changed_in_passing(company, root):
    address = f"/api/v1/accounts/{company.account.pk}/"
    answer = root.patch(address, {"secrets": secrets_of("x")}, format="json")
    assert (answer.status_code, answer.json()["field"]) == (422, "secrets")


def test_pause_poll_resume(company, root):
    address = f"/api/v1/accounts/{company.account.pk}"
    assert root.post(f"{address}/pause/").json()["can_speak"] is False
    refused = root.post(f"{address}/poll/")
    assert (refused.status_code, refused.json()["code"]) == (409, "account_silent")
    assert root.post(f"{address}/resume/").json()["can_speak"] is True
    assert root.post(f"{address}/poll/").status_code == 200
    company.account.refresh_from_db()
    assert company.account.poll_due_at <= now()


def test_reconnecting_replaces_the_secrets(company, root):
    row = connect(root, company).json()
    ChannelAccount.objects.filter(pk=row["id"]).update(needs_reconnect=True, verified_at=now())
    fresh = {name: f"new-{value}" for name, value in secrets_of("x").items()}
    answer = root.post(
        f"/api/v1/accounts/{row['id']}/reconnect/", {"secrets": fresh}, format="json"
    )
    assert answer.status_code == 200
    assert (answer.json()["needs_reconnect"], answer.json()["verified_at"]) == (False, None)
    assert decrypt(bytes(Credential.objects.get(account=row["id"]).sealed)) == fresh


def test_channels_say_what_connecting_them_needs(company, root):
    rows = {row["kind"]: row for row in root.get("/api/v1/channels/").json()["results"]}
    assert set(rows) == {"x", "facebook", "blog", "feed"}
    assert [secret["name"] for secret in rows["x"]["secrets"]] == [*secrets_of("x")]
    assert rows["feed"]["capabilities"]["can_reply"] is False
    assert rows["x"]["capabilities"]["max_length"] > 0


def test_times_carry_an_offset(company, root):
    created = root.get(f"/api/v1/accounts/{company.account.pk}/").json()["created_at"]
    assert parse_datetime(created).utcoffset() is not None


def test_completeness_is_told_and_a_period_is_read_again(company, root):
    address = f"/api/v1/accounts/{make_account(unit=company.mobile, kind='x').pk}"
    told = root.get(f"{address}/coverage/").json()
    assert (told["until"], [one["stream"] for one in told["streams"]]) == (
        None,
        ["mentions", "own"],
    )
    period = {"since": now() - timedelta(hours=2), "until": now() - timedelta(hours=1)}
    made = root.post(f"{address}/read-again/", period, format="json")
    assert made.status_code == 200, made.content
    assert (made.json()["kind"], made.json()["state"]) == ("again", "waiting")
    turned = {"since": period["until"], "until": period["since"]}
    refused = root.post(f"{address}/read-again/", turned, format="json")
    assert refused.status_code == 422, refused.content
    assert len(root.get(f"{address}/coverage/").json()["readings"]) == 1
