"""Drafts: kept while one types, shared with colleagues, parked when something came in between."""

from datetime import timedelta
from uuid import uuid4

import pytest

from channels.actions.landing import items_vanish
from inbox.actions.assignment import conversation_claim
from inbox.actions.drafts import draft_copy, draft_discard, draft_resume, draft_save
from inbox.actions.notes import note_add
from inbox.actions.parking import drafts_park_overtaken, reply_send_or_park
from inbox.actions.scheduling import reply_schedule, scheduled_send_due, scheduled_stop
from inbox.actions.undo import reply_undo
from inbox.lifecycle import DraftKind
from inbox.models import Conversation, Draft, Notice, Reply
from inbox.selectors.drafts import draft_page
from opsconsole.audit.models import Activity
from opsconsole.kernel.clock import now
from opsconsole.kernel.errors import Conflict, DomainError, NotAllowed, NotFound
from opsconsole.people.models import Membership
from tests.factories.inbox import ingest, make_conversation, make_message
from tests.factories.people import make_actor
from tests.support.sending import arm_next, send_next

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


def save(actor, conversation, text="도와드릴게요", **given):
    given = {"request_key": uuid4()} | given
    return draft_save(actor, conversation_id=conversation.pk, text=text, **given)


def send(actor, conversation, text="도와드릴게요", **given):
    given = {"answers_id": None, "request_key": uuid4()} | given
    return reply_send_or_park(actor, conversation_id=conversation.pk, text=text, **given)


def refusal(act, *args, **given):
    with pytest.raises(DomainError) as caught:
        act(*args, **given)
    return caught.value.code


def schedule(actor, conversation, text="내일 연락드릴게요", **given):
    given = {"request_key": uuid4(), "send_at": now() + timedelta(hours=1)} | given
    return reply_schedule(actor, conversation_id=conversation.pk, text=text, **given)


def time_comes(draft):
    Draft.objects.filter(pk=draft.pk).update(send_at=now() - timedelta(seconds=1))
    return scheduled_send_due()


# --- Kept ---


def test_what_is_typed_is_kept_without_a_step_of_the_conversation(conversation, ana):
    key, version = uuid4(), conversation.version
    first = save(ana, conversation, "도", request_key=key)
    assert save(ana, conversation, "도와", request_key=key, revision=first.revision).revision == 2
    conversation.refresh_from_db()
    assert conversation.version == version
    (draft,) = Draft.objects.all()
    assert (draft.text, draft.state, draft.request_key) == ("도와", "writing", key)


def test_an_emptied_draft_is_gone(conversation, ana):
    draft = save(ana, conversation)
    assert save(ana, conversation, " ", revision=draft.revision) is None
    assert not Draft.objects.exists()


def test_of_two_tabs_the_one_behind_is_told_what_the_other_wrote(conversation, ana):
    draft = save(ana, conversation, "one")
    save(ana, conversation, "one two", revision=draft.revision)
    with pytest.raises(Conflict) as caught:
        save(ana, conversation, "one three", revision=draft.revision)
    assert (caught.value.code, caught.value.data) == (
        "elsewhere",
        {"revision": 2, "text": "one two"},
    )
    assert save(ana, conversation, "one three", revision=2).text == "one three"


def test_sending_ends_the_draft_and_a_late_save_does_not_bring_it_back(conversation, ana):
    draft = save(ana, conversation)
    send(ana, conversation, request_key=draft.request_key)
    draft.refresh_from_db()
    assert draft.state == "sent"
    late = {"request_key": draft.request_key, "revision": draft.revision}
    assert refusal(save, ana, conversation, "late", **late) == "closed"
    note = save(ana, conversation, "psst", kind=DraftKind.NOTE)
    note_add(ana, conversation_id=conversation.pk, text="psst", draft_key=note.request_key)
    note.refresh_from_db()
    assert note.state == "sent"


