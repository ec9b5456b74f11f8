"""Connecting through the screens and the workers: what is asked, what comes back, what is found and kept."""

from datetime import timedelta

import pytest

from channels.connecting_tasks import look_into_handshakes
from channels.models import ChannelAccount, Handshake, PastReading
from opsconsole.kernel.clock import now
from tests.factories.channels import make_account
from tests.integration.channels.connecting import (
    begin,
    come_back,
    held,
    keep,
    page,
    sign_in,
    way_out,
)
from tests.support.html import text_of
from tests.support.platforms import secrets_for
from tests.support.signing_in import decide

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("private_hosts")]


def as_there(there):
    return {"decision": "allow", "as": there["name"]}


# --- X ---


def test_x_by_signing_in(company, root, sandbox, apps):
    there = sandbox.account("x")
    row = begin(root, "x", "sign_in")
    assert (row.state, row.found) == ("away", [])
    sign_in(root, "x", row, **as_there(there))
    assert row.state == "found", row.detail
    words = text_of(page(root, row))
    assert there["id"] in words
    assert "Answer customers" in words
    assert ChannelAccount.objects.count() == 2
    answer = keep(root, row, unit=company.mobile.pk)
    account = ChannelAccount.objects.get(name="Front desk")
    assert answer["Location"] == f"/accounts/{account.pk}/"
    assert (account.external_id, account.unit, account.kind) == (there["id"], company.mobile, "x")
    assert account.verified_at is not None
    kept = held(account)
    shown = sandbox.control("apps")["x"]["credentials"]
    assert kept["consumer_secret"] == shown["consumer_secret"]
    assert kept["oauth2_refresh_token"]
    credential = account.credential
    assert credential.app is not None
    assert now() + timedelta(hours=1) < credential.expires_at
    row.refresh_from_db()
    assert (row.state, bytes(row.sealed), row.state_hash) == ("done", b"", None)


def test_x_by_hand(company, root, sandbox):
    there = sandbox.account("x")
    typed = secrets_for("x", there["credentials"]) | {"base_url": there["base_url"]}
    row = begin(root, "x", "by_hand", **typed)
    assert row.state == "asked"
    assert "Being looked into" in text_of(page(root, row))
    look_into_handshakes()
    row.refresh_from_db()
    assert row.state == "found", row.detail
    keep(root, row, unit=company.mobile.pk)
    account = ChannelAccount.objects.get(name="Front desk")
    assert held(account)["access_token"] == there["credentials"]["access_token"]
    assert account.credential.expires_at is None


@pytest.mark.parametrize(("typed", "days"), [("", 7), ("30", 30), ("0", None)])
def test_how_much_history_is_read_is_asked(company, root, sandbox, typed, days):
    there = sandbox.account("x")
    wish = secrets_for("x", there["credentials"]) | {"base_url": there["base_url"]}
    row = begin(root, "x", "by_hand", **wish)
    look_into_handshakes()
    row.refresh_from_db()
    words = text_of(page(root, row))
    assert "Days of history to read" in words
    assert "newest 800 mentions" in words
    assert keep(root, row, unit=company.mobile.pk, history_days="400").status_code == 422
    keep(root, row, unit=company.mobile.pk, history_days=typed)
    account = ChannelAccount.objects.get(name="Front desk")
    readings = PastReading.objects.filter(account=account, kind="history")
    lengths = [(reading.until - reading.since).days for reading in readings]
    assert lengths == ([] if days is None else [days])


def test_no_app_no_way_out(root):
    words = text_of(root.get("/accounts/connect/x/"))
    assert "must be set up once" in words
    assert root.post("/accounts/connect/x/sign_in/").status_code == 409
    assert not Handshake.objects.exists()


# --- The way back ---


def test_the_way_back_counts_once(company, root, sandbox, apps):
    there = sandbox.account("x")
    row = begin(root, "x", "sign_in")
    lead = decide(way_out(root, row), **as_there(there))
    assert come_back(root, "x", lead).status_code == 302
    assert come_back(root, "x", lead).status_code == 404
    look_into_handshakes()
    row.refresh_from_db()
    assert row.state == "found"


def test_the_way_back_belongs_to_one_browser(company, browser, sandbox, apps):
    mine, other = browser("root"), browser("root")
    other.get("/accounts/connect/x/")
    row = begin(mine, "x", "sign_in")
    lead = decide(way_out(mine, row), **as_there(sandbox.account("x")))
    assert come_back(other, "x", lead).status_code == 404
    begin(other, "x", "sign_in")  # now it has a word of its own
    assert come_back(other, "x", lead).status_code == 404
    assert come_back(mine, "facebook", lead).status_code == 404
    assert come_back(mine, "x", lead).status_code == 302


def test_somebody_elses_handshake_does_not_exist(company, browser, apps):
    row = begin(browser("root"), "x", "sign_in")
    for who in ("administrator", "stranger"):
        client = browser(who)
        assert page(client, row).status_code == 404
        for verb in ("keep", "renew", "unseen", "again", "leave"):
            address = f"/accounts/connecting/{row.pk}/{verb}/"
            assert client.post(address, {"poll_every": 60}).status_code == 404, verb
    assert page(browser("operator"), row).status_code == 403


