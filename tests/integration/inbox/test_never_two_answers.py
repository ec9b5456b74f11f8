"""Several people, tabs and workers at one conversation in the same moment: one answer, and no word lost."""

from datetime import timedelta
from functools import partial
from uuid import uuid4

import pytest

from channels.actions.landing import items_land
from channels.actions.sending import delivery_claim
from channels.models import Delivery
from channels.types import Visibility
from inbox.actions.drafts import draft_save
from inbox.actions.ingest import items_ingest
from inbox.actions.leases import lease_take
from inbox.actions.parking import drafts_park_overtaken, reply_send_or_park
from inbox.actions.presence import presence_note
from inbox.actions.scheduling import reply_schedule, scheduled_send_due
from inbox.actions.undo import reply_undo
from inbox.lifecycle import PresenceState
from inbox.models import Contact, Draft, Lease, Presence, Reply
from inbox.selectors.news import news_since
from opsconsole.kernel.clock import now
from opsconsole.kernel.errors import Conflict
from tests.factories.channels import make_account, make_fetched
from tests.factories.inbox import ingest, make_conversation
from tests.factories.people import make_actor
from tests.support.together import together

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def account():
    return make_account()


@pytest.fixture
def people(account):
    return [make_actor("operator", account.unit) for _ in range(3)]


def sending(who, conversation, text="Hello.", **given):
    """A job that presses Send."""
    given = {"answers_id": None, "request_key": uuid4(), "undo_seconds": 10} | given
    given.setdefault("seen_version", conversation.version)
    return partial(reply_send_or_park, who, conversation_id=conversation.pk, text=text, **given)


def saving(who, conversation, text, **given):
    """A job that saves a draft."""
    given = {"request_key": uuid4()} | given
    return partial(draft_save, who, conversation_id=conversation.pk, text=text, **given)


def kinds(results):
    return sorted(type(result).__name__ for result in results)


def line_comes(conversation):
    """A job in which the customer's next line arrives and is ingested."""
    question = conversation.messages.get()
    item = make_fetched(
        author=conversation.contact.external_id, parent_external_id=question.external_id
    )

    def job():
        items_land(conversation.account, [item])
        while items_ingest():
            pass

    return job


def test_of_those_who_begin_to_answer_at_once_one_has_it(account, people):
    for _ in range(8):
        pk = make_conversation(account=account).pk
        results = together(*[partial(lease_take, who, conversation_id=pk) for who in people] * 2)
        holder = Lease.objects.get(conversation=pk).holder_id
        won = {r.holder_id for r in results if isinstance(r, Lease)}
        assert won == {holder}
        assert {r.code for r in results if isinstance(r, Conflict)} == {"taken"}


def test_of_three_who_send_at_once_one_answer_goes_out_and_two_texts_are_kept(account, people):
    for _ in range(5):
        conversation = make_conversation(account=account)
        jobs = [sending(who, conversation, f"From {who.name}") for who in people]
        results = together(*jobs)
        assert kinds(results) == ["Conflict", "Conflict", "Reply"]
        parked = Draft.objects.filter(conversation=conversation, state="parked")
        sent = Reply.objects.get(conversation=conversation)
        assert {d.text for d in parked} | {sent.text} == {f"From {who.name}" for who in people}
        assert parked.count() == 2


def test_a_double_click_on_a_draft_is_one_answer_and_parks_nothing(account, people):
    ana = people[0]
    for _ in range(5):
        conversation = make_conversation(account=account)
        draft = saving(ana, conversation, "Hello.")()
        click = sending(ana, conversation, request_key=draft.request_key)
        assert len({reply.pk for reply in together(click, click, click)}) == 1
        assert Draft.objects.get(conversation=conversation).state == "sent"


def test_two_tabs_with_other_words_send_one_and_keep_the_other(account, people):
    ana = people[0]
    for _ in range(5):
        conversation = make_conversation(account=account)
        key = saving(ana, conversation, "one")().request_key
        tabs = [sending(ana, conversation, text, request_key=key) for text in ("one", "two")]
        assert kinds(together(*tabs)) == ["Conflict", "Reply"]
        texts = {Reply.objects.get(conversation=conversation).text}
        texts |= set(
            Draft.objects.filter(conversation=conversation, state="parked").values_list(
                "text", flat=True
            )
        )
        assert texts == {"one", "two"}


