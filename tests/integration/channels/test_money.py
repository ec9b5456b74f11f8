"""Money: counted by what was really asked of X, kept within a month's ceiling, answers last."""

import csv
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from io import StringIO

import pytest
import time_machine

from channels.actions.charging import (
    account_ceiling_set,
    paid_reads_forget,
    spendings_to_warn,
)
from channels.actions.metering import metered
from channels.actions.sending import delivery_claim
from channels.errors import Ambiguous, NoRoom, Rejected
from channels.health import condition_of, health_of, silence_of
from channels.models import ChannelAccount, PaidRead, Spending
from channels.ranks import Rank
from channels.tasks import deliver, poll_account
from channels.types import Outgoing, OutgoingKind
from inbox.models import Notice
from opsconsole.kernel.actor import SYSTEM
from opsconsole.kernel.clock import now
from opsconsole.kernel.errors import Invalid, NotAllowed
from opsconsole.tasks import alarms
from tests.factories.channels import make_account, make_delivery
from tests.factories.people import make_actor
from tests.integration.channels.test_windows import connected, voice
from tests.support.together import together

pytestmark = pytest.mark.django_db


def spent(account):
    rows = Spending.objects.filter(account=account)
    return {row.kind: (row.count, row.amount) for row in rows}


def total(account):
    return ChannelAccount.objects.get(pk=account.pk).spent


def poll(account):
    ChannelAccount.objects.update(poll_due_at=now(), recheck_due_at=now() + timedelta(days=1))
    poll_account(account.pk)


def say(account, text, rank=Rank.POSTS):
    with metered(ChannelAccount.objects.get(pk=account.pk), rank):
        return voice(account).publish(Outgoing(OutgoingKind.POST, text, nonce=text))


def test_what_is_read_costs_once_a_day(sandbox):
    account, there = connected(sandbox)
    there.asked("첫 질문", author="cho")
    poll(account)
    first = spent(account)
    assert first["post_read"] == (1, Decimal("0.005"))
    assert first["user_read"][0] >= 1
    poll(account)
    assert spent(account) == first, "the overlap is free"
    there.asked("둘째 질문", author="cho")
    poll(account)
    assert spent(account)["post_read"][0] == 2
    assert spent(account)["user_read"] == first["user_read"], "known since this morning"
    assert total(account) == sum(amount for _count, amount in spent(account).values())


def test_the_owner_of_the_app_reads_cheaper(sandbox):
    account, there = connected(sandbox)
    ChannelAccount.objects.update(owns_app=True)
    there.asked("질문")
    poll(account)
    assert spent(account)["owned_read"] == (1, Decimal("0.001"))


def test_an_idle_poll_costs_nothing(sandbox):
    account, _there = connected(sandbox)
    poll(account)
    assert spent(account) == {}


@pytest.mark.parametrize(
    ("text", "kind", "price"),
    [
        ("소식입니다", "create", "0.015"),
        ("자세히: https://hanbit.example/a", "create_url", "0.20"),
        ("자세히 hanbit.com 에서", "create_url", "0.20"),
    ],
)
def test_a_link_makes_a_post_dear(sandbox, text, kind, price):
    account, _there = connected(sandbox)
    say(account, text)
    assert spent(account) == {kind: (1, Decimal(price))}
    assert total(account) == Decimal(price)


def test_an_answer_is_cheaper_than_a_post(sandbox):
    account, there = connected(sandbox)
    asked = there.asked("질문", author="cho")
    answer = make_delivery(account=account, text="답변", reply_to=asked.external_id)
    deliver(delivery_claim())
    answer.refresh_from_db()
    assert answer.state == "sent"
    assert spent(account) == {"reply": (1, Decimal("0.010"))}


def test_what_was_refused_costs_nothing_and_what_may_have_arrived_costs(sandbox):
    account, there = connected(sandbox)
    there.fault("status", method="POST", status=403, reason="no")
    with pytest.raises(Rejected):
        say(account, "거절")
    assert (spent(account), total(account)) == ({}, 0)
    there.fault("drop_after", method="POST")
    with pytest.raises(Ambiguous):
        say(account, "모름")
    assert total(account) == Decimal("0.015")


def test_low_ranks_stop_first_and_answers_last(sandbox):
    account, _there = connected(sandbox)
    month = now().date().replace(day=1)

    def stopped(money):
        ChannelAccount.objects.update(spend_ceiling=10, spend_month=month, spent=money)
        stops = []
        for rank in Rank:
            try:
                with metered(ChannelAccount.objects.get(), rank):
                    voice(account).whoami()
            except NoRoom:
                stops.append(rank)
        return stops

    assert stopped("7.5") == []
    assert stopped("8.1") == [Rank.EXTRAS]
    assert stopped("9.2") == [Rank.POSTS, Rank.EXTRAS]
    assert stopped("9.6") == [Rank.POLLS, Rank.POSTS, Rank.EXTRAS]
    assert stopped("10") == list(Rank)
    assert health_of(ChannelAccount.objects.get(), now()).code == "spent"
    assert condition_of(ChannelAccount.objects.get(), now()) == "over"
    assert "money" in silence_of(ChannelAccount.objects.get(), now())


