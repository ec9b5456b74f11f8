"""Personal data in a public answer: told before it is sent, let through only by those very words, recorded."""

from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from channels.models import Delivery
from inbox.actions.replies import reply_send
from opsconsole.audit.models import Activity
from opsconsole.kernel.errors import Invalid
from opsconsole.people.models import User
from tests.factories.inbox import make_conversation
from tests.factories.people import make_actor
from tests.support.html import fields_of, text_of

pytestmark = pytest.mark.django_db

PHONE = "010-1234-5678로 전화드리겠습니다."


@pytest.fixture
def conversation():
    return make_conversation()


@pytest.fixture
def ana(conversation):
    return make_actor("operator", conversation.unit, language="en")


@pytest.fixture
def browser(ana):
    client = Client()
    client.force_login(User.objects.get(pk=ana.user_id))
    return client


def answer(actor, conversation, text=PHONE, **given):
    given = {"answers_id": None, "request_key": uuid4()} | given
    return reply_send(actor, conversation_id=conversation.pk, text=text, **given)


def refusal(*args, **given):
    with pytest.raises(Invalid) as caught:
        answer(*args, **given)
    assert caught.value.code == "needs_confirmation"
    return caught.value.data


def test_it_is_stopped_with_what_was_found_and_where(conversation, ana):
    data = refusal(ana, conversation)
    assert data["findings"] == [{"kind": "phone", "start": 0, "end": 13}]
    assert not Delivery.objects.exists()


def test_those_very_words_go_out_once_somebody_says_so(conversation, ana):
    word = refusal(ana, conversation)["confirm"]
    refusal(ana, conversation, PHONE.replace("8", "9"), confirm=word)
    refusal(ana, conversation, f"{PHONE} a@b.kr", confirm=word)
    refusal(ana, make_conversation(account=conversation.account), confirm=word)
    assert answer(ana, conversation, confirm=word).delivery.text == PHONE


def test_the_record_knows_the_kind_and_never_the_data(conversation, ana):
    answer(ana, conversation, confirm=refusal(ana, conversation)["confirm"])
    act = Activity.objects.get(verb="inbox.reply.confirmed")
    assert (act.actor_id, act.data) == (ana.user_id, {"kinds": ["phone"]})


def test_the_screen_asks_with_the_place_marked_and_sends_on_demand(conversation, ana, browser):
    address = reverse("inbox:reply", args=[conversation.pk])
    form = {
        "text": f"안녕하세요.\r\n{PHONE}", "request_key": str(uuid4()), "then": "resolve",
        "answers": conversation.messages.get().pk,
    }  # fmt: skip
    for headers in ({}, {"HX-Request": "true"}):
        asked = browser.post(address, form, headers=headers)
        assert asked.status_code == 422
        assert "<mark>010-1234-5678</mark>" in asked.content.decode()
        assert "Send anyway" in text_of(asked)
    assert fields_of(asked)["then"] == "resolve"
    word = asked.content.decode().partition('name="confirm" value="')[2].partition('"')[0]
    sent = browser.post(address, form | {"confirm": word}, headers={"HX-Request": "true"})
    assert sent.status_code == 200
    assert Delivery.objects.get().text == f"안녕하세요.\n{PHONE}"


def test_it_is_told_while_typing(conversation, browser):
    address = reverse("inbox:hints", args=[conversation.pk])
    told = browser.post(address, {"text": f"{PHONE} {{{{customer}}}}"})
    assert "looks like a phone number" in text_of(told)
    assert "has not been filled in" in text_of(told)
    assert text_of(browser.post(address, {"text": "고객센터 114"})).strip() == ""
    elsewhere = reverse("inbox:hints", args=[make_conversation().pk])
    assert browser.post(elsewhere, {"text": PHONE}).status_code == 404
