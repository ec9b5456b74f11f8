"""Answered on the site itself: a wait that somebody's word ends, and begins again when they take it back."""

import pytest

from channels.models import ChannelAccount
from inbox.actions.clocks import waits_recompute
from inbox.actions.elsewhere import answered_elsewhere_undo, conversation_answered_elsewhere
from inbox.actions.triage import conversation_reopen, conversation_resolve
from inbox.models import Wait
from opsconsole.audit.models import Activity
from opsconsole.kernel.errors import Conflict, NotAllowed, NotFound
from opsconsole.people.models import User
from opsconsole.people.selectors import actor_for
from tests.factories.channels import make_account, make_fetched
from tests.factories.inbox import ingest, make_conversation
from tests.factories.people import make_unit, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def row():
    return make_conversation(account=make_account(kind="feed", unit=make_unit()))


@pytest.fixture
def yuna(row):
    return actor_for(make_user("yuna", role="operator", unit=row.account.unit))


def waits(row):
    return list(Wait.objects.filter(conversation=row).order_by("seq"))


def test_the_wait_ends_with_who_and_when(row, yuna):
    began = row.waiting_since
    done = conversation_answered_elsewhere(yuna, conversation_id=row.pk, seen_version=row.version)
    assert (done.state, done.waiting_since) == ("waiting", None)
    (wait,) = waits(row)
    assert (wait.end_kind, wait.end_reason, wait.is_outside) == ("answered", "elsewhere", True)
    assert (wait.replier_id, wait.answer_id, wait.opened_at) == (yuna.user_id, None, began)
    act = Activity.objects.get(verb="inbox.conversation.answered_elsewhere")
    assert act.at == wait.ended_at or abs((act.at - wait.ended_at).total_seconds()) < 1


def test_twice_is_once_and_where_nobody_waits_there_is_nothing_to_say(row, yuna):
    for _ in range(2):
        conversation_answered_elsewhere(yuna, conversation_id=row.pk)
    assert Activity.objects.filter(verb="inbox.conversation.answered_elsewhere").count() == 1
    conversation_resolve(yuna, conversation_id=row.pk)
    other = make_conversation(account=row.account)
    conversation_resolve(yuna, conversation_id=other.pk)
    with pytest.raises(Conflict) as refused:
        conversation_answered_elsewhere(yuna, conversation_id=other.pk)
    assert refused.value.code == "nobody_waits"


def test_taking_it_back_brings_the_old_wait_again(row, yuna):
    began = row.waiting_since
    conversation_answered_elsewhere(yuna, conversation_id=row.pk)
    for _ in range(2):
        back = answered_elsewhere_undo(yuna, conversation_id=row.pk)
    assert (back.state, back.waiting_since) == ("new", began)
    (wait,) = waits(row)
    assert (wait.ended_at, wait.replier_id, wait.is_outside) == (None, None, False)
    assert waits_recompute()[2] == 0


def test_what_the_customer_writes_afterwards_is_the_next_wait(row, yuna):
    conversation_answered_elsewhere(yuna, conversation_id=row.pk)
    ingest(row.account, make_fetched(parent_external_id=row.messages.get().external_id))
    row.refresh_from_db()
    assert row.waiting_since is not None
    first, second = waits(row)
    assert (first.end_kind, second.kind, second.cycle) == ("answered", "next", 1)
    assert waits_recompute()[2] == 0


def test_what_was_not_seen_is_not_answered(row, yuna):
    ingest(row.account, make_fetched(parent_external_id=row.messages.get().external_id))
    with pytest.raises(Conflict) as refused:
        conversation_answered_elsewhere(yuna, conversation_id=row.pk, seen_version=row.version)
    assert refused.value.code == "unseen"


def test_what_is_resolved_is_reopened_first(row, yuna):
    conversation_answered_elsewhere(yuna, conversation_id=row.pk)
    conversation_resolve(yuna, conversation_id=row.pk)
    with pytest.raises(Conflict):
        answered_elsewhere_undo(yuna, conversation_id=row.pk)
    reopened = conversation_reopen(yuna, conversation_id=row.pk)
    assert reopened.waiting_since is None
    assert answered_elsewhere_undo(yuna, conversation_id=row.pk).waiting_since is not None


def test_guests_and_strangers_do_not_say_so(row):
    guest = actor_for(make_user(role="guest", unit=row.account.unit))
    stranger = actor_for(make_user(role="operator", unit=make_unit()))
    for actor, refusal in ((guest, NotAllowed), (stranger, NotFound)):
        for act in (conversation_answered_elsewhere, answered_elsewhere_undo):
            with pytest.raises(refusal):
                act(actor, conversation_id=row.pk)


def test_the_screen_offers_it_with_its_key_and_leads_there(client, row, yuna):
    row.messages.update(permalink="https://blog.example/a/#comment-7")
    client.force_login(_user(yuna))
    page = client.get(f"/conversations/{row.pk}/").content.decode()
    assert 'aria-keyshortcuts="w"' in page
    assert 'href="https://blog.example/a/#comment-7"' in page
    client.post(f"/conversations/{row.pk}/answered-elsewhere/", {"seen_version": row.version})
    page = client.get(f"/conversations/{row.pk}/").content.decode()
    assert 'id="act-elsewhere-undo"' in page
    client.post(f"/conversations/{row.pk}/answered-elsewhere/undo/")
    row.refresh_from_db()
    assert row.waiting_since is not None


def test_where_an_answer_can_be_given_it_is_given_here(client, row, yuna):
    ChannelAccount.objects.filter(pk=row.account_id).update(kind="facebook")
    row.__class__.objects.filter(pk=row.pk).update(channel="facebook")
    client.force_login(_user(yuna))
    assert 'id="act-elsewhere"' not in client.get(f"/conversations/{row.pk}/").content.decode()


def _user(actor):
    return User.objects.get(pk=actor.user_id)
