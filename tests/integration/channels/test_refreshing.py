"""Tokens that are lent for hours: renewed once for all workers, kept before they are used, told when lost."""

from datetime import timedelta

import pytest

from channels import tasks
from channels.actions import tokens as bookkeeping
from channels.actions.apps import app_set
from channels.errors import AuthExpired
from channels.models import ChannelAccount, Credential, PlatformApp
from channels.refreshing import freshen
from opsconsole.kernel.actor import SYSTEM
from opsconsole.kernel.clock import now
from opsconsole.kernel.secrets import decrypt, encrypt
from tests.factories.channels import make_delivery
from tests.support.platforms import Line, connect
from tests.support.signing_in import x_app, x_tokens
from tests.support.together import together

pytestmark = pytest.mark.django_db


@pytest.fixture
def line(sandbox, settings) -> Line:
    """An X account that somebody has connected by signing in there, its token about to end."""
    settings.ALLOW_PRIVATE_HOSTS = True
    shown = sandbox.control("apps")["x"]
    app = app_set(SYSTEM, kind="x", secrets=shown["credentials"], base_url=shown["base_url"])
    made = connect(sandbox, "x")
    tokens = x_tokens(x_app(sandbox), made.there)
    secrets = {
        "oauth2_access_token": tokens.access_token,
        "oauth2_refresh_token": tokens.refresh_token,
        "consumer_secret": shown["credentials"]["consumer_secret"],
    }
    at = now()
    Credential.objects.filter(account=made.account).update(
        sealed=encrypt(secrets), app=app, expires_at=at, updated_at=at - timedelta(hours=2)
    )
    return made


def held(line: Line) -> dict[str, str]:
    return decrypt(bytes(Credential.objects.get(account=line.account).sealed))


def fresh(line: Line) -> ChannelAccount:
    return ChannelAccount.objects.select_related("credential").get(pk=line.account.pk)


def end(line: Line, **ago: float) -> None:
    """Let the token's end be some time ago, or ahead."""
    Credential.objects.filter(account=line.account).update(
        expires_at=now() - timedelta(**(ago or {"seconds": 0}))
    )


def test_a_poll_renews_first_and_keeps_what_else_there_is(line):
    before = held(line)
    line.say("안녕하세요")
    tasks.poll_account(line.due().pk)
    after = held(line)
    assert [text.endswith("안녕하세요") for text in line.items()] == [True]
    assert after["oauth2_access_token"] != before["oauth2_access_token"]
    assert after["oauth2_refresh_token"] != before["oauth2_refresh_token"]
    assert after["consumer_secret"] == before["consumer_secret"]
    assert fresh(line).credential.expires_at > now() + timedelta(minutes=100)


def test_an_account_without_an_end_is_left_alone(sandbox, settings):
    settings.ALLOW_PRIVATE_HOSTS = True
    made = connect(sandbox, "x")
    before = held(made)
    freshen(fresh(made))
    assert held(made) == before


@pytest.mark.django_db(transaction=True)
def test_many_workers_renew_once(line):
    """The sandbox ends everything when a refresh token comes twice: a second call would be seen."""

    def work():
        account = fresh(line)
        freshen(account)
        return decrypt(bytes(account.credential.sealed))["oauth2_access_token"]

    found = together(*[work] * 8)
    assert len(set(found)) == 1, found
    assert found[0] == held(line)["oauth2_access_token"]
    assert fresh(line).credential.refresh_fence == 1
    tasks.poll_account(line.due().pk)
    assert not fresh(line).needs_reconnect


@pytest.mark.django_db(transaction=True)
def test_polls_and_sending_at_once_while_the_token_ends(line):
    delivery = make_delivery(account=line.account, text="한 번만", kind="post")
    together(lambda: tasks.poll_account(line.due().pk), tasks.dispatch, tasks.dispatch)
    delivery.refresh_from_db()
    assert delivery.state == "sent", delivery.reason
    assert line.stands() == {"한 번만": 1}
    assert not fresh(line).needs_reconnect


def test_ahead_of_its_end_others_go_on_with_the_old_token(line):
    end(line, minutes=-2)
    claim = bookkeeping.refresh_claim(line.account.pk)
    assert claim is not None
    assert bookkeeping.refresh_claim(line.account.pk) is None
    freshen(fresh(line))  # does not wait for the one that asks
    bookkeeping.refresh_failed(claim)
    assert bookkeeping.refresh_claim(line.account.pk) is not None


def test_a_dead_worker_holds_nobody_up_for_long(line):
    assert bookkeeping.refresh_claim(line.account.pk) is not None
    Credential.objects.update(refresh_lease_until=now() - timedelta(seconds=1))
    freshen(fresh(line))
    assert fresh(line).credential.refresh_fence == 2


def test_a_late_answer_does_not_undo_new_credentials(line):
    claim = bookkeeping.refresh_claim(line.account.pk)
    Credential.objects.update(sealed=encrypt({"access_token": "typed"}), refresh_fence=7)
    assert not bookkeeping.refresh_done(claim, {"oauth2_access_token": "late"}, seconds=60)
    assert held(line) == {"access_token": "typed"}


def test_a_lost_family_asks_for_a_person(line):
    used = held(line)["oauth2_refresh_token"]
    freshen(fresh(line))
    end(line)
    Credential.objects.update(sealed=encrypt(held(line) | {"oauth2_refresh_token": used}))
    with pytest.raises(AuthExpired):
        freshen(fresh(line))
    tasks.poll_account(line.due().pk)
    assert fresh(line).needs_reconnect
    assert fresh(line).voice_lost_at is not None


def test_an_outage_at_the_door_is_no_loss(line):
    line.sandbox.control("faults", {"kind": "status", "platform": "x", "status": 503,
                                    "match": {"path_regex": "oauth2/token"}})  # fmt: skip
    tasks.poll_account(line.due().pk)
    assert not fresh(line).needs_reconnect
    assert fresh(line).failures == 1
    tasks.poll_account(line.due().pk)
    assert fresh(line).failures == 0


def test_a_token_that_ends_early_is_renewed_before_anybody_is_told(line):
    end(line, hours=-1)
    Credential.objects.update(sealed=encrypt(held(line) | {"oauth2_access_token": "gone"}))
    tasks.poll_account(line.due().pk)
    assert not fresh(line).needs_reconnect
    tasks.poll_account(line.due().pk)
    assert (fresh(line).failures, fresh(line).needs_reconnect) == (0, False)


def test_a_delivery_waits_while_the_token_is_renewed(line):
    end(line, hours=-1)
    Credential.objects.update(sealed=encrypt(held(line) | {"oauth2_access_token": "gone"}))
    delivery = make_delivery(account=line.account, kind="post")
    tasks.dispatch()
    delivery.refresh_from_db()
    assert delivery.state == "retry_wait"
    type(delivery).objects.update(not_before=now())
    tasks.dispatch()
    delivery.refresh_from_db()
    assert delivery.state == "sent"
    assert not fresh(line).needs_reconnect


def test_another_secret_of_the_app_reaches_every_account(line):
    app_set(
        SYSTEM,
        kind="x",
        secrets={"consumer_secret": "new one"},
        base_url=PlatformApp.objects.get().base_url,
    )
    assert held(line)["consumer_secret"] == "new one"
    assert held(line)["oauth2_refresh_token"]
    freshen(fresh(line))
    assert held(line)["consumer_secret"] == "new one"
