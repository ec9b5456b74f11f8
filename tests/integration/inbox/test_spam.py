"""Spam and blocked customers: what they write is kept, and waits for nobody."""

import pytest
from django.test import Client

from inbox.actions.blocking import (
    contact_block,
    contact_unblock,
    conversation_not_spam,
    conversation_spam,
)
from inbox.actions.customers import contact_mark_vip
from inbox.models import Contact, Conversation, Wait
from opsconsole.kernel.errors import Conflict, NotAllowed, NotFound
from tests.factories.channels import make_account, make_fetched
from tests.factories.inbox import ingest, make_conversation, make_message
from tests.factories.people import make_actor, make_unit, make_user
from tests.support.html import harmless, text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def conversation():
    return make_conversation(author="spammer", text="대출 상담 받으세요")


@pytest.fixture
def actor(conversation):
    return make_actor("operator", conversation.unit)


@pytest.fixture
def client(conversation):
    made = Client()
    made.force_login(make_user("ana", role="operator", unit=conversation.unit, language="en"))
    return made


def again(conversation):
    conversation.refresh_from_db()
    return conversation


def listed(client, view):
    return [row.pk for row in client.get(f"/?view={view}").context["page"].rows]


def test_spam_leaves_the_queue_and_comes_back_with_its_wait(client, conversation, actor):
    waited = conversation.waiting_since
    assert client.post(f"/conversations/{conversation.pk}/spam/").status_code == 302
    row = again(conversation)
    assert (row.state, row.resolution, row.waiting_since) == ("resolved", "spam", None)
    assert Wait.objects.get().end_kind == "closed_no_reply"
    assert (listed(client, "open"), listed(client, "spam")) == ([], [conversation.pk])
    assert "Not spam" in text_of(client.get(f"/conversations/{conversation.pk}/"))
    client.post(f"/conversations/{conversation.pk}/not-spam/")
    row = again(conversation)
    assert (row.state, row.resolution, row.waiting_since) == ("new", "", waited)
    assert (listed(client, "open"), listed(client, "spam")) == ([conversation.pk], [])


def test_spam_and_block_is_one_act_and_one_undo(client, conversation, actor):
    client.post(f"/conversations/{conversation.pk}/spam/", {"then": "block"})
    contact = Contact.objects.get(pk=conversation.contact_id)
    assert contact.blocked_at is not None
    response = client.get(f"/conversations/{conversation.pk}/")
    assert "waits for nobody" in text_of(response)
    harmless(response)
    conversation_not_spam(actor, conversation_id=conversation.pk)
    contact.refresh_from_db()
    assert contact.blocked_at is None
    assert again(conversation).waiting_since is not None


def test_what_was_not_seen_is_not_thrown_away(conversation, actor):
    seen = conversation.version
    make_message(conversation, text="잘못 보냈어요, 요금 문의입니다")
    with pytest.raises(Conflict):
        conversation_spam(actor, conversation_id=conversation.pk, seen_version=seen)


@pytest.mark.parametrize("where", ["same thread", "new thread"])
def test_new_lines_of_a_blocked_customer_land_but_do_not_wait(client, conversation, actor, where):
    contact_block(actor, conversation_id=conversation.pk, reason="욕설")
    assert again(conversation).resolution == "blocked"
    if where == "same thread":
        late = make_message(conversation, text="한 번 더").conversation
    else:
        late = make_conversation(account=conversation.account, author="spammer")
    late.refresh_from_db()
    assert (late.state, late.resolution, late.waiting_since) == ("resolved", "blocked", None)
    assert late.message_count
    assert listed(client, "open") == []
    assert late.pk in listed(client, "spam")
    contact_unblock(actor, conversation_id=conversation.pk)
    fresh = make_message(late, text="이제 됩니까")
    assert fresh.conversation.pk == late.pk
    assert again(late).waiting_since == fresh.posted_at, "only what is new waits"


def test_who_is_not_blocked_still_waits_in_the_same_thread(conversation, actor):
    """On Facebook several customers stand in one branch of comments."""
    contact_block(actor, conversation_id=conversation.pk)
    first = conversation.messages.get()
    below = {
        "parent_external_id": first.external_id, "thread_external_id": first.thread_external_id,
    }  # fmt: skip
    other = make_fetched(author="kim", text="저는 진짜 문의예요", **below)
    ingest(conversation.account, other, make_fetched(author="spammer", text="또 저", **below))
    row = again(conversation)
    assert row.state == "new"
    assert row.waiting_since == other.posted_at


def test_blocking_closes_all_that_is_within_reach_and_no_more(conversation):
    home = make_unit()
    x_here, x_there = (
        make_account(kind="x", unit=conversation.unit),
        make_account(kind="x", unit=home),
    )
    here = make_conversation(account=x_here, author="bot")
    more = make_conversation(account=x_here, author="bot", thread_external_id="t2")
    there = make_conversation(account=x_there, author="bot")
    contact_block(make_actor("operator", conversation.unit), conversation_id=here.pk)
    states = dict(Conversation.objects.filter(contact=here.contact_id).values_list("pk", "state"))
    assert states == {here.pk: "resolved", more.pk: "resolved", there.pk: "new"}


def test_acts_are_for_those_who_work_there(conversation, actor):
    guest, stranger = make_actor("guest", conversation.unit), make_actor("operator", make_unit())
    for act in (conversation_spam, conversation_not_spam, contact_block, contact_unblock):
        with pytest.raises(NotAllowed):
            act(guest, conversation_id=conversation.pk)
        with pytest.raises(NotFound):
            act(stranger, conversation_id=conversation.pk)


def test_a_vip_is_shown_in_the_head(client, conversation, actor):
    contact_mark_vip(actor, conversation_id=conversation.pk, is_vip=True, reason="기자")
    assert "VIP" in text_of(client.get(f"/conversations/{conversation.pk}/"))
