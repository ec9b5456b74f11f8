"""Automatic assignment: to whom, how many, in which order, and what is never given."""

from collections import Counter
from datetime import timedelta

import pytest

from inbox.actions.assignment import conversation_claim, conversation_release
from inbox.actions.duty import away_begin, away_end
from inbox.actions.giving import conversations_give_out
from inbox.actions.snoozing import conversation_snooze
from inbox.actions.triage import conversation_resolve
from inbox.models import Assignment, Conversation, Notice, OperatorProfile, Shift
from opsconsole.audit.models import Activity
from opsconsole.kernel.actor import SYSTEM
from opsconsole.kernel.clock import now
from tests.factories.channels import make_account
from tests.factories.duty import make_desk, make_on_duty, make_shift
from tests.factories.inbox import make_conversation, make_conversations, make_message
from tests.factories.people import make_actor

pytestmark = pytest.mark.django_db


@pytest.fixture
def account():
    return make_account()


@pytest.fixture
def unit(account):
    return account.unit


def give_out():
    while conversations_give_out():
        pass


def have(*conversations):
    """Who has each conversation."""
    rows = dict(Conversation.objects.values_list("pk", "assignee"))
    return [rows[conversation.pk] for conversation in conversations]


def test_each_on_duty_gets_one_in_turn_whoever_waits_longest_first(account, unit):
    make_desk(unit)
    people = [make_on_duty(unit).user_id for _ in range(3)]
    at_home = make_actor("operator", unit)
    waiting = make_conversations(7, account=account)
    give_out()
    assert have(*waiting) == [*people, *people, people[0]]
    assert at_home.user_id not in have(*waiting)
    (more,) = make_conversations(1, account=account)
    give_out()
    assert have(more) == [people[1]]  # the turn goes on where it stopped
    given = Activity.objects.filter(verb="inbox.conversation.given", subject_id=more.pk).get()
    assert (given.actor_kind, given.data["mode"]) == ("system", "round_robin")
    assert Notice.objects.filter(kind="assigned", conversation=more).get().user_id == people[1]


def test_whoever_has_the_fewest_comes_first_when_the_unit_wants_it_so(account, unit):
    make_desk(unit, assignment_mode="least_loaded")
    ana, bo = make_on_duty(unit), make_on_duty(unit)
    for conversation in make_conversations(3, account=account):
        conversation_claim(ana, conversation_id=conversation.pk)
    waiting = make_conversations(5, account=account)
    give_out()
    assert Counter(have(*waiting)) == {bo.user_id: 4, ana.user_id: 1}


def test_nobody_gets_more_than_they_can_take_and_the_rest_follows_when_there_is_room(
    account, unit
):
    make_desk(unit, capacity=2)
    ana, bo = make_on_duty(unit), make_on_duty(unit)
    OperatorProfile.objects.create(person_id=bo.user_id, capacity=1)
    waiting = make_conversations(6, account=account)
    give_out()
    held = Counter(have(*waiting))
    assert held == {ana.user_id: 2, bo.user_id: 1, None: 3}
    first = next(c for c, who in zip(waiting, have(*waiting), strict=True) if who == ana.user_id)
    make_message(first, is_own=True, author="us")  # answered: no longer in hand
    give_out()
    assert Counter(have(*waiting))[ana.user_id] == 3
    second = next(c for c, who in zip(waiting, have(*waiting), strict=True) if who == bo.user_id)
    conversation_resolve(bo, conversation_id=second.pk)
    give_out()
    assert Counter(have(*waiting)) == {ana.user_id: 3, bo.user_id: 2, None: 1}


def test_only_what_waits_is_given(account, unit):
    make_desk(unit)
    make_on_duty(unit)
    snoozed, resolved, answered, taken = make_conversations(4, account=account)
    conversation_snooze(
        SYSTEM, conversation_id=snoozed.pk, until=now() + timedelta(hours=1), reason="later"
    )
    conversation_resolve(SYSTEM, conversation_id=resolved.pk)
    make_message(answered, is_own=True, author="us")
    boss = make_actor("manager", unit)
    conversation_claim(boss, conversation_id=taken.pk)
    give_out()
    assert have(snoozed, resolved, answered, taken) == [None, None, None, boss.user_id]


def test_a_pause_a_shift_to_come_and_a_cancelled_one_are_no_duty(account, unit):
    make_desk(unit)
    ana = make_on_duty(unit)
    later, cancelled = make_actor("operator", unit), make_actor("operator", unit)
    make_shift(later, unit, starts_at=now() + timedelta(hours=1))
    make_shift(cancelled, unit, cancelled_at=now())
    away_begin(ana, minutes=15)
    (waiting,) = make_conversations(1, account=account)
    give_out()
    assert have(waiting) == [None]
    away_end(ana)
    give_out()
    assert have(waiting) == [ana.user_id]


def test_without_a_roster_or_by_hand_nothing_is_given(account, unit):
    desk = make_desk(unit)
    make_actor("operator", unit)
    (waiting,) = make_conversations(1, account=account)
    give_out()
    assert have(waiting) == [None]
    make_on_duty(unit)
    desk.assignment_mode = "manual"
    desk.save()
    give_out()
    assert have(waiting) == [None]


def test_those_who_speak_the_language_come_first(account, unit):
    make_desk(unit, capacity=1)
    korean, english, any_language = (make_on_duty(unit) for _ in range(3))
    OperatorProfile.objects.create(person_id=korean.user_id, languages=["ko"])
    OperatorProfile.objects.create(person_id=english.user_id, languages=["en"])
    first = make_conversation(account=account, language="en")
    second = make_conversation(account=account, language="en")
    third = make_conversation(account=account, language="en")
    give_out()
    assert have(first, second, third) == [english.user_id, any_language.user_id, korean.user_id]


def test_what_somebody_gave_back_goes_to_somebody_else(account, unit):
    make_desk(unit)
    ana, bo = make_on_duty(unit), make_on_duty(unit)
    (waiting,) = make_conversations(1, account=account)
    conversation_claim(ana, conversation_id=waiting.pk)
    conversation_release(ana, conversation_id=waiting.pk)
    give_out()
    assert have(waiting) == [bo.user_id]
    conversation_release(bo, conversation_id=waiting.pk)
    give_out()
    assert have(waiting) == [None]  # both have let go of it: it waits for a decision


def test_a_person_of_two_units_has_two_hands(account, unit):
    make_desk(unit, capacity=2)
    other = make_account()
    make_desk(other.unit, capacity=2)
    ana = make_actor("operator", None)
    Shift.objects.create(
        person_id=ana.user_id,
        starts_at=now() - timedelta(hours=1),
        ends_at=now() + timedelta(hours=1),
    )
    make_conversations(3, account=account)
    make_conversations(3, account=other)
    give_out()
    assert Assignment.objects.count() == 2
