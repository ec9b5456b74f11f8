"""Why and until when an answer is possible, said on the screen before anybody types."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client

from channels.types import Limit, Visibility
from inbox.actions.replies import reply_send
from inbox.selectors.thread import thread
from opsconsole.kernel.clock import now
from opsconsole.kernel.errors import Conflict
from tests.factories.channels import make_account, make_fetched
from tests.factories.inbox import ingest, make_conversation
from tests.factories.people import make_actor, make_user
from tests.support.html import text_of

pytestmark = pytest.mark.django_db


def asked(kind="facebook", **given):
    return make_conversation(account=make_account(kind=kind), **given)


def shown(conversation):
    return thread(make_actor("operator", conversation.unit), conversation.pk)


def screen(conversation):
    client = Client()
    client.force_login(make_user(role="operator", unit=conversation.unit, language="en"))
    return text_of(client.get(f"/conversations/{conversation.pk}/"))


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("blog", "Comments on this article are closed"),
        ("x", "Its author lets only some people answer"),
        ("facebook", "The platform takes no answer to this comment"),
    ],
)
def test_what_is_closed_says_so_and_takes_no_answer(kind, words):
    conversation = asked(kind, limits=(Limit.CLOSED,))
    assert words in screen(conversation)
    with pytest.raises(Conflict) as refused:
        reply_send(
            make_actor("operator", conversation.unit), conversation_id=conversation.pk,
            answers_id=None, text="답", request_key=uuid4(),
        )  # fmt: skip
    assert refused.value.code == "cannot_reply"
    assert words in str(refused.value.message)


def test_what_opens_again_can_be_answered_again():
    conversation = asked("blog", limits=(Limit.CLOSED,))
    message = conversation.messages.get()
    item = {"text": message.text, "posted_at": message.posted_at}
    again = make_fetched(message.external_id, author=conversation.contact.external_id, **item)
    assert not shown(conversation).can_reply
    ingest(conversation.account, again)
    assert shown(conversation).can_reply


def test_what_makes_an_answer_less_sure_or_less_seen_is_said():
    cases = {
        "X may refuse": asked("x", limits=(Limit.UNSUMMONED,)),
        "seen once it is approved": asked("blog", visibility=Visibility.HELD),
        "few people will see": asked(visibility=Visibility.HIDDEN),
    }
    for words, conversation in cases.items():
        assert words in screen(conversation)
        assert shown(conversation).can_reply


def test_until_when_a_platform_asks_for_patience():
    conversation = asked()
    until = now() + timedelta(minutes=7)
    conversation.account.next_allowed_at = until
    conversation.account.save(update_fields=["next_allowed_at"])
    hint = shown(conversation).hint
    assert hint.until == until
    assert "asks for patience" in screen(conversation)


def test_no_private_answer_where_the_platform_says_so():
    conversation = asked(limits=(Limit.NO_PRIVATE,))
    private = shown(conversation).private
    assert (private.is_possible, "any more" in private.why_not) == (False, True)
    assert shown(conversation).can_reply
