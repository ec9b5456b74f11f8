"""Answers of newcomers and guests: a colleague lets them out, exactly as they were submitted, exactly once."""

from functools import partial
from io import BytesIO
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from PIL import Image

from channels.models import Delivery
from inbox.actions.candidates import candidate_approve, candidate_decline, candidate_submit
from inbox.actions.cotags import cotag_set
from inbox.actions.drafts import draft_resume, draft_save
from inbox.actions.giving_back import candidates_return_overtaken
from inbox.actions.pictures import Shown, picture_add
from inbox.actions.replies import reply_send
from inbox.models import Draft, Message, Notice, Picture, Reply
from opsconsole.kernel.errors import Conflict, DomainError, Invalid, NotAllowed
from opsconsole.people.approval import membership_approval_set
from opsconsole.people.models import Membership, User
from opsconsole.people.selectors import actor_for
from tests.factories.channels import make_account
from tests.factories.inbox import make_conversation, make_message
from tests.factories.people import make_actor
from tests.support.html import text_of
from tests.support.sending import send_next
from tests.support.together import together

pytestmark = pytest.mark.django_db


@pytest.fixture
def conversation():
    return make_conversation()


@pytest.fixture
def guest(conversation):
    return make_actor("guest", conversation.unit, nickname="Gast")


@pytest.fixture
def boss(conversation):
    return make_actor("manager", conversation.unit, nickname="Sora", language="en")


def unit_of(actor):
    return Membership.objects.get(user=actor.user_id).unit


def newcomer(conversation, **given):
    actor = make_actor("operator", conversation.unit, **given)
    Membership.objects.filter(user=actor.user_id).update(needs_approval=True)
    return actor_for(User.objects.get(pk=actor.user_id))


def submit(actor, conversation, text="도와드리겠습니다.", **given):
    given = {"request_key": uuid4()} | given
    return candidate_submit(actor, conversation_id=conversation.pk, text=text, **given)


def approve(actor, draft, **given):
    given = {"digest": draft.submitted_digest} | given
    return candidate_approve(actor, draft_id=draft.pk, **given)


def refusal(act, *args, **given):
    with pytest.raises(DomainError) as caught:
        act(*args, **given)
    return caught.value.code


def states(conversation):
    conversation.refresh_from_db()
    drafts = Draft.objects.filter(conversation=conversation).order_by("pk")
    return [draft.state for draft in drafts], conversation.awaiting_approval


# --- Who ---


def test_guests_and_newcomers_do_not_send_alone(conversation, guest):
    for actor in (guest, newcomer(conversation)):
        key = {"answers_id": None, "request_key": uuid4()}
        with pytest.raises(NotAllowed) as told:
            reply_send(actor, conversation_id=conversation.pk, text="네.", **key)
        assert told.value.code == "needs_approval"
    assert not Delivery.objects.exists()


def test_a_manager_says_whose_answers_need_it_and_who_gives_it(conversation, guest, boss):
    actor = make_actor("operator", conversation.unit)
    row = Membership.objects.get(user=actor.user_id)
    membership_approval_set(boss, membership_id=row.pk, needs_approval=True, may_approve=False)
    fresh = actor_for(User.objects.get(pk=actor.user_id))
    draft = submit(fresh, conversation)
    assert draft.state == "submitted"
    assert refusal(approve, fresh, draft) == "not_allowed"
    membership_approval_set(boss, membership_id=row.pk, needs_approval=False, may_approve=True)
    lifted = actor_for(User.objects.get(pk=actor.user_id))
    assert refusal(approve, lifted, draft) == "own"
    other = submit(guest, conversation)
    assert approve(lifted, other).author_id == guest.user_id
    for who in (lifted, make_actor("manager")):
        own = Membership.objects.get(user=who.user_id)
        with pytest.raises(NotAllowed):
            membership_approval_set(
                who, membership_id=own.pk, needs_approval=False, may_approve=True
            )


