"""Answering: when one may, what is refused, and that one answer is one answer."""

from datetime import timedelta
from uuid import uuid4

import pytest

from channels.actions.landing import items_vanish
from channels.actions.sending import delivery_sent
from channels.errors import Rejected, RejectionCode
from channels.models import ChannelAccount, Delivery
from channels.types import Receipt, Visibility
from inbox.actions.assignment import conversation_release
from inbox.actions.replies import reply_send
from inbox.models import Assignment, Message, Reply
from opsconsole.audit.models import Activity
from opsconsole.kernel.clock import now
from opsconsole.kernel.errors import Conflict, Invalid, NotFound
from opsconsole.tasks import settle
from tests.factories.channels import make_account, make_fetched
from tests.factories.inbox import ingest, make_conversation, make_message
from tests.factories.people import make_actor
from tests.support.sending import arm_next, refuse_next, send_next

pytestmark = pytest.mark.django_db


@pytest.fixture
def conversation():
    return make_conversation()


@pytest.fixture
def ana(conversation):
    return make_actor("operator", conversation.unit)


@pytest.fixture
def bo(conversation):
    return make_actor("operator", conversation.unit)


def answer(actor, conversation, text="도와드리겠습니다.", **given):
    given = {"answers_id": None, "request_key": uuid4()} | given
    return reply_send(actor, conversation_id=conversation.pk, text=text, **given)


def refusal(*args, **given):
    with pytest.raises((Conflict, Invalid, NotFound)) as caught:
        answer(*args, **given)
    return caught.value.code


# --- One answer ---


def test_an_answer_becomes_an_urgent_delivery_to_the_customers_newest_line(conversation, ana):
    newest = make_message(conversation)
    reply = answer(ana, conversation)
    assert reply.answers == newest
    delivery = reply.delivery
    assert (delivery.reply_to, delivery.thread) == (newest.external_id, newest.thread_external_id)
    assert (delivery.priority, delivery.state, delivery.requested_by_id) == (
        1,
        "planned",
        ana.user_id,
    )


def test_the_same_form_twice_is_one_answer(conversation, ana):
    key = uuid4()
    first = answer(ana, conversation, request_key=key)
    assert answer(ana, conversation, request_key=key) == first
    assert Delivery.objects.count() == Reply.objects.count() == 1
    send_next()
    assert answer(ana, conversation, request_key=key) == first
    assert Delivery.objects.count() == 1


def test_a_key_stands_for_these_words_here_only(conversation, ana):
    key = uuid4()
    answer(ana, conversation, request_key=key)
    assert refusal(ana, conversation, "Other words.", request_key=key) == "key_reused"
    other = make_conversation(account=conversation.account)
    assert refusal(ana, other, request_key=key) == "key_reused"


def test_while_an_answer_is_on_its_way_there_is_no_second(conversation, ana):
    answer(ana, conversation)
    assert refusal(ana, conversation, "Again.") == "in_flight"
    arm_next()
    assert refusal(ana, conversation, "Again.") == "in_flight"


def test_the_second_tab_of_one_person_learns_of_the_first(conversation, ana):
    seen = conversation.version
    answer(ana, conversation, seen_version=seen)
    send_next()
    assert refusal(ana, conversation, seen_version=seen) == "answered"
    assert Delivery.objects.count() == 1


def test_a_colleague_with_an_old_screen_does_not_answer_again(conversation, ana, bo):
    seen = conversation.version
    answer(ana, conversation, seen_version=seen)
    assert refusal(bo, conversation, seen_version=seen) == "taken"
    send_next()
    conversation_release(ana, conversation_id=conversation.pk)
    assert refusal(bo, conversation, seen_version=seen) == "answered"


def test_an_answer_given_on_the_platform_itself_counts_too(conversation, ana):
    seen = conversation.version
    make_message(conversation, is_own=True, author="us")
    assert refusal(ana, conversation, seen_version=seen) == "answered"


