"""Answering a comment so that only its author reads it: when it may, what stops the wait, how it shows."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client

from channels.errors import Rejected, RejectionCode
from channels.models import Delivery
from channels.types import ItemKind
from inbox.actions.candidates import candidate_submit_or_park
from inbox.actions.drafts import draft_copy, draft_save
from inbox.actions.parking import reply_send_or_park
from inbox.actions.replies import reply_send
from inbox.actions.scheduling import reply_schedule, scheduled_send_due
from inbox.actions.undo import reply_undo
from inbox.models import Conversation, Draft
from inbox.selectors.thread import thread
from opsconsole.kernel.clock import now
from opsconsole.kernel.errors import Conflict, Invalid
from tests.factories.channels import make_account
from tests.factories.inbox import make_conversation
from tests.factories.people import make_actor, make_user
from tests.support.html import fields_of, text_of
from tests.support.sending import refuse_next, send_next

pytestmark = pytest.mark.django_db


@pytest.fixture
def conversation():
    return make_conversation(text="번호는 010 뭐였죠?")


@pytest.fixture
def ana(conversation):
    return make_actor("operator", conversation.unit)


def answer(actor, conversation, text="확인했습니다.", **given):
    return reply_send(
        actor, conversation_id=conversation.pk, answers_id=None, text=text, request_key=uuid4(),
        **({"private": True} | given),
    )  # fmt: skip


def refusal(act):
    with pytest.raises(Conflict) as refused:
        act()
    return refused.value.code


def test_it_ends_the_wait_as_a_public_answer_does(conversation, ana):
    reply = answer(ana, conversation)
    assert reply.delivery.kind == "private"
    send_next("m_1", url="")
    found = Conversation.objects.get(pk=conversation.pk)
    assert (found.state, found.waiting_since) == ("waiting", None)
    ours = found.messages.get(direction="outbound")
    assert (ours.kind, ours.operator_id) == ("private", ana.user_id)


def test_once_for_each_comment_but_again_when_it_was_never_sent(conversation, ana):
    answer(ana, conversation)
    refuse_next(Rejected("(#551)", code=RejectionCode.BLOCKED))
    answer(ana, conversation)
    send_next("m_2", url="")
    assert refusal(lambda: answer(ana, conversation)) == "cannot_reply_privately"
    answer(ana, conversation, "모두에게 알려 드려요.", private=False)


@pytest.mark.parametrize(
    ("kind", "given"),
    [
        ("facebook", {"posted_at": now() - timedelta(days=7, minutes=1)}),
        ("facebook", {"kind": ItemKind.VISITOR_POST}),
        ("x", {"kind": ItemKind.MENTION}),
        ("blog", {}),
    ],
)
def test_not_too_late_and_not_where_there_is_none(kind, given):
    conversation = make_conversation(account=make_account(kind=kind), **given)
    ana = make_actor("operator", conversation.unit)
    assert refusal(lambda: answer(ana, conversation)) == "cannot_reply_privately"
    assert not Delivery.objects.exists()


def test_personal_data_is_nobodys_business_but_length_counts(conversation, ana):
    with pytest.raises(Invalid) as refused:
        answer(ana, conversation, "가" * 2001)
    assert refused.value.code == "too_long"
    answer(ana, conversation, "고객님 번호 010-1234-5678로 연락드릴게요.")


def test_it_is_said_before_typing(conversation, ana):
    shown = thread(ana, conversation.pk).private
    assert shown.is_possible
    assert shown.until == conversation.messages.get().posted_at + timedelta(days=7)
    answer(ana, conversation)
    assert thread(ana, conversation.pk).private.why_not


def test_what_is_taken_back_or_sent_later_stays_private(conversation, ana):
    reply = answer(ana, conversation, undo_seconds=10)
    draft = reply_undo(ana, conversation_id=conversation.pk, reply_id=reply.pk)
    assert draft.is_private
    when = now() + timedelta(hours=1)
    draft = reply_schedule(
        ana, conversation_id=conversation.pk, text=draft.text, request_key=draft.request_key,
        send_at=when, private=True,
    )  # fmt: skip
    Draft.objects.filter(pk=draft.pk).update(send_at=now())
    scheduled_send_due()
    assert send_next("m_9", url="").kind == "private"


def test_a_draft_remembers_for_whom_it_is(conversation, ana):
    key, where = uuid4(), {"conversation_id": conversation.pk, "text": "비밀"}
    draft = draft_save(ana, request_key=key, private=True, **where)
    assert draft.is_private
    draft = draft_save(ana, request_key=key, revision=draft.revision, **where)
    assert draft.is_private
    colleague = make_actor("operator", conversation.unit)
    assert draft_copy(colleague, draft_id=draft.pk).is_private
    with pytest.raises(Conflict):
        reply_send_or_park(
            ana, request_key=key, seen_version=0, answers_id=None, private=True, **where
        )
    assert Draft.objects.get(pk=draft.pk).is_private


def test_what_a_guest_wrote_for_one_customer_stays_private_when_it_comes_too_late(conversation):
    guest, key = make_actor("guest", conversation.unit), uuid4()
    with pytest.raises(Conflict):
        candidate_submit_or_park(
            guest, conversation_id=conversation.pk, text="비밀", request_key=key, seen_version=0,
            answers_id=None, private=True,
        )  # fmt: skip
    parked = Draft.objects.get(request_key=key)
    assert (parked.state, parked.is_private) == ("parked", True)


def test_the_form_sends_privately_and_the_thread_says_so(conversation):
    client, address = Client(), f"/conversations/{conversation.pk}/"
    client.force_login(make_user("bo", role="operator", unit=conversation.unit, language="en"))
    fields = fields_of(client.get(address), "reply-form")
    sent = fields | {"text": "DM", "then": "send", "audience": "private"}
    assert client.post(f"{address}reply/", sent).status_code == 302
    assert "Only the customer reads this" in text_of(client.get(address))
    send_next("m_3", url="")
    page = text_of(client.get(address))
    assert "Only the customer reads this" in page
    assert "there can be only one" in page


def test_what_was_refused_stays_private(conversation, ana):
    """Without scripts the page comes back with the words; they must not turn public on the way."""
    client, address = Client(), f"/conversations/{conversation.pk}/"
    client.force_login(make_user("bo", role="operator", unit=conversation.unit, language="en"))
    fields = fields_of(client.get(address), "reply-form")
    Conversation.objects.filter(pk=conversation.pk).update(assignee_id=ana.user_id, state="open")
    sent = fields | {"text": "DM", "then": "send", "audience": "private"}
    back = client.post(f"{address}reply/", sent)
    assert back.status_code == 409
    html = back.content.decode()
    private = html[html.index('value="private"') :]
    assert "checked" in private[: private.index(">")]


def test_the_whole_way_to_the_platform(sandbox, run_background):
    from tests.support.platforms import connect

    line = connect(sandbox, "facebook")
    comment = line.say("번호 알려드릴까요?", kind="comment")
    run_background()
    conversation = Conversation.objects.get(account=line.account)
    reply = answer(make_actor("operator", line.account.unit), conversation, "네, 여기로요.")
    run_background()
    reply.delivery.refresh_from_db()
    assert reply.delivery.state == "sent", reply.delivery.reason
    stored = sandbox.control("item", id=reply.delivery.external_id)
    assert (stored["comment_id"], stored["text"]) == (comment, "네, 여기로요.")
    assert line.stands() == {"네, 여기로요.": 1}
    conversation.refresh_from_db()
    assert conversation.state == "waiting"