def test_colleagues_see_a_draft_and_may_take_a_copy(conversation, ana, bo):
    draft = save(ana, conversation, "hers")
    staff = make_actor("staff", conversation.unit)
    stranger = make_actor("operator", make_conversation().unit)
    assert [row.text for row in draft_page(staff, "unit").rows] == ["hers"]
    assert draft_page(stranger, "unit").rows == []
    assert refusal(draft_copy, stranger, draft_id=draft.pk) == NotFound.code
    assert refusal(draft_copy, staff, draft_id=draft.pk) == NotAllowed.code
    save(bo, conversation, "his")
    assert draft_copy(bo, draft_id=draft.pk).text == "his\n\nhers"
    draft.refresh_from_db()
    assert draft.text == "hers"


def test_a_draft_is_thrown_away_by_its_author_or_who_directs(conversation, ana, bo):
    draft = save(ana, conversation)
    assert refusal(draft_discard, bo, draft_id=draft.pk) == NotAllowed.code
    draft_discard(make_actor("manager", conversation.unit), draft_id=draft.pk)
    assert draft_page(ana).rows == []


def test_drafts_leave_the_lists_after_thirty_days(conversation, ana):
    draft = save(ana, conversation)
    Draft.objects.filter(pk=draft.pk).update(updated_at=now() - timedelta(days=31))
    assert draft_page(ana).rows == []


# --- Parked ---


def test_a_refused_answer_is_parked_and_goes_out_only_after_reading(conversation, ana):
    draft = save(ana, conversation, seen_version=conversation.version)
    key, seen = draft.request_key, conversation.version
    make_message(conversation)
    assert refusal(send, ana, conversation, request_key=key, seen_version=seen) == "unseen"
    draft.refresh_from_db()
    assert (draft.state, draft.park_reason, draft.base_version) == ("parked", "unseen", seen)
    conversation.refresh_from_db()
    fresh = {"request_key": key, "seen_version": conversation.version}
    assert refusal(send, ana, conversation, **fresh) == "parked"
    send(ana, conversation, **fresh, after_reading=True)
    draft.refresh_from_db()
    assert draft.state == "sent"


def test_a_text_that_was_never_saved_is_parked_too(conversation, ana):
    seen = conversation.version
    make_message(conversation)
    assert refusal(send, ana, conversation, "새 글", seen_version=seen) == "unseen"
    (draft,) = draft_page(ana).rows
    assert (draft.text, draft.state) == ("새 글", "parked")
    resumed = draft_resume(ana, draft_id=draft.pk)
    conversation.refresh_from_db()
    assert (resumed.state, resumed.base_version) == ("writing", conversation.version)
    send(ana, conversation, "새 글", request_key=draft.request_key)


def test_an_answer_on_the_platform_itself_parks_what_colleagues_are_writing(conversation, ana, bo):
    drafts = [save(who, conversation) for who in (ana, bo)]
    make_message(conversation, is_own=True, author="us")
    assert drafts_park_overtaken() == 2
    assert drafts_park_overtaken() == 0
    for draft in drafts:
        draft.refresh_from_db()
        assert (draft.state, draft.park_reason) == ("parked", "answered")


def test_a_screen_that_shows_the_answer_does_not_excuse_a_draft_begun_before_it(conversation, ana):
    draft = save(ana, conversation)
    make_message(conversation, is_own=True, author="us")
    shown = {"request_key": draft.request_key, "seen_version": conversation.version}
    assert refusal(send, ana, conversation, **shown) == "answered"
    assert not Reply.objects.exists()


def test_an_answer_to_a_line_that_is_gone_is_refused_and_kept(conversation, ana):
    question = conversation.messages.get()
    items_vanish(conversation.account, [question.external_id])
    ingest(conversation.account)
    assert refusal(send, ana, conversation, answers_id=question.pk) == "target_gone"
    assert refusal(send, ana, conversation, "again") == "cannot_reply"
    assert Draft.objects.get().state == "parked"
    assert not Reply.objects.exists()


# --- Undone ---


