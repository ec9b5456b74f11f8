"""Who works on what, who may, and that every act is on record."""

from uuid import uuid4

import pytest

from channels.types import Visibility
from inbox.actions.assignment import (
    conversation_assign,
    conversation_claim,
    conversation_hand_over,
    conversation_release,
)
from inbox.actions.notes import note_add
from inbox.actions.replies import reply_send
from inbox.actions.triage import (
    conversation_reopen,
    conversation_resolve,
    conversation_tag,
    conversation_untag,
)
from inbox.models import Assignment, Note, Tag
from inbox.selectors.thread import thread
from opsconsole.audit.models import Activity
from opsconsole.kernel.actor import SYSTEM
from opsconsole.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from opsconsole.people.models import Membership, User
from opsconsole.people.selectors import actor_for
from tests.factories.inbox import make_conversation, make_message
from tests.factories.people import make_actor, make_unit
from tests.support.hostile import HOSTILE

pytestmark = pytest.mark.django_db


@pytest.fixture
def conversation():
    return make_conversation()


@pytest.fixture
def ana(conversation):
    return make_actor("operator", conversation.unit, username="ana")


@pytest.fixture
def bo(conversation):
    return make_actor("operator", conversation.unit, username="bo")


@pytest.fixture
def boss(conversation):
    return make_actor("manager", conversation.unit, username="boss")


def stands(conversation):
    conversation.refresh_from_db()
    return conversation.state, conversation.assignee_id


def acts(conversation):
    """What is on record about a conversation, its opening left out."""
    rows = Activity.objects.filter(
        subject_type="inbox.conversation", subject_id=conversation.pk
    ).order_by("pk")
    return [(row.actor_id, row.verb.rpartition(".")[2]) for row in rows][1:]


# --- Claim, release, assign ---


def test_claiming_takes_what_nobody_has_and_tells_the_next_who_was_faster(conversation, ana, bo):
    conversation_claim(ana, conversation_id=conversation.pk)
    assert stands(conversation) == ("open", ana.user_id)
    with pytest.raises(Conflict, match="Ana") as told:
        conversation_claim(bo, conversation_id=conversation.pk)
    assert (told.value.code, told.value.data["assignee"]) == ("taken", ana.user_id)
    conversation_claim(ana, conversation_id=conversation.pk)  # again is no news
    assert Assignment.objects.count() == 1
    assert acts(conversation) == [(ana.user_id, "claimed")]


def test_releasing_gives_it_back_to_the_unit(conversation, ana, bo):
    conversation_claim(ana, conversation_id=conversation.pk)
    conversation_release(ana, conversation_id=conversation.pk)
    conversation_release(ana, conversation_id=conversation.pk)
    assert stands(conversation) == ("new", None)
    assert Assignment.objects.get().end_reason == "released"
    conversation_claim(bo, conversation_id=conversation.pk)
    assert stands(conversation) == ("open", bo.user_id)
    assert [verb for _who, verb in acts(conversation)] == ["claimed", "released", "claimed"]


def test_what_a_colleague_has_is_moved_by_whoever_directs(conversation, ana, bo, boss):
    conversation_claim(ana, conversation_id=conversation.pk)
    for act in (
        lambda who: conversation_release(who, conversation_id=conversation.pk),
        lambda who: conversation_assign(
            who, conversation_id=conversation.pk, assignee_id=bo.user_id
        ),
        lambda who: conversation_hand_over(
            who, conversation_id=conversation.pk, unit_id=make_unit().pk, reason="theirs"
        ),
    ):
        with pytest.raises(NotAllowed):
            act(bo)
    conversation_assign(boss, conversation_id=conversation.pk, assignee_id=bo.user_id)
    assert stands(conversation) == ("open", bo.user_id)
    conversation_release(boss, conversation_id=conversation.pk)
    assert stands(conversation) == ("new", None)
    assert list(Assignment.objects.order_by("pk").values_list("end_reason", flat=True)) == [
        "reassigned", "released",
    ]  # fmt: skip


