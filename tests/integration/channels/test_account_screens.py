"""The screens of accounts: who may see and do what, what is said, and that secrets only go in."""

import logging
from datetime import timedelta

import pytest

from channels import tasks
from channels.connecting_tasks import look_into_handshakes
from channels.models import ChannelAccount, Credential, Delivery, Handshake
from channels.registry import secret_fields
from channels.selectors.handshakes import sealed_of
from opsconsole.kernel.clock import now
from opsconsole.kernel.secrets import decrypt
from tests.factories.channels import make_account, make_delivery, make_fetched
from tests.factories.inbox import ingest
from tests.support.hostile import HOSTILE
from tests.support.html import harmless, read, text_of

pytestmark = pytest.mark.django_db
SECRET = "s3cretThatMustNeverComeBack"
PARTS = ["", "edit/", "reconnect/"]
VERBS = ["pause", "resume", "poll"]


def secrets_of(kind, mark=SECRET):
    return {field.name: f"{mark}-{field.name}" for field in secret_fields(kind)}


def form_of(kind="x", **changes):
    return {"base_url": ""} | secrets_of(kind) | changes


def by_hand(kind):
    return f"/accounts/connect/{kind}/{'look' if kind == 'feed' else 'by_hand'}/"


def path(account, rest=""):
    return f"/accounts/{account.pk}/{rest}"


def error_at(response, field):
    """What the page says is wrong with a field."""
    forms = response.context.get("forms") or {"": response.context["form"]}
    (said,) = next(form.errors[field] for form in forms.values() if form and field in form.errors)
    assert said in text_of(response)
    tags = [a for tag, a in read(response).tags if a.get("name") == field]
    assert "true" in {a.get("aria-invalid") for a in tags}
    return said


# --- Gates ---


@pytest.mark.parametrize("address", ["/accounts/", "/accounts/connect/", "/accounts/connect/x/"])
def test_nobody_looks_without_signing_in(browser, address):
    answer = browser().get(address)
    assert (answer.status_code, answer["Location"]) == (302, f"/sign-in/?next={address}")


@pytest.mark.parametrize("rest", [*PARTS, *(f"{verb}/" for verb in VERBS)])
def test_nobody_reaches_an_account_without_signing_in(company, browser, rest):
    for call in (browser().get, browser().post):
        assert call(path(company.account, rest)).status_code in {302, 405}
    company.account.refresh_from_db()
    assert not company.account.is_paused


@pytest.mark.parametrize(
    ("who", "list_status", "page_status", "manage_status"),
    [
        ("nobody", 403, 404, 404),
        ("guest", 403, 404, 404),
        ("operator", 200, 200, 403),
        ("staff", 200, 200, 403),
        ("manager", 200, 200, 403),
        ("administrator", 200, 200, 200),
        ("root", 200, 200, 200),
        ("stranger", 200, 404, 404),
    ],
)
def test_each_role_reaches_what_it_may(
    company, browser, who, list_status, page_status, manage_status
):
    client = browser(who)
    assert client.get("/accounts/").status_code == list_status
    assert client.get(path(company.account)).status_code == page_status
    for rest, door in (("edit/", "edit/"), ("reconnect/", "reconnect/by_hand/")):
        assert client.get(path(company.account, rest)).status_code == manage_status
        refused = client.post(path(company.account, door), {"name": "Mine"}).status_code
        assert refused == (422 if manage_status == 200 else manage_status)
    for verb in VERBS:
        done = client.post(path(company.account, f"{verb}/")).status_code
        assert done == (302 if manage_status == 200 else manage_status)


@pytest.mark.parametrize("who", ["nobody", "guest", "operator", "staff", "manager"])
def test_connecting_is_for_those_who_manage(company, browser, who):
    client = browser(who)
    for address in ("/accounts/connect/", "/accounts/connect/x/"):
        assert client.get(address).status_code == 403
    assert client.post(by_hand("x"), form_of()).status_code == 403
    assert not Handshake.objects.exists()


def test_nobody_moves_an_account_to_a_unit_that_is_not_theirs(company, browser):
    client = browser("administrator")
    moved = {"name": "Care", "unit": company.home.pk, "poll_every": 60}
    assert client.post(path(company.account, "edit/"), moved).status_code == 422
    company.account.refresh_from_db()
    assert company.account.unit == company.mobile