def test_whoever_has_seen_the_first_answer_may_add_a_second(conversation, ana):
    answer(ana, conversation)
    conversation.refresh_from_db()
    seen = conversation.version
    send_next()
    assert answer(ana, conversation, "And one more thing.", seen_version=seen)


def test_a_screen_that_missed_the_customers_line_is_stopped(conversation, ana):
    seen = conversation.version
    make_message(conversation)
    assert refusal(ana, conversation, seen_version=seen) == "unseen"
    assert answer(ana, conversation, seen_version=conversation.version)


def test_so_is_one_that_missed_an_edit_or_a_removal(conversation, ana):
    seen = conversation.version
    line = conversation.messages.get()
    ingest(conversation.account, make_fetched(line.external_id, text="Never mind.", author="a"))
    assert refusal(ana, conversation, seen_version=seen) == "unseen"


# --- Who and where ---


def test_answering_takes_what_nobody_has(conversation, ana, bo):
    answer(ana, conversation)
    conversation.refresh_from_db()
    assert (conversation.assignee_id, conversation.state) == (ana.user_id, "open")
    assert Assignment.objects.get().assignee_id == ana.user_id
    verbs = Activity.objects.filter(subject_type="inbox.conversation").order_by("pk")
    assert [a.verb.rpartition(".")[2] for a in verbs] == ["opened", "claimed", "sent"]
    assert refusal(bo, conversation) == "taken"


@pytest.mark.parametrize(
    "silence", [{"is_paused": True}, {"needs_reconnect": True}], ids=["paused", "disconnected"]
)
def test_an_account_without_a_voice_answers_nobody(conversation, ana, silence):
    ChannelAccount.objects.update(**silence)
    assert refusal(ana, conversation) == "cannot_reply"


def test_a_feed_cannot_be_answered():
    conversation = make_conversation(account=make_account(kind="feed"))
    assert refusal(make_actor("operator"), conversation) == "cannot_reply"


def test_the_line_answered_must_be_the_customers_and_of_this_conversation(conversation, ana):
    elsewhere = make_conversation(account=conversation.account).messages.get()
    assert refusal(ana, conversation, answers_id=elsewhere.pk) == "not_found"
    ours = make_message(conversation, is_own=True, author="us")
    assert refusal(ana, conversation, answers_id=ours.pk) == "not_found"


def test_what_the_customer_has_removed_is_not_answered(conversation, ana):
    line = conversation.messages.get()
    items_vanish(conversation.account, [line.external_id])
    ingest(conversation.account)
    assert refusal(ana, conversation, answers_id=line.pk) == "target_gone"
    assert refusal(ana, conversation) == "cannot_reply"


def test_spam_is_not_what_an_answer_goes_to(conversation, ana):
    make_message(conversation, visibility=Visibility.SPAM)
    assert answer(ana, conversation).answers.visibility == Visibility.PUBLIC


# --- Words ---


@pytest.mark.parametrize(
    ("kind", "text", "code"),
    [
        ("x", "가" * 141, "too_long"),
        ("facebook", "a" * 8001, "too_long"),
        ("facebook", " \u200b\n", "blank"),
        ("facebook", "Hello [이름]", "placeholder"),
        ("facebook", "\x00", "blank"),
    ],
)
def test_words_that_cannot_go_out_as_they_are(kind, text, code):
    conversation = make_conversation(account=make_account(kind=kind))
    assert refusal(make_actor("operator"), conversation, text) == code
    assert not Delivery.objects.exists()


@pytest.mark.parametrize("text", ["가" * 140, "a" * 280, "https://example.com/" + "p" * 400])
def test_words_that_fill_the_platforms_measure_exactly(text):
    conversation = make_conversation(account=make_account(kind="x"))
    assert answer(make_actor("operator"), conversation, text).delivery.text == text


def test_words_go_out_with_plain_line_breaks(conversation, ana):
    key = uuid4()
    reply = answer(ana, conversation, "First.\r\nSecond.", request_key=key)
    assert reply.text == reply.delivery.text == "First.\nSecond."
    assert answer(ana, conversation, "First.\nSecond.", request_key=key) == reply


# --- What became of it ---


