"""A customer's data: handed out whole, erased for good on request, and by its age."""

import json
from datetime import timedelta
from uuid import uuid4

import pytest
from django.apps import apps
from django.core.files.base import ContentFile
from django.urls import reverse

from channels.actions.landing import items_land, items_vanish
from channels.models import Ancestor, Delivery, DeliveryMedia, InboundItem, PushEvent
from inbox.actions.contact_notes import contactnote_add
from inbox.actions.customers import contact_mark_vip, contact_merge
from inbox.actions.erasing import contact_erase, retention_sweep
from inbox.actions.ingest import items_ingest
from inbox.actions.notes import note_add
from inbox.actions.replies import reply_send
from inbox.actions.searching import search_index
from inbox.actions.triage import conversation_resolve
from inbox.models import (
    Contact,
    ContactNote,
    Conversation,
    Message,
    Note,
    Person,
    SearchEntry,
    SearchPending,
    Wait,
)
from opsconsole.audit.models import Activity
from opsconsole.kernel.clock import now
from opsconsole.kernel.errors import Conflict, Invalid, NotAllowed
from opsconsole.people.selectors import actor_for
from tests.factories.channels import make_account, make_fetched
from tests.factories.inbox import ingest, make_conversation, make_message
from tests.factories.people import make_unit, make_user

pytestmark = pytest.mark.django_db
SECRET = "개인정보비밀"


@pytest.fixture
def admin():
    """An administrator of every unit."""
    return actor_for(make_user("boss", role="administrator"))


def everything(*but: type) -> str:
    """All rows of all tables that customers' words can be in, as text."""
    shown = []
    for model in apps.get_models():
        if model._meta.app_label in {"inbox", "channels"} and model not in but:
            shown += [
                json.dumps(row, default=str, ensure_ascii=False)
                for row in model._default_manager.values()
            ]
    return "\n".join(shown)


def told(account, **given):
    return make_conversation(account=account, author=f"{SECRET}-id", text=f"T {SECRET}", **given)


def settle(conversation) -> None:
    Delivery.objects.filter(reply__conversation=conversation).update(
        state="sent", external_id=f"e{conversation.pk}", url=f"https://x.com/{SECRET}"
    )


def test_nothing_of_an_erased_person_is_left(admin):
    account, elsewhere = make_account(kind="facebook"), make_account(unit=make_unit(slug="far"))
    row, other = told(account), told(elsewhere)
    contact_merge(admin, conversation_id=row.pk, contact_id=other.contact_id)
    contact_mark_vip(admin, conversation_id=row.pk, is_vip=True, reason=f"V {SECRET}")
    contactnote_add(admin, conversation_id=row.pk, text=f"C {SECRET}")
    note_add(admin, conversation_id=row.pk, text=f"O {SECRET}")
    reply_send(
        admin, conversation_id=row.pk, answers_id=None, text=f"R {SECRET}", request_key=uuid4()
    )
    settle(row)
    media = DeliveryMedia.objects.create(
        delivery=Delivery.objects.get(),
        file=ContentFile(b"x", name="a.png"),
        content_type="image/png",
    )
    waits = Wait.objects.count()

    gone = contact_erase(admin, conversation_id=row.pk, reason="request 7")

    assert (gone.conversations, gone.messages) == (2, 2)
    assert SECRET not in everything()
    assert not Person.objects.exists()
    assert not ContactNote.objects.exists()
    assert not Note.objects.exists()
    assert not DeliveryMedia.objects.filter(pk=media.pk).exists()
    assert Wait.objects.count() == waits
    assert Contact.objects.get(pk=row.contact_id).external_id == f"erased:{row.contact_id}"
    said = Activity.objects.get(verb="inbox.contact.erased")
    assert (said.data["reason"], said.data["conversations"]) == ("request 7", 2)


def test_what_is_erased_does_not_come_back(admin):
    account = make_account(kind="facebook")
    item = make_fetched(author="kim", text=f"T {SECRET}")
    ingest(account, item)
    row = Conversation.objects.get()
    contact_erase(admin, conversation_id=row.pk, reason="request 8")
    changed = make_fetched(author="kim", text=f"T2 {SECRET}", external_id=item.external_id)
    ingest(account, item, changed)
    items_vanish(account, [item.external_id])
    ingest(account, changed)
    assert SECRET not in everything()
    assert Message.objects.get().text == ""


def test_what_waits_to_come_in_goes_with_them(admin):
    account = make_account(kind="facebook")
    row = make_conversation(account=account, author="kim", text="first")
    items_land(account, [make_fetched(author="kim", text=f"T {SECRET}")])
    contact_erase(admin, conversation_id=row.pk, reason="request 9")
    items_ingest()
    assert SECRET not in everything()