def test_only_those_who_manage_are_offered_acts(company, browser):
    assert "/poll/" in browser("root").get("/accounts/").content.decode()
    for address in ("/accounts/", path(company.account)):
        shown = browser("operator").get(address)
        forms = [a["action"] for tag, a in read(shown).tags if tag == "form" and "action" in a]
        assert [action for action in forms if action.startswith("/accounts/")] == []
        assert "/accounts/connect/" not in shown.content.decode()


def test_the_list_holds_what_is_within_reach_by_unit(company, browser):
    assert "Home care" not in text_of(browser("operator").get("/accounts/"))
    words = text_of(browser("root").get("/accounts/"))
    assert words.index("Mobile") < words.index("Care") < words.index("Home care")


def test_an_empty_list_leads_to_connecting(company, browser):
    ChannelAccount.objects.all().delete()
    shown = browser("root").get("/accounts/")
    links = [a.get("href") for tag, a in read(shown).tags if tag == "a"]
    assert "No account is connected yet" in text_of(shown)
    assert links.count("/accounts/connect/") == 2
    assert "/accounts/connect/" not in browser("operator").get("/accounts/").content.decode()


# --- Health ---


@pytest.mark.parametrize(
    ("given", "state", "said"),
    [
        ({"last_success_at": 0}, "Connected", "on time"),
        ({"verified_at": None}, "Waiting for the first check", "not yet"),
        ({"is_paused": True}, "Paused", "not planned"),
        (
            {"needs_reconnect": True, "last_error": "This account is already connected."},
            "Must be reconnected", "This account is already connected.",
        ),
        ({"next_allowed_at": 3600}, "Rate limited", "until"),
        ({"failures": 3, "last_error": "No route"}, "Failing", "No route"),
        ({"poll_due_at": -3600, "verified_at": -86400}, "Not being read", "now"),
        ({"last_success_at": -3 * 3600}, "Connected", "2h"),
    ],
)  # fmt: skip
def test_health_is_said_in_words(company, browser, given, state, said):
    """Whole numbers stand for seconds from now."""
    at = now()
    moments = {
        name: at + timedelta(seconds=value)
        for name, value in given.items()
        if name.endswith("_at") and value is not None
    }
    account = make_account(unit=company.mobile, name="The one", **(given | moments))
    client = browser("operator")
    assert state in text_of(client.get("/accounts/"))
    assert said in text_of(client.get("/accounts/"))
    assert state in text_of(client.get(path(account)))


def test_the_page_tells_of_the_last_polls_and_what_may_be_missing(company, browser):
    account = make_account(
        unit=company.mobile, failures=4, last_error="HTTP 503", last_gap="800 mentions",
        last_polled_at=now(), last_success_at=now() - timedelta(hours=2),
    )  # fmt: skip
    words = text_of(browser("operator").get(path(account)))
    for part in ("The last 4 readings failed.", "HTTP 503", "800 mentions", "may be missing"):
        assert part in words


def test_the_page_counts_what_goes_through(company, browser):
    ingest(company.account, *(make_fetched() for _ in range(3)))
    make_delivery(account=company.account)
    make_delivery(account=company.account, state="needs_human")
    make_delivery(account=company.account, state="sent")
    shown = browser("operator").get(path(company.account))
    counts = shown.context["counts"]
    assert (counts.landed, counts.landed_lately, counts.pending) == (3, 3, 0)
    assert (counts.under_way, counts.undecided) == (1, 1)
    assert len(shown.context["recent"]) == 3


# --- Connecting ---


@pytest.mark.parametrize("kind", ["x", "facebook", "blog", "feed"])
def test_every_channel_has_its_form_and_its_help(browser, kind):
    shown = browser("root").get(f"/accounts/connect/{kind}/")
    inputs = {a["name"]: a for tag, a in read(shown).tags if tag == "input" and "name" in a}
    for field in secret_fields(kind):
        assert inputs[field.name]["type"] == "password"
        assert "value" not in inputs[field.name]
    assert "docs/connecting.md" in text_of(shown)


def test_an_unknown_channel_does_not_exist(browser):
    assert browser("root").get("/accounts/connect/telex/").status_code == 404


def test_what_was_typed_waits_for_a_worker_and_is_never_shown(browser, caplog):
    caplog.set_level(logging.DEBUG)
    client = browser("root")
    answer = client.post(by_hand("x"), form_of(), follow=True)
    row = Handshake.objects.get()
    assert answer.redirect_chain == [(f"/accounts/connecting/{row.pk}/", 302)]
    assert "Being looked into" in text_of(answer)
    assert ChannelAccount.objects.count() == 2
    assert sealed_of(row)["given"] == secrets_of("x") | {"base_url": ""}
    assert SECRET.encode() not in bytes(row.sealed)
    assert SECRET not in answer.content.decode() + caplog.text