@pytest.mark.django_db(transaction=True)
def test_many_at_once_never_go_over_the_ceiling(sandbox):
    account, there = connected(sandbox)
    ChannelAccount.objects.update(spend_ceiling=Decimal("1.00"))

    def work(number):
        sent = 0
        for turn in range(2):
            try:
                say(account, f"https://hanbit.example/{number}/{turn}", Rank.ANSWERS)
                sent += 1
            except NoRoom:
                pass
        return sent

    assert sum(together(*[lambda n=n: work(n) for n in range(5)])) == 5
    assert total(account) == Decimal("1.00")
    assert len([row for row in there.creates() if row["stored"]]) == 5


def test_a_new_month_begins_at_nothing():
    account = make_account(kind="x", spend_ceiling=1, spent=1, spend_month=date(2026, 11, 1))
    with time_machine.travel(datetime(2026, 11, 30, 23, 59, tzinfo=UTC), tick=False):
        assert health_of(account, now()).code == "spent"
    with time_machine.travel(datetime(2026, 12, 1, 0, 1, tzinfo=UTC), tick=False):
        assert health_of(account, now()).code != "spent"


def test_people_are_told_at_four_fifths_once_a_month():
    month = now().date().replace(day=1)
    account = make_account(kind="x", spend_ceiling=100, spent=79, spend_month=month)
    boss = make_actor("manager", account.unit)
    alarms()
    assert not Notice.objects.exists()
    ChannelAccount.objects.update(spent=81)
    for _ in range(3):
        alarms()
    notice = Notice.objects.get()
    assert (notice.kind, notice.user_id) == ("account_spending", boss.user_id)
    assert spendings_to_warn() == []


def test_raising_the_ceiling_wakes_what_waits_and_is_recorded():
    far = now() + timedelta(days=9)
    account = make_account(kind="x", posts_wait_until=far, reads_wait_until=far, poll_due_at=far)
    boss = make_actor("administrator", account.unit)
    account_ceiling_set(boss, account_id=account.pk, ceiling=Decimal(50), owns_app=True)
    account.refresh_from_db()
    assert (account.spend_ceiling, account.owns_app) == (50, True)
    assert account.posts_wait_until is account.reads_wait_until is None
    assert account.poll_due_at <= now()
    for wrong in (Decimal(0), Decimal(-1), Decimal(10_000_000)):
        with pytest.raises(Invalid):
            account_ceiling_set(SYSTEM, account_id=account.pk, ceiling=wrong, owns_app=False)
    with pytest.raises(NotAllowed):
        account_ceiling_set(
            make_actor("operator", account.unit), account_id=account.pk, ceiling=None, owns_app=False
        )  # fmt: skip


def test_what_was_read_on_days_that_are_over_is_forgotten():
    for days in range(4):
        day = now().date() - timedelta(days=days)
        PaidRead.objects.create(owner="account:1", day=day, is_person=False, external_id="1")
    assert paid_reads_forget() == 2
    assert PaidRead.objects.count() == 2


def test_the_page_and_its_file(company, browser, queries_of):
    account = make_account(unit=company.mobile, kind="x", spend_ceiling=10)
    for day in range(1, 4):
        Spending.objects.create(
            account=account, day=f"2026-10-0{day}", kind="create_url", count=2, amount="0.40"
        )
    reader, boss = browser("operator"), browser("root")
    path = f"/accounts/{account.pk}/spending/"
    assert queries_of(lambda: reader.get(f"{path}?month=2026-10")) <= 9
    page = reader.get(f"{path}?month=2026-10").content.decode()
    assert "$1.20" in page
    assert "id_ceiling" not in page
    file = reader.get(f"{path}file/?month=2026-10").content.decode("utf-8-sig")
    rows = list(csv.reader(StringIO(file)))
    assert rows[0][0] == "Day"
    assert rows[1] == ["2026-10-01", "Posts and answers with a link", "2", "0.4"]
    other = make_account(unit=company.mobile)
    assert reader.get(f"/accounts/{other.pk}/spending/").status_code == 404
    assert boss.post(path, {"ceiling": "25"}).status_code == 302
    account.refresh_from_db()
    assert account.spend_ceiling == 25
    assert boss.post(path, {"ceiling": "-3"}).status_code == 422
    assert reader.post(path, {"ceiling": "9"}).status_code == 403
