"""The sign-in page: who gets in, where it leads, what is kept and what is written down."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings
from django.urls import reverse

from opsconsole.audit.models import Activity
from opsconsole.demo.company import PASSWORD as DEMO_PASSWORD
from opsconsole.demo.seeding import seed_people
from tests.integration.people.conftest import PASSWORD, verbs_of

ROOT = Path(__file__).parents[3]
PAGE = "/sign-in/"
ELSEWHERE = [
    "https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)",
    "http:///evil.example", "https:evil.example", "\thttps://evil.example",
]  # fmt: skip


def enter(client, username="ana", password=PASSWORD, **more):
    return client.post(PAGE, {"username": username, "password": password, **more})


def test_the_right_password_leads_to_the_inbox(ana, browser):
    answer = enter(browser())
    assert answer.status_code == 302
    assert answer["Location"] == reverse("inbox:queue")


@pytest.mark.parametrize(("name", "word"), [("ana", "wrong"), ("nobody", PASSWORD)])
def test_a_mistake_keeps_the_name_and_never_says_what_was_wrong(ana, browser, name, word):
    answer = enter(browser(), name, word)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Name and password do not match." in page
    assert f'value="{name}"' in page
    assert word not in page


def test_an_inactive_person_cannot_enter_and_learns_nothing(ana, browser):
    ana.is_active = False
    ana.save(update_fields=["is_active"])
    answer = enter(browser())
    assert answer.status_code == 422
    assert "Name and password do not match." in answer.content.decode()
    assert browser().get("/preferences/").status_code == 302


def test_who_is_shut_out_is_out_at_the_next_click(ana, browser):
    client = browser(ana)
    assert client.get("/preferences/").status_code == 200
    ana.is_active = False
    ana.save(update_fields=["is_active"])
    answer = client.get("/preferences/")
    assert answer.status_code == 302
    assert answer["Location"].startswith(PAGE)


def test_the_page_one_wanted_is_shown_after_signing_in(ana, browser):
    client = browser()
    wanted = client.get("/preferences/")["Location"]
    assert 'name="next" value="/preferences/"' in client.get(wanted).content.decode()
    assert enter(client, next="/preferences/")["Location"] == "/preferences/"


@pytest.mark.parametrize("address", ELSEWHERE)
def test_signing_in_never_leads_out_of_the_house(ana, browser, address):
    home = reverse("inbox:queue")
    assert 'name="next" value=""' in browser().get(PAGE, {"next": address}).content.decode()
    assert enter(browser(), next=address)["Location"] == home
    assert browser(ana).get(PAGE, {"next": address})["Location"] == home


@pytest.mark.parametrize("address", ELSEWHERE)
def test_neither_the_language_switch_nor_preferences_lead_out(ana, browser, address):
    switched = browser().post("/language/", {"language": "ko", "next": address})
    saved = browser(ana).post("/preferences/", {"theme": "dark", "next": address})
    assert "evil" not in switched["Location"]
    assert saved["Location"] == "/preferences/"


def test_the_language_can_be_chosen_before_anybody_is_known(db, browser):
    client = browser()
    assert "Sign in" in client.get(PAGE).content.decode()
    client.post("/language/", {"language": "ko", "next": PAGE})
    page = client.get(PAGE).content.decode()
    assert '<html lang="ko"' in page
    assert "로그인" in page


def test_a_new_session_begins_with_signing_in(ana, browser):
    client = browser()
    session = client.session
    session["planted"] = True
    session.save()
    client.cookies[settings.SESSION_COOKIE_NAME] = session.session_key
    enter(client)
    assert client.session.session_key != session.session_key


def test_the_session_cookie_is_out_of_reach_of_scripts_and_other_sites(ana, browser):
    cookie = enter(browser()).cookies[settings.SESSION_COOKIE_NAME]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"


@pytest.mark.parametrize(("address", "secure"), [("https://c.example", True), ("http://c", False)])
def test_cookies_travel_encrypted_only_where_the_console_does(address, secure):
    said = subprocess.run(
        [sys.executable, "-P", "-c",
         "from django.conf import settings as s; print(s.SESSION_COOKIE_SECURE, s.CSRF_COOKIE_SECURE)"],
        env=os.environ | {"PUBLIC_URL": address, "PYTHONPATH": str(ROOT)},
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert said.stdout.split() == [str(secure)] * 2


def test_signing_out_needs_a_press_and_ends_the_session(ana, browser):
    client = browser(ana)
    assert client.get("/sign-out/").status_code == 405
    assert client.post("/sign-out/")["Location"] == PAGE
    assert client.get("/preferences/").status_code == 302


def test_a_form_of_another_site_is_refused(ana, browser):
    client = browser(enforce_csrf_checks=True)
    assert enter(client).status_code == 403


def test_coming_and_going_is_written_down_with_the_address(ana, browser):
    client = browser(REMOTE_ADDR="203.0.113.9")
    enter(client, password="wrong")
    enter(client)
    client.post("/sign-out/")
    assert verbs_of(ana) == [
        "people.session.refused", "people.session.started", "people.session.ended",
    ]  # fmt: skip
    rows = Activity.objects.filter(verb__startswith="people.session.")
    assert {row.data["address"] for row in rows} == {"203.0.113.9"}
    assert {row.unit_id for row in rows} == {None}
    assert rows.get(verb="people.session.refused").actor_id is None
    assert rows.get(verb="people.session.started").actor_id == ana.pk
    assert "wrong" not in str([row.data for row in rows])


def test_names_that_nobody_has_fill_no_table(ana, browser):
    before = Activity.objects.count()
    enter(browser(), "my secret password")
    assert Activity.objects.count() == before


def test_asking_for_a_token_is_not_written_down_as_signing_in(ana, browser):
    client = browser()
    body = {"username": "ana", "password": PASSWORD}
    token = client.post("/api/v1/tokens/", body, content_type="application/json").json()["token"]
    client.delete("/api/v1/tokens/current/", headers={"Authorization": f"Token {token}"})
    assert verbs_of(ana) == ["people.token.issued", "people.token.revoked"]


@pytest.mark.parametrize(
    ("debug", "sandbox", "shown"),
    [(True, "http://s", True), (False, "http://s", False), (True, "", False)],
)
def test_demo_logins_are_shown_on_a_developers_machine_only(
    db, browser, settings, debug, sandbox, shown
):
    seed_people()
    settings.DEBUG, settings.SANDBOX_URL = debug, sandbox
    page = browser().get(PAGE).content.decode()
    assert (DEMO_PASSWORD in page) == shown
    assert ("minho" in page) == shown


def test_demo_logins_that_do_not_exist_are_not_shown(ana, browser, settings):
    settings.DEBUG, settings.SANDBOX_URL = True, "http://s"
    assert DEMO_PASSWORD not in browser().get(PAGE).content.decode()
