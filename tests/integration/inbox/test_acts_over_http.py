"""Every act on the screens, with scripts and without: what it does, what it answers, what it keeps."""

from uuid import uuid4

import pytest
from django.test import Client

from channels.errors import Ambiguous
from channels.models import Delivery
from inbox.actions.assignment import conversation_claim
from inbox.actions.replies import reply_send
from inbox.actions.triage import conversation_resolve, conversation_tag
from inbox.models import Conversation, Note, Reply, Tag
from opsconsole.kernel.actor import SYSTEM
from opsconsole.people.selectors import actor_for
from tests.factories.inbox import make_conversation, make_message
from tests.factories.people import make_unit, make_user
from tests.support.html import fields_of, read, text_of
from tests.support.sending import refuse_next, send_next

pytestmark = pytest.mark.django_db
LIVE = {"HX-Request": "true", "HX-Target": "conversation-head"}
FILTER = "?channel=facebook&view=open"


@pytest.fixture
def conversation():
    return make_conversation(text="로밍이 안 돼요")


@pytest.fixture
def user(conversation):
    return make_user("ana", role="operator", unit=conversation.unit, language="en")


@pytest.fixture
def colleague(conversation):
    return make_user("bo", role="operator", unit=conversation.unit, language="en")


@pytest.fixture
def ana(user):
    return signed_in(user)


def signed_in(user, **given):
    client = Client(**given)
    client.force_login(user)
    return client


def path(conversation, rest="", query=""):
    return f"/conversations/{conversation.pk}/{rest}{query}"


def claimed(conversation, user):
    conversation_claim(actor_for(user), conversation_id=conversation.pk)


def stands(conversation):
    conversation.refresh_from_db()
    return conversation.state, conversation.assignee_id


def reply_of(client, conversation, text="도와드리겠습니다.", **changes):
    """What the page's own form would send."""
    fields = fields_of(client.get(path(conversation)), "reply-form")
    return fields | {"text": text, "then": "send"} | changes


# --- Each act, both ways ---


#: What must have happened before some acts.
BEFORE = {
    "release": claimed,
    "reopen": lambda c, _user: conversation_resolve(SYSTEM, conversation_id=c.pk),
    "untag": lambda c, _user: conversation_tag(SYSTEM, conversation_id=c.pk, name="roaming"),
}


def prepared(name, conversation, user, colleague):
    """Bring about what an act needs; return the rest of its address, its fields and the check."""
    c = conversation
    BEFORE.get(name, lambda *_given: None)(c, user)
    tag = Tag.objects.values_list("pk", flat=True).first()
    reply = {"text": "네!", "request_key": str(uuid4()), "answers": c.messages.get().pk}
    return {
        "claim": ("claim/", {}, lambda: stands(c) == ("open", user.pk)),
        "release": ("release/", {}, lambda: stands(c) == ("new", None)),
        "assign": (
            "assign/", {"assignee": colleague.pk}, lambda: stands(c) == ("open", colleague.pk)
        ),
        "resolve": ("resolve/", {}, lambda: stands(c)[0] == "resolved"),
        "reopen": ("reopen/", {}, lambda: stands(c)[0] == "new"),
        "tag": ("tags/", {"name": "#roaming"}, c.tags.filter(name="roaming").exists),
        "untag": (f"tags/{tag}/remove/", {}, lambda: not c.tags.exists()),
        "note": ("note/", {"text": "waits for the invoice"}, Note.objects.exists),
        "reply": ("reply/", reply, Reply.objects.exists),
    }[name]  # fmt: skip


ACTS = ["claim", "release", "assign", "resolve", "reopen", "tag", "untag", "note", "reply"]


@pytest.mark.parametrize("way", ["live", "plain"])
@pytest.mark.parametrize("name", ACTS)
def test_each_act_works_with_scripts_and_without(conversation, user, colleague, ana, name, way):
    rest, fields, happened = prepared(name, conversation, user, colleague)
    headers = LIVE if way == "live" else None
    response = ana.post(path(conversation, rest, FILTER), fields, headers=headers)
    assert happened()
    if way == "plain":
        assert response.status_code == 302
        assert response["Location"] == path(conversation, "", FILTER)
        return
    assert response.status_code == 200
    assert b"<html" not in response.content
    ids = {a.get("id") for _tag, a in read(response).tags}
    assert {"conversation-head", "timeline", "reply-state"} <= ids
    conversation.refresh_from_db()
    assert f'data-version="{conversation.version}"' in response.content.decode()


