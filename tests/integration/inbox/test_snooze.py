"""Putting a conversation aside: until when, with what reason, and how it comes back."""

from datetime import timedelta

import pytest

from inbox.actions.assignment import conversation_claim
from inbox.actions.snoozing import conversation_snooze, conversation_wake, snoozes_end
from inbox.models import Assignment, Conversation, Notice
from opsconsole.kernel.clock import now
from opsconsole.kernel.errors import Conflict, Invalid
from tests.factories.duty import make_on_duty, make_shift
from tests.factories.inbox import make_conversation, make_message
from tests.factories.people import make_actor

pytestmark = pytest.mark.django_db


def soon(**given):
    return now() + timedelta(**(given or {"hours": 1}))


@pytest.fixture
def conversation():
    return make_conversation()


@pytest.fixture
def ana(conversation):
    return make_actor("operator", conversation.unit, username="ana")


def snooze(who, conversation, **given):
    given = {"until": soon()} | given
    return conversation_snooze(who, conversation_id=conversation.pk, **given)


def let_time_pass(conversation, **given):
    """As if the moment had come so long ago."""
    Conversation.objects.filter(pk=conversation.pk).update(
        snoozed_until=now() - timedelta(**given)
    )


def told(kind):
    return [(row.user_id, row.conversation_id) for row in Notice.objects.filter(kind=kind)]


def test_it_comes_back_at_its_time_to_whoever_had_it_who_is_told_once(conversation, ana):
    conversation_claim(ana, conversation_id=conversation.pk)
    until = soon()
    snooze(ana, conversation, until=until)
    conversation.refresh_from_db()
    assert (conversation.state, conversation.snoozed_until) == ("snoozed", until)
    assert snoozes_end() == 0
    let_time_pass(conversation, days=4)  # the workers were down meanwhile
    assert (snoozes_end(), snoozes_end()) == (1, 0)
    conversation.refresh_from_db()
    assert (conversation.state, conversation.assignee_id) == ("open", ana.user_id)
    assert conversation.snoozed_until is None
    assert conversation.waiting_since is not None  # no clock was touched
    assert told("snooze_ended") == [(ana.user_id, conversation.pk)]


@pytest.mark.parametrize("until", [None, timedelta(days=2)])
def test_a_customer_who_writes_ends_it_at_once(conversation, ana, until):
    make_message(conversation, is_own=True, author="us")
    snooze(ana, conversation, until=until and now() + until)
    make_message(conversation)
    assert (conversation.state, conversation.snoozed_until) == ("new", None)
    assert conversation.waiting_since is not None


def test_what_wakes_when_its_assignee_is_at_home_goes_to_those_on_duty(conversation, ana):
    bo = make_on_duty(conversation.unit)
    conversation_claim(ana, conversation_id=conversation.pk)
    snooze(ana, conversation)
    let_time_pass(conversation, minutes=1)
    snoozes_end()
    conversation.refresh_from_db()
    assert (conversation.state, conversation.assignee_id) == ("new", None)
    assert Assignment.objects.get().end_reason == "off_shift"
    assert told("snooze_ended") == [(bo.user_id, conversation.pk)]


def test_nobody_lets_a_customer_wait_beyond_the_due_time_without_a_reason(conversation, ana):
    Conversation.objects.filter(pk=conversation.pk).update(due_at=soon(minutes=30))
    for until in (soon(), None):
        with pytest.raises(Invalid) as told_why:
            snooze(ana, conversation, until=until)
        assert told_why.value.code == "reason"
    snooze(ana, conversation, until=soon(minutes=20))
    snooze(ana, conversation, until=soon(), reason="Waits for the network team.")
    conversation.refresh_from_db()
    assert conversation.snooze_reason == "Waits for the network team."


@pytest.mark.parametrize("until", [timedelta(minutes=-1), timedelta(days=366)])
def test_the_moment_lies_ahead_and_within_a_year(conversation, ana, until):
    with pytest.raises(Invalid) as told_why:
        snooze(ana, conversation, until=now() + until)
    assert told_why.value.code == "until"


def test_what_the_customer_has_just_written_is_read_first(conversation, ana):
    seen = conversation.version
    make_message(conversation)
    with pytest.raises(Conflict) as told_why:
        snooze(ana, conversation, seen_version=seen)
    assert told_why.value.code == "unseen"


def test_it_can_be_taken_up_again_by_hand_and_put_aside_for_longer(conversation, ana):
    later = soon(days=3)
    snooze(ana, conversation)
    snooze(ana, conversation, until=later)
    conversation.refresh_from_db()
    assert conversation.snoozed_until == later
    conversation_wake(ana, conversation_id=conversation.pk)
    conversation.refresh_from_db()
    assert (conversation.state, conversation.snoozed_until) == ("new", None)


def test_an_answer_leaves_it_aside_until_its_time(conversation, ana):
    snooze(ana, conversation)
    make_message(conversation, is_own=True, author="us")
    assert (conversation.state, conversation.waiting_since) == ("snoozed", None)
    make_shift(ana, conversation.unit)
    let_time_pass(conversation, minutes=1)
    snoozes_end()
    conversation.refresh_from_db()
    assert conversation.state == "new"  # somebody wanted to look at it again