def test_only_approvers_of_the_unit_decide(conversation, guest):
    draft = submit(guest, conversation)
    assert refusal(approve, make_actor("operator", conversation.unit), draft) == "not_allowed"
    assert refusal(approve, make_actor("manager", make_conversation().unit), draft) == "not_found"


def test_approvers_are_told_and_so_is_the_author(conversation, guest, boss):
    draft = submit(guest, conversation)
    assert list(Notice.objects.values_list("user", "kind")) == [(boss.user_id, "approval_asked")]
    approve(boss, draft)
    assert Notice.objects.filter(user=guest.user_id, kind="approval_given").count() == 1


# --- What goes out ---


def test_what_is_approved_goes_out_as_its_authors(conversation, guest, boss):
    cotag_set(guest, user_id=guest.user_id, account_id=None, initials="GA")
    draft = submit(guest, conversation)
    assert states(conversation) == (["submitted"], True)
    reply = approve(boss, draft)
    assert (reply.author_id, reply.approved_by_id) == (guest.user_id, boss.user_id)
    assert reply.delivery.text == "도와드리겠습니다. ^GA"
    assert states(conversation) == (["sent"], False)
    assert conversation.assignee_id == boss.user_id
    send_next()
    assert Message.objects.get(direction="outbound").operator_id == guest.user_id
    draft.refresh_from_db()
    assert draft.decided_by_id == boss.user_id
    assert draft.submitted_at <= draft.decided_at


def test_what_is_approved_with_other_words_keeps_what_was_submitted(conversation, guest, boss):
    draft = submit(guest, conversation)
    reply = approve(boss, draft, text="제가 도와드리겠습니다.")
    assert reply.text == reply.delivery.text == "제가 도와드리겠습니다."
    draft.refresh_from_db()
    assert draft.text == "도와드리겠습니다."
    assert Notice.objects.get(kind="approval_given").data["is_edited"] is True


def test_a_newcomers_answer_takes_what_nobody_has_for_the_newcomer(conversation, boss):
    author = newcomer(conversation)
    approve(boss, submit(author, conversation))
    conversation.refresh_from_db()
    assert conversation.assignee_id == author.user_id


def test_the_same_checks_stand_before_it_is_submitted_and_before_it_leaves(
    conversation, guest, boss
):
    assert refusal(submit, guest, conversation, " ") == "blank"
    assert refusal(submit, guest, conversation, "010-1234-5678") == "needs_confirmation"
    seen = conversation.version
    make_message(conversation)
    assert refusal(submit, guest, conversation, seen_version=seen) == "unseen"
    draft = submit(guest, conversation)
    assert refusal(approve, boss, draft, text="[이름]님") == "placeholder"
    with pytest.raises(Invalid) as told:
        approve(boss, draft, text="010-1234-5678")
    assert approve(boss, draft, text="010-1234-5678", confirm=told.value.data["confirm"])


# --- What comes in between ---


def test_lines_that_came_since_are_read_before_it_is_approved(conversation, guest, boss):
    draft = submit(guest, conversation)
    make_message(conversation)
    assert refusal(approve, boss, draft) == "unseen"
    conversation.refresh_from_db()
    assert refusal(approve, boss, draft, read_version=conversation.version - 1) == "unseen"
    assert approve(boss, draft, read_version=conversation.version)


def test_what_is_changed_after_it_was_submitted_needs_approval_anew(conversation, guest, boss):
    draft = submit(guest, conversation)
    old = draft.submitted_digest
    key = draft.request_key
    save = partial(draft_save, guest, conversation_id=conversation.pk, request_key=key)
    assert refusal(save, text="다른 말", revision=draft.revision) == "not_writing"
    draft_resume(guest, draft_id=draft.pk)
    assert states(conversation) == (["writing"], False)
    assert refusal(approve, boss, draft) == "withdrawn"
    again = submit(guest, conversation, "다른 말", request_key=key)
    assert refusal(approve, boss, again, digest=old) == "changed"
    Draft.objects.filter(pk=again.pk).update(text="몰래 바꾼 말")
    assert refusal(approve, boss, again) == "changed"