def test_two_tabs_that_begin_at_once_are_one_draft_and_the_slower_is_told(account, people):
    ana = people[0]
    for _ in range(5):
        conversation = make_conversation(account=account)
        results = together(*[saving(ana, conversation, text) for text in ("one", "two")])
        assert kinds(results) == ["Conflict", "Draft"]
        assert Draft.objects.filter(conversation=conversation).count() == 1


def test_an_undo_and_the_worker_meet_and_one_of_them_has_it(account, people):
    ana = people[0]
    for _ in range(8):
        conversation = make_conversation(account=account)
        reply = sending(ana, conversation, undo_seconds=0)()
        undo = partial(reply_undo, ana, conversation_id=conversation.pk, reply_id=reply.pk)
        undone, claimed = together(undo, delivery_claim)
        state = Delivery.objects.get(pk=reply.delivery_id).state
        if isinstance(undone, Draft):
            assert (claimed, state, undone.text) == (None, "cancelled", "Hello.")
        else:
            assert (undone.code, state) == ("moved_on", "claimed")
            Delivery.objects.filter(pk=reply.delivery_id).update(state="cancelled")


def test_a_scheduled_answer_and_a_line_of_the_customer_meet_and_nothing_stale_leaves(
    account, people
):
    for _ in range(6):
        conversation = make_conversation(account=account)
        draft = reply_schedule(
            people[0], conversation_id=conversation.pk, text="Later.", request_key=uuid4(),
            send_at=now() + timedelta(minutes=5),
        )  # fmt: skip
        Draft.objects.filter(pk=draft.pk).update(send_at=now())
        together(
            scheduled_send_due, scheduled_send_due, drafts_park_overtaken, line_comes(conversation)
        )
        scheduled_send_due()
        draft.refresh_from_db()
        sent = Reply.objects.filter(conversation=conversation)
        assert (draft.state, sent.count()) in {("sent", 1), ("parked", 0)}


def test_signs_of_life_of_one_tab_from_two_requests_are_one(account, people):
    conversation = make_conversation(account=account)
    note = partial(
        presence_note, people[0], conversation_id=conversation.pk, tab="tab",
        state=PresenceState.VIEWING,
    )  # fmt: skip
    together(note, note, note)
    assert Presence.objects.count() == 1


def test_an_edit_under_ones_hands_is_shown_word_by_word(account, people):
    conversation = make_conversation(account=account, text="로밍이 안 돼요")
    draft = saving(people[0], conversation, "로밍은요")()
    question = conversation.messages.get()
    same = {"author": conversation.contact.external_id, "posted_at": question.posted_at}
    ingest(account, make_fetched(question.external_id, text="로밍은 돼요", **same))
    conversation.refresh_from_db()
    (edit,) = news_since(draft, conversation).edits
    assert "".join(p.text for p in edit.pieces if p.kind != "added") == "로밍이 안 돼요"
    assert "".join(p.text for p in edit.pieces if p.kind != "removed") == "로밍은 돼요"
    assert {p.kind for p in edit.pieces} == {"same", "added", "removed"}


def test_a_removal_and_a_new_name_under_ones_hands(account, people):
    conversation = make_conversation(account=account, text="지울게요")
    draft = saving(people[0], conversation, "네")()
    question = conversation.messages.get()
    author = conversation.contact.external_id
    renamed = make_fetched("more", author=author, parent_external_id=question.external_id)
    ingest(account, renamed)
    gone = {"author": author, "posted_at": question.posted_at, "visibility": Visibility.REMOVED}
    ingest(account, make_fetched(question.external_id, **gone))
    conversation.refresh_from_db()
    news = news_since(draft, conversation)
    assert [row.pk for row in news.removed] == [question.pk]
    assert [row.external_id for row in news.lines] == ["more"]
    refused = sending(
        people[0], conversation, answers_id=question.pk, request_key=draft.request_key
    )
    with pytest.raises(Conflict) as caught:
        refused()
    assert caught.value.code == "target_gone"
    assert not Delivery.objects.exists()
    assert Contact.objects.filter(external_id=author).count() == 1