@pytest.mark.parametrize("name", ACTS)
def test_acts_are_pressed_not_linked_to_and_not_forged(conversation, user, colleague, ana, name):
    rest, fields, happened = prepared(name, conversation, user, colleague)
    assert ana.get(path(conversation, rest)).status_code == 405
    forger = signed_in(user, enforce_csrf_checks=True)
    assert forger.post(path(conversation, rest), fields).status_code == 403
    assert Client().post(path(conversation, rest), fields)["Location"].startswith("/sign-in/")
    assert Client().post(path(conversation, rest), fields, headers=LIVE).status_code == 401
    assert not happened()


@pytest.mark.parametrize("name", ACTS)
def test_acts_out_of_reach_or_out_of_role_are_refused_both_ways(
    conversation, user, colleague, name
):
    rest, fields, happened = prepared(name, conversation, user, colleague)
    stranger = signed_in(make_user(role="operator", unit=make_unit(), language="en"))
    guest = signed_in(make_user(role="guest", unit=conversation.unit, language="en"))
    refusals = [(stranger, 404)] + ([] if name == "note" else [(guest, 403)])
    for client, status in refusals:
        page = client.post(path(conversation, rest), fields)
        part = client.post(path(conversation, rest), fields, headers=LIVE)
        assert (page.status_code, part.status_code) == (status, status)
        assert b"<html" in page.content
        assert b"<html" not in part.content
        assert b"data-problem" in part.content
    assert not happened()


def test_a_form_taken_from_the_page_passes_the_guard_against_forgery(conversation, user):
    client = signed_in(user, enforce_csrf_checks=True)
    fields = reply_of(client, conversation)
    assert client.post(path(conversation, "reply/"), fields).status_code == 302
    assert Reply.objects.count() == 1


# --- Somebody was faster, or something is missing ---


def test_whoever_comes_second_reads_who_was_faster(conversation, colleague, ana):
    claimed(conversation, colleague)
    page = ana.post(path(conversation, "claim/"))
    part = ana.post(path(conversation, "claim/"), headers=LIVE)
    for response in (page, part):
        assert response.status_code == 409
        assert "Bo has just taken this." in text_of(response)
    assert b"<html" in page.content
    assert b"<html" not in part.content


@pytest.mark.parametrize(
    ("rest", "fields"),
    [
        ("hand-over/", {"unit": "1", "reason": ""}),
        ("hand-over/", {"unit": "", "reason": "theirs"}),
        ("hand-over/", {"unit": "999999", "reason": "theirs"}),
        ("assign/", {"assignee": "nobody"}),
        ("assign/", {"assignee": "9" * 30}),
        ("tags/", {"name": " # "}),
        ("tags/", {"name": "t" * 41}),
        ("note/", {"text": "  "}),
        ("note/", {"text": "x" * 5001}),
        ("reply/", {"text": "Hello."}),
        ("reply/", {"text": "Hello.", "answers": "1", "request_key": "nonsense"}),
    ],
    ids=str,
)
def test_what_is_missing_is_said_both_ways(conversation, ana, rest, fields):
    version = conversation.version
    for headers in (None, LIVE):
        response = ana.post(path(conversation, rest), fields, headers=headers)
        assert response.status_code == 422
        assert b"data-problem" in response.content
    conversation.refresh_from_db()
    assert conversation.version == version


def test_nobody_resolves_over_a_line_they_have_not_seen(conversation, ana):
    """The page's own form carries what it showed."""
    seen = fields_of(ana.get(path(conversation)), "acts")
    make_message(conversation)
    response = ana.post(path(conversation, "resolve/"), seen)
    assert response.status_code == 409
    assert "The customer has just written again" in text_of(response)
    assert stands(conversation)[0] == "new"
    seen = fields_of(ana.get(path(conversation)), "acts")
    assert ana.post(path(conversation, "resolve/"), seen).status_code == 302
    assert stands(conversation)[0] == "resolved"


@pytest.mark.parametrize("way", ["live", "plain"])
def test_whoever_hands_a_conversation_out_of_reach_is_led_back_to_the_list(conversation, ana, way):
    fields = {"unit": make_unit().pk, "reason": "About the router"}
    headers = LIVE if way == "live" else None
    response = ana.post(path(conversation, "hand-over/"), fields, headers=headers)
    place = response.headers.get("HX-Redirect" if way == "live" else "Location")
    assert place == "/"
    assert conversation.unit_id != Conversation.objects.get().unit_id


# --- Answering ---


def test_an_answer_without_scripts_goes_the_whole_way(conversation, ana, user):
    fields = reply_of(ana, conversation)
    response = ana.post(path(conversation, "reply/", FILTER), fields, follow=True)
    assert response.status_code == 200
    assert "도와드리겠습니다." in text_of(response)
    again = ana.post(path(conversation, "reply/"), fields)
    assert again.status_code == 302
    send_next()
    assert (Reply.objects.count(), Delivery.objects.get().state) == (1, "sent")
    assert stands(conversation) == ("waiting", user.pk)


