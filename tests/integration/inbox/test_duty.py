"""Shifts: who is on duty, what they may change, and what becomes of the work of those who go home."""

from datetime import UTC, date, datetime, time, timedelta
from functools import partial

import pytest

from inbox.actions.assignment import conversation_claim
from inbox.actions.duty import away_begin, away_end, duty_end, duty_start, shift_cancel
from inbox.actions.handing import hand_over_note_confirm, hand_over_note_leave
from inbox.actions.roster import Pattern, shifts_plan, week_copy
from inbox.actions.telling import tell_those_on_duty
from inbox.models import Assignment, Conversation, Notice, Shift
from inbox.notices import NoticeKind
from inbox.selectors.duty import crew, has_roster, is_on_duty, on_duty
from inbox.selectors.handing import hand_over, unread_notes
from opsconsole.kernel.clock import now
from opsconsole.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from tests.factories.channels import make_account
from tests.factories.duty import make_on_duty, make_shift
from tests.factories.inbox import make_conversation, make_conversations, make_message
from tests.factories.people import make_actor, make_unit
from tests.support.together import together


def hours(n):
    return now() + timedelta(hours=n)


@pytest.fixture
def account(db):
    return make_account()


@pytest.fixture
def unit(account):
    return account.unit


@pytest.fixture
def ana(unit):
    return make_actor("operator", unit, username="ana")


@pytest.fixture
def boss(unit):
    return make_actor("manager", unit, username="boss")


# --- Who is on duty ---


def test_on_duty_is_who_has_a_shift_now_here_or_everywhere_and_may_answer_here(unit):
    here, everywhere = make_on_duty(unit), make_actor("operator", None)
    make_shift(everywhere)
    make_on_duty(make_unit())
    gone, guest = make_actor("operator", unit), make_actor("guest", unit)
    at = now()
    make_shift(gone, unit, starts_at=at - timedelta(hours=9), ends_at=at)
    make_shift(guest, unit)
    assert {user.pk for user in on_duty(unit.pk, at)} == {here.user_id, everywhere.user_id}
    assert is_on_duty(here.user_id, at)
    assert is_on_duty(everywhere.user_id, at, unit.pk)
    assert not is_on_duty(gone.user_id, at, unit.pk)


def test_a_unit_whose_last_shift_is_long_ago_works_without_a_roster_and_all_are_told(unit, ana):
    bo = make_actor("operator", unit)
    old = make_shift(ana, unit, starts_at=hours(-9 * 24), ends_at=hours(-8 * 24))
    assert not has_roster(unit.pk, now())
    tell_those_on_duty(unit.pk, NoticeKind.BREACHED, key="1")
    assert set(Notice.objects.values_list("user", flat=True)) == {ana.user_id, bo.user_id}
    Shift.objects.filter(pk=old.pk).update(starts_at=hours(-1), ends_at=hours(1))
    tell_those_on_duty(unit.pk, NoticeKind.BREACHED, key="2")
    assert [row.user_id for row in Notice.objects.filter(key="2")] == [ana.user_id]


def test_the_crew_says_who_is_there_with_how_much(account, unit, ana):
    make_shift(ana, unit)
    bo = make_actor("operator", unit, username="bo")
    first, second = make_conversations(2, account=account)
    for conversation in (first, second):
        conversation_claim(ana, conversation_id=conversation.pk)
    make_message(second, is_own=True, author="us")
    away_begin(ana, minutes=10)
    members = {member.person.pk: member for member in crew(unit.pk, now())}
    assert (members[ana.user_id].in_hand, members[ana.user_id].is_on_duty) == (1, True)
    assert not members[ana.user_id].is_there
    away_end(ana)
    assert not members[bo.user_id].is_on_duty
    assert next(iter(crew(unit.pk, now()))).is_there


# --- One's own duty ---


def test_a_planned_shift_can_begin_earlier_and_end_earlier(unit, ana):
    planned = make_shift(ana, unit, starts_at=hours(1), ends_at=hours(9))
    duty_start(ana, unit_id=unit.pk, until=hours(2))
    planned.refresh_from_db()
    assert (Shift.objects.count(), is_on_duty(ana.user_id, now(), unit.pk)) == (1, True)
    with pytest.raises(Conflict) as told:
        duty_start(ana, unit_id=unit.pk, until=hours(2))
    assert told.value.code == "overlap"
    duty_end(ana)
    assert not is_on_duty(ana.user_id, hours(0.01))


def test_whoever_leaves_can_give_back_what_waits_in_their_hands(account, unit, ana):
    make_shift(ana, unit)
    waiting, answered = make_conversations(2, account=account)
    for conversation in (waiting, answered):
        conversation_claim(ana, conversation_id=conversation.pk)
    make_message(answered, is_own=True, author="us")
    assert duty_end(ana, give_back=True) == 1
    rows = dict(Conversation.objects.values_list("pk", "assignee"))
    assert rows == {waiting.pk: None, answered.pk: ana.user_id}
    assert Assignment.objects.get(conversation=waiting).end_reason == "off_shift"


def test_a_pause_is_for_those_on_duty_and_short(unit, ana):
    with pytest.raises(Conflict):
        away_begin(ana, minutes=10)
    make_shift(ana, unit)
    with pytest.raises(Invalid):
        away_begin(ana, minutes=241)


# --- The roster ---


