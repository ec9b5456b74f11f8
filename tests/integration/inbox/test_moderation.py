"""What operators do to messages on their platform: who may, what is offered, and that waits follow."""

from uuid import uuid4

import pytest
from django.test import Client

from channels.actions import moderating
from channels.errors import Rejected, RejectionCode
from channels.models import InboundItem, Moderation
from channels.types import ModerationVerb, Recheck, Visibility
from inbox.actions.moderation import message_moderate, message_moderation_stop
from inbox.actions.replies import reply_send
from inbox.models import Conversation, Message
from opsconsole.audit.models import Activity
from opsconsole.kernel.errors import Conflict, NotAllowed, NotFound
from opsconsole.tasks import settle
from tests.factories.channels import make_account, make_fetched
from tests.factories.inbox import ingest, make_conversation
from tests.factories.people import make_actor, make_unit, make_user
from tests.support.html import text_of
from tests.support.sending import send_next

pytestmark = pytest.mark.django_db
V = ModerationVerb


@pytest.fixture
def conversation():
    return make_conversation(text="욕설입니다")


@pytest.fixture
def ana(conversation):
    return make_actor("operator", conversation.unit)


def ask(actor, conversation, verb, message=None):
    message = message or conversation.messages.order_by("id").first()
    return message_moderate(
        actor, conversation_id=conversation.pk, message_id=message.pk, verb=verb
    )


def does(*items, gone=()):
    """A worker takes the act, and the platform shows these items afterwards."""
    claim = moderating.moderation_claim()
    assert claim is not None
    assert moderating.moderation_done(claim, Recheck(items, gone))
    ingest(make_account())
    settle()


def fails(error):
    claim = moderating.moderation_claim()
    assert moderating.moderation_failed(claim, error)
    settle()


def shown_as(message, visibility):
    """The message as the platform shows it, with another look."""
    return make_fetched(
        message.external_id, author=message.contact.external_id, text=message.text,
        posted_at=message.posted_at, visibility=visibility,
    )  # fmt: skip


def test_hiding_ends_the_wait_and_showing_again_brings_it_back(conversation, ana):
    message = conversation.messages.get()
    began = conversation.waiting_since
    ask(ana, conversation, V.HIDE)
    does(shown_as(message, Visibility.HIDDEN))
    conversation.refresh_from_db()
    message.refresh_from_db()
    assert (message.visibility, conversation.waiting_since) == ("hidden", None)
    ask(ana, conversation, V.UNHIDE)
    does(shown_as(message, Visibility.PUBLIC))
    conversation.refresh_from_db()
    assert conversation.waiting_since == began


def test_asking_steps_the_version_and_is_on_record(conversation, ana):
    ask(ana, conversation, V.HIDE)
    ask(ana, conversation, V.HIDE)
    assert Moderation.objects.count() == 1
    assert Conversation.objects.get(pk=conversation.pk).version == conversation.version + 1
    act = Activity.objects.get(verb="inbox.message.moderated")
    assert (act.subject_id, act.data["deed"]) == (conversation.pk, "hide")


def test_every_move_reaches_open_screens(conversation, ana):
    ask(ana, conversation, V.HIDE)
    before = Conversation.objects.get(pk=conversation.pk).version
    fails(Rejected("(#200)", code=RejectionCode.NOT_PERMITTED))
    assert Conversation.objects.get(pk=conversation.pk).version == before + 1
    assert not Moderation.objects.filter(is_unseen=True).exists()


def test_only_what_channel_and_look_allow(conversation, ana):
    for verb in (V.UNHIDE, V.SPAM, V.TRASH, V.APPROVE):
        with pytest.raises(Conflict):
            ask(ana, conversation, verb)
    mention = make_conversation(account=make_account(unit=conversation.unit, kind="x"))
    with pytest.raises(Conflict):
        ask(ana, mention, V.HIDE)
    ask(ana, conversation, V.HIDE)
    with pytest.raises(Conflict) as refused:
        ask(ana, conversation, V.UNHIDE)
    assert refused.value.code == "in_flight"


@pytest.mark.parametrize("silence", ["is_paused", "needs_reconnect"])
def test_a_silent_account_says_so_at_once(conversation, ana, silence):
    setattr(conversation.account, silence, True)
    conversation.account.save(update_fields=[silence])
    with pytest.raises(Conflict) as refused:
        ask(ana, conversation, V.HIDE)
    assert refused.value.code == "account_silent"


