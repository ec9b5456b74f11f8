"""Who polls an account, what a lost poll may still do, and what each failure means for the account."""

from datetime import timedelta

import pytest

from channels import tasks
from channels.actions import landing, polling
from channels.actions.accounts import account_poll_now, account_reconnect
from channels.errors import AuthExpired, RateLimited, Unreachable
from channels.models import ChannelAccount, InboundItem
from channels.selectors.accounts import accounts_to_poll
from channels.types import Profile, Recheck
from inbox.models import Message
from inbox.tasks import ingest
from opsconsole.kernel.actor import SYSTEM
from opsconsole.kernel.clock import now
from tests.factories.channels import make_account, make_fetched
from tests.support.platforms import connect
from tests.support.together import together


def due_account(**given):
    return make_account(**({"poll_due_at": now(), "recheck_due_at": now()} | given))


def stored(account):
    return ChannelAccount.objects.values().get(pk=account.pk)


# --- The lease ---


@pytest.mark.django_db(transaction=True)
def test_two_workers_poll_one_account_and_one_of_them_has_it():
    for _ in range(10):
        account = due_account()
        first, second = together(*[lambda pk=account.pk: polling.poll_claim(pk)] * 2)
        assert [first, second].count(None) == 1
        assert (first or second).poll_fence == 1


@pytest.mark.django_db
@pytest.mark.parametrize(
    "state",
    [
        {"is_paused": True},
        {"needs_reconnect": True},
        {"poll_due_at": now() + timedelta(hours=1)},
        {"next_allowed_at": now() + timedelta(hours=1)},
        {"poll_lease_until": now() + timedelta(hours=1)},
    ],
    ids=lambda state: next(iter(state)),
)
def test_an_account_that_rests_is_not_polled(state):
    account = due_account(**state)
    assert not accounts_to_poll(now()).exists()
    assert "next_allowed_at" in state or polling.poll_claim(account.pk) is None


@pytest.mark.django_db
def test_the_account_that_has_waited_longest_comes_first():
    late, later = (due_account(poll_due_at=now() - timedelta(seconds=s)) for s in (5, 60))
    assert [account.pk for account in accounts_to_poll(now())] == [later.pk, late.pk]


@pytest.mark.django_db
def test_a_poll_that_lost_its_lease_moves_nothing():
    account = due_account(verified_at=None, external_id="unverified-1")
    lost = polling.poll_claim(account.pk)
    ChannelAccount.objects.update(poll_lease_until=now() - timedelta(seconds=1))
    owner = polling.poll_claim(account.pk)
    landing.items_land(account, [make_fetched("known")])
    before = stored(account)

    page = [make_fetched("new"), make_fetched("known", text="older form")]
    assert not landing.page_land(lost, page, {"since": "x"}, lost.poll_fence, gap="hole")
    seen = Recheck(items=(make_fetched("known", text="older form"),), gone=("known",))
    assert not landing.recheck_land(lost, seen, lost.poll_fence)
    assert not polling.account_verified(lost, Profile("somebody", handle="h"))
    polling.poll_failed(lost, AuthExpired("old token"))
    polling.poll_failed(lost, RateLimited("wait"))
    polling.poll_succeeded(lost)

    assert stored(account) == before
    assert list(InboundItem.objects.values_list("external_id", "visibility")) == [
        ("known", "public")
    ]
    assert landing.page_land(owner, page, {"since": "x"}, owner.poll_fence)


@pytest.mark.django_db
def test_a_poll_with_replaced_credentials_verifies_nothing():
    """Whose the new ones are, nobody has seen yet: the old poll's answer says nothing about them."""
    account = due_account(kind="feed", verified_at=None, external_id="unverified-1")
    old = polling.poll_claim(account.pk)
    account_reconnect(SYSTEM, account_id=account.pk, secrets={})
    assert not polling.account_verified(old, Profile("theirs"))
    account.refresh_from_db()
    assert (account.verified_at, account.external_id) == (None, "unverified-1")


@pytest.mark.django_db
def test_each_page_renews_the_lease(time_machine):
    time_machine.move_to(now(), tick=False)
    account = polling.poll_claim(due_account().pk)
    for _ in range(5):
        time_machine.shift(timedelta(seconds=polling.POLL_LEASE - 5))
        assert landing.page_land(account, [], {}, account.poll_fence)
        assert polling.poll_claim(account.pk) is None
        time_machine.shift(timedelta(seconds=polling.POLL_LEASE - 5))
        assert landing.recheck_land(account, Recheck(), account.poll_fence)
        assert polling.poll_claim(account.pk) is None


# --- What failures mean ---


@pytest.mark.django_db
def test_success_plans_the_next_poll_and_forgives():
    account = polling.poll_claim(due_account(failures=3, last_error="was bad", poll_every=20).pk)
    polling.poll_succeeded(account)
    account.refresh_from_db()
    assert (account.failures, account.last_error, account.poll_lease_until) == (0, "", None)
    assert timedelta(seconds=19) < account.poll_due_at - now() <= timedelta(seconds=20)


def fail_again_and_again(account, times):
    """Let so many polls fail; returns how many seconds each is followed by nothing."""
    pauses = []
    for _ in range(times):
        ChannelAccount.objects.update(poll_due_at=now())
        claimed = polling.poll_claim(account.pk)
        before = now()
        polling.poll_failed(claimed, Unreachable("down"))
        account.refresh_from_db()
        pauses.append(int((account.poll_due_at - before).total_seconds()))
    return pauses


@pytest.mark.django_db
def test_failures_are_asked_about_ever_less_often_but_never_given_up():
    account = due_account(poll_every=60)
    assert fail_again_and_again(account, 8) == [60, 120, 240, 480, 900, 900, 900, 900]
    assert not account.needs_reconnect


