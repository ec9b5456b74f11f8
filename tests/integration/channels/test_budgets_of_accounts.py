"""Budgets: no window ever holds more than its limit, answers keep their share, and another account steps in."""

from datetime import timedelta
from uuid import uuid4

import pytest
from rest_framework.test import APIClient

from channels.actions import sending
from channels.actions.spending import account_budget_set
from channels.lifecycle import URGENT
from channels.models import ChannelAccount, Delivery, DeliveryAttempt
from channels.selectors.budgets import room_from, speaker_of, uses_of
from channels.selectors.watch import late_since
from inbox.actions.replies import reply_send
from inbox.models import Message
from opsconsole.audit.models import Activity
from opsconsole.kernel.actor import SYSTEM
from opsconsole.kernel.clock import now
from opsconsole.kernel.errors import Conflict, Invalid, NotAllowed
from opsconsole.people.models import User
from tests.factories.channels import make_account, make_delivery
from tests.factories.inbox import make_conversation
from tests.factories.people import make_actor, make_unit
from tests.support.html import text_of
from tests.support.sending import arm_next, send_next
from tests.support.together import together

pytestmark = pytest.mark.django_db


def limited(account=None, *, reserved=0, overflow=None, **limits):
    """An account with a budget: budget_hour=3 and so on."""
    account = account or make_account(kind="x")
    account_budget_set(
        SYSTEM, account_id=account.pk, limits=limits, reserved=reserved,
        overflow_id=overflow.pk if overflow else None,
    )  # fmt: skip
    account.refresh_from_db()
    return account


def posts(account, count):
    return [make_delivery(account=account, kind="post") for _ in range(count)]


def said(account, count, *, ago=0, kind="post", **given):
    """What the account has said so many seconds ago."""
    at = now() - timedelta(seconds=ago)
    for _ in range(count):
        row = make_delivery(account=account, kind=kind, state="sent")
        DeliveryAttempt.objects.create(
            delivery=row, account=account, number=1, armed_at=at, **({"outcome": "sent"} | given)
        )


def drain():
    """Be a worker until nothing can be claimed; returns how many were armed."""
    armed = 0
    while claim := sending.delivery_claim():
        sending.delivery_prepared(claim, [])
        armed += sending.delivery_arm(claim, worker="w")
    return armed


# --- Counting ---


@pytest.mark.parametrize(
    ("window", "seconds"), [("budget_quarter", 900), ("budget_hour", 3600), ("budget_day", 86_400)]
)
def test_a_window_rolls_and_is_full_at_its_limit(window, seconds):
    account = limited(**{window: 2})
    said(account, 2, ago=seconds + 1)
    assert room_from(account, now(), is_answer=False) is None
    said(account, 1, ago=seconds - 60)
    said(account, 1)
    free = room_from(account, now(), is_answer=False)
    assert 55 < (free - now()).total_seconds() < 61


def test_what_created_nothing_does_not_count_and_what_is_unclear_does():
    account = limited(budget_hour=10)
    said(account, 2, outcome="refused")
    said(account, 2, outcome="absent")
    said(account, 3, outcome=None)
    (use,) = uses_of(account, now())
    assert (use.whole, use.posts) == (3, 3)


def test_answers_keep_their_share():
    account = limited(budget_hour=10, reserved=30)
    said(account, 7)
    assert room_from(account, now(), is_answer=False) is not None
    assert room_from(account, now(), is_answer=True) is None
    said(account, 3, kind="reply")
    Delivery.objects.filter(kind="reply").update(priority=URGENT)
    assert room_from(account, now(), is_answer=True) is not None


# --- Sending ---


def test_posts_wait_once_it_is_used_up_and_nobody_calls_that_late():
    account, other = limited(budget_hour=2), make_account()
    posts(account, 4)
    free = posts(other, 1)
    assert drain() == 3
    account.refresh_from_db()
    assert account.posts_wait_until > now() + timedelta(minutes=59)
    waiting = Delivery.objects.filter(account=account, state="ready", reason_code="no_room")
    assert waiting.count() == 1
    assert Delivery.objects.get(pk=free[0].pk).state == "armed"
    assert late_since(now()) is None


def test_an_answer_leaves_where_posts_wait():
    account = limited(budget_hour=2, reserved=50)
    posts(account, 3)
    assert drain() == 1
    answer = make_delivery(account=account, kind="reply")
    assert arm_next().delivery_id == answer.pk


def test_more_room_lets_what_waits_go_on():
    account = limited(budget_hour=1)
    posts(account, 3)
    assert drain() == 1
    limited(account, budget_hour=3)
    assert drain() == 2


