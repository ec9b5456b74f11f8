"""Saved replies: who may keep and use which, what a slash offers first, and how they are filled in."""

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from inbox.actions.saved_replies import (
    saved_reply_archive,
    saved_reply_create,
    saved_reply_restore,
    saved_reply_update,
    saved_reply_used,
)
from inbox.models import Conversation, SavedReply
from inbox.selectors.saved_replies import SavedFilter, offers, saved_reply_page
from opsconsole.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from opsconsole.people.models import User
from tests.factories.inbox import make_conversation
from tests.factories.people import make_actor, make_unit
from tests.support.html import text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def conversation():
    return make_conversation(language="ko")


@pytest.fixture
def ana(conversation):
    return make_actor("operator", conversation.unit, nickname="Ana", language="en")


@pytest.fixture
def boss(conversation):
    return make_actor("manager", conversation.unit)


def keep(actor, shortcut="roaming", text="하루 9,900원입니다.", **given):
    given = {"title": shortcut.title()} | given
    return saved_reply_create(actor, shortcut=shortcut, text=text, **given)


def titles(actor, conversation, words=""):
    return [offer.saved.title for offer in offers(actor, conversation.pk, words)]


# --- Who ---


def test_ones_own_are_offered_to_oneself_alone(conversation, ana, boss):
    keep(ana)
    assert titles(ana, conversation) == ["Roaming"]
    assert titles(boss, conversation) == []


def test_what_a_unit_shares_is_offered_there_and_nowhere_else(conversation, ana, boss):
    keep(boss, unit_id=conversation.unit_id, is_shared=True)
    everywhere = make_actor("manager")
    keep(everywhere, "hello", is_shared=True)
    keep(everywhere, "other", unit_id=make_unit().pk, is_shared=True)
    assert set(titles(ana, conversation)) == {"Roaming", "Hello"}
    assert set(titles(everywhere, conversation)) == {"Roaming", "Hello"}


def test_only_managers_share_and_only_where_they_manage(conversation, ana, boss):
    for actor, unit_id in ((ana, conversation.unit_id), (boss, None), (boss, make_unit().pk)):
        with pytest.raises(NotAllowed):
            keep(actor, unit_id=unit_id, is_shared=True)


def test_what_is_shared_is_changed_by_managers_and_seen_by_others(conversation, ana, boss):
    saved = keep(boss, unit_id=conversation.unit_id, is_shared=True)
    words = {"title": "New", "shortcut": "new", "text": "새 문구", "unit_id": saved.unit_id}
    with pytest.raises(NotAllowed):
        saved_reply_update(ana, saved_reply_id=saved.pk, **words)
    with pytest.raises(NotAllowed):
        saved_reply_archive(ana, saved_reply_id=saved.pk)
    saved_reply_update(boss, saved_reply_id=saved.pk, is_shared=True, **words)
    assert titles(ana, conversation) == ["New"]
    mine = keep(ana)
    for act in (saved_reply_archive, saved_reply_restore, saved_reply_used):
        with pytest.raises(NotFound):
            act(boss, saved_reply_id=mine.pk)


# --- Words ---


@pytest.mark.parametrize(
    ("words", "field"),
    [
        ({"title": " "}, "title"),
        ({"shortcut": "two words"}, "shortcut"),
        ({"shortcut": "/"}, "shortcut"),
        ({"text": " \n"}, "text"),
        ({"text": "x" * 8001}, "text"),
        ({"language": "fr"}, "language"),
        ({"text": "Hello {{name}}"}, "text"),
        ({"text": "Hello {{customer}"}, "text"),
    ],
)
def test_what_cannot_be_kept_names_its_field(ana, words, field):
    with pytest.raises(Invalid) as told:
        keep(ana, **words)
    assert told.value.data["field"] == field


def test_an_unknown_variable_is_named_with_those_there_are(ana):
    with pytest.raises(Invalid) as told:
        keep(ana, text="{{customer}}, {{phone}}")
    assert told.value.code == "unknown_variable"
    assert "phone" in str(told.value.message)
    assert "{{today}}" in str(told.value.message)


def test_a_shortcut_stands_for_one_reply_in_each_language(ana):
    first = keep(ana, language="ko")
    keep(ana, language="en")
    with pytest.raises(Conflict):
        keep(ana, "ROAMING", language="ko")
    saved_reply_archive(ana, saved_reply_id=first.pk)
    keep(ana, language="ko")
    with pytest.raises(Conflict):
        saved_reply_restore(ana, saved_reply_id=first.pk)


def test_variables_are_filled_in_for_the_conversation(conversation, ana):
    keep(ana, text="{{customer}}/{{ operator }}/{{unit}}/{{account}}/{{today}}", language="ko")
    with time_machine.travel("2026-11-24T16:00:00Z"):
        (offer,) = offers(ana, conversation.pk, "")
    unit, account = conversation.unit.name_ko, conversation.account.name
    assert offer.filled.text == f"{conversation.contact.name}/Ana/{unit}/{account}/11월 25일"
    assert offer.filled.missing == ()


