"""Promises: proposed from our answers, followed up, and brought back when they are due."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from inbox import tasks
from inbox.actions.follow_ups import (
    followup_change,
    followup_dismiss,
    followup_keep,
    followup_make,
    followups_fall_due,
)
from inbox.actions.triage import conversation_resolve
from inbox.models import FollowUp, Notice
from inbox.selectors.follow_ups import open_follow_ups
from opsconsole.kernel.clock import now
from opsconsole.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from opsconsole.people.models import User
from opsconsole.people.selectors import actor_for
from tests.factories.inbox import make_conversation, make_message
from tests.factories.people import make_actor, make_unit, make_user
from tests.support.html import harmless, text_of
from tests.support.together import together

pytestmark = pytest.mark.django_db
WORDS = "확인 후 내일까지 연락드리겠습니다."


@pytest.fixture
def conversation():
    return make_conversation(author="hong", text="로밍이 안 돼요")


@pytest.fixture
def ana(conversation):
    return make_user("ana", role="operator", unit=conversation.unit, language="en")


@pytest.fixture
def actor(ana):
    return actor_for(ana)


@pytest.fixture
def client(ana):
    made = Client()
    made.force_login(ana)
    return made


def answered(conversation, text=WORDS):
    return make_message(conversation, is_own=True, author="us", text=text)


def path(conversation, rest=""):
    return f"/conversations/{conversation.pk}/promises/{rest}"


def page(client, conversation):
    return client.get(f"/conversations/{conversation.pk}/")


def test_a_promise_in_an_answer_is_proposed_with_its_day(client, conversation):
    line = answered(conversation)
    response = page(client, conversation)
    (proposal,) = response.context["proposals"]
    assert (proposal.quote, proposal.message) == (WORDS, line)
    tomorrow = timezone.localtime(now()) + timedelta(days=1)
    assert f'value="{tomorrow:%Y-%m-%d}T18:00"' in response.content.decode()
    assert "A promise?" in text_of(response)
    harmless(response)


def test_it_is_followed_up_moved_and_kept(client, conversation, actor):
    line = answered(conversation)
    body = {"message": line.pk, "quote": WORDS, "due_at": "2030-01-02T15:00"}
    for _ in range(2):
        assert client.post(path(conversation), body).status_code == 302
    row = FollowUp.objects.get()
    assert timezone.localtime(row.due_at).hour == 15
    assert row.owner_id == actor.user_id
    response = page(client, conversation)
    assert response.context["proposals"] == []
    assert WORDS in text_of(response)
    client.post(path(conversation, f"{row.pk}/"), {"due_at": "2030-01-03T09:00"})
    client.post(path(conversation, f"{row.pk}/keep/"))
    row.refresh_from_db()
    assert (row.state, row.closed_by_id) == ("kept", actor.user_id)
    assert page(client, conversation).context["follow_ups"] == []
    assert client.post(path(conversation, f"{row.pk}/drop/")).status_code == 409


def test_what_is_no_promise_is_not_asked_again(client, conversation):
    line = answered(conversation)
    body = {"message": line.pk, "quote": WORDS}
    client.post(path(conversation, "dismiss/"), body)
    assert page(client, conversation).context["proposals"] == []
    assert client.get("/promises/").context["page"].rows == []


def test_nothing_old_removed_or_of_the_customer_is_proposed(client, conversation):
    make_message(conversation, text=WORDS)
    with time_machine.travel(now() - timedelta(days=20), tick=False):
        answered(conversation)
    assert page(client, conversation).context["proposals"] == []


@pytest.mark.parametrize("rests", ["answered", "resolved"])
def test_a_due_promise_brings_its_conversation_back(conversation, actor, rests):
    answered(conversation)
    if rests == "resolved":
        conversation_resolve(actor, conversation_id=conversation.pk)
    due = now() + timedelta(hours=1)
    row = followup_make(actor, conversation_id=conversation.pk, quote=WORDS, due_at=due)
    tasks.promises()
    assert not Notice.objects.exists(), "not before its time"
    with time_machine.travel(due + timedelta(seconds=1), tick=False):
        tasks.promises()
        tasks.promises()
    conversation.refresh_from_db()
    assert (conversation.state, conversation.waiting_since) == ("open", None)
    notice = Notice.objects.get()
    assert (notice.user_id, notice.kind, notice.data["quote"]) == (
        actor.user_id, "promise_due", WORDS,
    )  # fmt: skip
    followup_change(
        actor, conversation_id=conversation.pk, followup_id=row.pk,
        due_at=due + timedelta(days=1),
    )  # fmt: skip
    with time_machine.travel(due + timedelta(days=1, seconds=1), tick=False):
        tasks.promises()
    assert Notice.objects.count() == 2, "moved, it is told anew"


def test_when_its_owner_is_gone_the_manager_is_told(conversation, actor):
    boss = make_user(role="manager", unit=conversation.unit)
    followup_make(actor, conversation_id=conversation.pk, quote=WORDS, due_at=now())
    User.objects.filter(pk=actor.user_id).update(is_active=False)
    followups_fall_due()
    assert Notice.objects.get().user_id == boss.pk


@pytest.mark.django_db(transaction=True)
def test_two_workers_tell_once_and_two_clicks_note_once(conversation, actor):
    line = answered(conversation)
    made = together(
        *[
            lambda: followup_make(
                actor, conversation_id=conversation.pk, quote=WORDS, due_at=now(),
                message_id=line.pk,
            )
        ] * 2
    )  # fmt: skip
    assert made[0] == made[1] == FollowUp.objects.get()
    together(followups_fall_due, followups_fall_due)
    assert Notice.objects.count() == 1


def test_the_page_shows_what_is_open_overdue_and_kept(client, conversation, actor):
    other = make_conversation()
    boss = make_actor("manager")
    make = {"conversation_id": conversation.pk, "due_at": now() + timedelta(days=2)}
    followup_make(actor, quote="나중", **make)
    late = followup_make(actor, quote="늦음", **make | {"due_at": now() - timedelta(days=1)})
    kept = followup_make(actor, quote="지킴", **make)
    followup_keep(actor, conversation_id=conversation.pk, followup_id=kept.pk)
    followup_make(boss, conversation_id=other.pk, quote="남의 것", due_at=now())
    shown = {
        view: [row.quote for row in client.get(f"/promises/?view={view}").context["page"].rows]
        for view in ("open", "overdue", "kept")
    }
    assert shown == {"open": ["늦음", "나중"], "overdue": ["늦음"], "kept": ["지킴"]}
    response = client.get("/promises/")
    harmless(response)
    assert "Overdue" in text_of(response)
    back = client.post(path(conversation, f"{late.pk}/keep/"), {"from": "promises"})
    assert back["Location"] == "/promises/"
    assert client.get("/promises/?view=upside").status_code == 422
    until = now() + timedelta(days=3)
    assert [row.quote for row in open_follow_ups([conversation.unit_id], until)] == ["나중"]
    assert open_follow_ups([conversation.unit_id], now()) == []


def test_promises_are_for_those_who_work_there(conversation, actor):
    line = answered(conversation)
    guest, stranger = (
        make_actor("guest", conversation.unit),
        make_actor("operator", make_unit()),
    )
    make = {"conversation_id": conversation.pk, "quote": WORDS, "due_at": now()}
    with pytest.raises(NotAllowed):
        followup_make(guest, **make)
    with pytest.raises(NotFound):
        followup_make(stranger, **make)
    with pytest.raises(Invalid):
        followup_make(actor, **make, owner_id=stranger.user_id)
    with pytest.raises(NotFound):
        followup_dismiss(
            actor, conversation_id=conversation.pk, quote=WORDS,
            message_id=make_conversation().messages.get().pk,
        )  # fmt: skip
    row = followup_make(actor, **make, message_id=line.pk)
    followup_keep(actor, conversation_id=conversation.pk, followup_id=row.pk)
    with pytest.raises(Conflict):
        followup_change(actor, conversation_id=conversation.pk, followup_id=row.pk, due_at=now())