def test_pictures_belong_to_what_is_approved(guest, boss):
    conversation = make_conversation(
        account=make_account(kind="x", unit=unit_of(boss)), kind="mention"
    )
    painted = BytesIO()
    Image.new("RGB", (40, 30), "red").save(painted, "JPEG")
    upload = SimpleUploadedFile("a.jpg", painted.getvalue())
    picture = picture_add(guest, conversation_id=conversation.pk, upload=upload)
    draft = submit(guest, conversation, pictures=[Shown(picture.pk, "요금표")])
    address = reverse("inbox:picture", args=[conversation.pk, picture.pk])
    assert browser_of(boss).get(address).status_code == 200
    colleague = make_actor("operator", conversation.unit)
    assert browser_of(colleague).get(address).status_code == 404
    Picture.objects.update(alt_text="다른 그림")
    assert refusal(approve, boss, draft) == "changed"
    Picture.objects.update(alt_text="요금표")
    assert approve(boss, draft).delivery.media.get().alt_text == "요금표"


def test_a_declined_answer_goes_back_with_the_word_about_it(conversation, guest, boss):
    draft = submit(guest, conversation)
    decline = partial(candidate_decline, boss, draft_id=draft.pk, digest=draft.submitted_digest)
    assert refusal(decline, note=" ") == "note"
    decline(note="더 따뜻하게")
    assert states(conversation) == (["parked"], False)
    assert Notice.objects.get(user=guest.user_id).data["note"] == "더 따뜻하게"
    assert refusal(decline, note="또") == "decided"
    again = submit(guest, conversation, "더 따뜻한 말", request_key=draft.request_key)
    assert approve(boss, again)


def test_approving_one_gives_the_others_back(conversation, guest, boss):
    first, second = submit(guest, conversation), submit(newcomer(conversation), conversation)
    approve(boss, second)
    assert states(conversation) == (["parked", "sent"], False)
    first.refresh_from_db()
    assert (first.park_reason, first.decided_by_id) == ("answered", boss.user_id)
    assert refusal(approve, boss, first) == "decided"


def test_an_answer_given_elsewhere_gives_them_back_too(conversation, guest, boss):
    submit(guest, conversation)
    make_message(conversation, is_own=True, author="us")
    assert candidates_return_overtaken() == 1
    assert candidates_return_overtaken() == 0
    assert states(conversation) == (["parked"], False)
    other = make_conversation(account=conversation.account)
    submit(guest, other)
    reply_send(boss, conversation_id=other.pk, answers_id=None, text="네.", request_key=uuid4())
    assert states(other) == (["parked"], False)


# --- At the same moment ---


@pytest.mark.django_db(transaction=True)
def test_of_two_who_approve_at_once_one_lets_it_out():
    first = make_conversation()
    people = [make_actor("manager", first.unit) for _ in range(2)]
    for _ in range(5):
        conversation = make_conversation(account=first.account)
        draft = submit(make_actor("guest", first.unit), conversation)
        results = together(*[partial(approve, who, draft) for who in people])
        assert sorted(type(result).__name__ for result in results) == ["Conflict", "Reply"]
        assert Reply.objects.filter(conversation=conversation).count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_candidates_approved_at_once_one_goes_out():
    first = make_conversation()
    people = [make_actor("manager", first.unit) for _ in range(2)]
    for _ in range(5):
        conversation = make_conversation(account=first.account)
        drafts = [submit(make_actor("guest", first.unit), conversation) for _ in people]
        jobs = [partial(approve, *pair) for pair in zip(people, drafts, strict=True)]
        results = together(*jobs)
        assert sorted(type(result).__name__ for result in results) == ["Conflict", "Reply"]
        assert sorted(states(conversation)[0]) == ["parked", "sent"]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("author_does", ["takes back", "changes"])
