"""Drafts, presence, undo and scheduling as browsers ask for them, with scripts and without."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from inbox.models import Draft, Lease, Presence, Reply
from inbox.sending_times import sending_time
from opsconsole.kernel.clock import now
from opsconsole.people.models import User
from opsconsole.people.selectors import actor_for
from tests.factories.inbox import make_conversation, make_message
from tests.factories.people import make_user
from tests.integration.inbox.test_drafts import save
from tests.support.html import fields_of, read, text_of

pytestmark = pytest.mark.django_db
LIVE = {"HX-Request": "true"}


@pytest.fixture
def conversation():
    return make_conversation(text="언제 되나요")


@pytest.fixture
def ana(conversation):
    return make_user("ana", role="operator", unit=conversation.unit, language="en")


@pytest.fixture
def bo(conversation):
    return make_user("bo", role="operator", unit=conversation.unit, language="en")


def screen(user):
    client = Client()
    client.force_login(user)
    return client


def path(conversation, rest=""):
    return f"/conversations/{conversation.pk}/{rest}"


def keep(client, conversation, text, **given):
    fields = {"kind": "reply", "text": text, "request_key": uuid4(), "revision": 0} | given
    return client.post(path(conversation, "draft/"), fields)


def test_a_script_saves_and_any_other_browser_shows_it(conversation, ana):
    key = uuid4()
    first = keep(screen(ana), conversation, "곧 됩니다", request_key=key)
    assert first.json() == {"revision": 1}
    page = screen(ana).get(path(conversation))
    assert "곧 됩니다" in text_of(page)
    assert fields_of(page, "reply-form")["request_key"] == str(key)
    behind = keep(screen(ana), conversation, "내일", request_key=key)
    assert (behind.status_code, behind.json()["code"]) == (409, "elsewhere")
    assert behind.json()["text"] == "곧 됩니다"


def test_a_colleague_reads_the_draft_takes_a_copy_and_sees_who_is_here(conversation, ana, bo):
    keep(screen(ana), conversation, "곧 됩니다")
    life = {"tab": "a", "state": "typing", "answering": "1"}
    assert screen(ana).post(path(conversation, "presence/"), life).json() == {"is_mine": True}
    answer = screen(bo).post(path(conversation, "presence/"), life | {"tab": "b"}).json()
    assert (answer["is_mine"], "Ana" in answer["message"]) == (False, True)
    beside = text_of(screen(bo).get(path(conversation, "beside/")))
    for words in ("Ana is typing", "Ana is answering", "곧 됩니다", "Take a copy"):
        assert words in beside
    here = screen(bo).get(f"/here/?ids={conversation.pk},x,999999")
    assert "A draft of Ana" in text_of(here)
    draft = Draft.objects.get()
    screen(bo).post(path(conversation, f"drafts/{draft.pk}/copy/"))
    assert Draft.objects.get(author=bo).text == "곧 됩니다"
    bad = screen(bo).post(path(conversation, "take-over/"), {"reason": ""}, headers=LIVE)
    assert bad.status_code == 422
    screen(bo).post(path(conversation, "take-over/"), {"reason": "shift"}, headers=LIVE)
    assert Lease.objects.get().holder == bo
    screen(bo).post(path(conversation, "presence/"), {"tab": "b", "state": "gone"})
    assert not Lease.objects.exists() or Presence.objects.filter(user=bo).exists()


def test_a_parked_answer_stands_beside_what_is_new(conversation, ana):
    draft = save(actor_for(ana), conversation, "곧 됩니다", seen_version=conversation.version)
    seen = conversation.version
    make_message(conversation, text="아직인가요?")
    page = screen(ana).get(path(conversation))
    fields = fields_of(page, "reply-form") | {"text": draft.text, "seen_version": seen}
    refused = screen(ana).post(path(conversation, "reply/"), fields)
    assert refused.status_code == 409
    for words in ("What is new since you began", "아직인가요?", "곧 됩니다", "Send anyway"):
        assert words in text_of(refused)
    again = fields_of(refused, "reply-form") | {"text": draft.text, "then": "anyway"}
    assert screen(ana).post(path(conversation, "reply/"), again).status_code == 302
    assert Reply.objects.get().text == "곧 됩니다"


def test_an_answer_waits_and_is_taken_back(conversation, ana):
    User.objects.filter(pk=ana.pk).update(undo_seconds=20)
    page = screen(ana).get(path(conversation))
    fields = fields_of(page, "reply-form") | {"text": "앗", "then": "send"}
    sent = screen(ana).post(path(conversation, "reply/"), fields, headers=LIVE)
    reply = Reply.objects.get()
    assert reply.delivery.not_before > now() + timedelta(seconds=15)
    assert "Your answer leaves in" in text_of(sent)
    back = screen(ana).post(path(conversation, f"replies/{reply.pk}/undo/"), headers=LIVE)
    assert back["HX-Trigger-After-Swap"] == "drafted"
    data = next(a for _tag, a in read(back).tags if a.get("id") == "draft-of-reply")
    assert (data["data-text"], data["data-state"]) == ("앗", "writing")
    assert fields_of(back)["request_key"] == data["data-key"] != fields["request_key"]


def test_an_answer_is_scheduled_listed_and_taken_back(conversation, ana, bo):
    page = screen(ana).get(path(conversation))
    fields = fields_of(page, "reply-form") | {"text": "내일 답할게요", "choice": "tomorrow"}
    assert screen(ana).post(path(conversation, "schedule/"), fields).status_code == 302
    draft = Draft.objects.get()
    at = timezone.localtime(draft.send_at)
    assert (draft.state, at.hour, at.minute) == ("scheduled", 9, 0)
    for who, view in ((ana, "mine"), (ana, "scheduled"), (bo, "unit")):
        listed = text_of(screen(who).get(f"/drafts/?view={view}"))
        assert "내일 답할게요" in listed
    assert "Take it back to change it" in text_of(screen(ana).get(path(conversation)))
    screen(ana).post(path(conversation, f"drafts/{draft.pk}/resume/"))
    draft.refresh_from_db()
    assert (draft.state, draft.send_at) == ("writing", None)
    none = fields | {"choice": "", "send_at": ""}
    assert screen(ana).post(path(conversation, "schedule/"), none).status_code == 422


def test_the_list_throws_away_ones_own_and_empty_lists_say_so(conversation, ana):
    draft = save(actor_for(ana), conversation, "곧 됩니다")
    page = screen(ana).post(f"/drafts/{draft.pk}/discard/", follow=True)
    assert "Nothing is waiting to be sent" in text_of(page)
    assert screen(ana).get("/drafts/?view=nonsense").status_code == 422


def test_quick_choices_mean_the_wall_clock():
    friday = timezone.localtime(now()).replace(year=2026, month=11, day=27, hour=22, minute=5)
    assert sending_time("hour", friday) == friday + timedelta(hours=1)
    assert (sending_time("tomorrow", friday).day, sending_time("tomorrow", friday).hour) == (28, 9)
    assert (sending_time("monday", friday).day, sending_time("monday", friday).hour) == (30, 9)


def test_signed_out_scripts_are_not_led_to_a_page_they_cannot_read(conversation):
    assert Client().get("/here/?ids=1").status_code == 302
    assert Client().post(path(conversation, "draft/")).status_code == 302
