"""One conversation over HTTP: what it shows, to whom, and what a live screen is told."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client

from channels.actions.landing import items_vanish
from channels.errors import Ambiguous, Rejected, RejectionCode
from channels.models import ChannelAccount, Delivery
from channels.types import Media, Visibility
from inbox.actions.assignment import conversation_claim, conversation_hand_over
from inbox.actions.notes import note_add
from inbox.actions.replies import reply_send
from inbox.actions.triage import conversation_tag
from opsconsole.kernel.actor import SYSTEM
from opsconsole.kernel.clock import now
from opsconsole.people.selectors import actor_for
from tests.factories.channels import make_account, make_fetched
from tests.factories.inbox import ingest, make_conversation, make_message
from tests.factories.people import make_unit, make_user
from tests.support.html import harmless, read, text_of
from tests.support.sending import refuse_next, send_next

pytestmark = pytest.mark.django_db
LIVE = {"HX-Request": "true", "HX-Target": "conversation-head"}


@pytest.fixture
def conversation():
    return make_conversation(author="hong", text="로밍이 안 돼요", context="12월부터 이월됩니다")


@pytest.fixture
def user(conversation):
    return make_user("ana", role="operator", unit=conversation.unit, language="en")


@pytest.fixture
def ana(user):
    return signed_in(user)


def signed_in(user):
    client = Client()
    client.force_login(user)
    return client


def path(conversation, rest=""):
    return f"/conversations/{conversation.pk}/{rest}"


def timeline(client, conversation, **headers):
    return client.get(path(conversation, "timeline/"), headers=LIVE | headers)


def answer(user, conversation, text="도와드리겠습니다."):
    return reply_send(
        actor_for(user), conversation_id=conversation.pk, answers_id=None, text=text,
        request_key=uuid4(),
    )  # fmt: skip


def test_the_page_shows_who_says_what_about_what(conversation, ana):
    make_message(conversation, text="아직도요", parent_external_id="")
    response = ana.get(path(conversation))
    words = text_of(response)
    for part in ("Hong", "로밍이 안 돼요", "아직도요", "12월부터 이월됩니다", "Claim", "Send"):
        assert part in words
    harmless(response)
    ids = [a["id"] for _tag, a in read(response).tags if a.get("id")]
    assert len(ids) == len(set(ids)), "every id once"
    assert conversation.pk in [row.pk for row in response.context["page"].rows]


def test_its_parts_are_fetched_alone(conversation, ana):
    whole = ana.get(path(conversation)).content
    for target, marks in [("workspace", b'id="workspace"'), ("queue", b'id="queue-list"')]:
        part = ana.get(path(conversation), headers={"HX-Request": "true", "HX-Target": target})
        assert marks in part.content
        assert b"<html" not in part.content
        assert len(part.content) < len(whole)
    customer = ana.get(path(conversation, "customer/"))
    assert customer.context["pane"] == "customer"
    assert "Earlier conversations" in text_of(customer)


def test_the_timeline_is_told_only_when_something_changed(conversation, ana, user):
    first = timeline(ana, conversation)
    assert b"<html" not in first.content
    seen = str(first.context["conversation"].version)
    assert timeline(ana, conversation, **{"X-Seen": seen}).status_code == 204
    changes = [
        lambda: note_add(actor_for(user), conversation_id=conversation.pk, text="psst"),
        lambda: conversation_claim(actor_for(user), conversation_id=conversation.pk),
        lambda: make_message(conversation),
        lambda: conversation_tag(SYSTEM, conversation_id=conversation.pk, name="roaming"),
        lambda: answer(user, conversation),
        send_next,
    ]
    for change in changes:
        change()
        news = timeline(ana, conversation, **{"X-Seen": seen})
        assert news.status_code == 200
        seen = str(news.context["conversation"].version)
        assert timeline(ana, conversation, **{"X-Seen": seen}).status_code == 204


def test_edits_removals_and_moderation_are_shown(conversation, ana):
    line = conversation.messages.get()
    ingest(conversation.account, make_fetched(line.external_id, text="이제 돼요", author="hong"))
    held = make_message(conversation, visibility=Visibility.HELD)
    words = text_of(ana.get(path(conversation)))
    assert "removed: 로밍이 안added: 이제 돼요" in words
    assert "Edited" in words
    assert "Held for approval" in words
    items_vanish(conversation.account, [line.external_id, held.external_id])
    ingest(conversation.account)
    response = ana.get(path(conversation))
    assert "Removed on the platform" in text_of(response)
    assert "Everything the customer wrote here has been removed." in text_of(response)


def test_what_the_customer_took_back_is_read_by_managers_alone(conversation, ana):
    line = conversation.messages.get()
    make_message(conversation, text="아직도요")
    ingest(conversation.account, make_fetched(line.external_id, text="이제 돼요", author="hong"))
    items_vanish(conversation.account, [line.external_id])
    ingest(conversation.account)
    boss = signed_in(make_user("boss", role="manager", unit=conversation.unit, language="en"))
    shown = boss.get(path(conversation))
    assert b"<del" in shown.content
    assert "이제 돼요" in text_of(shown)
    for address in (path(conversation), f"/api/v1{path(conversation)}", "/"):
        told = ana.get(address).content.decode()
        assert "이제" not in told
        assert "안 돼요" not in told
    assert "아직도요" in text_of(ana.get("/"))


def test_pictures_are_shown_without_telling_their_host_who_looks(ana, conversation):
    pictures = (
        Media("https://cdn.example/a.png", alt_text="빈 화면"),
        Media("http://old.example/b.png"),
        Media("javascript:alert(1)"),
        Media("https://cdn.example/c.mp4", kind="video"),
    )
    make_message(conversation, text="", media=pictures)
    response = ana.get(path(conversation))
    harmless(response)
    shown = [a for tag, a in read(response).tags if tag == "img" and a.get("alt")]
    assert [(a["src"], a["alt"], a["referrerpolicy"]) for a in shown] == [
        ("https://cdn.example/a.png", "빈 화면", "no-referrer")
    ]
    (film,) = (a for tag, a in read(response).tags if tag == "video")
    assert (film["src"], film["preload"]) == ("https://cdn.example/c.mp4", "none")
    assert film["aria-label"]


@pytest.mark.parametrize(
    ("settle", "words"),
    [
        (lambda: None, ["Waiting", "Stop"]),
        (send_next, ["Sent"]),
        (lambda: refuse_next(Ambiguous("reset")), ["Checking with the platform", "Next look:"]),
        (
            lambda: refuse_next(Rejected("x", code=RejectionCode.TARGET_GONE)),
            ["Refused", "no longer there", "Edit and send anew"],
        ),
    ],
    ids=["planned", "sent", "unclear", "refused"],
)
def test_each_state_of_an_answer_is_said_in_words(conversation, ana, user, settle, words):
    answer(user, conversation)
    settle()
    response = ana.get(path(conversation))
    for word in words:
        assert word in text_of(response)
    assert "도와드리겠습니다." in text_of(response)
    harmless(response)


def test_only_who_may_decide_is_asked_for_a_verdict(conversation, ana, user):
    answer(user, conversation)
    refuse_next(Ambiguous("reset"))
    Delivery.objects.update(state="needs_human")
    assert "A manager decides" in text_of(ana.get(path(conversation)))
    boss = signed_in(make_user(role="manager", unit=conversation.unit, language="en"))
    words = text_of(boss.get(path(conversation)))
    assert "It is live: paste its address" in words
    assert "Send again" in words


def test_acts_are_told_as_sentences(conversation, ana, user):
    home = make_unit(name_en="Home")
    boss = signed_in(make_user(role="manager", language="en"))
    conversation_claim(actor_for(user), conversation_id=conversation.pk)
    conversation_hand_over(
        actor_for(user), conversation_id=conversation.pk, unit_id=home.pk, reason="<b>router</b>"
    )
    response = boss.get(path(conversation))
    assert "Ana took this" in text_of(response)
    assert (
        f"Ana handed this over from {conversation.unit.name_en} to Home: <b>router</b>"
        in text_of(response)
    )


@pytest.mark.parametrize(
    ("silence", "why"),
    [
        ({"is_paused": True}, "The account is paused."),
        (
            {"needs_reconnect": True},
            "The account must be reconnected before anything can be sent.",
        ),
    ],
    ids=["paused", "disconnected"],
)
def test_it_is_said_why_nobody_can_answer_now(conversation, ana, silence, why):
    ChannelAccount.objects.update(**silence)
    response = ana.get(path(conversation))
    assert why in text_of(response)
    assert 'name="answers"' not in response.content.decode()


def test_a_feed_is_read_only(ana, user):
    feed = make_account(kind="feed", unit=user.memberships.get().unit)
    response = ana.get(path(make_conversation(account=feed)))
    assert "This feed can only be read" in text_of(response)


def test_a_guest_reads_and_notes_and_is_offered_nothing_else(conversation):
    guest = signed_in(make_user(role="guest", unit=conversation.unit, language="en"))
    response = guest.get(path(conversation))
    content = response.content.decode()
    assert "note-form" in content
    for act in ("claim/", "resolve/", "assign/", "hand-over/", "reply/", "tags/"):
        assert f"{path(conversation, act)}" not in content


def test_older_lines_come_on_request_all_of_them_once(conversation, ana):
    at = now() - timedelta(hours=1)
    texts = [f"줄 {n:03}." for n in range(130)]
    last = conversation.messages.get()
    items = [
        make_fetched(
            author="hong", text=text, parent_external_id=last.external_id,
            posted_at=at + timedelta(seconds=n // 7),
        )
        for n, text in enumerate(texts)
    ]  # fmt: skip
    ingest(conversation.account, *items)
    response, seen = ana.get(path(conversation)), []
    for _ in range(5):
        shown = [line.row.text for line in response.context["lines"] if line.kind == "message"]
        seen = shown + seen
        cursor = response.context["thread"].older_cursor
        if not cursor:
            break
        assert "Older messages" in text_of(response)
        response = ana.get(path(conversation, "timeline/"), {"before": cursor}, headers=LIVE)
    assert [text for text in seen if text in set(texts)] == texts
    assert len(seen) == len(texts) + 1
    assert ana.get(path(conversation, "timeline/?before=nonsense")).status_code == 422


@pytest.mark.parametrize("rest", ["", "customer/", "timeline/"])
def test_out_of_reach_is_not_there(conversation, rest):
    stranger = signed_in(make_user(role="operator", unit=make_unit(), language="en"))
    page = stranger.get(path(conversation, rest))
    assert page.status_code == 404
    assert "로밍" not in text_of(page)
    part = stranger.get(path(conversation, rest), headers=LIVE)
    assert (part.status_code, b"<html" in part.content) == (404, False)
    assert stranger.get(f"/conversations/{10**17}/").status_code == 404
    assert Client().get(path(conversation, rest))["Location"].startswith("/sign-in/")


def test_an_answer_leads_to_its_conversation(conversation, ana, user):
    reply = answer(user, conversation)
    assert ana.get(f"/replies/{reply.request_key}/")["Location"] == path(conversation)
    stranger = signed_in(make_user(role="operator", unit=make_unit()))
    assert stranger.get(f"/replies/{reply.request_key}/").status_code == 404
