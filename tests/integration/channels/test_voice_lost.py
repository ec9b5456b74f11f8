"""A token that is taken away silences its account alone, and those who can help are told once."""

import pytest

from channels.actions import polling
from channels.actions.accounts import account_reconnect
from channels.actions.sending import delivery_claim, delivery_failed
from channels.errors import AuthExpired
from channels.models import ChannelAccount, Delivery
from inbox.models import Notice
from opsconsole.kernel.actor import SYSTEM
from opsconsole.tasks import alarms
from tests.factories.channels import make_account, make_delivery
from tests.factories.people import make_actor
from tests.support.sending import arm_next, refuse_next, send_next

pytestmark = pytest.mark.django_db


def told():
    return list(Notice.objects.filter(kind="account_lost").values_list("user_id", flat=True))


def test_the_account_alone_is_silent_and_its_managers_are_told_once():
    account, other = make_account(), make_account()
    boss, _staff = make_actor("manager", account.unit), make_actor("staff", account.unit)
    make_actor("manager", other.unit)
    mine = [make_delivery(account=account, kind="post") for _ in range(3)]
    theirs = make_delivery(account=other, kind="post")
    assert refuse_next(AuthExpired("revoked")).state == "held"
    for _look in range(3):
        alarms()
    assert told() == [boss.user_id]
    assert send_next().pk == theirs.pk
    assert delivery_claim() is None
    states = Delivery.objects.filter(pk__in=[row.pk for row in mine]).values_list(
        "state", flat=True
    )
    assert sorted(states) == ["held", "planned", "planned"]


def test_many_calls_that_find_it_out_are_one_alert_and_the_next_time_is_another():
    account = make_account()
    boss = make_actor("manager", account.unit)
    for _ in range(2):
        make_delivery(account=account, kind="post")
    claims = [arm_next(), arm_next()]
    for claim in claims:
        delivery_failed(claim, AuthExpired("revoked"))
    alarms()
    polling.poll_failed(ChannelAccount.objects.get(), AuthExpired("revoked"))
    alarms()
    assert told() == [boss.user_id]
    account_reconnect(SYSTEM, account_id=account.pk, secrets={"page_access_token": "new"})
    polling.poll_failed(ChannelAccount.objects.get(), AuthExpired("revoked again"))
    alarms()
    assert told() == [boss.user_id] * 2


def test_what_waits_for_it_leaves_after_reconnecting_and_not_before():
    account = make_account()
    row = make_delivery(account=account, kind="post")
    refuse_next(AuthExpired("revoked"))
    account_reconnect(SYSTEM, account_id=account.pk, secrets={"page_access_token": "new"})
    assert delivery_claim() is None, "a worker has yet to see whose credentials these are"
    ChannelAccount.objects.update(verified_at=account.verified_at)
    assert send_next().pk == row.pk
