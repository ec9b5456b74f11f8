"""A part answer goes out like any other, and the customer's wait goes on."""

from uuid import uuid4

import pytest

from channels.actions.sending import delivery_sent
from channels.types import Receipt
from inbox.actions.candidates import candidate_approve, candidate_submit
from inbox.actions.clocks import waits_from_log
from inbox.actions.replies import reply_send
from inbox.candidates import digest_of
from inbox.models import Draft, Message, Reply, Wait
from opsconsole.kernel.clock import now
from opsconsole.kernel.errors import Conflict, Invalid
from opsconsole.people.models import User
from opsconsole.tasks import settle
from tests.factories.channels import make_fetched
from tests.factories.inbox import ingest, make_conversation, make_message
from tests.factories.people import make_actor
from tests.support.sending import arm_next, send_next

pytestmark = pytest.mark.django_db


@pytest.fixture
def conversation():
    return make_conversation()


@pytest.fixture
def ana(conversation):
    return make_actor("operator", conversation.unit)


def answer(actor, conversation, text="요금은 내일 안내드리겠습니다.", **given):
    given = {"answers_id": None, "request_key": uuid4()} | given
    return reply_send(actor, conversation_id=conversation.pk, text=text, **given)


def stands(conversation):
    conversation.refresh_from_db()
    return conversation.state, conversation.waiting_since


def test_the_customer_waits_until_the_rest_has_come(conversation, ana):
    _state, since = stands(conversation)
    answer(ana, conversation, is_part=True)
    send_next()
    assert Message.objects.get(direction="outbound").is_part
    assert stands(conversation) == ("open", since)
    assert Wait.objects.get().ended_at is None
    rest = answer(ana, conversation, "요금은 3만 원입니다.")
    send_next()
    assert stands(conversation) == ("waiting", None)
    wait = Wait.objects.get()
    assert wait.answer.delivery_id == rest.delivery_id
    assert (wait.end_kind, wait.double_answers) == ("answered", 0)
    assert [str(row) for row in waits_from_log([conversation])] == [str(wait)]


def test_a_poll_that_is_faster_than_the_platforms_answer_ends_no_wait_for_good(conversation, ana):
    _state, since = stands(conversation)
    answer(ana, conversation, is_part=True)
    claim = arm_next()
    question = conversation.messages.get()
    own = make_fetched("out1", is_own=True, author="us", parent_external_id=question.external_id)
    ingest(conversation.account, own)
    assert stands(conversation) == ("waiting", None)
    assert delivery_sent(claim, Receipt("out1", posted_at=now(), url="https://platform.example/1"))
    settle()
    assert stands(conversation) == ("open", since)
    assert Wait.objects.get().ended_at is None


def test_it_cannot_resolve(conversation, ana):
    with pytest.raises(Invalid) as caught:
        answer(ana, conversation, is_part=True, resolve_after=True)
    assert caught.value.code == "is_part"
    both = {"conversation_id": conversation.pk, "text": "x", "request_key": uuid4()}
    with pytest.raises(Invalid):
        candidate_submit(ana, **both, is_part=True, resolve_after=True)
    assert not Reply.objects.exists()


def test_the_same_key_stands_for_one_kind_of_answer(conversation, ana):
    key = uuid4()
    first = answer(ana, conversation, is_part=True, request_key=key)
    assert answer(ana, conversation, is_part=True, request_key=key) == first
    with pytest.raises(Conflict):
        answer(ana, conversation, request_key=key)


def test_parked_it_is_still_a_part_and_is_offered_as_one(conversation, ana, client):
    client.force_login(User.objects.get(pk=ana.user_id))
    path, old = f"/conversations/{conversation.pk}/", conversation.version
    question = conversation.messages.get()
    make_message(conversation)
    form = {
        "text": "우선 확인해 보겠습니다", "answers": question.pk, "request_key": uuid4(),
        "seen_version": old, "then": "part",
    }  # fmt: skip
    assert client.post(f"{path}reply/", form).status_code == 409
    draft = Draft.objects.get()
    assert (draft.state, draft.is_part) == ("parked", True)
    assert 'value="anyway_part"' in client.get(path).content.decode()
    conversation.refresh_from_db()
    again = form | {"seen_version": conversation.version, "then": "anyway_part"}
    assert (
        client.post(f"{path}reply/", again | {"request_key": draft.request_key}).status_code == 302
    )
    assert Reply.objects.get().is_part


def test_what_was_submitted_before_there_were_parts_keeps_its_mark():
    given = {"text": "x", "answers_id": 1, "is_private": False, "resolve_after": False}
    assert digest_of(**given) == digest_of(**given, is_part=False)
    assert digest_of(**given) != digest_of(**given, is_part=True)


def test_what_is_approved_goes_out_as_a_part(conversation):
    newcomer = make_actor("operator", conversation.unit)
    draft = candidate_submit(
        newcomer, conversation_id=conversation.pk, text="확인 중입니다", request_key=uuid4(),
        is_part=True,
    )  # fmt: skip
    boss = make_actor("manager", conversation.unit)
    reply = candidate_approve(boss, draft_id=draft.pk, digest=draft.submitted_digest)
    assert reply.is_part