def test_a_value_that_is_not_known_is_asked_for(conversation, ana):
    conversation.contact.name = conversation.contact.handle = ""
    conversation.contact.save()
    keep(ana, text="{{customer}}님, {{unit}}입니다.")
    (offer,) = offers(ana, conversation.pk, "")
    assert offer.filled.text.startswith("{{customer}}님, 부서")
    assert offer.filled.missing == ("customer",)


# --- What comes first ---


def test_the_customers_language_comes_first_then_what_begins_as_typed_then_what_is_used(
    conversation, ana
):
    for shortcut, language in (("r1", "en"), ("r2", ""), ("r3", "ko"), ("r4", "ko"), ("ar", "ko")):
        keep(ana, shortcut, language=language, title=shortcut)
    SavedReply.objects.filter(shortcut="ar").update(used_count=9)
    saved_reply_used(ana, saved_reply_id=SavedReply.objects.get(shortcut="r4").pk)
    assert titles(ana, conversation, "r") == ["r4", "r3", "ar", "r2", "r1"]
    Conversation.objects.update(language="en")
    assert titles(ana, conversation, "r")[0] == "r1"
    assert titles(ana, conversation, "9,900원")[0] == "r1"
    assert titles(ana, conversation, "nothing") == []


# --- On the screen ---


@pytest.fixture
def browser(ana):
    client = Client()
    client.force_login(User.objects.get(pk=ana.user_id))
    return client


def test_a_slash_offers_as_many_queries_at_any_number(conversation, ana, browser):
    address = reverse("inbox:saved_offers", args=[conversation.pk])
    costs = []
    for count in (2, 20):
        for number in range(count):
            keep(ana, f"{count}-{number}", text="{{customer}}님 <b>안녕</b>")
        with CaptureQueriesContext(connection) as queries:
            shown = browser.get(address, {"text": ""})
        costs.append(len(queries))
    assert costs[0] == costs[1]
    assert costs[1] <= 6
    assert shown.content.decode().count('role="option"') == 8
    assert "&lt;b&gt;" in shown.content.decode()
    elsewhere = reverse("inbox:saved_offers", args=[make_conversation().pk])
    assert browser.get(elsewhere).status_code == 404


def test_the_page_keeps_what_was_typed_and_names_the_fault(browser, ana):
    form = {
        "title": "Roaming",
        "shortcut": "roaming",
        "text": "{{nobody}}",
        "language": "ko",
        "unit": "",
    }
    refused = browser.post(reverse("inbox:saved_reply_create"), form)
    assert refused.status_code == 422
    assert "There is no variable" in text_of(refused)
    assert "{{nobody}}" in text_of(refused)
    assert (
        browser.post(reverse("inbox:saved_reply_create"), form | {"text": "네"}).status_code == 302
    )
    saved = SavedReply.objects.get()
    assert (saved.owner_id, saved.unit_id, saved.text) == (ana.user_id, None, "네")
    browser.post(reverse("inbox:saved_reply_archive", args=[saved.pk]))
    assert "Roaming" not in text_of(browser.get(reverse("inbox:saved_replies")))
    archived = browser.get(reverse("inbox:saved_replies"), {"state": "archived"})
    assert "Restore" in text_of(archived)
    browser.post(reverse("inbox:saved_reply_restore", args=[saved.pk]))
    assert "Roaming" in text_of(browser.get(reverse("inbox:saved_replies")))


def test_the_list_is_narrowed_and_pages(ana, boss, conversation):
    keep(boss, "ours", unit_id=conversation.unit_id, is_shared=True, language="ko")
    for number in range(3):
        keep(ana, f"mine{number}", language="en")

    def found(**wish):
        return [row.shortcut for row in saved_reply_page(ana, SavedFilter(**wish)).rows]

    assert found() == ["mine0", "mine1", "mine2", "ours"]
    assert found(whose="shared") == ["ours"]
    assert found(language="ko", text="9,900") == ["ours"]
    assert found(unit=conversation.unit_id + 1) == ["mine0", "mine1", "mine2"]
    first = saved_reply_page(ana, SavedFilter(), size=3)
    rest = saved_reply_page(ana, SavedFilter(), size=3, cursor=first.next_cursor)
    assert [row.shortcut for row in rest.rows] == ["ours"]


def test_initials_are_given_and_taken_on_their_page(browser, ana):
    page = reverse("inbox:initials")
    assert browser.post(page, {"initials": "a b", "account": ""}).status_code == 422
    assert browser.post(page, {"initials": "an", "account": ""}).status_code == 302
    shown = browser.get(page)
    assert "^AN" in text_of(shown)
    tag = User.objects.get(pk=ana.user_id).cotags.get()
    browser.post(reverse("inbox:cotag_retire", args=[tag.pk]))
    assert "^AN" not in text_of(browser.get(page))
