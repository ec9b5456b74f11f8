"""The customer beside the conversation: one person on many channels, marks, and what is remembered."""

import pytest
from django.test import Client

from channels.types import Profile
from inbox.actions.contact_notes import contactnote_add
from inbox.actions.customers import (
    contact_mark_vip,
    contact_merge,
    contact_set_language,
    contact_unmerge,
)
from inbox.models import Contact, ContactNote, Conversation, Person
from opsconsole.audit.models import Activity
from opsconsole.kernel.errors import Invalid, NotAllowed, NotFound
from opsconsole.people.selectors import actor_for
from tests.factories.channels import make_account, make_fetched
from tests.factories.inbox import ingest, make_conversation, make_message
from tests.factories.people import make_actor, make_unit, make_user
from tests.support.html import harmless, text_of
from tests.support.together import together

pytestmark = pytest.mark.django_db


@pytest.fixture
def unit():
    return make_unit(name_en="Mobile")


@pytest.fixture
def user(unit):
    return make_user("ana", role="operator", unit=unit, language="en")


@pytest.fixture
def actor(user):
    return actor_for(user)


@pytest.fixture
def client(user):
    made = Client()
    made.force_login(user)
    return made


def writes(unit, author, text="로밍", kind="facebook", **given):
    return make_conversation(
        account=make_account(kind=kind, unit=unit), author=author, text=text, **given
    )


def panel(client, conversation, **query):
    return client.get(f"/conversations/{conversation.pk}/customer/", query)


def post(client, conversation, rest, **body):
    return client.post(f"/conversations/{conversation.pk}/customer/{rest}", body)


# --- One person ---


def test_one_person_on_two_channels_is_joined_by_hand_and_parted_again(client, unit):
    here, there = writes(unit, "hong"), writes(unit, "hong", "요금이 이상해요")
    before = panel(client, here)
    assert "Is it the same person?" in text_of(before)
    assert "요금이 이상해요" not in [row.preview for row in before.context["panel"].conversations]
    assert post(client, here, "merge/", contact=there.contact_id).status_code == 302
    after = panel(client, here)
    shown = after.context["panel"]
    assert [row.pk for row in shown.conversations] == [there.pk]
    assert [one.pk for one in shown.others] == [there.contact_id]
    assert (shown.message_count, shown.suggestions) == (2, [])
    assert "요금이 이상해요" in text_of(panel(client, here))
    assert panel(client, there).context["panel"].conversations == [here]
    post(client, here, "unmerge/", contact=there.contact_id)
    assert panel(client, here).context["panel"].conversations == []
    assert not Person.objects.exists()
    verbs = Activity.objects.filter(verb__startswith="inbox.contact.").values_list(
        "verb", flat=True
    )
    assert list(verbs) == ["inbox.contact.merged", "inbox.contact.unmerged"]


def test_two_circles_become_one_and_one_leaves_alone(actor, unit):
    rows = [writes(unit, f"c{number}") for number in range(4)]
    for one, other in ((0, 1), (2, 3), (0, 2)):
        contact_merge(actor, conversation_id=rows[one].pk, contact_id=rows[other].contact_id)
    assert Contact.objects.filter(person=Person.objects.get()).count() == 4
    contact_unmerge(actor, conversation_id=rows[0].pk, contact_id=rows[3].contact_id)
    assert Contact.objects.filter(person=Person.objects.get()).count() == 3


def test_others_are_found_by_name_but_only_within_reach(client, unit):
    here = writes(unit, "hong")
    found, hidden = writes(unit, "kimsora"), writes(make_unit(), "kimsora")
    shown = panel(client, here, who="kimso").context["panel"]
    assert [one.pk for one in shown.found] == [found.contact_id]
    answer = post(client, here, "merge/", contact=hidden.contact_id)
    assert answer.status_code == 404
    assert "Nobody within your reach" in text_of(panel(client, here, who="nobody"))


def test_what_is_out_of_reach_stays_hidden_in_the_circle(client, unit):
    boss = make_actor("manager")
    here, hidden = writes(unit, "hong"), writes(make_unit(), "hong2", "비밀")
    contact_merge(boss, conversation_id=here.pk, contact_id=hidden.contact_id)
    contactnote_add(boss, conversation_id=hidden.pk, text="남의 메모")
    response = panel(client, here)
    shown = response.context["panel"]
    assert (shown.others, shown.conversations, shown.notes, shown.message_count) == ([], [], [], 1)
    for words in ("비밀", "남의 메모", "Hong2"):
        assert words not in text_of(response)


@pytest.mark.django_db(transaction=True)
def test_merges_that_cross_make_one_person(unit, actor):
    one, two = writes(unit, "a"), writes(unit, "b")
    other = make_actor("operator", unit)
    together(
        lambda: contact_merge(actor, conversation_id=one.pk, contact_id=two.contact_id),
        lambda: contact_merge(other, conversation_id=two.pk, contact_id=one.contact_id),
    )
    assert Person.objects.count() == 1
    assert Contact.objects.filter(person__isnull=False).count() == 2


