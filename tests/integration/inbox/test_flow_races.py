"""What time brings about meets what people and customers do in the same moment: one outcome each."""

from collections import Counter
from datetime import timedelta
from functools import partial

import pytest

from channels.actions.landing import items_land
from inbox.actions.assignment import conversation_claim
from inbox.actions.giving import conversations_give_out
from inbox.actions.ingest import items_ingest
from inbox.actions.quiet import quiet_resolve
from inbox.actions.returning import silent_return
from inbox.actions.snoozing import conversation_snooze, snoozes_end
from inbox.actions.triage import conversation_resolve
from inbox.models import Assignment, Conversation, Notice, OperatorProfile
from opsconsole.audit.models import Activity
from opsconsole.kernel.clock import now
from opsconsole.kernel.errors import Conflict
from tests.factories.channels import make_account, make_fetched
from tests.factories.duty import make_desk, make_on_duty
from tests.factories.inbox import make_conversations, make_message
from tests.support.together import together

pytestmark = pytest.mark.django_db(transaction=True)


def drain():
    while items_ingest():
        pass


def give_out():
    while conversations_give_out():
        pass


def next_line(conversation):
    """Let the customer write once more; it waits to be ingested."""
    question = conversation.messages.first()
    item = make_fetched(
        author=conversation.contact.external_id, parent_external_id=question.external_id
    )
    items_land(conversation.account, [item])


def test_two_givers_and_people_who_claim_never_give_twice_nor_too_much():
    account = make_account()
    make_desk(account.unit, capacity=6)
    people = [make_on_duty(account.unit) for _ in range(3)]
    by_hand = make_on_duty(account.unit)
    OperatorProfile.objects.create(person_id=by_hand.user_id, capacity=0)
    waiting = make_conversations(24, account=account)

    def claim_some():
        won = 0
        for conversation in waiting[::3]:
            try:
                conversation_claim(by_hand, conversation_id=conversation.pk)
                won += 1
            except Conflict:
                pass
        return won

    results = together(give_out, claim_some, give_out)
    give_out()
    assert [result for result in results if isinstance(result, Exception)] == []
    held = Counter(Conversation.objects.values_list("assignee", flat=True))
    assert held[by_hand.user_id] == results[1]
    given = min(18, 24 - results[1])
    assert sum(held[person.user_id] for person in people) == given
    assert max(held[person.user_id] for person in people) <= 6
    assert Assignment.objects.count() == given + results[1]
    assert Notice.objects.filter(kind="assigned").count() == given
    assert Activity.objects.filter(verb="inbox.conversation.given").count() == given


def test_a_line_that_comes_while_somebody_snoozes_is_never_buried():
    account = make_account()
    ana = make_on_duty(account.unit)
    for conversation in make_conversations(10, account=account):
        make_message(conversation, is_own=True, author="us")
        next_line(conversation)
        snoozing = partial(
            conversation_snooze, ana, conversation_id=conversation.pk,
            until=now() + timedelta(hours=1), seen_version=conversation.version,
        )  # fmt: skip
        snoozed, _done = together(snoozing, drain)
        drain()
        conversation.refresh_from_db()
        assert (conversation.state, conversation.snoozed_until) == ("new", None)
        assert conversation.waiting_since is not None
        if isinstance(snoozed, Exception):
            assert (type(snoozed), snoozed.code) == (Conflict, "unseen")


def test_a_snooze_that_two_workers_end_while_the_customer_writes_ends_once():
    account = make_account()
    for conversation in make_conversations(6, account=account):
        make_message(conversation, is_own=True, author="us")
        Conversation.objects.filter(pk=conversation.pk).update(
            state="snoozed", snoozed_until=now() - timedelta(days=4)
        )
        next_line(conversation)
        together(snoozes_end, drain, snoozes_end)
        drain()
        conversation.refresh_from_db()
        assert conversation.state == "new"
        assert conversation.waiting_since is not None
        woken = Activity.objects.filter(
            verb="inbox.conversation.woken", subject_id=conversation.pk
        )
        assert woken.count() <= 1


def test_what_is_resolved_for_its_silence_is_never_resolved_over_a_new_line():
    account = make_account()
    make_desk(account.unit, assignment_mode="manual", resolve_after_days=3)
    conversations = make_conversations(8, account=account)
    for conversation in conversations:
        make_message(conversation, is_own=True, author="us")
    snoozed = conversations[0]
    Conversation.objects.update(last_message_at=now() - timedelta(days=4))
    Conversation.objects.filter(pk=snoozed.pk).update(state="snoozed")
    for conversation in conversations[1:5]:
        next_line(conversation)
    together(quiet_resolve, drain, quiet_resolve)
    drain()
    states = dict(Conversation.objects.values_list("pk", "state"))
    assert states[snoozed.pk] == "snoozed"
    assert {states[conversation.pk] for conversation in conversations[1:5]} == {"new"}
    assert {states[conversation.pk] for conversation in conversations[5:]} == {"resolved"}
    assert set(
        Conversation.objects.filter(state="resolved").values_list("resolution", flat=True)
    ) == {"answered"}


def test_what_is_taken_back_in_silence_is_taken_back_once_and_never_from_who_resolves():
    account = make_account()
    make_desk(account.unit, assignment_mode="manual", return_after_minutes=10)
    ana = make_on_duty(account.unit)
    for conversation in make_conversations(6, account=account):
        conversation_claim(ana, conversation_id=conversation.pk)
        Conversation.objects.filter(pk=conversation.pk).update(
            silent_since=now() - timedelta(minutes=11)
        )
        resolving = partial(conversation_resolve, ana, conversation_id=conversation.pk)
        together(silent_return, resolving, silent_return)
        conversation.refresh_from_db()
        assert conversation.state == "resolved"
        returned = Activity.objects.filter(
            verb="inbox.conversation.returned", subject_id=conversation.pk
        ).count()
        assert returned == (conversation.assignee_id is None)
        ended = Assignment.objects.filter(conversation=conversation, end_reason="returned")
        assert ended.count() == returned
