"""Connecting Pages, blogs and feeds through the screens and the workers."""

from datetime import timedelta

import pytest

from channels.connecting_tasks import look_into_handshakes
from channels.models import ChannelAccount, Handshake
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


def looked_into(row):
    look_into_handshakes()
    row.refresh_from_db()
    return row


def allowed(*there):
    from channels.adapters.facebook.login import SCOPES

    return {"decision": "allow", "page": [one["name"] for one in there], "granted": list(SCOPES)}


# --- Facebook ---


def test_several_pages_at_once_each_to_its_unit(company, root, sandbox, apps):
    one, two, three = (sandbox.account("facebook", title=f"Page {n}") for n in "ABC")
    row = sign_in(root, "facebook", begin(root, "facebook", "sign_in"), **allowed(one, two, three))
    assert row.state == "found", row.detail
    words = text_of(page(root, row))
    assert all(f"Page {n}" in words for n in "ABC")
    wish = {
        "take_0": "on", "name_0": "First", "unit_0": company.mobile.pk,
        "name_1": "Not wanted", "unit_1": company.mobile.pk,
        "take_2": "on", "name_2": "", "unit_2": company.home.pk, "poll_every": 90,
    }  # fmt: skip
    answer = root.post(f"/accounts/connecting/{row.pk}/keep/", wish)
    assert answer["Location"] == "/accounts/"
    first = ChannelAccount.objects.get(name="First")
    third = ChannelAccount.objects.get(name="Page C")
    assert (first.unit, third.unit) == (company.mobile, company.home)
    assert (first.external_id, third.external_id) == (one["id"], three["id"])
    assert not ChannelAccount.objects.filter(external_id=two["id"]).exists()
    secret = sandbox.control("apps")["facebook"]["credentials"]["app_secret"]
    assert held(first)["app_secret"] == secret
    assert held(first)["page_access_token"] != held(third)["page_access_token"]
    assert first.access_until is not None


def test_nothing_chosen_is_said_so(company, root, sandbox, apps):
    there = [sandbox.account("facebook") for _ in range(2)]
    row = sign_in(root, "facebook", begin(root, "facebook", "sign_in"), **allowed(*there))
    wish = {f"unit_{n}": company.mobile.pk for n in range(2)} | {"poll_every": 60}
    answer = root.post(f"/accounts/connecting/{row.pk}/keep/", wish)
    assert answer.status_code == 422
    assert "Choose at least one." in text_of(answer)


def test_a_persons_token_is_never_stored(company, root, sandbox, apps):
    there = sandbox.account("facebook")
    sandbox.control("settings", {"account": there["name"], "fb_page_tokens_are_users": True})
    row = sign_in(root, "facebook", begin(root, "facebook", "sign_in"), **allowed(there))
    assert "does not vouch" in text_of(page(root, row))
    answer = keep(root, row, unit=company.mobile.pk, anyway="1")
    assert answer.status_code == 422
    assert not ChannelAccount.objects.filter(external_id=there["id"]).exists()


def test_a_page_gets_new_credentials_and_others_are_left_out(company, root, sandbox, apps):
    ours, other = sandbox.account("facebook"), sandbox.account("facebook")
    account = make_account(kind="facebook", unit=company.mobile, base_url=ours["base_url"],
                           external_id=ours["id"], needs_reconnect=True)  # fmt: skip
    root.post(f"/accounts/{account.pk}/reconnect/sign_in/")
    row = sign_in(root, "facebook", Handshake.objects.get(), **allowed(other, ours))
    assert other["id"] not in text_of(page(root, row))
    assert root.post(f"/accounts/connecting/{row.pk}/renew/").status_code == 302
    account.refresh_from_db()
    assert not account.needs_reconnect
    assert held(account)["page_access_token"]


def test_a_page_out_of_reach_is_not_taken_over(company, browser, sandbox, apps):
    there = sandbox.account("facebook")
    make_account(
        kind="facebook", unit=company.home, base_url=there["base_url"], external_id=there["id"]
    )
    client = browser("administrator")
    row = sign_in(client, "facebook", begin(client, "facebook", "sign_in"), **allowed(there))
    assert "connected already, in a unit that you do not manage" in text_of(page(client, row))
    assert keep(client, row, unit=company.mobile.pk).status_code == 422


def test_the_end_of_access_is_told_in_time(company, root):
    account = make_account(
        kind="facebook", unit=company.mobile, access_until=now() + timedelta(days=60)
    )
    assert "Access ends" in text_of(root.get(f"/accounts/{account.pk}/"))
    assert "sign in there again" not in text_of(root.get(f"/accounts/{account.pk}/"))
    ChannelAccount.objects.update(access_until=now() + timedelta(days=3))
    assert "sign in there again" in text_of(root.get(f"/accounts/{account.pk}/"))