@pytest.mark.parametrize(
    ("kind", "changes", "field"),
    [
        ("x", {"consumer_key": "  "}, "consumer_key"),
        ("x", {"access_token": "t" * 5000}, "access_token"),
        ("x", {"base_url": "ftp://x.example"}, "base_url"),
        ("x", {"base_url": "https://me:pass@x.example"}, "base_url"),
        ("facebook", {"base_url": "https://graph.example/#a"}, "base_url"),
        ("blog", {}, "base_url"),
        ("blog", {"base_url": "javascript:alert(1)"}, "base_url"),
        ("feed", {"base_url": "https://"}, "base_url"),
    ],
)
def test_what_is_wrong_stands_at_its_field_and_what_was_typed_stays(
    browser, caplog, kind, changes, field
):
    caplog.set_level(logging.DEBUG)
    typed = form_of(kind, **changes)
    answer = browser("root").post(by_hand(kind), typed)
    assert answer.status_code == 422
    error_at(answer, field)
    inputs = [a for tag, a in read(answer).tags if tag == "input" and a.get("name") == "base_url"]
    assert typed["base_url"] in {a.get("value", "") for a in inputs}
    assert SECRET not in answer.content.decode() + caplog.text
    assert not Handshake.objects.exists()
    harmless(answer)


def test_not_even_a_crash_tells_a_secret(company, browser, caplog, settings):
    settings.CREDENTIAL_KEYS = ["no key at all"]
    caplog.set_level(logging.DEBUG)
    client = browser("root", raise_request_exception=False)
    answer = client.post(by_hand("x"), form_of())
    assert answer.status_code == 500
    assert "Internal Server Error" in caplog.text
    assert SECRET not in answer.content.decode() + caplog.text


# --- Where an address may lead ---


@pytest.mark.parametrize(
    "address", ["http://127.0.0.1:8001", "http://localhost/", "http://169.254.169.254/latest"]
)
def test_a_private_address_is_refused_at_the_door_unless_allowed(browser, settings, address):
    client = browser("root")
    settings.ALLOW_PRIVATE_HOSTS = False
    refused = client.post(by_hand("blog"), form_of("blog", base_url=address))
    assert error_at(refused, "base_url") == "This address leads into a private network."
    settings.ALLOW_PRIVATE_HOSTS = True
    made = client.post(by_hand("blog"), form_of("blog", base_url=address))
    assert made.status_code == 302


def test_a_name_that_leads_into_a_private_network_is_refused_at_the_socket(
    company, browser, settings, sandbox
):
    """The door cannot know where a name leads; whoever connects does, each time anew."""
    settings.ALLOW_PRIVATE_HOSTS = False
    there = sandbox.account("wordpress")
    address = there["base_url"].replace("127.0.0.1", "localhost")
    account = make_account(
        unit=company.mobile, kind="feed", base_url=address, poll_due_at=now(), verified_at=None
    )
    tasks.poll_account(account.pk)
    words = text_of(browser("operator").get(path(account)))
    assert "Failing" in words
    assert "leads into a private network" in words


# --- Acts ---


def test_pause_and_resume(company, browser):
    client = browser("administrator")
    shown = client.post(path(company.account, "pause/"), follow=True)
    assert "Nothing is read and nothing is sent." in text_of(shown)
    assert client.post(path(company.account, "poll/"), follow=True).status_code == 200
    assert "Resume or reconnect the account first." in text_of(
        client.post(path(company.account, "poll/"), follow=True)
    )
    client.post(path(company.account, "resume/"))
    company.account.refresh_from_db()
    assert not company.account.is_paused


def test_reading_now_makes_the_poll_due(company, browser):
    shown = browser("administrator").post(path(company.account, "poll/"), follow=True)
    assert "A worker reads it now." in text_of(shown)
    company.account.refresh_from_db()
    assert company.account.poll_due_at <= now()


def test_a_platform_that_asks_for_patience_is_not_read_now(company, browser):
    account = make_account(unit=company.mobile, next_allowed_at=now() + timedelta(minutes=9))
    shown = browser("root").post(path(account, "poll/"), follow=True)
    assert "The platform asks for patience first." in text_of(shown)
    account.refresh_from_db()
    assert account.poll_due_at > now()


