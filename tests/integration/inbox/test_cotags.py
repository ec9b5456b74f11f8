"""Initials under an answer: whose they are, where they stand, and that they count."""

from functools import partial
from uuid import uuid4

import pytest

from inbox.actions.cotags import cotag_retire, cotag_set, signing_set
from inbox.actions.replies import reply_send
from inbox.cotags import initials_in
from inbox.models import CoTag, Message
from inbox.selectors.cotags import signature_of
from opsconsole.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from tests.factories.channels import make_account
from tests.factories.inbox import make_conversation, make_message
from tests.factories.people import make_actor
from tests.support.sending import send_next
from tests.support.together import together

pytestmark = pytest.mark.django_db


@pytest.fixture
def account():
    return make_account(kind="x")


@pytest.fixture
def yuna(account):
    return make_actor("operator", account.unit, nickname="Yuna")


def sign(actor, initials, account=None, user=None):
    return cotag_set(
        actor, user_id=user or actor.user_id, account_id=account and account.pk, initials=initials
    )


def answer(actor, account, text="도와드리겠습니다.", **given):
    conversation = make_conversation(account=account)
    given = {"answers_id": None, "request_key": uuid4()} | given
    return reply_send(actor, conversation_id=conversation.pk, text=text, **given)


def test_an_answer_carries_the_initials_of_whoever_wrote_it(account, yuna):
    sign(yuna, "^yn")
    reply = answer(yuna, account)
    assert (reply.text, reply.delivery.text) == ("도와드리겠습니다.", "도와드리겠습니다. ^YN")
    sent = send_next()
    message = Message.objects.get(delivery=sent)
    assert (message.text, message.operator_id) == ("도와드리겠습니다. ^YN", yuna.user_id)


def test_initials_typed_by_hand_are_not_doubled(account, yuna):
    sign(yuna, "YN")
    assert answer(yuna, account, "네. ^YN").delivery.text == "네. ^YN"


def test_those_for_the_account_come_before_those_for_every_account(account, yuna):
    sign(yuna, "YN")
    sign(yuna, "유나", account)
    assert signature_of(yuna.user_id, account) == " ^유나"
    assert signature_of(yuna.user_id, make_account(unit=account.unit)) == " ^YN"


def test_an_account_may_go_without_or_put_them_on_a_line_of_their_own(account, yuna):
    sign(yuna, "YN")
    boss = make_actor("manager", account.unit)
    signing_set(boss, account_id=account.pk, is_on=True, style="line")
    assert answer(yuna, account).delivery.text == "도와드리겠습니다.\n^YN"
    signing_set(boss, account_id=account.pk, is_on=False, style="line")
    assert answer(yuna, account).delivery.text == "도와드리겠습니다."
    with pytest.raises(NotAllowed):
        signing_set(yuna, account_id=account.pk, is_on=True, style="line")


@pytest.mark.parametrize(("letters", "is_sent"), [(137, True), (138, False)])
def test_initials_count_as_the_platform_counts_them(account, yuna, letters, is_sent):
    sign(yuna, "YN")  # " ^YN" weighs four
    if is_sent:
        assert answer(yuna, account, "가" * letters + "a")
    else:
        with pytest.raises(Invalid) as told:
            answer(yuna, account, "가" * letters + "a")
        assert told.value.code == "too_long"


def test_handles_that_x_adds_by_itself_do_not_count(account, yuna):
    conversation = make_conversation(account=account)
    conversation.contact.handle = "gildong"
    conversation.contact.save()
    text = "@gildong " + "가" * 140
    reply = reply_send(
        yuna, conversation_id=conversation.pk, answers_id=None, text=text, request_key=uuid4()
    )
    assert reply.delivery.text == text
    with pytest.raises(Invalid):
        answer(yuna, account, "@somebody " + "가" * 140)


@pytest.mark.parametrize("initials", ["", "^", "너무긴이니셜이다", "Y N", "Y_N", "Y^N"])
def test_initials_are_a_few_letters(account, yuna, initials):
    with pytest.raises(Invalid):
        sign(yuna, initials)


def test_nobody_signs_as_a_colleague(account, yuna):
    sign(yuna, "YN", account)
    other = make_actor("operator", account.unit)
    for where in (account, None):
        with pytest.raises(Conflict) as told:
            sign(other, "yn", where)
        assert "Yuna" in str(told.value.message)
    elsewhere = make_account(unit=account.unit)
    assert sign(other, "YN", elsewhere)
    with pytest.raises(Conflict):
        sign(yuna, "YN")


def test_others_initials_are_an_administrators_business(account, yuna):
    boss = make_actor("manager", account.unit)
    with pytest.raises(NotAllowed):
        sign(boss, "YN", account, user=yuna.user_id)
    admin = make_actor("administrator")
    tag = sign(admin, "YN", account, user=yuna.user_id)
    with pytest.raises(NotAllowed):
        cotag_retire(boss, cotag_id=tag.pk)
    with pytest.raises(NotFound):
        cotag_retire(make_actor("operator", make_account().unit), cotag_id=tag.pk)
    cotag_retire(yuna, cotag_id=tag.pk)
    assert signature_of(yuna.user_id, account) == ""


def test_an_answer_given_on_the_platform_is_credited_by_its_initials(account, yuna):
    sign(yuna, "YN")
    conversation = make_conversation(account=account)
    credited = make_message(
        conversation, is_own=True, author="us", text="폰으로 답해요 ^yn https://t.co/x"
    )
    assert (credited.operator_id, credited.delivery_id) == (yuna.user_id, None)
    unknown = make_message(conversation, is_own=True, author="us", text="누구게요 ^ZZ")
    assert unknown.operator_id is None


def test_initials_out_of_use_still_tell_whose_they_were(account, yuna):
    cotag_retire(yuna, cotag_id=sign(yuna, "YN").pk)
    conversation = make_conversation(account=account)
    assert (
        make_message(conversation, is_own=True, author="us", text="네 ^YN").operator_id
        == yuna.user_id
    )
    heir = make_actor("operator", account.unit)
    sign(heir, "YN")
    assert (
        make_message(conversation, is_own=True, author="us", text="네 ^YN").operator_id
        == heir.user_id
    )


@pytest.mark.parametrize(
    ("text", "initials"),
    [
        ("네 ^YN", "YN"),
        ("네\n^yn", "YN"),
        ("네 ^ YN.", "YN"),
        ("네 ^유나", "유나"),
        ("네 ^YN https://t.co/abc https://t.co/d", "YN"),
        ("^YN 네", ""),
        ("2^10 이에요", ""),
        ("^^", ""),
        ("네", ""),
    ],
)
def test_initials_are_read_at_the_end_only(text, initials):
    assert initials_in(text) == initials


@pytest.mark.django_db(transaction=True)
def test_of_two_who_want_the_same_initials_at_once_one_gets_them():
    account = make_account()
    people = [make_actor("operator", account.unit) for _ in range(2)]
    for number in range(6):
        where = [account, None] if number % 2 else [account, account]
        jobs = [
            partial(sign, who, f"T{number}", at) for who, at in zip(people, where, strict=True)
        ]
        results = together(*jobs)
        assert sorted(type(result).__name__ for result in results) == ["CoTag", "Conflict"]
    assert CoTag.objects.filter(is_active=True).values("initials").distinct().count() >= 1