@pytest.mark.django_db(transaction=True)
def test_however_many_workers_race_no_window_holds_more_than_its_limit():
    for limit, reserved in ((7, 0), (5, 40)):
        account = limited(budget_quarter=limit, budget_hour=20, reserved=reserved)
        posts(account, 12)
        for _ in range(3):
            make_delivery(account=account, kind="reply")
        hauls = together(*[drain] * 6)
        assert sum(hauls) <= limit
        attempts = DeliveryAttempt.objects.filter(account=account)
        assert attempts.count() == limit
        share = limit - -(-limit * reserved // 100)
        assert attempts.filter(delivery__kind="post").count() <= share
        Delivery.objects.update(state="cancelled")


# --- Setting it ---


def test_only_who_manages_the_account_sets_it_and_it_is_recorded():
    account = make_account(kind="x")
    with pytest.raises(NotAllowed):
        account_budget_set(make_actor("staff", account.unit), account_id=account.pk, limits={})
    boss = make_actor("administrator", account.unit)
    account_budget_set(boss, account_id=account.pk, limits={"budget_day": 50}, reserved=20)
    record = Activity.objects.get(verb="channels.account.budget_set")
    assert (record.data["day"], record.data["reserved"]) == (50, 20)


@pytest.mark.parametrize(
    ("limits", "reserved", "field"),
    [({"budget_day": 0}, 0, "budget_day"), ({"budget_hour": 10_001}, 0, "budget_hour"),
     ({}, 91, "reserved"), ({}, -1, "reserved")],
)  # fmt: skip
def test_nonsense_is_refused_at_its_field(limits, reserved, field):
    account = make_account()
    with pytest.raises(Invalid) as refusal:
        account_budget_set(SYSTEM, account_id=account.pk, limits=limits, reserved=reserved)
    assert refusal.value.data["field"] == field


def test_only_an_account_that_can_answer_for_it_steps_in():
    page, x = make_account(kind="facebook"), make_account(kind="x")
    walled = make_account(kind="x", unit=make_unit(is_walled=True))
    for account, other in (
        (page, make_account(kind="facebook", unit=page.unit)),
        (x, page),
        (x, x),
        (x, walled),
    ):
        with pytest.raises(Invalid) as refusal:
            limited(account, overflow=other)
        assert refusal.value.data["field"] == "overflow"
    assert limited(x, overflow=make_account(kind="x")).overflow is not None


def test_the_screen_and_the_api_set_and_show_it(company, browser):
    account = company.account
    other = browser("administrator").post(
        f"/accounts/{account.pk}/budget/", {"budget_day": "40", "reserved": "25"}, follow=True
    )
    assert "0 / 40" in text_of(other)
    refused = browser("administrator").post(
        f"/accounts/{account.pk}/budget/", {"budget_day": "0", "reserved": "25"}
    )
    assert refused.status_code == 422
    assert browser("staff").get(f"/accounts/{account.pk}/budget/").status_code == 403
    api = APIClient()
    api.force_authenticate(company.administrator)
    shown = api.put(f"/api/v1/accounts/{account.pk}/budget/", {"hour": 9}, format="json").json()
    assert (shown["budget_hour"], shown["budget_day"]) == (9, None)


# --- The account that steps in ---


@pytest.fixture
def desk():
    """A customer asked on X; its account has one answer left this hour, and another account."""
    unit = make_unit()
    other = make_account(kind="x", unit=unit, name="@help")
    account = limited(
        make_account(kind="x", unit=unit, name="@care"), budget_hour=1, overflow=other
    )
    conversation = make_conversation(account=account)
    return account, other, conversation, make_actor("operator", unit)


def answer(actor, conversation, **given):
    return reply_send(
        actor, conversation_id=conversation.pk, answers_id=None, text=f"네 {uuid4().hex[:6]}",
        request_key=uuid4(), **given,
    )  # fmt: skip


def test_with_room_the_account_that_was_asked_answers(desk):
    account, _other, conversation, ana = desk
    assert speaker_of(account, now()).until is None
    assert answer(ana, conversation, speaks_as=account.pk).delivery.account_id == account.pk


def test_without_room_the_other_answers_and_everybody_can_see_who_speaks(desk, client):
    account, other, conversation, ana = desk
    said(account, 1)
    client.force_login(User.objects.get(pk=ana.user_id))
    page = client.get(f"/conversations/{conversation.pk}/", headers={"Accept-Language": "en"})
    assert f'name="speaks_as" value="{other.pk}"' in page.content.decode()
    reply = answer(ana, conversation, speaks_as=other.pk)
    assert reply.delivery.account_id == other.pk
    send_next()
    message = Message.objects.get(delivery=reply.delivery)
    assert (message.account_id, message.conversation_id) == (other.pk, conversation.pk)
    assert "@help" in text_of(client.get(f"/conversations/{conversation.pk}/"))


def test_whoever_was_shown_another_account_is_asked_to_look_again(desk):
    account, other, conversation, ana = desk
    said(account, 1)
    with pytest.raises(Conflict) as refusal:
        answer(ana, conversation, speaks_as=account.pk)
    assert refusal.value.code == "other_speaker"
    DeliveryAttempt.objects.all().delete()
    with pytest.raises(Conflict):
        answer(ana, conversation, speaks_as=other.pk)
    assert not Delivery.objects.filter(kind="reply").exists()


def test_what_is_promised_counts_and_who_says_nothing_waits(desk):
    account, other, conversation, ana = desk
    make_delivery(account=account, kind="reply", not_before=now() + timedelta(seconds=10))
    assert speaker_of(account, now()).account.pk == other.pk
    assert answer(ana, conversation).delivery.account_id == account.pk


@pytest.mark.parametrize(
    "silence", [{"is_paused": True}, {"needs_reconnect": True}, {"verified_at": None}]
)
def test_an_account_that_cannot_speak_does_not_step_in(desk, silence):
    account, other, _conversation, _ana = desk
    said(account, 1)
    ChannelAccount.objects.filter(pk=other.pk).update(**silence)
    account.refresh_from_db()
    assert speaker_of(account, now()).account.pk == account.pk


@pytest.mark.django_db(transaction=True)
def test_many_answers_at_once_never_promise_more_than_there_is():
    unit = make_unit()
    other = make_account(kind="x", unit=unit)
    account = limited(make_account(kind="x", unit=unit), budget_hour=3, overflow=other)
    people = [
        (make_conversation(account=account, author=f"c{n}"), make_actor("operator", unit))
        for n in range(6)
    ]

    def ask(conversation, actor):
        for shown in (account.pk, other.pk):
            try:
                return answer(actor, conversation, speaks_as=shown).delivery.account_id
            except Conflict:
                continue
        return None

    spoken = together(*[lambda pair=pair: ask(*pair) for pair in people])
    assert sorted(spoken) == sorted([account.pk] * 3 + [other.pk] * 3)
