"""Whoever lets a customer wait in silence is warned, then loses the conversation back to the unit."""

from datetime import timedelta
from uuid import uuid4

import pytest

from inbox.actions.assignment import conversation_claim
from inbox.actions.notes import note_add
from inbox.actions.replies import reply_send
from inbox.actions.returning import silent_return
from inbox.models import Assignment, Conversation, Draft, Lease, Notice
from opsconsole.kernel.clock import now
from tests.factories.duty import make_desk
from tests.factories.inbox import make_conversation, make_message
from tests.factories.people import make_actor

pytestmark = pytest.mark.django_db


@pytest.fixture
def conversation():
    conversation = make_conversation()
    make_desk(conversation.unit, return_after_minutes=20, assignment_mode="manual")
    return conversation


@pytest.fixture
def ana(conversation):
    ana = make_actor("operator", conversation.unit, username="ana")
    conversation_claim(ana, conversation_id=conversation.pk)
    return ana


def silent_for(conversation, **given):
    Conversation.objects.filter(pk=conversation.pk).update(silent_since=now() - timedelta(**given))
    silent_return()
    silent_return()
    conversation.refresh_from_db()
    return conversation.assignee_id


def told(ana):
    return list(Notice.objects.filter(user=ana.user_id).values_list("kind", flat=True))


def test_silence_is_warned_about_once_and_then_ends_the_assignment(conversation, ana):
    assert silent_for(conversation, minutes=15) == ana.user_id
    assert told(ana) == []
    assert silent_for(conversation, minutes=17) == ana.user_id
    assert told(ana) == ["return_soon"]
    assert silent_for(conversation, minutes=21) is None
    assert conversation.state == "new"
    assert told(ana) == ["return_soon", "returned"]
    assert Assignment.objects.get().end_reason == "returned"


def note(ana, conversation):
    note_add(ana, conversation_id=conversation.pk, text="I am asking the network team.")


def draft(ana, conversation):
    at = now()
    Draft.objects.create(
        conversation=conversation, author_id=ana.user_id, text="Dear", base_version=1, base_at=at,
        created_at=at, updated_at=at,
    )  # fmt: skip


def lease(ana, conversation):
    at = now()
    Lease.objects.create(
        conversation=conversation, holder_id=ana.user_id, taken_at=at - timedelta(hours=1),
        expires_at=at + timedelta(seconds=30),
    )  # fmt: skip


def reply(ana, conversation):
    reply_send(
        ana, conversation_id=conversation.pk, answers_id=None, text="Hello.", request_key=uuid4()
    )


@pytest.mark.parametrize("sign", [note, draft, lease, reply])
def test_whoever_is_at_it_keeps_it(conversation, ana, sign):
    sign(ana, conversation)
    assert silent_for(conversation, minutes=21) == ana.user_id
    assert conversation.silent_since > now() - timedelta(minutes=1)


def test_nobody_is_silent_while_nobody_waits_and_the_next_wait_counts_from_its_own_beginning(
    conversation, ana
):
    make_message(conversation, is_own=True, author="us")
    assert silent_for(conversation, minutes=500) == ana.user_id
    make_message(conversation)
    silent_return()
    conversation.refresh_from_db()
    assert conversation.assignee_id == ana.user_id


def test_a_unit_that_does_not_want_it_takes_nothing_back(conversation, ana):
    conversation.unit.desk.return_after_minutes = None
    conversation.unit.desk.save()
    assert silent_for(conversation, days=9) == ana.user_id