def test_work_is_given_to_people_who_answer_here(conversation, ana):
    reader = make_actor("guest", conversation.unit)
    stranger = make_actor("operator", make_unit())
    gone = make_actor("operator", conversation.unit)
    User.objects.filter(pk=gone.user_id).update(is_active=False)
    everywhere = make_actor("operator", None)
    for person in (reader, stranger, gone):
        with pytest.raises(Invalid) as told:
            conversation_assign(ana, conversation_id=conversation.pk, assignee_id=person.user_id)
        assert told.value.data["field"] == "assignee"
    conversation_assign(ana, conversation_id=conversation.pk, assignee_id=everywhere.user_id)
    assert stands(conversation) == ("open", everywhere.user_id)
    assert acts(conversation) == [(ana.user_id, "assigned")]


# --- Hand over ---


def test_handing_over_needs_a_reason_and_arrives_without_an_owner(conversation, ana):
    home = make_unit()
    conversation_claim(ana, conversation_id=conversation.pk)
    for reason in ("", "  \n"):
        with pytest.raises(Invalid) as told:
            conversation_hand_over(
                ana, conversation_id=conversation.pk, unit_id=home.pk, reason=reason
            )
        assert told.value.data["field"] == "reason"
    conversation_hand_over(
        ana, conversation_id=conversation.pk, unit_id=home.pk, reason="About the router"
    )
    assert stands(conversation) == ("new", None)
    assert conversation.unit_id == home.pk
    record = Activity.objects.get(verb="inbox.conversation.handed_over")
    assert record.data["reason"] == "About the router"
    assert record.data["to_unit"] == home.slug
    with pytest.raises(NotFound):  # it is out of ana's reach now
        thread(ana, conversation.pk)
    assert thread(make_actor("operator", home), conversation.pk)


def test_only_an_open_unit_that_is_another_can_take_over(conversation, ana):
    for unit_id in (conversation.unit_id, make_unit(is_active=False).pk, 10**9):
        with pytest.raises(Invalid) as told:
            conversation_hand_over(
                ana, conversation_id=conversation.pk, unit_id=unit_id, reason="theirs"
            )
        assert told.value.data["field"] == "unit"


def test_what_is_answered_or_resolved_is_handed_over_as_it_is(conversation, ana):
    conversation_resolve(ana, conversation_id=conversation.pk)
    conversation_hand_over(
        ana, conversation_id=conversation.pk, unit_id=make_unit().pk, reason="theirs"
    )
    assert stands(conversation) == ("resolved", None)


# --- Resolve, reopen, tags, notes ---


def test_resolving_ends_the_wait_and_reopening_takes_it_up_again(conversation, ana):
    since = conversation.waiting_since
    conversation_resolve(ana, conversation_id=conversation.pk, reason="thanks")
    assert (stands(conversation), conversation.waiting_since) == (("resolved", None), None)
    conversation_resolve(ana, conversation_id=conversation.pk)
    conversation_reopen(ana, conversation_id=conversation.pk)
    conversation_reopen(ana, conversation_id=conversation.pk)
    assert (stands(conversation), conversation.waiting_since) == (("new", None), since)
    assert [verb for _who, verb in acts(conversation)] == ["resolved", "reopened"]


def test_nobody_resolves_what_they_have_not_seen(conversation, ana):
    seen = conversation.version
    make_message(conversation)
    with pytest.raises(Conflict) as told:
        conversation_resolve(ana, conversation_id=conversation.pk, seen_version=seen)
    assert told.value.code == "unseen"
    note_add(ana, conversation_id=conversation.pk, text="A colleague's note is no reason.")
    conversation_resolve(ana, conversation_id=conversation.pk, seen_version=conversation.version)
    assert stands(conversation)[0] == "resolved"


def test_what_is_not_public_reopens_nothing(conversation, ana):
    conversation_resolve(ana, conversation_id=conversation.pk)
    make_message(conversation, visibility=Visibility.SPAM)
    assert stands(conversation)[0] == "resolved"


@pytest.mark.parametrize("name", ["Roaming", " #roaming ", "ROAMING", "ro  aming"])
def test_a_tag_is_one_word_whatever_its_case(conversation, ana, name):
    conversation_tag(ana, conversation_id=conversation.pk, name="roaming")
    conversation_tag(ana, conversation_id=conversation.pk, name=name)
    expected = {"roaming", "ro aming"} if "  " in name else {"roaming"}
    assert set(conversation.tags.values_list("name", flat=True)) == expected