def test_what_was_trashed_by_us_can_be_taken_out_again():
    account = make_account(kind="blog")
    conversation = make_conversation(account=account)
    ana, message = make_actor("operator", account.unit), conversation.messages.get()
    ask(ana, conversation, V.TRASH)
    does(gone=[message.external_id])
    message.refresh_from_db()
    assert message.removed_at is not None
    ask(ana, conversation, V.UNTRASH)
    does(shown_as(message, Visibility.PUBLIC))
    message.refresh_from_db()
    conversation.refresh_from_db()
    assert (message.removed_at, message.visibility) == (None, "public")
    assert conversation.waiting_since == message.posted_at


@pytest.mark.parametrize("is_polled", [False, True])
def test_deleting_our_answer_brings_the_wait_back(conversation, ana, is_polled):
    began = conversation.waiting_since
    reply_send(
        ana, conversation_id=conversation.pk, answers_id=None, text="실수", request_key=uuid4()
    )
    sent = send_next("ours1")
    if is_polled:
        parent = conversation.messages.get(direction="inbound").external_id
        ingest(
            conversation.account,
            make_fetched(
                "ours1", is_own=True, author="us", parent_external_id=parent, text="실수"
            ),
        )
    ours = Message.objects.get(delivery=sent)
    with pytest.raises(NotAllowed):
        ask(make_actor("operator", conversation.unit), conversation, V.DELETE_OWN, ours)
    ask(ana, conversation, V.DELETE_OWN, ours)
    does(gone=["ours1"])
    ingest(make_account())
    ours.refresh_from_db()
    conversation.refresh_from_db()
    assert ours.removed_at is not None
    assert conversation.waiting_since == began


def test_who_may_and_where(conversation, ana):
    guest = make_actor("guest", conversation.unit)
    stranger = make_actor("manager", make_unit())
    with pytest.raises(NotAllowed):
        ask(guest, conversation, V.HIDE)
    with pytest.raises(NotFound):
        ask(stranger, conversation, V.HIDE)
    elsewhere = make_conversation(account=conversation.account).messages.get()
    with pytest.raises(NotFound):
        ask(ana, conversation, V.HIDE, elsewhere)


def test_stopping_before_a_worker_begins(conversation, ana):
    ask(ana, conversation, V.HIDE)
    where = {"conversation_id": conversation.pk, "message_id": conversation.messages.get().pk}
    message_moderation_stop(ana, **where)
    assert moderating.moderation_claim() is None
    with pytest.raises(NotFound):
        message_moderation_stop(ana, **where)


def test_the_menu_offers_shows_progress_and_says_why_it_failed(conversation):
    user = make_user("bo", role="operator", unit=conversation.unit, language="en")
    client, message = Client(), conversation.messages.get()
    client.force_login(user)
    address = f"/conversations/{conversation.pk}/"
    act = f"{address}messages/{message.pk}/moderate/"
    assert f'action="{act}"' in client.get(address).content.decode()
    live = client.post(act, {"verb": "hide"}, headers={"HX-Request": "true"})
    assert live.status_code == 200
    assert "Hiding…" in live.content.decode()
    assert client.post(f"{act}stop/").status_code == 302
    assert "Hiding…" not in client.get(address).content.decode()
    client.post(act, {"verb": "hide"})
    fails(Rejected("(#200)", code=RejectionCode.NOT_PERMITTED))
    page = text_of(client.get(address))
    assert "Not hidden" in page
    assert "does not let this account do that" in page
    assert "Try again" in page
    assert client.post(act, {"verb": "spoil"}, headers={"HX-Request": "true"}).status_code == 422


def test_those_who_only_read_see_no_menu(conversation):
    client = Client()
    client.force_login(make_user("gil", role="guest", unit=conversation.unit, language="en"))
    page = client.get(f"/conversations/{conversation.pk}/").content.decode()
    assert "/moderate/" not in page


def test_the_whole_way_from_the_menu_to_the_platform(sandbox, run_background):
    from tests.support.platforms import connect

    line = connect(sandbox, "facebook")
    external_id = line.say("광고입니다", kind="comment")
    run_background()
    conversation = Conversation.objects.get(account=line.account)
    ask(make_actor("operator", line.account.unit), conversation, V.HIDE)
    run_background()
    assert sandbox.control("item", id=external_id)["hidden"]
    conversation.refresh_from_db()
    assert conversation.messages.get().visibility == "hidden"
    assert conversation.waiting_since is None
    assert not InboundItem.objects.filter(is_pending=True).exists()