def test_ten_minutes_and_no_longer(root, sandbox, apps):
    row = begin(root, "x", "sign_in")
    lead = decide(way_out(root, row), **as_there(sandbox.account("x")))
    Handshake.objects.update(until=now())
    assert come_back(root, "x", lead).status_code == 409
    look_into_handshakes()
    row.refresh_from_db()
    assert (row.state, bytes(row.sealed)) == ("left", b"")
    assert come_back(root, "x", lead).status_code == 404


def test_a_made_up_state_is_nothing(root, apps):
    begin(root, "x", "sign_in")
    for said in ({"state": "x", "code": "y"}, {"code": "y"}, {}):
        assert root.get("/accounts/back/x/", said).status_code == 404


def test_who_says_no_is_told_so(root, sandbox, apps):
    row = begin(root, "x", "sign_in")
    lead = decide(way_out(root, row), decision="cancel")
    assert come_back(root, "x", lead).status_code == 302
    row.refresh_from_db()
    assert (row.state, row.reason) == ("failed", "denied")
    assert "It was not allowed there" in text_of(page(root, row))


def test_a_code_that_is_too_old_fails_in_words(root, sandbox, apps):
    sandbox.control("settings", {"x_code_seconds": -1})
    try:
        row = begin(root, "x", "sign_in")
        sign_in(root, "x", row, **as_there(sandbox.account("x")))
    finally:
        sandbox.control("settings", {"x_code_seconds": 30})
    assert (row.state, bytes(row.sealed)) == ("failed", b"")
    assert "authorization code was invalid" in text_of(page(root, row))


# --- What is found ---


def test_what_is_missing_needs_a_word_more(company, root, sandbox):
    there = sandbox.account("x")
    sandbox.control("settings", {"account": there["name"], "x_access": "read"})
    typed = secrets_for("x", there["credentials"]) | {"base_url": there["base_url"]}
    row = begin(root, "x", "by_hand", **typed)
    look_into_handshakes()
    words = text_of(page(root, row))
    assert "Read and write" in words
    assert "Save anyway" in words
    assert keep(root, row, unit=company.mobile.pk).status_code == 422
    assert ChannelAccount.objects.count() == 2
    assert keep(root, row, unit=company.mobile.pk, anyway="1").status_code == 302
    assert ChannelAccount.objects.filter(name="Front desk").exists()


def test_wrong_keys_are_not_stored_unless_somebody_wants_it(company, root, sandbox):
    there = sandbox.account("x")
    typed = secrets_for("x", there["credentials"]) | {
        "base_url": there["base_url"],
        "access_token": "no",
    }
    row = begin(root, "x", "by_hand", **typed)
    look_into_handshakes()
    row.refresh_from_db()
    assert (row.state, row.reason) == ("failed", "refused")
    words = text_of(page(root, row))
    assert "does not accept these credentials" in words
    wish = {"unit": company.mobile.pk, "name": "Later"}
    assert root.post(f"/accounts/connecting/{row.pk}/unseen/", wish).status_code == 302
    assert ChannelAccount.objects.get(name="Later").verified_at is None


def test_an_account_is_not_connected_twice_but_renewed(company, root, sandbox, apps):
    there = sandbox.account("x")
    known = make_account(kind="x", unit=company.mobile, base_url=there["base_url"],
                         external_id=there["id"], needs_reconnect=True)  # fmt: skip
    row = sign_in(root, "x", begin(root, "x", "sign_in"), **as_there(there))
    assert "Connected already as" in text_of(page(root, row))
    assert keep(root, row, unit=company.mobile.pk).status_code == 302
    known.refresh_from_db()
    assert not known.needs_reconnect
    assert ChannelAccount.objects.filter(external_id=there["id"]).count() == 1
    assert held(known)["oauth2_access_token"]


# --- New credentials ---


def test_reconnecting_refuses_another_identity_before_it_is_stored(company, root, sandbox, apps):
    ours, other = sandbox.account("x"), sandbox.account("x")
    account = make_account(kind="x", unit=company.mobile, base_url=ours["base_url"],
                           external_id=ours["id"], secrets={"access_token": "old"})  # fmt: skip
    root.post(f"/accounts/{account.pk}/reconnect/sign_in/")
    row = sign_in(root, "x", Handshake.objects.get(), **as_there(other))
    words = text_of(page(root, row))
    assert f"number {other['id']}" in words
    assert f"number {ours['id']}" in words
    refused = root.post(f"/accounts/connecting/{row.pk}/renew/", {"anyway": "1"})
    assert refused.status_code == 422
    assert held(account) == {"access_token": "old"}


def test_reconnecting_the_same_identity(company, root, sandbox, apps):
    there = sandbox.account("x")
    account = make_account(kind="x", unit=company.mobile, base_url=there["base_url"],
                           external_id=there["id"], needs_reconnect=True)  # fmt: skip
    root.post(f"/accounts/{account.pk}/reconnect/sign_in/")
    row = sign_in(root, "x", Handshake.objects.get(), **as_there(there))
    answer = root.post(f"/accounts/connecting/{row.pk}/renew/")
    assert answer["Location"] == f"/accounts/{account.pk}/"
    account.refresh_from_db()
    assert not account.needs_reconnect
    assert held(account)["oauth2_access_token"]
    assert account.credential.expires_at is not None
