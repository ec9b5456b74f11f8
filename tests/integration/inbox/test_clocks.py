"""Waits in the database: who is measured by what, warnings, misses, corrections."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
import time_machine

from channels.actions.landing import items_vanish
from channels.errors import Rejected, RejectionCode
from channels.types import Visibility
from inbox.actions import changes
from inbox.actions.assignment import conversation_claim, conversation_hand_over
from inbox.actions.blocking import contact_block, conversation_spam
from inbox.actions.clock_sweep import waits_measure_anew, waits_sweep
from inbox.actions.clocks import waits_recompute
from inbox.actions.replies import reply_send
from inbox.actions.service_levels import calendar_change, policy_change, policy_end
from inbox.actions.triage import conversation_reopen, conversation_resolve
from inbox.lifecycle import Priority
from inbox.models import Conversation, Message, Notice, Wait
from inbox.waits import queue_at
from opsconsole.kernel.actor import SYSTEM
from opsconsole.kernel.clock import now
from opsconsole.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from tests.factories.channels import make_account, make_fetched
from tests.factories.clocks import make_calendar, make_policy, open_wait
from tests.factories.inbox import ingest, make_conversation, make_message
from tests.factories.people import make_actor, make_unit
from tests.support.sending import refuse_next, send_next

pytestmark = pytest.mark.django_db
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)


def ago(**given) -> datetime:
    return now() - timedelta(**given)


def due_of(conversation) -> datetime | None:
    """The due time as the conversation, its wait and its place in the queue have it."""
    row = Conversation.objects.get(pk=conversation.pk)
    assert row.due_at == open_wait(row).due_at
    assert row.queue_at == queue_at(row.waiting_since, row.due_at)
    return row.due_at


def told(kind) -> list[int]:
    return sorted(Notice.objects.filter(kind=kind).values_list("user_id", flat=True))


# --- By what a wait is measured ---


def test_the_most_exact_service_level_holds():
    unit = make_unit()
    make_policy(first_s=4000)
    make_policy(first_s=3000, channel="facebook")
    make_policy(first_s=2000, priority=Priority.URGENT)
    make_policy(first_s=1000, unit=unit)
    elsewhere, here = make_account(kind="x"), make_account(unit=unit)
    for account, priority, seconds in [
        (elsewhere, Priority.NORMAL, 4000),
        (make_account(), Priority.NORMAL, 3000),
        (make_account(), Priority.URGENT, 2000),
        (here, Priority.URGENT, 1000),
    ]:
        conversation = make_conversation(account=account)
        changes.apply(conversation, priority=priority)
        assert due_of(conversation) - conversation.waiting_since == timedelta(seconds=seconds)


def test_first_answers_and_later_ones_have_targets_of_their_own():
    make_policy(first_s=600, next_s=1200)
    conversation = make_conversation(posted_at=ago(minutes=30))
    make_message(conversation, is_own=True, author="page", posted_at=ago(minutes=20))
    line = make_message(conversation, posted_at=ago(minutes=1))
    assert due_of(conversation) == line.posted_at + timedelta(seconds=1200)
    kinds = Wait.objects.filter(conversation=conversation).order_by("seq")
    assert list(kinds.values_list("kind", flat=True)) == ["first", "next"]


def test_without_a_service_level_the_queue_goes_by_who_waits_longest():
    conversation = make_conversation()
    assert due_of(conversation) is None
    assert open_wait(conversation).opened_at == conversation.waiting_since


def test_open_hours_count_alone_where_the_service_level_says_so():
    make_calendar()
    make_policy(first_s=7200, by_calendar=True)
    with time_machine.travel(datetime(2026, 11, 25, 8, 30, tzinfo=UTC)):  # 17:30 in Seoul
        conversation = make_conversation(posted_at=now())
        assert due_of(conversation) == datetime(2026, 11, 26, 1, 30, tzinfo=UTC)
    with time_machine.travel(datetime(2026, 11, 26, 0, 30, tzinfo=UTC)):  # 09:30
        make_message(conversation, is_own=True, author="page")
    wait = Wait.objects.get(conversation=conversation)
    assert (wait.wall_s, wait.biz_s) == (16 * 3600, 3600)
    assert wait.breached_at is None


def test_history_from_before_the_account_is_nobodys_duty():
    make_policy(first_s=600)
    conversation = make_conversation(posted_at=ago(days=3))
    wait = open_wait(conversation)
    assert (wait.due_at, wait.is_backfill, wait.excluded_reason) == (None, True, "backfill")


# --- What changes while somebody waits ---


def test_a_conversation_handed_over_is_due_as_its_new_unit_says():
    here, there = make_unit(), make_unit()
    make_policy(unit=here, first_s=3600)
    make_policy(unit=there, first_s=600)
    conversation = make_conversation(account=make_account(unit=here))
    conversation_hand_over(
        SYSTEM, conversation_id=conversation.pk, unit_id=there.pk, reason="Theirs"
    )
    assert due_of(conversation) == conversation.waiting_since + 10 * MINUTE
    assert open_wait(conversation).unit_at_open_id == here.pk
    conversation_resolve(SYSTEM, conversation_id=conversation.pk)
    assert Wait.objects.get(conversation=conversation).unit_at_end_id == there.pk


def test_a_changed_service_level_moves_what_is_open_and_leaves_what_has_ended():
    policy = make_policy(first_s=600)
    ended, waiting = make_conversation(posted_at=ago(minutes=9)), make_conversation()
    make_message(ended, is_own=True, author="page", posted_at=ago(minutes=5))
    policy_change(SYSTEM, policy_id=policy.pk, first_s=1200)
    assert waits_measure_anew()
    assert not waits_measure_anew()
    assert due_of(waiting) == waiting.waiting_since + 20 * MINUTE
    kept = Wait.objects.get(conversation=ended)
    assert (kept.target_s, kept.due_at) == (600, kept.opened_at + 10 * MINUTE)
    policy_end(SYSTEM, policy_id=policy.pk)
    waits_measure_anew()
    assert due_of(waiting) is None


def test_a_calendar_edited_while_somebody_waits_makes_a_version():
    make_policy(first_s=3600, by_calendar=True)
    with time_machine.travel(datetime(2026, 11, 25, 5, tzinfo=UTC)):  # 14:00 in Seoul
        old = make_calendar()
        ended, waiting = make_conversation(posted_at=now()), make_conversation(posted_at=now())
        make_message(ended, is_own=True, author="page", posted_at=now() + MINUTE)
        new = calendar_change(SYSTEM, unit_id=None, week=[[(16 * 60, 18 * 60)]] * 7)
        assert new.number == old.number + 1
        waits_measure_anew()
        assert due_of(waiting) == datetime(2026, 11, 25, 8, tzinfo=UTC)  # 17:00
    assert Wait.objects.get(conversation=ended).calendar_version == old
    assert open_wait(waiting).calendar_version == new


def test_more_lines_and_late_ones_are_the_same_wait():
    make_policy(first_s=3600)
    conversation = make_conversation(posted_at=ago(minutes=10))
    for _ in range(4):
        make_message(conversation)
    first = open_wait(conversation)
    late = make_message(conversation, posted_at=ago(minutes=50))
    wait = open_wait(conversation)
    assert (wait.pk, wait.opened_at) == (first.pk, late.posted_at)
    assert wait.desk_opened_at == first.desk_opened_at
    assert due_of(conversation) == late.posted_at + HOUR


# --- Warnings and misses ---


def test_a_wait_is_missed_once_whatever_follows():
    make_policy(first_s=3600)
    account = make_account()
    ana = make_actor("operator", account.unit)
    boss = make_actor("manager", account.unit)
    conversation = make_conversation(account=account, posted_at=ago(minutes=61))
    conversation_claim(ana, conversation_id=conversation.pk)
    assert waits_sweep() == 1
    version = Conversation.objects.get(pk=conversation.pk).version
    for _ in range(5):
        make_message(conversation)
        assert waits_sweep() == 0
    assert told("breached") == sorted([ana.user_id, boss.user_id])
    assert told("due_soon") == []  # too late for a warning
    row = Conversation.objects.get(pk=conversation.pk)
    assert row.is_breached
    assert row.version > version
    assert Wait.objects.get(conversation=conversation).breached_at == row.due_at


def test_a_warning_goes_once_to_whoever_can_act():
    make_policy(first_s=3600)
    account = make_account()
    people = [make_actor("operator", account.unit) for _ in range(2)]
    mine = make_conversation(account=account, posted_at=ago(minutes=50))
    conversation_claim(people[0], conversation_id=mine.pk)
    assert (waits_sweep(), waits_sweep()) == (1, 0)
    assert told("due_soon") == [people[0].user_id]
    make_conversation(account=account, posted_at=ago(minutes=50))
    waits_sweep()
    assert told("due_soon") == sorted([people[0].user_id, *(p.user_id for p in people)])


def test_a_wait_that_ended_too_late_was_missed_though_nobody_looked():
    make_policy(first_s=3600)
    conversation = make_conversation(posted_at=ago(hours=2))
    make_message(conversation, is_own=True, author="page")
    wait = Wait.objects.get(conversation=conversation)
    assert (wait.end_kind, wait.breached_at) == ("answered", wait.due_at)
    assert waits_sweep() == 0


def test_an_answer_in_time_that_is_learned_of_late_takes_the_miss_back():
    make_policy(first_s=3600)
    conversation = make_conversation(posted_at=ago(hours=2))
    waits_sweep()
    make_message(conversation, is_own=True, author="page", posted_at=ago(minutes=90))
    wait = Wait.objects.get(conversation=conversation)
    assert (wait.breached_at, wait.wall_s) == (None, 1800)
    assert not Conversation.objects.get(pk=conversation.pk).is_breached


# --- Who answered, and what is taken back ---


def answer(actor, conversation):
    return reply_send(
        actor, conversation_id=conversation.pk, answers_id=None, text="네.", request_key=uuid4()
    )


def test_an_answer_is_credited_to_its_author_and_counts_from_the_platforms_time():
    conversation = make_conversation(posted_at=ago(minutes=10))
    ana = make_actor("operator", conversation.unit)
    answer(ana, conversation)
    assert open_wait(conversation).ended_at is None  # asked for is not sent
    send_next(posted_at=ago(minutes=3).replace(microsecond=0))
    wait = Wait.objects.get(conversation=conversation)
    assert (wait.replier_id, wait.assignee_at_end_id) == (ana.user_id, None)
    assert wait.is_outside is False
    assert wait.ended_at == Message.objects.get(direction="outbound").posted_at


def test_an_answer_that_failed_ends_no_wait():
    make_policy(first_s=3600)
    conversation = make_conversation()
    answer(make_actor("operator", conversation.unit), conversation)
    refuse_next(Rejected(RejectionCode.INVALID))
    assert due_of(conversation) == conversation.waiting_since + HOUR


def test_a_second_answer_is_counted_and_ends_nothing():
    conversation = make_conversation(posted_at=ago(minutes=10))
    ana = make_actor("operator", conversation.unit)
    answer(ana, conversation)
    send_next(posted_at=ago(minutes=5))
    make_message(conversation, is_own=True, author="page", posted_at=ago(minutes=4))
    wait = Wait.objects.get(conversation=conversation)
    assert (wait.replier_id, wait.double_answers) == (ana.user_id, 1)


def test_without_our_answer_the_wait_goes_on_from_where_it_began():
    make_policy(first_s=3600)
    conversation = make_conversation(posted_at=ago(minutes=20))
    ours = make_message(conversation, is_own=True, author="page", posted_at=ago(minutes=10))
    ended = Wait.objects.get(conversation=conversation)
    items_vanish(conversation.account, [ours.external_id])
    ingest(conversation.account)
    wait = Wait.objects.get(conversation=conversation)
    assert (wait.pk, wait.ended_at, wait.end_kind, wait.wall_s) == (ended.pk, None, "", None)
    assert due_of(conversation) == ended.opened_at + HOUR


def test_a_customer_who_removes_every_line_has_withdrawn():
    make_policy(first_s=3600)
    early, late = make_conversation(), make_conversation(posted_at=ago(hours=2))
    for conversation in (early, late):
        line = conversation.messages.get()
        items_vanish(conversation.account, [line.external_id])
        ingest(conversation.account)
    found = {wait.conversation_id: wait for wait in Wait.objects.all()}
    assert {wait.end_kind for wait in found.values()} == {"withdrawn"}
    assert found[early.pk].excluded_reason == "withdrawn"
    assert (found[late.pk].excluded_reason, bool(found[late.pk].breached_at)) == ("", True)


def test_a_line_called_spam_waits_no_longer_and_counts_nowhere():
    account = make_account()
    item = make_fetched()
    ingest(account, item)
    ingest(account, replace(item, visibility=Visibility.SPAM))
    wait = Wait.objects.get()
    assert (wait.end_kind, wait.end_reason, wait.excluded_reason) == ("withdrawn", "spam", "spam")


def test_resolving_ends_the_wait_and_reopening_takes_that_back():
    conversation = make_conversation(posted_at=ago(minutes=5))
    conversation_resolve(SYSTEM, conversation_id=conversation.pk)
    assert Wait.objects.get().end_kind == "closed_no_reply"
    conversation_reopen(SYSTEM, conversation_id=conversation.pk)
    assert open_wait(conversation).opened_at == conversation.waiting_since
    assert Wait.objects.count() == 1


def test_spam_and_blocked_customers_count_nowhere():
    spam, blocked = make_conversation(), make_conversation()
    boss = make_actor("manager")
    conversation_resolve(boss, conversation_id=spam.pk)
    conversation_spam(boss, conversation_id=spam.pk)
    contact_block(boss, conversation_id=blocked.pk)
    ends = Wait.objects.order_by("conversation").values_list("end_kind", "excluded_reason")
    assert list(ends) == [("closed_no_reply", "spam"), ("withdrawn", "withdrawn")]
    make_message(blocked)
    assert not Wait.objects.filter(ended_at__isnull=True).exists()


def test_reopening_takes_back_the_last_resolve_alone():
    conversation = make_conversation(posted_at=ago(minutes=50))
    conversation_resolve(SYSTEM, conversation_id=conversation.pk)
    second = make_message(conversation, posted_at=ago(minutes=5))
    conversation_resolve(SYSTEM, conversation_id=conversation.pk)
    conversation_reopen(SYSTEM, conversation_id=conversation.pk)
    assert open_wait(conversation).opened_at == second.posted_at
    waits = Wait.objects.order_by("seq").values_list("cycle", "is_reopened", "end_kind")
    assert list(waits) == [(1, False, "closed_no_reply"), (2, True, "")]


def test_waits_that_went_wrong_are_put_right_from_the_log():
    conversation = make_conversation(posted_at=ago(minutes=20))
    make_message(conversation, is_own=True, author="page", posted_at=ago(minutes=10))
    right = Wait.objects.values().get()
    Wait.objects.update(wall_s=1, ended_at=ago(minutes=1), end_kind="withdrawn")
    assert waits_recompute()[1:] == (1, 1)
    assert Wait.objects.values().get() == right
    Wait.objects.all().delete()
    assert waits_recompute()[1:] == (1, 1)
    assert Wait.objects.values().get() == right | {"id": Wait.objects.get().pk}
    assert waits_recompute()[1:] == (1, 0)


# --- Who may set what ---


def test_managers_set_the_hours_of_their_unit_and_of_no_other():
    here, there = make_unit(), make_unit()
    boss = make_actor("manager", here)
    week = [[(540, 1080)]] * 5 + [[], []]
    calendar_change(boss, unit_id=here.pk, week=week)
    for unit_id in (there.pk, None):
        with pytest.raises(NotAllowed):
            calendar_change(boss, unit_id=unit_id, week=week)
    with pytest.raises(NotFound):
        policy_change(boss, policy_id=make_policy(unit=there).pk, first_s=60)


@pytest.mark.parametrize(
    ("parts", "code"),
    [
        ({"week": [[(600, 540)]] * 7}, "intervals"),
        ({"week": [[(540, 720), (700, 900)]] * 7}, "intervals"),
        ({"week": [[(540, 1500)]] * 7}, "intervals"),
        ({"week": [[]] * 7}, "never_open"),
        ({"week": [[(540, 1080)]] * 7, "zone": "Asia/Pyeongyang"}, "zone"),
        ({"week": [[(540, 1080)]] * 7, "zone": "../../etc/passwd"}, "zone"),
        ({"week": [[(540, 1080)]] * 7, "country": "XX"}, "country"),
        ({"week": [[(540, 1080)]] * 7, "exceptions": {"soon": []}}, "date"),
    ],
)
def test_hours_that_cannot_be_are_refused(parts, code):
    with pytest.raises(Invalid) as caught:
        calendar_change(SYSTEM, unit_id=None, **parts)
    assert caught.value.code == code


def test_two_service_levels_for_exactly_the_same_are_refused():
    make_policy(channel="x")
    with pytest.raises(Conflict):
        make_policy(channel="x")
    with pytest.raises(Invalid):
        make_policy(first_s=None)
    make_policy(channel="facebook")