def test_what_was_pushed_or_stands_above_others_goes_too(admin):
    account = make_account(kind="x")
    row = told(account)
    Ancestor.objects.create(
        account=account, external_id="9", state="found", author_external_id=f"{SECRET}-id",
        author={"name": SECRET}, text=SECRET, noted_at=now(),
    )  # fmt: skip
    PushEvent.objects.create(
        account=account, source="x", body=SECRET.encode(), size=30, digest="d", state="done",
        received_at=now(), due_at=now(),
    )  # fmt: skip
    contact_erase(admin, conversation_id=row.pk, reason="request 14")
    assert SECRET not in everything()
    assert bytes(PushEvent.objects.get().body) == b""


def test_whoever_writes_again_is_somebody_new(admin):
    account = make_account()
    row = make_conversation(account=account, author="kim", text="first", thread_external_id="t")
    contact_erase(admin, conversation_id=row.pk, reason="request 10")
    again = make_conversation(account=account, author="kim", text="again", thread_external_id="t")
    assert again.pk != row.pk
    assert again.contact_id != row.contact_id


def test_no_search_finds_an_erased_line(admin):
    row = told(make_account())
    contact_erase(admin, conversation_id=row.pk, reason="request 11")
    while search_index():
        pass
    assert not SearchEntry.objects.exists()
    assert not SearchPending.objects.exists()


def test_an_answer_on_its_way_comes_first(admin):
    row = told(make_account())
    reply_send(admin, conversation_id=row.pk, answers_id=None, text="soon", request_key=uuid4())
    with pytest.raises(Conflict):
        contact_erase(admin, conversation_id=row.pk, reason="request 12")
    assert Message.objects.get().text


def test_it_takes_a_reason_and_the_right(admin):
    unit = make_unit()
    row = told(make_account(unit=unit))
    with pytest.raises(Invalid):
        contact_erase(admin, conversation_id=row.pk, reason=" ")
    manager = actor_for(make_user(role="manager", unit=unit))
    with pytest.raises(NotAllowed):
        contact_erase(manager, conversation_id=row.pk, reason="mine")


def test_an_administrator_of_one_unit_erases_nobody_of_two(admin):
    unit = make_unit()
    row, other = told(make_account(unit=unit)), told(make_account(unit=make_unit(slug="far")))
    contact_merge(admin, conversation_id=row.pk, contact_id=other.contact_id)
    local = actor_for(make_user(role="administrator", unit=unit))
    with pytest.raises(NotAllowed):
        contact_erase(local, conversation_id=row.pk, reason="mine")


def test_the_export_holds_what_was_said(client, admin):
    user = make_user("out", role="administrator", language="en")
    row = told(make_account())
    make_message(row, text="second line")
    note_add(admin, conversation_id=row.pk, text="a note")
    client.force_login(user)
    answer = client.post(reverse("inbox:customer_export", args=[row.pk]))
    assert answer["Content-Disposition"].startswith("attachment")
    found = json.loads(answer.content)
    assert [line["text"] for line in found["conversations"][0]["messages"]] == [
        f"T {SECRET}",
        "second line",
    ]
    assert found["profiles"][0]["id"] == f"{SECRET}-id"
    assert found["conversations"][0]["notes"][0]["text"] == "a note"
    assert Activity.objects.filter(verb="inbox.contact.exported").exists()


def test_the_page_counts_and_asks_twice(client):
    user = make_user("out", role="administrator", language="en")
    row = told(make_account())
    client.force_login(user)
    address = reverse("inbox:customer_erase", args=[row.pk])
    assert SECRET in client.get(address).content.decode()
    refused = client.post(address, {"reason": "request 13"})
    assert refused.status_code == 422
    assert "request 13" in refused.content.decode()
    client.post(address, {"reason": "request 13", "is_sure": "on"})
    assert (
        "Erased for data protection"
        in client.get(reverse("inbox:conversation", args=[row.pk])).content.decode()
    )


class TestRetention:
    """What is older than may be kept goes by itself."""

    @pytest.fixture(autouse=True)
    def _a_year(self, settings):
        settings.RETENTION_DAYS = 365

    @pytest.fixture
    def old(self, admin):
        """A resolved conversation of two years ago."""
        row = told(make_account(), posted_at=now() - timedelta(days=730))
        conversation_resolve(admin, conversation_id=row.pk)
        return row

    def test_old_words_go(self, old):
        assert retention_sweep() == 1
        assert SECRET not in everything()
        assert retention_sweep() == 0

    def test_what_is_open_or_new_stays(self, admin):
        told(make_account(), posted_at=now() - timedelta(days=730))
        recent = told(make_account())
        conversation_resolve(admin, conversation_id=recent.pk)
        assert retention_sweep() == 0

    def test_a_customer_who_came_back_keeps_the_name(self, old, admin):
        again = make_conversation(account=old.account, author=f"{SECRET}-id", text="again")
        assert retention_sweep() == 1
        assert Contact.objects.get(pk=again.contact_id).external_id == f"{SECRET}-id"

    def test_without_an_age_all_is_kept(self, old, settings):
        settings.RETENTION_DAYS = 0
        assert retention_sweep() == 0
        assert InboundItem.objects.exclude(text="").exists()