def test_a_new_name_is_still_the_same_person(unit):
    conversation = writes(unit, "hong")
    item = make_fetched(
        thread_external_id=conversation.messages.get().thread_external_id,
        parent_external_id=conversation.messages.get().external_id, author="hong",
    )  # fmt: skip
    renamed = Profile("hong", name="전혀 다른 이름", handle="new")
    ingest(conversation.account, type(item)(**{**_fields(item), "author": renamed}))
    contact = Contact.objects.get(external_id="hong")
    assert (contact.pk, contact.name) == (conversation.contact_id, "전혀 다른 이름")


def _fields(item):
    return {name: getattr(item, name) for name in item.__dataclass_fields__}


# --- Marks ---


def test_a_vip_is_one_on_every_channel_with_the_reason(client, actor, unit):
    here, there = writes(unit, "hong"), writes(unit, "hong2")
    contact_merge(actor, conversation_id=here.pk, contact_id=there.contact_id)
    assert post(client, here, "vip/", is_vip="on", reason="  ").status_code == 422
    post(client, here, "vip/", is_vip="on", reason="기자")
    assert set(Conversation.objects.values_list("is_vip", flat=True)) == {True}
    assert "기자" in text_of(panel(client, there))
    assert "VIP" in text_of(panel(client, there))
    contact_unmerge(actor, conversation_id=here.pk, contact_id=there.contact_id)
    marked = dict(Conversation.objects.values_list("pk", "is_vip"))
    assert marked == {here.pk: True, there.pk: False}, "parted, each is what it was"
    again = writes(unit, "other")
    Contact.objects.filter(pk=again.contact_id).update(is_vip=True)
    later = make_conversation(account=again.account, author="other")
    assert later.is_vip, "what they write next is marked from the start"
    post(client, here, "vip/")
    assert not Contact.objects.get(pk=here.contact_id).is_vip


def test_the_language_is_set_by_hand(client, actor, unit):
    conversation = writes(unit, "hong", language="ko")
    post(client, conversation, "language/", language="vi")
    conversation.refresh_from_db()
    assert (conversation.language, conversation.contact.language) == ("vi", "vi")
    assert "Tiếng Việt" in text_of(panel(client, conversation))
    with pytest.raises(Invalid):
        contact_set_language(actor, conversation_id=conversation.pk, language="klingon")


# --- What is remembered ---


def test_notes_about_the_customer_stay_with_the_customer(client, user, unit):
    conversation = writes(unit, "hong")
    post(client, conversation, "notes/", text="늘 친절하심 <b>")
    note = ContactNote.objects.get()
    later = make_conversation(account=conversation.account, author="hong")
    response = panel(client, later)
    assert "늘 친절하심 <b>" in text_of(response)
    harmless(response)
    assert post(client, later, f"notes/{note.pk}/", text="아주 친절하심").status_code == 302
    shown = text_of(panel(client, later))
    assert "아주 친절하심" in shown
    assert "edited" in shown
    colleague = Client()
    colleague.force_login(make_user(role="operator", unit=unit))
    assert post(colleague, later, f"notes/{note.pk}/remove/").status_code == 403
    boss = Client()
    boss.force_login(make_user(role="manager", unit=unit))
    assert post(boss, later, f"notes/{note.pk}/remove/").status_code == 302
    assert not ContactNote.objects.exists()


def test_acts_are_for_those_who_work_there(unit):
    conversation, other = writes(unit, "hong"), writes(unit, "kim")
    guest, stranger = make_actor("guest", unit), make_actor("operator", make_unit())
    acts = [
        lambda actor: contact_mark_vip(
            actor, conversation_id=conversation.pk, is_vip=True, reason="x"
        ),
        lambda actor: contact_set_language(actor, conversation_id=conversation.pk, language="en"),
        lambda actor: contact_merge(
            actor, conversation_id=conversation.pk, contact_id=other.contact_id
        ),
    ]
    for act in acts:
        with pytest.raises(NotAllowed):
            act(guest)
        with pytest.raises(NotFound):
            act(stranger)
    make_message(conversation)


def test_the_panel_is_fetched_alone_by_a_live_screen(client, unit):
    conversation = writes(unit, "hong")
    headers = {"HX-Request": "true", "HX-Target": "customer"}
    part = client.get(f"/conversations/{conversation.pk}/customer/", headers=headers)
    assert b'id="customer"' in part.content
    assert b"<html" not in part.content
    body = {"is_vip": "on", "reason": "기자"}
    act = client.post(
        f"/conversations/{conversation.pk}/customer/vip/", body, headers={"HX-Request": "true"}
    )
    assert "기자" in text_of(act)
