"""Two people, two workers, one conversation: real threads and connections, one outcome."""

from dataclasses import replace
from functools import partial
from uuid import uuid4

import pytest

from channels.actions.landing import items_land
from channels.actions.sending import delivery_sent
from channels.models import Delivery, InboundItem
from channels.types import Receipt
from inbox.actions.assignment import conversation_claim
from inbox.actions.ingest import items_ingest
from inbox.actions.replies import reply_send
from inbox.actions.triage import conversation_resolve, conversation_tag
from inbox.models import Assignment, Conversation, Message, Reply, Tag
from opsconsole.audit.models import Activity
from opsconsole.kernel.actor import SYSTEM
from opsconsole.kernel.errors import Conflict
from opsconsole.tasks import settle
from tests.factories.channels import make_account, make_fetched
from tests.factories.inbox import make_conversation
from tests.factories.people import make_actor
from tests.support.sending import arm_next
from tests.support.together import together

pytestmark = pytest.mark.django_db(transaction=True)


def drain():
    while items_ingest():
        pass


def land_and_drain(account, item):
    items_land(account, [item])
    drain()


def answering(who, conversation, **given):
    """A job that answers a conversation."""
    given = {"answers_id": None, "text": "Hello.", "request_key": uuid4()} | given
    return partial(reply_send, who, conversation_id=conversation.pk, **given)


def test_of_two_who_claim_at_once_one_wins_and_the_other_learns_who():
    account = make_account()
    people = [make_actor("operator", account.unit) for _ in range(3)]
    for _ in range(20):
        pk = make_conversation(account=account).pk
        results = together(*[partial(conversation_claim, p, conversation_id=pk) for p in people])
        won = [r for r in results if isinstance(r, Conversation)]
        lost = [r for r in results if isinstance(r, Conflict)]
        assert (len(won), len(lost)) == (1, 2)
        winner = Conversation.objects.get(pk=pk).assignee
        assert {(r.code, r.data["assignee"]) for r in lost} == {("taken", winner.pk)}
        assert all(str(winner) in str(r.message) for r in lost)
        assert Assignment.objects.get(conversation=pk).assignee_id == winner.pk
        verbs = Activity.objects.filter(verb="inbox.conversation.claimed", subject_id=pk)
        assert [row.actor_id for row in verbs] == [winner.pk]


def test_of_two_who_answer_at_once_one_answer_goes_out():
    account = make_account()
    people = [make_actor("operator", account.unit) for _ in range(2)]
    for _ in range(6):
        conversation = make_conversation(account=account)
        results = together(*[answering(who, conversation) for who in people])
        assert sorted(type(r).__name__ for r in results) == ["Conflict", "Reply"]
        assert Reply.objects.filter(conversation=conversation).count() == 1


def test_a_double_click_is_one_answer():
    account = make_account()
    ana = make_actor("operator", account.unit)
    for _ in range(6):
        click = answering(ana, make_conversation(account=account))
        results = together(click, click, click)
        assert len({reply.pk for reply in results}) == 1
    assert Delivery.objects.count() == 6


def test_two_tabs_of_one_person_are_one_answer():
    account = make_account()
    ana = make_actor("operator", account.unit)
    for _ in range(6):
        conversation = make_conversation(account=account)
        tabs = [answering(ana, conversation, seen_version=conversation.version) for _ in range(2)]
        results = together(*tabs)
        assert sorted(type(r).__name__ for r in results) == ["Conflict", "Reply"]


def test_the_same_lines_by_two_doors_are_told_once():
    """A poll and a recheck store the same page while two workers ingest."""
    account = make_account()
    for turn in range(5):
        page = [make_fetched(f"{turn}-{n}", author=f"c{n % 3}") for n in range(12)]
        again = [replace(item) for item in reversed(page)]
        together(*[partial(items_land, account, items) for items in (page, again)], drain, drain)
        drain()
        assert Message.objects.count() == InboundItem.objects.count() == 12 * (turn + 1)
    opened = Activity.objects.filter(verb="inbox.conversation.opened").count()
    assert opened == Conversation.objects.count() == 60


def test_first_words_that_arrive_together_open_one_conversation():
    for _ in range(5):
        account = make_account(kind="x")
        album = [make_fetched(author="new", thread_external_id="root") for _ in range(5)]
        together(*[partial(land_and_drain, account, item) for item in album])
        drain()
        (conversation,) = Conversation.objects.filter(account=account)
        assert conversation.message_count == 5
        assert conversation.waiting_since == min(item.posted_at for item in album)


def test_a_line_that_comes_while_somebody_resolves_is_never_buried():
    account = make_account()
    for _ in range(12):
        conversation = make_conversation(account=account)
        question = conversation.messages.get()
        item = make_fetched(
            author=conversation.contact.external_id, parent_external_id=question.external_id
        )
        items_land(account, [item])
        resolved, _done = together(
            partial(
                conversation_resolve,
                SYSTEM,
                conversation_id=conversation.pk,
                seen_version=conversation.version,
            ),
            drain,
        )
        conversation.refresh_from_db()
        assert conversation.state == "new"
        assert conversation.waiting_since is not None
        assert conversation.message_count == 2
        if isinstance(resolved, Conflict):
            assert resolved.code == "unseen"


def test_our_echo_and_our_receipt_at_once_are_one_message():
    account = make_account()
    ana = make_actor("operator", account.unit)
    for number in range(6):
        conversation = make_conversation(account=account)
        question = conversation.messages.get()
        reply = reply_send(
            ana,
            conversation_id=conversation.pk,
            answers_id=None,
            text="Hello.",
            request_key=uuid4(),
        )
        assert delivery_sent(arm_next(), Receipt(f"out{number}", posted_at=question.posted_at))
        echo = make_fetched(
            f"out{number}", is_own=True, author="us", text="Hello.",
            parent_external_id=question.external_id,
        )  # fmt: skip
        items_land(account, [echo])
        together(settle, drain, settle)
        settle()
        drain()
        (ours,) = Message.objects.filter(conversation=conversation, direction="outbound")
        assert (ours.operator_id, ours.delivery_id) == (ana.user_id, reply.delivery_id)
        conversation.refresh_from_db()
        assert (conversation.state, conversation.message_count) == ("waiting", 2)
        assert InboundItem.objects.get(external_id=f"out{number}").problem == ""


def test_a_new_tag_put_on_by_two_at_once_is_one_tag():
    account = make_account()
    conversations = [make_conversation(account=account).pk for _ in range(4)]
    results = together(
        *[
            partial(conversation_tag, SYSTEM, conversation_id=pk, name="Storm")
            for pk in conversations
        ]
    )
    assert all(isinstance(result, Conversation) for result in results)
    assert Tag.objects.get().conversations.count() == 4