def test_a_live_answer_empties_the_field_and_brings_a_new_key(conversation, ana):
    fields = reply_of(ana, conversation, then="resolve")
    response = ana.post(path(conversation, "reply/"), fields, headers=LIVE)
    assert response["HX-Trigger-After-Swap"] == "replied"
    fresh = fields_of(response)["request_key"]
    assert fresh != fields["request_key"]
    assert Reply.objects.get().resolve_after
    note = ana.post(path(conversation, "note/"), {"text": "psst"}, headers=LIVE)
    assert note["HX-Trigger-After-Swap"] == "noted"


REFUSED = {
    "unseen": (lambda c, u, b: make_message(c), 409, "The customer has just written again"),
    "taken": (lambda c, u, b: claimed(c, b), 409, "Bo is answering this."),
    "answered": (
        lambda c, u, b: make_message(c, is_own=True, author="us"), 409,
        "This has been answered meanwhile",
    ),
    "too long": (lambda c, u, b: None, 422, "Too long by"),
}  # fmt: skip


@pytest.mark.parametrize("why", REFUSED)
def test_a_refused_answer_keeps_every_word(conversation, user, colleague, ana, why):
    meanwhile, status, words = REFUSED[why]
    text = "가" * 8001 if why == "too long" else "My careful words & <b>more</b>."
    fields = reply_of(ana, conversation, text=text)
    meanwhile(conversation, user, colleague)
    page = ana.post(path(conversation, "reply/", FILTER), fields)
    assert page.status_code == status
    assert words in text_of(page)
    assert text in text_of(page)
    assert FILTER.replace("&", "&amp;") in page.content.decode()
    part = ana.post(path(conversation, "reply/"), fields, headers=LIVE)
    assert part.status_code == status
    assert words in text_of(part)
    assert b"<html" not in part.content
    assert not Reply.objects.exists()
    if why in {"unseen", "answered"}:  # the page that came back is up to date
        again = fields_of(page, "reply-form") | {"text": text, "then": "anyway"}
        assert ana.post(path(conversation, "reply/"), again).status_code == 302


def test_a_refused_note_keeps_every_word_and_its_place(conversation, ana):
    text = "n" * 5001
    page = ana.post(path(conversation, "note/"), {"text": text})
    assert page.status_code == 422
    assert text in text_of(page)
    checked = [a.get("id") for tag, a in read(page).tags if tag == "input" and "checked" in a]
    assert "mode-note" in checked
    assert "mode-reply" not in checked


# --- Verdicts ---


@pytest.mark.parametrize("way", ["live", "plain"])
@pytest.mark.parametrize(
    ("verb", "fields", "state"),
    [("confirm", {"address": "777"}, "sent"), ("again", {}, "ready"), ("drop", {}, "cancelled")],
)
def test_a_verdict_from_the_screen(conversation, user, verb, fields, state, way):
    delivery = answered_into_the_dark(conversation, user)
    boss = signed_in(make_user(role="manager", unit=conversation.unit, language="en"))
    rest = f"deliveries/{delivery.pk}/{verb}/"
    headers = LIVE if way == "live" else None
    response = boss.post(path(conversation, rest), fields, headers=headers)
    assert response.status_code == (200 if way == "live" else 302)
    delivery.refresh_from_db()
    assert delivery.state == state
    late = boss.post(path(conversation, rest), fields, headers=headers)
    assert late.status_code == 409


def answered_into_the_dark(conversation, user):
    reply = reply_send(
        actor_for(user), conversation_id=conversation.pk, answers_id=None, text="네!",
        request_key=uuid4(),
    )  # fmt: skip
    refuse_next(Ambiguous("reset"))
    Delivery.objects.update(state="needs_human")
    return reply.delivery


def test_an_operator_stops_but_does_not_judge(conversation, user, ana):
    delivery = answered_into_the_dark(conversation, user)
    for verb in ("confirm", "again", "drop"):
        fields = {"address": "7"} if verb == "confirm" else {}
        rest = f"deliveries/{delivery.pk}/{verb}/"
        assert ana.post(path(conversation, rest), fields).status_code == 403
    Delivery.objects.update(state="planned")
    assert ana.post(path(conversation, f"deliveries/{delivery.pk}/cancel/")).status_code == 302
    delivery.refresh_from_db()
    assert delivery.state == "cancelled"
    other = make_conversation(account=conversation.account)
    assert ana.post(path(other, f"deliveries/{delivery.pk}/cancel/")).status_code == 404
