"""Which conversation a line joins, in whatever order the lines come."""

from dataclasses import replace
from datetime import timedelta
from itertools import permutations

import pytest

from channels.types import ItemKind, Profile
from inbox.actions.triage import conversation_resolve
from inbox.models import Contact, Conversation, Message
from inbox.selectors.thread import thread
from opsconsole.kernel.actor import SYSTEM
from opsconsole.kernel.clock import now
from tests.factories.channels import make_account, make_fetched
from tests.factories.inbox import ingest, make_conversation, make_message
from tests.factories.people import make_actor

pytestmark = pytest.mark.django_db


def ago(**given):
    return now() - timedelta(**given)


def homes(*external_ids):
    """The conversations of some lines, in their order."""
    known = dict(Message.objects.values_list("external_id", "conversation_id"))
    return [known[external_id] for external_id in external_ids]


def lines(conversation):
    return list(
        conversation.messages.order_by("posted_at", "id").values_list("external_id", flat=True)
    )


def test_on_x_each_customer_of_a_thread_has_a_conversation_of_their_own():
    account = make_account(kind="x")
    ingest(
        account,
        make_fetched("1", author="ana", thread_external_id="root", parent_external_id="root"),
        make_fetched("2", author="bo", thread_external_id="root", parent_external_id="root"),
        make_fetched("3", author="ana", thread_external_id="root", parent_external_id="2"),
    )
    first, second, third = homes("1", "2", "3")
    assert first == third != second


def test_below_a_comment_everybody_speaks_in_one_conversation():
    ingest(
        make_account(),
        make_fetched("c1", author="ana", thread_external_id="post"),
        make_fetched("c2", author="bo", thread_external_id="post", parent_external_id="c1"),
        make_fetched("c3", author="cy", thread_external_id="post"),
    )
    first, second, third = homes("c1", "c2", "c3")
    assert first == second != third
    assert Conversation.objects.get(pk=first).contact.external_id == "ana"


def test_a_visitors_post_and_what_is_said_below_it_belong_together():
    account = make_account()
    post = make_fetched("v1", kind=ItemKind.VISITOR_POST, thread_external_id="v1", author="ana")
    ingest(account, post)
    ingest(account, make_fetched("c1", author="bo", thread_external_id="v1"))
    assert len(set(homes("v1", "c1"))) == 1


@pytest.mark.parametrize("order", [*permutations(["c1", "c2", "c3"])], ids="-".join)
def test_an_answer_may_come_before_what_it_answers(order):
    """Each in a poll of its own, so that sorting within a page does not help."""
    account = make_account()
    parents = {"c1": "", "c2": "c1", "c3": "c1"}
    for key in order:
        at = ago(minutes=10 - int(key[1]))
        ingest(account, make_fetched(key, parent_external_id=parents[key], posted_at=at))
    (conversation,) = Conversation.objects.all()
    assert lines(conversation) == ["c1", "c2", "c3"]
    assert conversation.waiting_since == conversation.messages.get(external_id="c1").posted_at


def test_the_timeline_follows_the_platforms_clock():
    account = make_account()
    conversation = make_conversation(account=account, posted_at=ago(minutes=3))
    late = make_message(conversation, posted_at=ago(minutes=9))
    last = make_message(conversation, posted_at=ago(minutes=1))
    shown = [e.row for e in thread(SYSTEM, conversation.pk).entries if e.kind == "message"]
    assert [row.pk for row in shown][::2] == [late.pk, last.pk]
    assert conversation.waiting_since == late.posted_at
    assert conversation.preview == last.text


def test_unrelated_lines_of_one_page_stay_apart():
    ingest(
        make_account(),
        *(make_fetched(f"c{n}", author=f"customer{n}") for n in range(6)),
    )
    assert len(set(homes(*(f"c{n}" for n in range(6))))) == 6


def test_a_person_on_x_is_one_person_on_all_our_accounts_and_nowhere_else():
    mobile, home, page = make_account(kind="x"), make_account(kind="x"), make_account()
    for number, account in enumerate((mobile, home, page)):
        ingest(account, make_fetched(f"i{number}", author="7"))
    assert Contact.objects.filter(external_id="7").count() == 2
    assert Conversation.objects.filter(contact__network="x").count() == 2


def test_authors_whom_the_platform_withholds_stay_apart():
    ingest(make_account(), make_fetched("c1", author=None), make_fetched("c2", author=None))
    contacts = {m.contact_id for m in Message.objects.all()}
    assert len(contacts) == 2


def test_a_profile_keeps_its_newest_form():
    account = make_account()
    conversation = make_conversation(account=account, author="cho")
    for days, name in [(0, "New name"), (2, "Old name")]:
        item = make_fetched(posted_at=ago(days=days))
        ingest(account, replace(item, author=Profile("cho", name=name)))
    conversation.contact.refresh_from_db()
    assert conversation.contact.name == "New name"


# --- After the end ---


def resolved(hours, **given):
    """A conversation that was resolved some hours ago, its line written before that."""
    conversation = make_conversation(posted_at=ago(hours=hours + 1), **given)
    conversation_resolve(SYSTEM, conversation_id=conversation.pk)
    Conversation.objects.filter(pk=conversation.pk).update(resolved_at=ago(hours=hours))
    conversation.refresh_from_db()
    return conversation


def test_who_writes_soon_after_the_end_reopens_the_conversation():
    conversation = resolved(hours=23)
    line = make_message(conversation)
    assert (conversation.state, conversation.waiting_since) == ("new", line.posted_at)
    assert conversation.resolved_at is None
    assert Conversation.objects.count() == 1


def test_who_had_it_has_it_again():
    actor = make_actor(unit=None)
    conversation = make_conversation()
    Conversation.objects.filter(pk=conversation.pk).update(assignee_id=actor.user_id)
    conversation_resolve(actor, conversation_id=conversation.pk)
    make_message(conversation)
    assert conversation.state == "open"


def test_who_writes_long_after_the_end_begins_anew_linked_to_the_old():
    conversation = resolved(hours=25)
    item = make_fetched(
        author=conversation.contact.external_id,
        parent_external_id=conversation.messages.get().external_id,
    )
    ingest(conversation.account, item)
    fresh = Message.objects.get(external_id=item.external_id).conversation
    assert (fresh.previous, fresh.cycle) == (conversation, 2)
    assert fresh.messages.count() == 1
    conversation.refresh_from_db()
    assert conversation.state == "resolved"


def test_what_was_written_in_time_but_fetched_late_is_not_late():
    """The workers were down for three days; by the platform's clock it was an hour after the end."""
    conversation = resolved(hours=72)
    make_message(conversation, posted_at=ago(hours=71))
    assert conversation.state == "new"
    assert Conversation.objects.count() == 1


def test_a_line_from_before_our_answer_stays_with_the_answer_however_late():
    conversation = resolved(hours=60)
    Conversation.objects.filter(pk=conversation.pk).update(answered_up_to=ago(hours=2))
    make_message(conversation, posted_at=ago(hours=3))
    assert (conversation.state, conversation.waiting_since) == ("resolved", None)
    assert Conversation.objects.count() == 1
