"""Who is answering, looking on or typing: facts that end by themselves."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from inbox.actions.assignment import conversation_assign, conversation_claim
from inbox.actions.leases import lease_release, lease_take, lease_take_over, leases_sweep
from inbox.actions.presence import presence_end, presence_note, presences_sweep
from inbox.lifecycle import PresenceState
from inbox.models import Lease, Notice, Presence
from inbox.selectors.company import companies, company_of
from opsconsole.audit.models import Activity
from opsconsole.kernel.clock import now
from opsconsole.kernel.errors import Conflict, NotAllowed, NotFound
from tests.factories.inbox import make_conversation, make_conversations
from tests.factories.people import make_actor
from tests.integration.inbox.test_drafts import refusal, save, send

pytestmark = pytest.mark.django_db


@pytest.fixture
def conversation():
    return make_conversation()


@pytest.fixture
def ana(conversation):
    return make_actor("operator", conversation.unit, nickname="Ana")


@pytest.fixture
def bo(conversation):
    return make_actor("operator", conversation.unit, nickname="Bo")


def look(actor, conversation, tab="tab", state="viewing"):
    presence_note(actor, conversation_id=conversation.pk, tab=tab, state=PresenceState(state))


# --- Lease ---


def test_whoever_begins_to_answer_has_it_and_the_others_read_who(conversation, ana, bo):
    lease_take(ana, conversation_id=conversation.pk)
    with pytest.raises(Conflict, match="Ana") as caught:
        lease_take(bo, conversation_id=conversation.pk)
    assert caught.value.code == "taken"
    assert refusal(send, bo, conversation) == "taken"
    assert refusal(conversation_claim, bo, conversation_id=conversation.pk) == "taken"
    assert send(ana, conversation)
    assert not Lease.objects.exists()


def test_a_lease_ends_by_itself_and_by_letting_go(conversation, ana, bo):
    lease_take(ana, conversation_id=conversation.pk)
    lease_release(ana, conversation_id=conversation.pk)
    lease = lease_take(bo, conversation_id=conversation.pk)
    assert lease.expires_at - lease.taken_at == timedelta(seconds=90)
    Lease.objects.update(expires_at=now() - timedelta(seconds=1))
    assert lease_take(ana, conversation_id=conversation.pk).holder_id == ana.user_id
    Lease.objects.update(expires_at=now() - timedelta(seconds=1))
    assert company_of(conversation).answering is None
    assert (leases_sweep(), leases_sweep()) == (1, 0)


def test_typing_on_renews_it(conversation, ana):
    first = lease_take(ana, conversation_id=conversation.pk)
    again = lease_take(ana, conversation_id=conversation.pk)
    assert (again.taken_at, again.expires_at > first.expires_at) == (first.taken_at, True)


def test_a_colleague_takes_over_with_a_reason_and_the_former_is_told(conversation, ana, bo):
    lease_take(ana, conversation_id=conversation.pk)
    wish = {"conversation_id": conversation.pk}
    assert refusal(lease_take_over, bo, **wish, reason=" ") == "reason"
    assert lease_take_over(bo, **wish, reason="점심").holder_id == bo.user_id
    assert refusal(send, ana, conversation) == "taken"
    notice = Notice.objects.get()
    assert (notice.user_id, notice.kind, notice.data["by"]) == (ana.user_id, "lease_taken", "Bo")
    act = Activity.objects.get(verb="inbox.lease.taken_over")
    assert (act.data["former"], act.data["reason"]) == ("Ana", "점심")


def test_what_is_assigned_to_one_is_not_answered_by_another(conversation, ana, bo):
    conversation_assign(ana, conversation_id=conversation.pk, assignee_id=bo.user_id)
    assert refusal(lease_take, ana, conversation_id=conversation.pk) == "taken"
    assert refusal(lease_take_over, ana, conversation_id=conversation.pk, reason="x") == "taken"
    assert lease_take(bo, conversation_id=conversation.pk)


def test_only_who_may_answer_takes_it(conversation):
    guest = make_actor("guest", conversation.unit)
    stranger = make_actor("operator", make_conversation().unit)
    assert refusal(lease_take, guest, conversation_id=conversation.pk) == NotAllowed.code
    assert refusal(lease_take, stranger, conversation_id=conversation.pk) == NotFound.code


# --- Presence ---


def test_ten_tabs_of_one_person_are_one_and_typing_shows_before_viewing(conversation, ana, bo):
    for number in range(10):
        look(ana, conversation, f"tab{number}")
    look(ana, conversation, "tab3", "typing")
    look(bo, conversation)
    here = [(str(one.user), one.is_typing) for one in company_of(conversation).people]
    assert here == [("Ana", True), ("Bo", False)]


def test_a_tab_that_falls_silent_is_gone_within_thirty_seconds(conversation, ana):
    look(ana, conversation)
    Presence.objects.update(seen_at=now() - timedelta(seconds=26))
    assert company_of(conversation).people == []
    assert (presences_sweep(), presences_sweep()) == (1, 0)
    look(ana, conversation)
    presence_end(ana, conversation_id=conversation.pk, tab="tab")
    assert not Presence.objects.exists()


def test_a_tab_shows_one_conversation(conversation, ana):
    other = make_conversation(account=conversation.account)
    look(ana, conversation)
    look(ana, other)
    assert Presence.objects.get().conversation_id == other.pk


def test_a_sign_of_life_is_one_statement_behind_the_gate(conversation, ana):
    look(ana, conversation)
    version = conversation.version
    with CaptureQueriesContext(connection) as queries:
        look(ana, conversation)
    assert [query["sql"].split()[0] for query in queries] == ["EXECUTE", "UPDATE"]
    conversation.refresh_from_db()
    assert conversation.version == version


def test_a_list_of_any_length_costs_four_queries(conversation, ana, django_assert_num_queries):
    rows = [conversation, *make_conversations(12, account=conversation.account)]
    for row in rows:
        look(ana, row, f"tab{row.pk}")
        lease_take(ana, conversation_id=row.pk)
        save(ana, row)
    with django_assert_num_queries(4):
        found = companies(ana, [row.pk for row in rows])
        told = [
            (str(c.answering), str(c.drafts[0].author), str(c.people[0].user))
            for c in found.values()
        ]
    assert told == [("Ana", "Ana", "Ana")] * 13


def test_nobody_looks_in_from_outside(conversation):
    stranger = make_actor("operator", make_conversation().unit)
    assert refusal(look, stranger, conversation) == NotFound.code