def test_an_author_who_moves_while_it_is_approved_comes_first_or_second(author_does):
    first = make_conversation()
    boss, guest = make_actor("manager", first.unit), make_actor("guest", first.unit)

    def move(conversation, draft):
        draft_resume(guest, draft_id=draft.pk)
        if author_does == "changes":
            submit(guest, conversation, "다른 말", request_key=draft.request_key)

    for _ in range(6):
        conversation = make_conversation(account=first.account)
        draft = submit(guest, conversation)
        approved, moved = together(
            partial(approve, boss, draft), partial(move, conversation, draft)
        )
        went_out = list(Delivery.objects.filter(reply__conversation=conversation))
        if isinstance(approved, Reply):
            assert [delivery.text for delivery in went_out] == ["도와드리겠습니다."]
            assert isinstance(moved, Conflict)
        else:
            assert approved.code in {"withdrawn", "changed"}
            assert went_out == []


@pytest.mark.django_db(transaction=True)
def test_a_colleague_who_answers_while_it_is_approved_is_the_only_one_or_the_second():
    first = make_conversation()
    boss = make_actor("manager", first.unit)
    for _ in range(5):
        conversation = make_conversation(account=first.account)
        draft = submit(make_actor("guest", first.unit), conversation)
        answer = partial(
            reply_send, boss, conversation_id=conversation.pk, answers_id=None, text="제가요.",
            request_key=uuid4(),
        )  # fmt: skip
        results = together(partial(approve, boss, draft), answer)
        assert sorted(type(result).__name__ for result in results) == ["Conflict", "Reply"]
        assert Reply.objects.filter(conversation=conversation).count() == 1


# --- On the screen ---


def browser_of(actor):
    client = Client()
    client.force_login(User.objects.get(pk=actor.user_id))
    return client


def test_the_screens_of_author_and_approver(conversation, guest, boss):
    author, approver = browser_of(guest), browser_of(boss)
    page = reverse("inbox:conversation", args=[conversation.pk])
    assert 'href="/saved-replies/"' in author.get(page).content.decode()
    assert "승인 요청" in text_of(author.get(page)) or "Ask for approval" in text_of(
        author.get(page)
    )
    form = {
        "text": "010-1234-5678", "request_key": str(uuid4()), "then": "send",
        "answers": conversation.messages.get().pk,
    }  # fmt: skip
    asked = author.post(reverse("inbox:candidate_submit", args=[conversation.pk]), form)
    word = asked.content.decode().partition('name="confirm" value="')[2].partition('"')[0]
    author.post(
        reverse("inbox:candidate_submit", args=[conversation.pk]), form | {"confirm": word}
    )
    draft = Draft.objects.get()
    assert draft.state == "submitted"
    shown = approver.get(page)
    assert "Approve and send" in text_of(shown)
    approval = reverse("inbox:candidate_approve", args=[conversation.pk, draft.pk])
    given = {"digest": draft.submitted_digest, "shown": draft.text}
    asked = approver.post(approval, given, headers={"HX-Request": "true"})
    assert asked.status_code == 422
    assert f'form="approve-{draft.pk}-form"' in asked.content.decode()
    word = asked.content.decode().partition('name="confirm" value="')[2].partition('"')[0]
    assert approver.post(approval, given | {"confirm": word}).status_code == 302
    assert "approved by Sora" in text_of(approver.get(page))


def test_the_page_on_which_approval_is_set(conversation, boss):
    actor = make_actor("operator", conversation.unit, nickname="Neu")
    row = Membership.objects.get(user=actor.user_id)
    browser = browser_of(boss)
    page = reverse("inbox:approval", args=[conversation.unit_id])
    assert "Neu" in text_of(browser.get(page))
    change = reverse("inbox:approval_change", args=[conversation.unit_id, row.pk])
    assert browser.post(change, {"approval": "needs"}).status_code == 302
    row.refresh_from_db()
    assert (row.needs_approval, row.may_approve) == (True, False)
    assert browser_of(actor).get(page).status_code == 404
