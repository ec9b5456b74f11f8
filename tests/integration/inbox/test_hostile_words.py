"""Words that have broken somebody's inbox, through each channel: stored, shown harmless, answerable."""

from dataclasses import replace
from uuid import uuid4

import pytest
from django.test import Client

from channels.models import Delivery
from channels.types import Media, Profile
from inbox.actions.notes import note_add
from inbox.actions.replies import reply_send
from inbox.actions.triage import conversation_tag
from inbox.models import Message
from opsconsole.kernel.actor import SYSTEM
from opsconsole.people.selectors import actor_for
from tests.factories.channels import make_account, make_fetched
from tests.factories.inbox import ingest, make_conversation
from tests.factories.people import make_user
from tests.support.hostile import HOSTILE
from tests.support.html import harmless, read, text_of
from tests.support.platforms import connect

pytestmark = pytest.mark.django_db

PLAIN = {"x": {}, "facebook": {"kind": "comment"}, "blog": {}}


def signed_in(user):
    client = Client()
    client.force_login(user)
    return client


@pytest.mark.parametrize("kind", PLAIN)
def test_through_every_channel_it_arrives_is_shown_and_is_answered(kind, sandbox, run_background):
    line = connect(sandbox, kind, wish={"settings": {"wp_flood_seconds": 0}})
    ana = make_user(role="operator", unit=line.account.unit, language="en")
    client = signed_in(ana)
    for name, text in HOSTILE.items():
        author = f"{name} <b>&amp;'\""
        line.say(text, author={"name": author, "handle": name}, **PLAIN[kind])
    run_background()
    messages = list(Message.objects.filter(direction="inbound").order_by("pk"))
    assert len(messages) == len(HOSTILE)
    for message in messages:
        response = client.get(f"/conversations/{message.conversation_id}/timeline/")
        assert response.status_code == 200
        harmless(response)
        assert message.text.strip()[:200] in text_of(response)
        reply_send(
            actor_for(ana), conversation_id=message.conversation_id, answers_id=message.pk,
            text=f"답변 {message.pk}", request_key=uuid4(),
        )  # fmt: skip
    run_background()
    states = set(Delivery.objects.values_list("state", "reason"))
    assert states == {("sent", "")}
    assert len(line.stands()) == len(HOSTILE)
    harmless(client.get("/?view=all"))


def test_wherever_it_stands_it_does_nothing():
    """In a name, a handle, an address, a picture, a quote, a note, a tag, an answer of ours."""
    account = make_account(name=HOSTILE["script"])
    conversation = make_conversation(account=account, context=HOSTILE["image"], author="a")
    question = conversation.messages.get()
    user = make_user(role="operator", unit=conversation.unit, language="en")
    below = {"parent_external_id": question.external_id}
    for name, text in HOSTILE.items():
        short = text[:90]
        line = make_fetched(
            f"{name}-1", text=text, permalink=short, media=(Media(short, alt_text=short),), **below
        )
        profile = Profile(name, name=short, handle=short, url=short, avatar_url=short)
        answer = {"is_own": True, "author": "us", "text": text, "parent_external_id": f"{name}-1"}
        ingest(account, replace(line, author=profile), make_fetched(**answer))
        note_add(actor_for(user), conversation_id=conversation.pk, text=f"N{text[:4000]}")
        conversation_tag(SYSTEM, conversation_id=conversation.pk, name=f"T{text[:30]}")
    response = signed_in(user).get(f"/conversations/{conversation.pk}/")
    assert response.status_code == 200
    harmless(response)
    for text in HOSTILE.values():
        assert text.replace("\x00", "")[1:8].strip("\ud83d\r\n") in text_of(response)
    links = [a.get("href", "") for tag, a in read(response).tags if tag == "a"]
    assert all(link.startswith(("/", "?", "#", "http")) for link in links)


def test_one_may_search_for_it():
    conversation = make_conversation(text="plain")
    client = signed_in(make_user(role="operator", unit=conversation.unit))
    for text in HOSTILE.values():
        words = text[:150].encode("utf-8", "replace")
        headers = {"HX-Request": "true", "HX-Target": "queue"}
        response = client.get("/", {"view": "all", "text": words}, headers=headers)
        assert response.status_code == 200
        harmless(response)