def test_an_answer_can_be_taken_back_until_a_worker_has_it(conversation, ana, bo):
    reply = send(ana, conversation, "앗", undo_seconds=10)
    assert (
        refusal(reply_undo, bo, conversation_id=conversation.pk, reply_id=reply.pk) == "not_found"
    )
    draft = reply_undo(ana, conversation_id=conversation.pk, reply_id=reply.pk)
    reply.delivery.refresh_from_db()
    assert reply.delivery.state == "cancelled"
    assert (draft.text, draft.state) == ("앗", "writing")
    conversation.refresh_from_db()
    again = {"request_key": draft.request_key, "seen_version": conversation.version}
    second = send(ana, conversation, "아하", **again)
    arm_next()
    undo = {"conversation_id": conversation.pk, "reply_id": second.pk}
    assert refusal(reply_undo, ana, **undo) == "moved_on"


# --- Scheduled ---


def test_a_scheduled_answer_leaves_at_its_time_and_the_clock_runs_until_then(conversation, ana):
    draft = schedule(ana, conversation, resolve_after=True)
    assert scheduled_send_due() == 0
    conversation.refresh_from_db()
    assert (conversation.assignee_id, conversation.waiting_since is not None) == (
        ana.user_id,
        True,
    )
    assert time_comes(draft) == 1
    send_next()
    conversation.refresh_from_db()
    draft.refresh_from_db()
    assert (draft.state, conversation.state) == ("sent", "resolved")


@pytest.mark.parametrize("ours", [False, True])
def test_a_scheduled_answer_never_leaves_stale(conversation, ana, ours):
    draft = schedule(ana, conversation)
    make_message(conversation, **({"is_own": True, "author": "us"} if ours else {}))
    if ours:
        drafts_park_overtaken()
    else:
        time_comes(draft)  # even when nothing has swept before
    draft.refresh_from_db()
    reason = "answered" if ours else "unseen"
    assert (draft.state, draft.park_reason, draft.send_at) == ("parked", reason, None)
    assert not Reply.objects.exists()
    assert Notice.objects.get(kind="draft_parked").user_id == ana.user_id


def test_a_scheduled_answer_is_taken_back_by_its_author_or_stopped_by_who_directs(
    conversation, ana, bo
):
    draft = schedule(ana, conversation)
    assert refusal(save, ana, conversation, "other", revision=draft.revision) == "not_writing"
    stop = {"draft_id": draft.pk, "conversation_id": conversation.pk}
    assert refusal(scheduled_stop, bo, **stop) == NotAllowed.code
    assert draft_resume(ana, draft_id=draft.pk).send_at is None
    draft = schedule(ana, conversation, draft.text)
    assert scheduled_stop(make_actor("manager", conversation.unit), **stop).state == "parked"
    assert scheduled_send_due() == 0


def test_a_scheduled_answer_goes_with_its_authors_rights_of_that_day(conversation, ana):
    draft = schedule(ana, conversation)
    Membership.objects.filter(user_id=ana.user_id).update(role="guest")
    time_comes(draft)
    draft.refresh_from_db()
    assert (draft.state, draft.park_reason) == ("parked", "not_allowed")


def test_only_a_time_to_come_can_be_chosen(conversation, ana):
    for away in (timedelta(minutes=-1), timedelta(days=91)):
        assert refusal(schedule, ana, conversation, send_at=now() + away) == "send_at"


def test_every_act_is_recorded(conversation, ana):
    conversation_claim(ana, conversation_id=conversation.pk)
    reply = send(ana, conversation, undo_seconds=10)
    reply_undo(ana, conversation_id=conversation.pk, reply_id=reply.pk)
    draft_resume(
        ana, draft_id=schedule(ana, conversation, Draft.objects.get(state="writing").text).pk
    )
    draft_discard(ana, draft_id=Draft.objects.latest("pk").pk)
    told = set(Activity.objects.values_list("verb", flat=True))
    assert told >= {
        "inbox.reply.sent", "inbox.reply.undone", "inbox.reply.scheduled",
        "inbox.reply.unscheduled", "inbox.draft.discarded",
    }  # fmt: skip
    assert Conversation.objects.get().version > conversation.version