def test_the_same_every_week_keeps_wall_times_and_leaves_out_what_is_there(unit, boss, ana):
    monday = date(2031, 1, 6)
    pattern = Pattern(monday, time(22), time(7), monday + timedelta(weeks=3))
    made, there = shifts_plan(boss, person_id=ana.user_id, unit_id=unit.pk, pattern=pattern)
    assert (made, there) == (4, 0)
    first = Shift.objects.order_by("starts_at").first()
    assert first.starts_at == datetime(2031, 1, 6, 13, tzinfo=UTC)  # 22:00 in Seoul
    assert first.ends_at - first.starts_at == timedelta(hours=9)
    longer = Pattern(monday, time(22), time(7), monday + timedelta(weeks=4))
    assert shifts_plan(boss, person_id=ana.user_id, unit_id=unit.pk, pattern=longer) == (1, 4)
    with pytest.raises(Conflict):
        shifts_plan(boss, person_id=ana.user_id, unit_id=unit.pk, pattern=pattern)


def test_a_week_is_copied_once_without_what_was_cancelled(unit, boss, ana):
    monday = date(2031, 1, 6)
    for day in range(3):
        pattern = Pattern(monday + timedelta(days=day), time(9), time(18))
        shifts_plan(boss, person_id=ana.user_id, unit_id=unit.pk, pattern=pattern)
    shift_cancel(boss, shift_id=Shift.objects.order_by("starts_at").first().pk)
    following = monday + timedelta(weeks=1)
    assert week_copy(boss, unit_id=unit.pk, monday=following) == 2
    assert week_copy(boss, unit_id=unit.pk, monday=following) == 0


def test_only_who_leads_a_unit_sets_its_roster(unit, ana, boss):
    pattern = Pattern(date(2031, 1, 6), time(9), time(18))
    plan = partial(shifts_plan, person_id=ana.user_id, pattern=pattern)
    for who, where in ((ana, unit.pk), (boss, None), (boss, make_unit().pk)):
        with pytest.raises(NotAllowed):
            plan(who, unit_id=where)
    stranger = make_actor("operator", make_unit())
    with pytest.raises(Invalid):
        shifts_plan(boss, person_id=stranger.user_id, unit_id=unit.pk, pattern=pattern)
    plan(boss, unit_id=unit.pk)
    with pytest.raises(NotFound):
        shift_cancel(make_actor("manager", make_unit()), shift_id=Shift.objects.get().pk)


@pytest.mark.django_db(transaction=True)
def test_of_two_who_plan_the_same_at_once_one_shift_comes_of_it():
    unit = make_unit()
    boss, ana = make_actor("manager", None), make_actor("operator", unit)
    pattern = Pattern(date(2031, 1, 6), time(9), time(18))
    for week in range(5):
        one = Pattern(pattern.day + timedelta(weeks=week), time(9), time(18))
        jobs = [
            partial(shifts_plan, boss, person_id=ana.user_id, unit_id=where, pattern=one)
            for where in (unit.pk, unit.pk, None)
        ]
        results = together(*jobs)
        assert sorted(type(result).__name__ for result in results) == [
            "Conflict", "Conflict", "tuple",
        ]  # fmt: skip
    assert Shift.objects.count() == 5


# --- Who has gone home ---


def test_what_comes_back_to_somebody_at_home_returns_to_the_unit(account, unit, ana):
    make_on_duty(unit)
    conversation = make_conversation(account=account)
    conversation_claim(ana, conversation_id=conversation.pk)
    make_message(conversation, is_own=True, author="us")
    make_message(conversation)
    assert (conversation.state, conversation.assignee_id) == ("new", None)
    assert Assignment.objects.get().end_reason == "off_shift"


def test_without_a_roster_or_on_duty_it_stays_with_its_assignee(account, unit, ana):
    conversation = make_conversation(account=account)
    conversation_claim(ana, conversation_id=conversation.pk)
    for _ in range(2):
        make_message(conversation, is_own=True, author="us")
        make_message(conversation)
        assert (conversation.state, conversation.assignee_id) == ("open", ana.user_id)
        if not Shift.objects.exists():
            make_shift(ana, unit)


def test_who_stays_on_to_answer_keeps_what_they_are_at(account, unit, ana):
    make_on_duty(unit)
    conversation = make_conversation(account=account)
    conversation_claim(ana, conversation_id=conversation.pk)
    make_message(conversation)
    assert conversation.assignee_id == ana.user_id  # taken just now, after the end of the shift
    Conversation.objects.update(silent_since=hours(-1))
    make_message(conversation)
    assert conversation.assignee_id is None


# --- Passing a shift on ---


def test_the_next_shift_finds_what_waits_wakes_and_was_written_down(account, unit, ana, boss):
    later, first, asleep, far = make_conversations(4, account=account)
    Conversation.objects.filter(pk=first.pk).update(waiting_since=hours(-5))
    Conversation.objects.filter(pk=asleep.pk).update(state="snoozed", snoozed_until=hours(2))
    Conversation.objects.filter(pk=far.pk).update(state="snoozed", snoozed_until=hours(40))
    make_shift(ana, unit, starts_at=hours(1), ends_at=hours(9))
    note = hand_over_note_leave(boss, unit_id=unit.pk, text="The network is down in Busan.")
    passed = hand_over(ana, unit.pk, now())
    assert [row.pk for row in passed.waits.rows] == [first.pk, later.pk]
    assert [row.pk for row in passed.wakes.rows] == [asleep.pk]
    assert unread_notes(ana) == {unit.pk: 1}
    with pytest.raises(Conflict):
        hand_over_note_confirm(boss, note_id=note.pk)
    hand_over_note_confirm(ana, note_id=note.pk)
    assert (unread_notes(ana), unread_notes(boss)) == ({}, {})
    stranger = make_actor("operator", make_unit())
    for act in (
        lambda: hand_over(stranger, unit.pk, now()),
        lambda: hand_over_note_confirm(stranger, note_id=note.pk),
    ):
        with pytest.raises(NotFound):
            act()
