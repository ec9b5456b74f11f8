"""The commands of channels: what each does and says, on whose behalf, and that secrets only go in."""

import io
import json
import logging
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.utils import translation

from channels import tasks
from channels.actions.sending import delivery_failed
from channels.errors import Ambiguous
from channels.models import ChannelAccount, Delivery
from channels.registry import secret_fields
from opsconsole.audit.models import Activity
from opsconsole.kernel.clock import now
from opsconsole.kernel.secrets import decrypt
from tests.factories.channels import make_account, make_delivery
from tests.support.platforms import connect
from tests.support.sending import arm_next

pytestmark = pytest.mark.django_db
SECRET = "s3cretThatMustNeverComeBack"
TERMINAL = "\x1b[31mred\x07 \u202egnp line\nline"


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


@pytest.fixture
def run(caplog):
    """Run a command and return what it printed; no secret may be in it, nor in the log."""
    caplog.set_level(logging.DEBUG)

    def command(*arguments):
        out = io.StringIO()
        try:
            call_command(*arguments, stdout=out, stderr=out)
        finally:
            assert SECRET not in out.getvalue() + caplog.text
        return out.getvalue()

    return command


def described(**changes):
    secrets = {field.name: f"{SECRET}-{field.name}" for field in secret_fields("x")}
    return {"kind": "x", "unit": "mobile", "name": "Front desk", "secrets": secrets} | changes


@pytest.fixture
def file(tmp_path):
    def written(content):
        path = tmp_path / "account.json"
        path.write_text(content if isinstance(content, str) else json.dumps(content))
        return str(path)

    return written


# --- account_connect ---


def test_an_account_is_connected_from_a_file(company, run, file):
    said = run("account_connect", "--file", file(described(poll_every=30)))
    account = ChannelAccount.objects.get(name="Front desk")
    assert said == f"Account {account.pk} is connected. A worker checks it now.\n"
    assert (account.unit, account.poll_every, account.verified_at) == (company.mobile, 30, None)
    assert decrypt(bytes(account.credential.sealed)) == described()["secrets"]
    activity = Activity.objects.get(verb="channels.account.connected")
    assert activity.actor_kind == "system"


def test_an_account_is_connected_from_standard_input(company, run, monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO(json.dumps(described())))
    run("account_connect", "--file", "-", "--as", "root", "--name", "Line over file")
    assert ChannelAccount.objects.filter(name="Line over file").exists()
    assert Activity.objects.get(verb="channels.account.connected").actor == company.root


def test_secrets_may_come_from_the_environment(company, run, monkeypatch):
    for name, value in described()["secrets"].items():
        monkeypatch.setenv(f"ACCOUNT_{name.upper()}", value)
    run("account_connect", "--kind", "x", "--unit", "mobile", "--name", "Front desk")
    account = ChannelAccount.objects.get(name="Front desk")
    assert decrypt(bytes(account.credential.sealed)) == described()["secrets"]


def test_a_secret_is_never_an_argument(company):
    with pytest.raises((CommandError, TypeError)):
        call_command("account_connect", "--kind", "x", "--consumer-key", SECRET)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("{", "this is not JSON"),
        ("[]", "no description"),
        (described(colour="red"), "colour does not belong here"),
        (described(poll_every="30"), "poll_every does not belong here, or is of the wrong type"),
        (described(secrets={"consumer_key": 7}), "every secret is a text"),
        (described(secrets={"consumer_kee": SECRET}), "secrets: there is no consumer_kee"),
        (described(secrets={}), "consumer_key: This is needed."),
        (described(unit="moon"), "unit: there is no moon"),
        (described(unit=""), "unit: say it"),
        (described(kind="telex"), "secrets: there is no"),
        (described(kind="telex", secrets={}), "kind: Choose a channel."),
        (described(name="n" * 121), "name: Use at most 120 characters."),
        (described(base_url="https://me:pw@x.example"), "base_url: Leave the user name"),
        (described(base_url="\ud800"), "base_url: The address must begin"),
    ],
)
def test_what_is_wrong_is_said_without_repeating_secrets(company, run, file, content, said):
    with pytest.raises(CommandError) as refused:
        run("account_connect", "--file", file(content))
    assert said in str(refused.value)
    assert SECRET not in str(refused.value)
    assert ChannelAccount.objects.count() == 2


def test_a_file_that_is_missing_is_named(company, run, tmp_path):
    with pytest.raises(CommandError, match="nowhere"):
        run("account_connect", "--file", str(tmp_path / "nowhere"))


def test_a_private_address_is_refused_at_this_door_too(company, run, file, settings):
    settings.ALLOW_PRIVATE_HOSTS = False
    content = {"kind": "feed", "unit": "mobile", "name": "n", "base_url": "http://127.0.0.1/feed"}
    with pytest.raises(CommandError, match="private network"):
        run("account_connect", "--file", file(content))
    settings.ALLOW_PRIVATE_HOSTS = True
    run("account_connect", "--file", file(content))


@pytest.mark.parametrize("who", ["operator", "manager", "stranger"])
def test_a_person_connects_only_what_they_may(company, run, file, who):
    with pytest.raises(CommandError, match="Your role does not allow this"):
        run("account_connect", "--file", file(described()), "--as", who)
    assert ChannelAccount.objects.count() == 2


def test_nobody_acts_as_somebody_unknown_or_shut_out(company, run):
    company.root.is_active = False
    company.root.save()
    for name in ("root", "ghost"):
        with pytest.raises(CommandError):
            run("account_list", "--as", name)


# --- account_list ---


