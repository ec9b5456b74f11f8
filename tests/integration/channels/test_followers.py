"""Followers: counted once a day at the lowest rank, and who came and went where it is wanted."""

import csv
from datetime import date, timedelta
from decimal import Decimal
from io import StringIO

import pytest
import time_machine
from django.utils import timezone

from channels.actions.erasing import author_forget
from channels.actions.followers import followers_keep, page_size, watch_claim, watches_begin
from channels.counting_tasks import count_followers
from channels.models import (
    AccountFollower,
    ChannelAccount,
    FollowerSample,
    FollowerWatch,
    PaidRead,
)
from channels.selectors.followers import came_and_went, curve_of
from opsconsole.kernel.actor import SYSTEM
from opsconsole.kernel.clock import now
from opsconsole.kernel.errors import Conflict, NotAllowed
from tests.factories.channels import make_account
from tests.factories.people import make_actor
from tests.integration.channels.test_windows import connected
from tests.support.together import together

pytestmark = pytest.mark.django_db


def due(**changes):
    FollowerWatch.objects.update(due_at=now() - timedelta(seconds=1), **changes)


def people(sandbox, there, **wish):
    return sandbox.control("followers", {"account": there.there["name"], **wish})


def counts(account):
    return list(FollowerSample.objects.filter(account=account).values_list("count", flat=True))


@pytest.mark.parametrize("kind", ["x", "facebook"])
def test_a_number_a_day_and_no_more(sandbox, kind):
    account, there = connected(sandbox, kind)
    wish = {"come": 3} if kind == "x" else {"count": 4711}
    expected = people(sandbox, there, **wish)["count"]
    count_followers()
    due()
    count_followers()
    assert counts(account) == [expected]
    watch = FollowerWatch.objects.get()
    assert timezone.localdate(watch.due_at) == timezone.localdate(now()) + timedelta(days=1)


def test_what_has_no_followers_is_not_asked():
    make_account(kind="blog"), make_account(kind="x", verified_at=None)
    assert watches_begin() == 0
    make_account(kind="x", is_paused=True)
    assert watches_begin() == 1
    assert watch_claim() is None


@pytest.mark.django_db(transaction=True)
def test_two_workers_never_have_the_same_one():
    make_account(kind="x")
    watches_begin()
    claims = together(*[watch_claim] * 4)
    assert len([claim for claim in claims if claim is not None]) == 1


def test_who_came_and_who_went(sandbox):
    account, there = connected(sandbox)
    first = people(sandbox, there, come=5)["come"]
    followers_keep(SYSTEM, account_id=account.pk, keeps_list=True)
    count_followers()
    rows = AccountFollower.objects.filter(account=account)
    assert (rows.count(), came_and_went(account)) == (5, [])
    people(sandbox, there, come=2, go=first[:1])
    due(walk_ended_at=now() - timedelta(days=2))
    count_followers()
    assert rows.filter(came_at__isnull=False).count() == 2
    assert rows.get(gone_at__isnull=False).external_id == first[0]
    assert len(came_and_went(account)) == 3


def test_who_comes_back_has_come_again(sandbox):
    account, there = connected(sandbox)
    people(sandbox, there, come=1)
    followers_keep(SYSTEM, account_id=account.pk, keeps_list=True)
    count_followers()
    AccountFollower.objects.update(gone_at=now())
    due(walk_ended_at=now() - timedelta(days=2))
    count_followers()
    row = AccountFollower.objects.get()
    assert row.gone_at is None
    assert row.came_at is not None