@pytest.mark.parametrize("name", ["", " # ", "x" * 41, "\x00"])
def test_a_tag_that_is_no_word_is_refused(conversation, ana, name):
    with pytest.raises(Invalid):
        conversation_tag(ana, conversation_id=conversation.pk, name=name)


def test_tags_come_off_again(conversation, ana):
    conversation_tag(ana, conversation_id=conversation.pk, name="roaming")
    tag = Tag.objects.get()
    for _ in range(2):
        conversation_untag(ana, conversation_id=conversation.pk, tag_id=tag.pk)
    assert [verb for _who, verb in acts(conversation)] == ["tagged", "untagged"]


@pytest.mark.parametrize("name", sorted(set(HOSTILE) - {"long", "long_word", "lines"}))
def test_notes_keep_any_words(conversation, ana, name):
    note_add(ana, conversation_id=conversation.pk, text=HOSTILE[name])
    assert Note.objects.get().text


@pytest.mark.parametrize("text", ["", " \n", "\x00", "x" * 5001])
def test_a_note_is_neither_empty_nor_a_book(conversation, ana, text):
    with pytest.raises(Invalid):
        note_add(ana, conversation_id=conversation.pk, text=text)
    assert not Note.objects.exists()


def test_notes_and_tags_stop_no_clock(conversation, ana):
    since = conversation.waiting_since
    note_add(ana, conversation_id=conversation.pk, text="waits for the invoice")
    conversation_tag(ana, conversation_id=conversation.pk, name="roaming")
    conversation_claim(ana, conversation_id=conversation.pk)
    conversation.refresh_from_db()
    assert conversation.waiting_since == since


# --- Gates ---

ACTS = {
    "claim": lambda who, pk: conversation_claim(who, conversation_id=pk),
    "release": lambda who, pk: conversation_release(who, conversation_id=pk),
    "assign": lambda who, pk: conversation_assign(who, conversation_id=pk, assignee_id=0),
    "hand over": lambda who, pk: conversation_hand_over(
        who, conversation_id=pk, unit_id=0, reason="x"
    ),
    "resolve": lambda who, pk: conversation_resolve(who, conversation_id=pk),
    "reopen": lambda who, pk: conversation_reopen(who, conversation_id=pk),
    "tag": lambda who, pk: conversation_tag(who, conversation_id=pk, name="word"),
    "untag": lambda who, pk: conversation_untag(who, conversation_id=pk, tag_id=0),
    "reply": lambda who, pk: reply_send(
        who, conversation_id=pk, answers_id=None, text="Hello.", request_key=uuid4()
    ),
    "note": lambda who, pk: note_add(who, conversation_id=pk, text="psst"),
    "read": thread,
}
WORKS = {"operator", "manager", "administrator"}
WRITES = WORKS | {"guest", "staff"}


@pytest.mark.parametrize("name", ACTS)
def test_each_role_may_what_it_may_and_only_in_its_units(conversation, name):
    for role in sorted(WRITES):
        here = make_actor(role, conversation.unit)
        elsewhere = make_actor(role, make_unit())
        everywhere = make_actor(role, None)
        with pytest.raises(NotFound):
            ACTS[name](elsewhere, conversation.pk)
        may = role in (WRITES if name in {"note", "read"} else WORKS)
        for actor in (here, everywhere):
            if may:
                allowed(ACTS[name], actor, conversation.pk)
            else:
                with pytest.raises(NotAllowed):
                    ACTS[name](actor, conversation.pk)
        if may and name == "claim":
            conversation_release(SYSTEM, conversation_id=conversation.pk)


def allowed(act, *given):
    """Past the gate; what the act itself says does not matter here."""
    try:
        act(*given)
    except (Conflict, Invalid):
        return
    except NotAllowed as error:
        raise AssertionError("the gate is shut") from error


@pytest.mark.parametrize("name", ACTS)
def test_whoever_has_lost_every_role_reaches_nothing(conversation, ana, name):
    Membership.objects.all().delete()
    bare = actor_for(User.objects.get(pk=ana.user_id))
    with pytest.raises(NotFound):
        ACTS[name](bare, conversation.pk)