@pytest.mark.django_db
def test_whoever_has_just_reconnected_does_not_wait_a_minute_for_a_platform_that_stumbled():
    account = due_account(poll_every=60, verified_at=None)
    assert fail_again_and_again(account, 5) == [3, 6, 12, 24, 48]


@pytest.mark.django_db
def test_a_limit_is_waited_out_as_long_as_told_and_no_longer():
    account = due_account(failures=9)
    until = now() + timedelta(seconds=30)
    polling.poll_failed(polling.poll_claim(account.pk), RateLimited("wait", until=until))
    account.refresh_from_db()
    assert (account.next_allowed_at, account.poll_due_at) == (until, until)
    assert accounts_to_poll(until + timedelta(seconds=1)).exists()


@pytest.mark.django_db
def test_a_shorter_limit_does_not_end_a_longer_one():
    longer = now() + timedelta(hours=2)
    account = due_account(next_allowed_at=longer)
    claimed = polling.poll_claim(account.pk)
    polling.poll_failed(claimed, RateLimited("wait", until=now() + timedelta(minutes=1)))
    account.refresh_from_db()
    assert account.next_allowed_at == longer


@pytest.mark.django_db
@pytest.mark.parametrize("kind", ["x", "facebook", "blog"])
def test_three_errors_of_the_platform_do_not_disconnect_and_one_lost_login_does(kind, sandbox):
    line = connect(sandbox, kind)
    line.say("안녕하세요", **({"kind": "comment"} if kind == "facebook" else {}))
    line.fault("status", status=503, times=9)
    for number in range(3):
        tasks.poll_account(line.due().pk)
        line.account.refresh_from_db()
        assert (line.account.failures, line.account.needs_reconnect) == (number + 1, False)
    line.heal()
    tasks.poll_account(line.due().pk)
    line.account.refresh_from_db()
    assert (line.account.failures, line.account.last_error) == (0, "")
    assert len(line.items()) == 1

    line.fault("status", status=401)
    tasks.poll_account(line.due().pk)
    line.account.refresh_from_db()
    assert line.account.needs_reconnect
    assert line.account.last_error
    before = stored(line.account)
    tasks.poll_due()
    tasks.poll_account(line.account.pk)
    assert stored(line.account) == before


@pytest.mark.django_db
def test_after_reconnecting_the_hole_is_filled_with_the_platforms_times(sandbox, run_background):
    line = connect(sandbox, "x")
    line.say("먼저", at=(now() - timedelta(hours=1)).timestamp())
    tasks.poll_account(line.due().pk)
    ChannelAccount.objects.update(needs_reconnect=True)
    at = now() - timedelta(minutes=20)
    line.say("끊긴 동안", at=at.timestamp())
    names = ("consumer_key", "consumer_secret", "access_token", "access_token_secret")
    secrets = {name: line.there["credentials"][name] for name in names}
    account_reconnect(SYSTEM, account_id=line.account.pk, secrets=secrets)
    line.account.refresh_from_db()
    assert (line.account.verified_at, line.account.can_speak) == (None, True)
    run_background()
    line.account.refresh_from_db()
    assert line.account.verified_at is not None
    refilled = Message.objects.get(text__contains="끊긴 동안")
    assert abs(refilled.posted_at - at) < timedelta(seconds=1)


@pytest.mark.django_db
def test_credentials_of_another_account_are_refused(sandbox):
    line, other = connect(sandbox, "x"), sandbox.account("x")
    names = ("consumer_key", "consumer_secret", "access_token", "access_token_secret")
    secrets = {name: other["credentials"][name] for name in names}
    account_reconnect(SYSTEM, account_id=line.account.pk, secrets=secrets)
    tasks.poll_account(line.account.pk)
    line.account.refresh_from_db()
    assert (line.account.verified_at, line.account.needs_reconnect) == (None, True)
    assert line.account.external_id == line.there["id"]


@pytest.mark.django_db
def test_a_profile_is_connected_once(sandbox):
    first = connect(sandbox, "facebook")
    again = ChannelAccount.objects.get(pk=first.account.pk)
    second = make_account(
        base_url=again.base_url, external_id="unverified-2", verified_at=None, poll_due_at=now()
    )
    claimed = polling.poll_claim(second.pk)
    assert not polling.account_verified(claimed, Profile(again.external_id))
    second.refresh_from_db()
    assert (second.needs_reconnect, second.external_id) == (True, "unverified-2")


@pytest.mark.django_db
def test_asking_for_a_poll_asks_about_known_items_too(sandbox):
    line = connect(sandbox, "facebook")
    said = line.say("지울 말", kind="comment")
    tasks.poll_account(line.due().pk)
    sandbox.control("delete", {"id": said})
    account_poll_now(SYSTEM, account_id=line.account.pk)
    tasks.poll_account(line.account.pk)
    assert InboundItem.objects.get(is_own=False, text="지울 말").visibility == "removed"


# --- One bad item ---


@pytest.mark.django_db
def test_an_item_the_inbox_cannot_read_is_parked_alone():
    account = make_account()
    items = [make_fetched(f"i{number}", author=f"c{number}") for number in range(3)]
    landing.items_land(account, items)
    InboundItem.objects.filter(external_id="i1").update(kind="hologram")
    ingest()
    assert set(Message.objects.values_list("external_id", flat=True)) == {"i0", "i2"}
    parked = InboundItem.objects.get(external_id="i1")
    assert not parked.is_pending
    assert "hologram" in parked.problem
    landing.items_land(account, [make_fetched("i1", text="A new form heals it.", author="c1")])
    InboundItem.objects.filter(external_id="i1").update(kind="comment")
    ingest()
    assert InboundItem.objects.get(external_id="i1").problem == ""
    assert Message.objects.filter(external_id="i1").exists()