def test_a_long_list_is_read_turn_by_turn_and_within_the_money(sandbox):
    account, there = connected(sandbox)
    people(sandbox, there, come=40)
    ChannelAccount.objects.update(spend_ceiling=Decimal("0.19"), spent=0)
    followers_keep(SYSTEM, account_id=account.pk, keeps_list=True)
    assert page_size(ChannelAccount.objects.get()) == 15
    count_followers()
    watch = FollowerWatch.objects.get()
    assert watch.walk == 1, "the money for history is spent, the walk goes on when there is more"
    assert ChannelAccount.objects.get().spent <= Decimal("0.19")
    assert AccountFollower.objects.count() < 40
    ChannelAccount.objects.update(spend_ceiling=None)
    for _ in range(2):
        due()
        count_followers()
    assert AccountFollower.objects.count() == 40
    assert FollowerWatch.objects.get().walk == 2


def test_a_failure_is_told_and_tried_again(sandbox):
    account, there = connected(sandbox)
    there.fault("status", status=503, times=1)
    count_followers()
    watch = FollowerWatch.objects.get()
    assert watch.last_error
    assert timedelta(minutes=50) < watch.due_at - now() < timedelta(minutes=70)
    due()
    count_followers()
    assert len(counts(account)) == 1
    assert FollowerWatch.objects.get().last_error == ""


def test_only_who_manages_an_account_has_the_list_kept():
    account = make_account(kind="x")
    with pytest.raises(NotAllowed):
        followers_keep(
            make_actor("operator", account.unit), account_id=account.pk, keeps_list=True
        )
    with pytest.raises(Conflict):
        followers_keep(SYSTEM, account_id=make_account().pk, keeps_list=True)


def test_the_curve_knows_its_line_and_its_change(django_assert_num_queries):
    account = make_account(kind="x")
    for number, count in enumerate((100, 140, 120)):
        FollowerSample.objects.create(
            account=account, day=date(2026, 11, 1 + number), count=count, taken_at=now()
        )
    with django_assert_num_queries(1):
        curve = curve_of(account, date(2026, 11, 30), 30)
        assert (curve.change, curve.latest.count) == (20, 120)
    assert curve.points == "0.0,92.0 300.0,4.0 600.0,48.0"
    assert curve_of(account, date(2026, 10, 1), 30).points == ""


@pytest.mark.parametrize("role", ["operator", "root"])
def test_the_page_and_its_file(company, browser, queries_of, role):
    account = make_account(unit=company.mobile, kind="x")
    path = f"/accounts/{account.pk}/followers/"
    client = browser(role)
    assert "Not counted yet" in client.get(path).content.decode()
    for days in range(30):
        FollowerSample.objects.create(
            account=account, day=timezone.localdate(now()) - timedelta(days=days), count=900 - days,
            taken_at=now(),
        )  # fmt: skip
    FollowerWatch.objects.create(account=account, due_at=now())
    assert queries_of(lambda: client.get(path)) <= 10
    page = client.get(path).content.decode()
    assert "+29" in page
    assert "$9.00" in page
    assert ("keeps_list" in page) == (role == "root")
    file = client.get(f"{path}file/").content.decode("utf-8-sig")
    assert len(list(csv.reader(StringIO(file)))) == 31
    status = client.post(path, {"keeps_list": "yes"}).status_code
    assert FollowerWatch.objects.get().keeps_list == (role == "root")
    assert status in {302, 403}
    assert "polyline" in client.get(f"/accounts/{account.pk}/").content.decode()


def test_whoever_is_erased_is_no_follower_that_we_know():
    account = make_account(kind="x")
    for one in ("1", "2"):
        AccountFollower.objects.create(account=account, external_id=one, seen_walk=1)
        PaidRead.objects.create(owner="app:a", day=now().date(), is_person=True, external_id=one)
    author_forget(account.pk, "1")
    assert AccountFollower.objects.get().external_id == "2"
    assert PaidRead.objects.get().external_id == "2"


def test_a_day_is_a_day_in_seoul(sandbox):
    account, _there = connected(sandbox, "facebook")
    with time_machine.travel("2026-11-30T15:30:00+00:00", tick=False):
        ChannelAccount.objects.update(next_allowed_at=None)
        count_followers()
    assert FollowerSample.objects.get(account=account).day == date(2026, 12, 1)
