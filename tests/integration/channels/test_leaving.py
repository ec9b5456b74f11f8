"""An account is deleted with all that belongs to it, and with nothing else."""

from uuid import uuid4

import pytest
from django.apps import apps
from django.core.files.base import ContentFile
from django.urls import reverse

from channels.actions.accounts import account_resume
from channels.actions.holding import hold_place
from channels.actions.landing import items_land
from channels.actions.leaving import account_leave
from channels.models import ChannelAccount, Delivery, DeliveryMedia
from inbox.actions.notes import note_add
from inbox.actions.replies import reply_send
from inbox.models import Contact, Conversation
from opsconsole.audit.models import Activity
from opsconsole.kernel.actor import SYSTEM
from opsconsole.kernel.errors import Conflict, Invalid, NotAllowed
from opsconsole.kernel.uprooting import dependents
from opsconsole.people.selectors import actor_for
from opsconsole.tasks import leave
from tests.factories.campaigns import make_post
from tests.factories.channels import make_account, make_delivery, make_fetched
from tests.factories.inbox import make_conversation
from tests.factories.people import make_unit, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin():
    """An administrator of every unit."""
    return actor_for(make_user("boss", role="administrator"))


def settled(account) -> None:
    Delivery.objects.filter(account=account).update(
        state="failed", is_blocked=False, external_id=""
    )


def busy_account(actor):
    """An account through which everything has happened."""
    account = make_account(kind="facebook", name="Old page")
    row = make_conversation(account=account, author="kim", text="hello")
    note_add(actor, conversation_id=row.pk, text="a note")
    reply_send(actor, conversation_id=row.pk, answers_id=None, text="R", request_key=uuid4())
    make_post(account, title="A post", scheduled=True)
    items_land(account, [make_fetched(author="lee")])
    hold_place(SYSTEM, scope="account", target=account.pk, reason="quiet", with_answers=True)
    delivery = Delivery.objects.filter(account=account).first()
    DeliveryMedia.objects.create(
        delivery=delivery, file=ContentFile(b"x", name="a.png"), content_type="image/png"
    )
    settled(account)
    return account


def test_all_of_it_goes_and_nothing_else(admin):
    other = make_account(kind="facebook", name="Other page")
    kept = make_conversation(account=other, author="cho", text="hello")
    account = busy_account(admin)
    account_leave(admin, account_id=account.pk, name="Old page")
    leave()
    assert list(ChannelAccount.objects.values_list("pk", flat=True)) == [other.pk]
    for table, field in dependents(ChannelAccount):
        assert not table._default_manager.filter(**{field.name: account.pk}).exists(), table
    assert list(Conversation.objects.values_list("pk", flat=True)) == [kept.pk]
    assert list(Contact.objects.values_list("pk", flat=True)) == [kept.contact_id]
    assert apps.get_model("campaigns.Post").objects.count() == 1
    verbs = set(Activity.objects.values_list("verb", flat=True))
    assert {"channels.account.left", "channels.account.gone"} <= verbs


def test_a_batch_at_a_time_and_a_worker_that_dies_leaves_the_rest_to_the_next(admin, monkeypatch):
    monkeypatch.setattr("channels.actions.leaving.BATCH", 1)
    account = busy_account(admin)
    account_leave(admin, account_id=account.pk, name="Old page")
    leave()
    assert not ChannelAccount.objects.exists()


def test_what_follows_on_another_account_stays(admin):
    account = make_account(kind="blog", name="Blog")
    first = make_delivery(account=account, kind="post", state="sent")
    make_delivery(kind="post", state="sent", follows=first, follow_kind="announce")
    account_leave(admin, account_id=account.pk, name="Blog")
    leave()
    assert Delivery.objects.get().follows is None


def test_nothing_may_still_have_to_be_sent(admin):
    account = make_account(name="Page")
    make_delivery(account=account, kind="post")
    with pytest.raises(Conflict):
        account_leave(admin, account_id=account.pk, name="Page")


def test_it_takes_the_name_and_the_right(admin):
    unit = make_unit()
    account = make_account(name="Page", unit=unit)
    with pytest.raises(Invalid):
        account_leave(admin, account_id=account.pk, name="page")
    manager = actor_for(make_user(role="manager", unit=unit))
    with pytest.raises(NotAllowed):
        account_leave(manager, account_id=account.pk, name="Page")


def test_who_leaves_is_left_alone(admin):
    account = make_account(name="Page")
    account_leave(admin, account_id=account.pk, name="Page")
    with pytest.raises(Conflict):
        account_resume(admin, account_id=account.pk)


def test_the_page_counts_and_asks_for_the_name(client):
    account = make_account(name="Page")
    client.force_login(make_user("out", role="administrator", language="en"))
    address = reverse("channels:account_leave", args=[account.pk])
    assert client.get(address).status_code == 200
    assert client.post(address, {"name": "wrong"}).status_code == 422
    client.post(address, {"name": "Page"})
    assert "Being deleted" in client.get(reverse("channels:accounts")).content.decode()