def test_accounts_are_listed_with_their_health(company, run):
    make_account(
        unit=company.home, name=TERMINAL, needs_reconnect=True, last_error="gone\x1b[2J",
        secrets={"page_access_token": SECRET},
    )  # fmt: skip
    said = run("account_list")
    assert [line.split()[0] for line in said.splitlines()] == [
        str(row.pk) for row in ChannelAccount.objects.order_by("unit", "id")
    ]
    assert "reconnect" in said
    assert "\x1b" not in said
    assert "\u202e" not in said
    rows = json.loads(run("account_list", "--json"))
    assert {row["name"]: row["health"] for row in rows}["Care"] == "connected"


def test_a_person_lists_what_they_may_see(company, run):
    assert "Home care" not in run("account_list", "--as", "operator")
    assert run("account_list", "--as", "guest") == ""


# --- poll_once ---


def test_a_poll_says_what_landed(company, run, sandbox):
    line = connect(sandbox, "x", unit=company.mobile, name="Page")
    line.say(TERMINAL)
    said = run("poll_once", "Page")
    assert said.splitlines()[0] == "1 new, 0 changed, 0 gone"
    assert "red gnp line line" in " ".join(said.split())
    assert not {"\x1b", "\x07", "\u202e"} & set(said)
    assert run("poll_once", str(line.account.pk), "--as", "root").startswith("0 new")


def test_a_poll_that_fails_says_why(company, run, sandbox):
    line = connect(sandbox, "facebook", unit=company.mobile, name="Page")
    line.fault("status", status=503)
    with pytest.raises(CommandError, match="The poll failed"):
        run("poll_once", "Page")
    line.account.refresh_from_db()
    assert line.account.failures == 1


def test_an_account_that_another_worker_reads_is_left_to_it(company, run):
    account = make_account(unit=company.mobile, poll_lease_until=now() + timedelta(minutes=1))
    with pytest.raises(CommandError, match="A worker reads this account just now"):
        run("poll_once", str(account.pk))


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"is_paused": True}, "Resume or reconnect"),
        ({"next_allowed_at": timedelta(hours=1)}, "patience"),
    ],
)
def test_an_account_that_may_not_speak_is_not_polled(company, run, given, said):
    at = {name: now() + value for name, value in given.items() if isinstance(value, timedelta)}
    account = make_account(unit=company.mobile, **(given | at))
    with pytest.raises(CommandError, match=said):
        run("poll_once", str(account.pk))


def test_the_account_must_be_known_and_in_reach(company, run):
    make_account(unit=company.mobile, name="Care")
    for arguments, said in {
        ("9999999",): "does not exist",
        ("Nowhere",): "does not exist",
        ("Care",): "Several accounts",
        (str(company.account.pk), "--as", "stranger"): "does not exist",
        (str(company.account.pk), "--as", "manager"): "Your role does not allow this",
    }.items():
        with pytest.raises(CommandError, match=said):
            run("poll_once", *arguments)


# --- deliveries_list ---


def test_deliveries_are_listed_and_filtered(company, run):
    one = make_delivery(account=company.account, text=TERMINAL)
    two = make_delivery(account=company.home_account, kind="post", state="needs_human")
    for arguments, wanted in {
        (): [two, one],
        ("--group", "decide"): [two],
        ("--state", "planned"): [one],
        ("--kind", "post"): [two],
        ("--account", "Care"): [one],
        ("--limit", "1"): [two],
        ("--as", "operator"): [one],
        ("--as", "guest"): [],
    }.items():
        said = run("deliveries_list", *arguments)
        assert [line.split()[0] for line in said.splitlines()] == [str(row.pk) for row in wanted]
        assert not {"\x1b", "\x07", "\u202e"} & set(said)
        rows = json.loads(run("deliveries_list", "--json", *arguments))
        assert [row["id"] for row in rows] == [row.pk for row in wanted]


# --- deliveries_reconcile ---


def unclear(account, **given):
    """A delivery whose create call has just gone without an answer."""
    delivery = make_delivery(account=account, **given)
    delivery_failed(arm_next(), Ambiguous("reset"))
    return delivery


def test_what_stands_on_the_platform_is_found(company, run, sandbox):
    line = connect(sandbox, "facebook", unit=company.mobile, name="Page")
    line.fault("drop_after", method="POST", count=1)
    sent = make_delivery(account=line.account, kind="post", text="It arrived.")
    tasks.dispatch()
    assert Delivery.objects.get(pk=sent.pk).state == "ambiguous"
    said = run("deliveries_reconcile")
    sent.refresh_from_db()
    assert (sent.state, line.stands()) == ("sent", {"It arrived.": 1})
    assert said.split() == [str(sent.pk), "post", "Page", "sent", sent.url]


def test_what_is_not_found_at_once_stays_unclear(company, run, sandbox):
    line = connect(sandbox, "facebook", unit=company.mobile, name="Page")
    delivery = unclear(line.account, kind="post")
    assert "still unclear; next look at" in run("deliveries_reconcile", "--as", "manager")
    delivery.refresh_from_db()
    assert (delivery.state, delivery.empty_reads) == ("ambiguous", 1)


def test_nothing_unclear_is_said_so(company, run):
    assert run("deliveries_reconcile") == "No delivery is unclear.\n"


def test_only_those_who_settle_look_and_only_at_theirs(company, run, sandbox):
    with pytest.raises(CommandError, match="Your role does not allow this"):
        run("deliveries_reconcile", "--as", "operator")
    there = connect(sandbox, "facebook", unit=company.home, name="Page")
    unclear(there.account, kind="post")
    assert run("deliveries_reconcile", "--as", "manager") == "No delivery is unclear.\n"