def test_an_unknown_act_does_not_exist(company, browser):
    assert browser("root").post(path(company.account, "explode/")).status_code == 404
    assert browser("root").get(path(company.account, "pause/")).status_code == 405


def test_rename_move_and_interval(company, browser):
    client = browser("root")
    typed = {"name": "Renamed", "unit": company.home.pk, "poll_every": "300"}
    assert client.post(path(company.account, "edit/"), typed).status_code == 302
    company.account.refresh_from_db()
    changed = (company.account.name, company.account.unit, company.account.poll_every)
    assert changed == ("Renamed", company.home, 300)
    kept = client.post(path(company.account, "edit/"), typed | {"name": "Two", "poll_every": "0"})
    assert error_at(kept, "poll_every")
    assert 'value="Two"' in kept.content.decode()


def test_an_account_reached_at_a_private_address_can_still_be_renamed(company, browser, settings):
    settings.ALLOW_PRIVATE_HOSTS = False
    account = make_account(unit=company.mobile, base_url="http://127.0.0.1:8001")
    typed = {"name": "Renamed", "unit": company.mobile.pk, "poll_every": "60"}
    assert browser("root").post(path(account, "edit/"), typed).status_code == 302


def test_new_credentials_bring_the_voice_back(company, browser, settings):
    settings.ALLOW_PRIVATE_HOSTS = True
    account = make_account(
        unit=company.mobile, kind="x", needs_reconnect=True, last_error="401",
        base_url="http://127.0.0.1:1",
    )  # fmt: skip
    held = make_delivery(account=account, state="held")
    client = browser("root")
    assert "401" in text_of(client.get(path(account, "reconnect/")))
    missing = client.post(path(account, "reconnect/by_hand/"), {"consumer_key": SECRET})
    assert missing.status_code == 422
    assert error_at(missing, "consumer_secret") == "This field is required."
    assert SECRET not in missing.content.decode()
    fresh = secrets_of("x", "fresh")
    client.post(path(account, "reconnect/by_hand/"), fresh)
    look_into_handshakes()
    row = Handshake.objects.get()
    assert (row.state, row.reason) == ("failed", "unreachable")
    shown = client.post(f"/accounts/connecting/{row.pk}/unseen/", follow=True)
    assert "Waiting for the first check" in text_of(shown)
    assert decrypt(bytes(Credential.objects.get(account=account).sealed)) == fresh
    assert Delivery.objects.get(pk=held.pk).state == "ready"


# --- Parts, budgets, hostile words ---


@pytest.mark.parametrize("part", ["accounts", "account"])
def test_what_is_fetched_again_is_the_part_alone(company, browser, part):
    address = "/accounts/" if part == "accounts" else path(company.account)
    live = {"HX-Request": "true", "HX-Target": part}
    fragment = browser("operator").get(address, headers=live)
    assert fragment.content.decode().strip().startswith(f'<div class="stack" id="{part}"')
    assert "<html" not in fragment.content.decode()


def test_the_list_costs_the_same_however_long_it_is(company, browser, queries_of):
    client = browser("root")
    make_account(unit=company.mobile)
    few = queries_of(lambda: client.get("/accounts/"))
    for _ in range(27):
        make_account()
    assert ChannelAccount.objects.count() == 30
    assert queries_of(lambda: client.get("/accounts/")) == few <= 8


def test_the_page_costs_the_same_however_much_goes_through(company, browser, queries_of):
    client = browser("root")
    fill(company.account, 3)
    few = queries_of(lambda: client.get(path(company.account)))
    fill(company.account, 27)
    assert queries_of(lambda: client.get(path(company.account))) == few <= 20


def fill(account, number):
    ingest(account, *(make_fetched() for _ in range(number)))
    for _ in range(number):
        make_delivery(account=account)


@pytest.mark.parametrize("name", sorted(set(HOSTILE) - {"nul", "surrogate"}))
def test_hostile_names_and_addresses_are_shown_harmless(company, browser, name):
    words = HOSTILE[name].strip()
    account = make_account(
        unit=company.mobile, name=words[:120], handle=words[:120], base_url=words[:500],
        url=words[:500], last_error=words[:300], last_gap=words[:300], failures=1,
    )  # fmt: skip
    client = browser("root")
    for address in ("/accounts/", *(path(account, part) for part in PARTS)):
        shown = client.get(address)
        assert shown.status_code == 200
        harmless(shown)
        assert " ".join(words[:60].split()) in " ".join(text_of(shown).split())