def test_a_sent_answer_ends_the_wait_and_is_credited(conversation, ana):
    at = now() + timedelta(seconds=1)
    reply = answer(ana, conversation)
    send_next("out1", posted_at=at)
    conversation.refresh_from_db()
    assert (conversation.state, conversation.waiting_since) == ("waiting", None)
    assert (conversation.answered_up_to, conversation.last_message_at) == (at, at)
    message = Message.objects.get(direction="outbound")
    assert (message.operator_id, message.delivery_id) == (ana.user_id, reply.delivery_id)
    assert (message.posted_at, message.external_id) == (at, "out1")


def test_a_platform_of_whole_seconds_does_not_answer_before_the_question(conversation, ana):
    answer(ana, conversation)
    send_next(posted_at=conversation.waiting_since - timedelta(milliseconds=900))
    conversation.refresh_from_db()
    assert (conversation.state, conversation.waiting_since) == ("waiting", None)


def test_a_line_written_while_the_answer_was_under_way_keeps_waiting(conversation, ana):
    answer(ana, conversation, resolve_after=True)
    line = make_message(conversation, posted_at=now() + timedelta(minutes=1))
    send_next()
    conversation.refresh_from_db()
    assert (conversation.state, conversation.waiting_since) == ("open", line.posted_at)


def test_send_and_resolve_resolves_once_it_stands(conversation, ana):
    answer(ana, conversation, resolve_after=True)
    conversation.refresh_from_db()
    assert conversation.state == "open"
    send_next()
    conversation.refresh_from_db()
    assert conversation.state == "resolved"


def test_what_was_not_sent_ends_no_wait_and_may_be_tried_anew(conversation, ana):
    answer(ana, conversation)
    delivery = refuse_next(Rejected("Gone.", code=RejectionCode.TARGET_GONE))
    assert (delivery.state, delivery.reason_code) == ("rejected", "target_gone")
    conversation.refresh_from_db()
    assert conversation.waiting_since is not None
    assert conversation.state == "open"
    assert not Message.objects.filter(direction="outbound").exists()
    assert answer(ana, conversation, "Other words.")


def test_our_own_words_may_come_back_before_the_receipt(conversation, ana):
    """The poll is faster than the answer to the create call: one line, credited to its author."""
    question = conversation.messages.get()
    answer(ana, conversation, "Hello.")
    claim = arm_next()
    echo = make_fetched(
        "out7", author="us", is_own=True, text="Hello.", parent_external_id=question.external_id
    )
    ingest(conversation.account, echo)
    early = Message.objects.get(external_id="out7")
    assert (early.operator_id, early.delivery_id) == (None, None)
    assert delivery_sent(claim, Receipt("out7", posted_at=echo.posted_at))
    settle()
    (ours,) = Message.objects.filter(direction="outbound")
    assert (ours.pk, ours.operator_id, ours.delivery_id) == (
        early.pk,
        ana.user_id,
        claim.delivery_id,
    )


def test_our_own_words_coming_back_later_change_nothing(conversation, ana):
    answer(ana, conversation, "Hello.")
    send_next("out8")
    before = Message.objects.values().get(external_id="out8")
    question = conversation.messages.get(direction="inbound")
    ingest(
        conversation.account,
        make_fetched(
            "out8", author="us", is_own=True, text="Hello.",
            parent_external_id=question.external_id,
        ),
    )  # fmt: skip
    assert Message.objects.values().get(external_id="out8") == before


def test_an_answer_that_is_taken_away_leaves_the_customer_waiting_since_then(conversation, ana):
    since = conversation.waiting_since
    answer(ana, conversation)
    send_next("out9")
    question = conversation.messages.get(direction="inbound")
    ours = make_fetched("out9", author="us", is_own=True, parent_external_id=question.external_id)
    ingest(conversation.account, ours)
    items_vanish(conversation.account, ["out9"])
    ingest(conversation.account)
    conversation.refresh_from_db()
    assert (conversation.state, conversation.waiting_since) == ("open", since)
    assert conversation.answered_up_to is None
