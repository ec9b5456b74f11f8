"""A page is subscribed to our app through the screen and a worker: what it says, who may, and what goes wrong."""

from datetime import timedelta

import pytest

from channels.actions import subscribing
from channels.actions.doors import door_open
from channels.actions.subscribing import subscription_ask
from channels.lifecycle import SubscriptionWish
from channels.models import ChannelAccount, PushSubscription
from channels.subscribing_tasks import see_to_subscriptions
from opsconsole.audit.models import Activity
from opsconsole.kernel.actor import SYSTEM
from opsconsole.kernel.clock import now
from opsconsole.kernel.errors import Conflict
from tests.factories.channels import make_account
from tests.support.html import text_of
from tests.support.platforms import connect
from tests.support.together import together

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("private_hosts")]
W = SubscriptionWish


@pytest.fixture
def line(sandbox, company):
    """A page of the unit with a door."""
    made = connect(sandbox, "facebook", unit=company.mobile)
    door_open(SYSTEM, account_id=made.account.pk)
    return made


def ask(account, wish):
    subscription_ask(SYSTEM, account_id=account.pk, wish=wish)
    see_to_subscriptions()
    return PushSubscription.objects.get()


def test_the_screen_subscribes_and_takes_it_back(company, browser, line):
    client, path = browser("administrator"), f"/accounts/{line.account.pk}/push/"
    assert "Not asked yet" in text_of(client.get(path))
    said = text_of(client.post(f"{path}subscribe/", follow=True))
    assert "A worker subscribes the Page." in said
    assert "Asking Facebook" in said
    see_to_subscriptions()
    said = text_of(client.get(path))
    assert "Subscribed" in said
    assert "feed mention" in said
    client.post(f"{path}look/")
    see_to_subscriptions()
    assert "Subscribed" in text_of(client.get(path))
    client.post(f"{path}unsubscribe/")
    see_to_subscriptions()
    assert "Not subscribed" in text_of(client.get(path))
    assert "The Page is not subscribed" in text_of(client.get(f"/accounts/{line.account.pk}/"))
    verbs = Activity.objects.filter(verb__startswith="channels.subscription").order_by("id")
    assert list(verbs.values_list("verb", flat=True)) == [
        "channels.subscription.asked", "channels.subscription.ended",
    ]  # fmt: skip


def test_only_those_who_manage_the_account_may(company, browser, line):
    for who, status in (("manager", 403), ("stranger", 404)):
        assert (
            browser(who).post(f"/accounts/{line.account.pk}/push/subscribe/").status_code == status
        )
    assert not PushSubscription.objects.exists()


def test_a_refusal_is_said_and_may_be_tried_again(company, browser, line):
    refusal = {
        "error": {"code": 200, "message": "(#200) Requires pages_manage_metadata permission"}
    }
    line.fault("canned", body=refusal, status=403, path_regex="subscribed_apps$")
    row = ask(line.account, W.SUBSCRIBE)
    assert (row.state, row.fields) == ("failed", [])
    page = text_of(browser("administrator").get(f"/accounts/{line.account.pk}/push/"))
    assert "Requires pages_manage_metadata permission" in page
    assert "Reconnect the account" in page
    assert ask(line.account, W.SUBSCRIBE).is_on


def test_lost_credentials_make_the_account_one_to_be_reconnected(line):
    line.fault("canned", body={"error": {"code": 190, "message": "gone"}}, status=401, times=5)
    row = ask(line.account, W.LOOK)
    assert row.state == "failed"
    line.account.refresh_from_db()
    assert line.account.needs_reconnect
    with pytest.raises(Conflict):
        subscription_ask(SYSTEM, account_id=line.account.pk, wish=W.LOOK)


def test_what_cannot_be_reached_is_tried_again_a_few_times(line):
    line.fault("status", status=503, times=100)
    row = ask(line.account, W.SUBSCRIBE)
    assert (row.state, row.tries) == ("waiting", 1)
    assert row.due_at > now()
    for _ in range(subscribing.TRIES):
        PushSubscription.objects.update(due_at=now())
        see_to_subscriptions()
    assert PushSubscription.objects.get().state == "failed"


def test_an_answer_that_is_lost_is_no_riddle(line):
    """The platform subscribed it and the answer went astray: the next try finds it so."""
    line.fault("drop_after", path_regex="subscribed_apps$", method="POST")
    assert ask(line.account, W.SUBSCRIBE).state == "waiting"
    PushSubscription.objects.update(due_at=now())
    see_to_subscriptions()
    assert PushSubscription.objects.get().is_on


def test_a_wish_that_changes_while_a_worker_has_it_wins(line):
    subscription_ask(SYSTEM, account_id=line.account.pk, wish=W.SUBSCRIBE)
    row = subscribing.subscription_claim()
    subscription_ask(SYSTEM, account_id=line.account.pk, wish=W.UNSUBSCRIBE)
    assert not subscribing.subscription_told(row, ("feed",))
    see_to_subscriptions()
    assert (PushSubscription.objects.get().wish, PushSubscription.objects.get().fields) == (
        "unsubscribe", [],
    )  # fmt: skip


def test_other_platforms_know_no_such_thing(company, browser):
    account = make_account(unit=company.mobile, kind="x")
    door_open(SYSTEM, account_id=account.pk)
    client, path = browser("administrator"), f"/accounts/{account.pk}/push/"
    assert "Page subscription" not in text_of(client.get(path))
    assert "knows no such subscription" in text_of(client.post(f"{path}subscribe/", follow=True))
    assert not PushSubscription.objects.exists()


def test_it_is_looked_at_again_once_a_day(line):
    ask(line.account, W.SUBSCRIBE)
    see_to_subscriptions()
    first = PushSubscription.objects.get().told_at
    PushSubscription.objects.update(told_at=now() - timedelta(days=2))
    see_to_subscriptions()
    assert PushSubscription.objects.get().told_at > first


@pytest.mark.django_db(transaction=True)
def test_two_who_press_at_once_make_one_wish(company, line):
    def press():
        return subscription_ask(SYSTEM, account_id=line.account.pk, wish=W.SUBSCRIBE)

    assert not [one for one in together(*[press] * 4) if isinstance(one, Exception)]
    assert PushSubscription.objects.count() == 1
    claims = together(*[subscribing.subscription_claim] * 3)
    assert len([one for one in claims if one is not None]) == 1
    assert ChannelAccount.objects.filter(pk=line.account.pk).exists()
