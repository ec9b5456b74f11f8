"""How an account is doing is classified by code, told once when it grows worse, once when it is well again."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from channels.actions import polling
from channels.actions.accounts import account_poll_now, account_reconnect
from channels.actions.wellbeing import accesses_ending, conditions_look
from channels.errors import (
    AuthExpired,
    OutOfCredits,
    RateLimited,
    Rejected,
    Unreachable,
    UsageCapped,
)
from channels.health import health_of, silence_of
from channels.lifecycle import ChannelKind
from channels.models import ChannelAccount
from channels.quota import cap_resets_at
from channels.registry import capabilities_for
from channels.tasks import poll_account
from inbox.models import Notice
from inbox.selectors.thread import why_not_reply
from opsconsole.kernel.actor import SYSTEM
from opsconsole.kernel.clock import now
from opsconsole.tasks import alarms
from tests.factories.channels import make_account, make_delivery
from tests.factories.inbox import make_conversation
from tests.factories.people import make_actor, make_unit
from tests.integration.channels.test_windows import connected
from tests.support.sending import refuse_next
from tests.support.together import together

pytestmark = pytest.mark.django_db
START = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)


def fresh(account):
    return ChannelAccount.objects.select_related("unit", "credential").get(pk=account.pk)


def told(user=None):
    rows = Notice.objects.order_by("pk")
    return list((rows.filter(user=user.user_id) if user else rows).values_list("kind", flat=True))


def fail(account, error, times=1):
    for _ in range(times):
        polling.poll_failed(fresh(account), error)


def succeed(account):
    polling.poll_succeeded(fresh(account))


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (Unreachable("Your token is invalid"), "unreachable"),
        (AuthExpired("try again later"), "auth"),
        (RateLimited("unauthorized"), "limited"),
        (UsageCapped(""), "capped"),
        (OutOfCredits(""), "credits"),
        (Rejected("rate limit"), "refused"),
    ],
)
def test_failures_are_classified_by_code_and_never_by_text(error, code):
    account = make_account(kind="x")
    fail(account, error)
    assert fresh(account).last_failure == code
    assert fresh(account).needs_reconnect == (code == "auth")


@pytest.mark.parametrize("status", [500, 503, 504])
@pytest.mark.parametrize("kind", ["x", "facebook"])
def test_server_errors_that_pass_never_disconnect(sandbox, kind, status):
    account, there = connected(sandbox, kind)
    there.fault("status", status=status, times=3)
    for _ in range(3):
        ChannelAccount.objects.update(poll_due_at=now())
        poll_account(account.pk)
    assert not fresh(account).needs_reconnect
    assert fresh(account).failures == 3
    ChannelAccount.objects.update(poll_due_at=now())
    poll_account(account.pk)
    assert (fresh(account).failures, fresh(account).last_failure) == (0, "")


def test_those_it_concerns_are_told_once_and_once_when_it_is_well_again():
    account = make_account()
    boss = make_actor("manager", account.unit)
    make_actor("operator", account.unit), make_actor("manager", make_unit())
    with time_machine.travel(START, tick=False) as clock:
        fail(account, Unreachable("503"), times=3)
        for _ in range(10):
            alarms()
            clock.shift(timedelta(seconds=30))
        assert told() == ["account_unwell"]
        succeed(account)
        for _ in range(12):
            alarms()
            clock.shift(timedelta(seconds=30))
        assert told(boss) == ["account_unwell", "account_well"]
        assert len(told()) == 2
        assert Notice.objects.first().data == {"account": account.pk, "note": account.name}


def test_what_flaps_says_nothing_each_time():
    account = make_account()
    make_actor("manager", account.unit)
    with time_machine.travel(START, tick=False) as clock:
        for _ in range(30):
            fail(account, Unreachable("503"), times=3)
            alarms()
            clock.shift(timedelta(seconds=60))
            alarms()
            succeed(account)
            alarms()
            clock.shift(timedelta(seconds=60))
            alarms()
        assert told() == []
        fail(account, Unreachable("503"), times=3)
        for _ in range(3):
            alarms()
            clock.shift(timedelta(minutes=1))
        assert told() == ["account_unwell"]


def test_a_lost_voice_is_one_alert_and_one_when_it_speaks_again():
    account = make_account()
    boss = make_actor("manager", account.unit)
    with time_machine.travel(START, tick=False) as clock:
        fail(account, AuthExpired("revoked"))
        for _ in range(3):
            alarms()
            clock.shift(timedelta(minutes=1))
        assert told(boss) == ["account_lost"]
        account_reconnect(SYSTEM, account_id=account.pk, secrets={"page_access_token": "new"})
        succeed(account)
        for _ in range(6):
            alarms()
            clock.shift(timedelta(minutes=1))
        assert told(boss) == ["account_lost", "account_well"]


@pytest.mark.django_db(transaction=True)
def test_two_who_look_at_once_tell_once():
    account = make_account()
    make_actor("manager", account.unit)
    ChannelAccount.objects.update(parked_for="capped", next_allowed_at=now() + timedelta(days=3))
    found = together(*[conditions_look] * 4)
    assert sorted(map(len, found)) == [0, 0, 0, 1]


def test_looking_costs_one_query_while_all_is_well(django_assert_num_queries):
    make_account()
    with django_assert_num_queries(1):
        assert conditions_look() == []


def test_a_spent_month_parks_all_accounts_of_the_app_until_it_is_counted_anew(settings):
    settings.X_CAP_RESET_DAY = 24
    unit = make_unit()
    account, sibling = (make_account(kind="x", unit=unit, app_key="one") for _ in range(2))
    other = make_account(kind="x", app_key="two")
    with time_machine.travel(START, tick=False):
        row = make_delivery(account=account, kind="post")
        refused = refuse_next(UsageCapped("Monthly product cap"))
        assert (refused.pk, refused.state, refused.reason_code) == (row.pk, "retry_wait", "capped")
        for one in (account, sibling):
            until = fresh(one).next_allowed_at
            assert (
                timedelta(0) <= until - datetime(2026, 11, 24, tzinfo=UTC) < timedelta(seconds=3)
            )
            assert health_of(fresh(one), now()).code == "capped"
            assert "24" in silence_of(fresh(one), now())
        assert fresh(other).next_allowed_at is None
        assert told() == []
        make_actor("manager", unit)
        alarms()
        assert told() == ["account_over"] * 2


def test_nobody_asks_while_the_month_is_spent_unless_a_person_does(sandbox):
    account, there = connected(sandbox)
    there.fault("status", status=429, reason="usage-capped", times=5)
    ChannelAccount.objects.update(poll_due_at=now())
    poll_account(account.pk)
    assert health_of(fresh(account), now()).code == "capped"
    assert fresh(account).poll_due_at > now() + timedelta(hours=1) or now().day == 30
    ChannelAccount.objects.update(parked_for="")
    sandbox.heal(there.there)
    ChannelAccount.objects.update(parked_for="capped")
    account_poll_now(SYSTEM, account_id=account.pk)
    poll_account(account.pk)
    assert health_of(fresh(account), now()).code == "connected"
    assert fresh(account).parked_for == ""


def test_without_credits_one_call_an_hour_looks(sandbox):
    account, there = connected(sandbox)
    there.fault("status", status=402, times=5)
    ChannelAccount.objects.update(poll_due_at=now())
    poll_account(account.pk)
    seen = fresh(account)
    assert health_of(seen, now()).code == "credits"
    assert timedelta(minutes=58) < seen.next_allowed_at - now() < timedelta(minutes=62)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"is_paused": True}, "paused"),
        ({"needs_reconnect": True}, "reconnected"),
        ({"parked_for": "credits"}, "paid for"),
        ({"parked_for": "capped"}, "used up until"),
        ({}, ""),
    ],
)
def test_whoever_would_answer_is_told_before_typing(given, words, django_assert_num_queries):
    conversation = make_conversation(account=make_account(kind="x"))
    if "parked_for" in given:
        given = {**given, "next_allowed_at": now() + timedelta(days=2)}
    ChannelAccount.objects.update(**given)
    conversation.account.refresh_from_db()
    target = conversation.messages.get()
    with django_assert_num_queries(0):
        said = why_not_reply(conversation, target, capabilities_for(ChannelKind.X), True)
    assert words in said
    assert bool(words) == bool(said)


@pytest.mark.parametrize(
    ("at", "day", "resets"),
    [
        ((2026, 11, 20), 1, (2026, 12, 1)),
        ((2026, 11, 20), 25, (2026, 11, 25)),
        ((2026, 12, 20), 20, (2027, 1, 20)),
        ((2027, 1, 31), 31, (2027, 2, 28)),
    ],
)
def test_when_a_month_is_counted_anew(at, day, resets):
    assert cap_resets_at(datetime(*at, tzinfo=UTC), day) == datetime(*resets, tzinfo=UTC)


def test_the_end_of_access_is_told_two_weeks_three_days_and_a_day_ahead_once_each():
    account = make_account(access_until=START + timedelta(days=20), poll_due_at=START)
    boss = make_actor("manager", account.unit)
    heard = []
    with time_machine.travel(START, tick=False) as clock:
        for _ in range(2 * 21):
            for _ in range(2):
                alarms()
            heard.append(len(told(boss)))
            clock.shift(timedelta(hours=12))
    days = [n / 2 for n in range(1, len(heard)) if heard[n] > heard[n - 1]]
    assert days == [20 - 14, 20 - 3, 20 - 1]
    notices = Notice.objects.filter(user=boss.user_id).order_by("id")
    assert [row.data["days"] for row in notices] == [14, 3, 1]


def test_another_end_of_access_is_another_story_and_nobody_is_told_twice_at_once():
    account = make_account(access_until=now() + timedelta(days=2))
    boss = make_actor("manager", account.unit)
    alarms()
    assert told(boss) == ["access_ends"]
    ChannelAccount.objects.update(access_until=now() + timedelta(days=12))
    assert [ending.days for ending in accesses_ending()] == [14]
    assert accesses_ending() == []
    ChannelAccount.objects.update(access_until=now() - timedelta(days=1))
    assert accesses_ending() == []


def test_the_end_of_access_is_the_state_of_an_account_that_is_well():
    account = make_account(access_until=now() + timedelta(days=2), verified_at=now())
    health = health_of(account, now())
    assert (health.code, health.until) == ("ending", account.access_until)
    account.failures = 3
    assert health_of(account, now()).code == "failing"