def test_the_page_costs_the_same_however_much_is_found(company, root, queries_of, sandbox, apps):
    def found(count):
        there = [sandbox.account("facebook") for _ in range(count)]
        row = sign_in(root, "facebook", begin(root, "facebook", "sign_in"), **allowed(*there))
        return queries_of(lambda: page(root, row))

    assert found(1) == found(6) <= 11
    assert queries_of(lambda: root.get("/accounts/connect/x/")) <= 8
    assert queries_of(lambda: root.get("/accounts/apps/")) <= 8


# --- WordPress ---


def test_a_blog_by_allowing_it_there(company, root, sandbox):
    there = sandbox.account("wordpress", title="Newsroom")
    row = begin(root, "blog", "sign_in", base_url=f"{there['base_url']}/?p=1")
    assert row.state == "asked"
    assert looked_into(row).state == "away"
    row = sign_in(root, "blog", row, decision="approve", user=f"{there['id']}:2")
    assert row.state == "found", row.detail
    assert keep(root, row, unit=company.mobile.pk).status_code == 302
    account = ChannelAccount.objects.get(name="Front desk")
    assert (account.base_url, account.external_id) == (there["base_url"], "2")
    assert held(account)["username"] == "ops"
    assert len(held(account)["application_password"]) == 24


def test_a_blog_by_hand_from_any_page(company, root, sandbox):
    there = sandbox.account("wordpress", title="Newsroom")
    typed = secrets_for("blog", there["credentials"]) | {
        "base_url": f"{there['base_url']}/wp-json/"
    }
    row = looked_into(begin(root, "blog", "by_hand", **typed))
    assert row.found[0]["name"] == "Newsroom"
    keep(root, row, unit=company.mobile.pk)
    assert ChannelAccount.objects.get(name="Front desk").base_url == there["base_url"]


def test_another_site_may_not_answer(company, root, sandbox):
    there = sandbox.account("wordpress")
    row = looked_into(begin(root, "blog", "sign_in", base_url=there["base_url"]))
    lead = decide(way_out(root, row), decision="approve", user=f"{there['id']}:2")
    come_back(
        root,
        "blog",
        lead.replace("site_url=http%3A%2F%2F127.0.0.1", "site_url=http%3A%2F%2Fevil.example"),
    )
    assert looked_into(row).state == "failed"
    assert "Another site has answered" in text_of(page(root, row))
    assert bytes(row.sealed) == b""


def test_the_same_number_on_another_blog_is_another_identity(company, root, sandbox):
    there = sandbox.account("wordpress")
    account = make_account(
        kind="blog", unit=company.mobile, base_url="https://blog.example", external_id="2"
    )
    typed = secrets_for("blog", there["credentials"]) | {"base_url": there["base_url"]}
    root.post(f"/accounts/{account.pk}/reconnect/by_hand/", typed)
    row = looked_into(Handshake.objects.get())
    assert "These credentials belong to" in text_of(page(root, row))
    assert root.post(f"/accounts/connecting/{row.pk}/renew/").status_code == 422


# --- Feeds ---


def test_a_feed_by_the_address_of_its_blog(company, root, sandbox):
    there = sandbox.account("wordpress", rest=False)
    row = looked_into(begin(root, "feed", "look", base_url=there["base_url"]))
    assert row.state == "found", row.detail
    first = row.found[0]
    assert first["base_url"].rstrip("/") == there["feed_url"].rstrip("/")
    wish = {"take_0": "on", "name_0": "Notes", "unit_0": company.mobile.pk, "poll_every": 60}
    wish |= {f"unit_{n}": company.mobile.pk for n in range(1, len(row.found))}
    assert root.post(f"/accounts/connecting/{row.pk}/keep/", wish).status_code == 302
    account = ChannelAccount.objects.get(name="Notes")
    assert account.kind == "feed"
    assert account.base_url == first["base_url"]


def test_an_address_without_a_feed_can_be_tried_again(root, sandbox):
    row = looked_into(begin(root, "feed", "look", base_url=f"{sandbox.url}/graph/"))
    assert (row.state, row.reason) == ("failed", "rejected")
    assert "No feed was found" in text_of(page(root, row))
    root.post(f"/accounts/connecting/{row.pk}/again/")
    row.refresh_from_db()
    assert row.state == "asked"


def test_giving_up_forgets_what_was_typed(root, sandbox):
    row = begin(root, "feed", "look", base_url=sandbox.url)
    assert root.post(f"/accounts/connecting/{row.pk}/leave/").status_code == 302
    row.refresh_from_db()
    assert (row.state, bytes(row.sealed)) == ("left", b"")
