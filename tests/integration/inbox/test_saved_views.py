"""Lists kept under a name: whose they are, what they show, and what the inbox begins with."""

import pytest
from django.test import Client

from inbox.actions.saved_views import (
    view_delete,
    view_make_home,
    view_move,
    view_rename,
    view_save,
)
from inbox.actions.triage import conversation_tag
from inbox.models import SavedView
from inbox.selectors.saved_views import shelf_of, view_counts
from opsconsole.kernel.actor import SYSTEM
from opsconsole.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from opsconsole.people.selectors import actor_for
from tests.factories.channels import make_account
from tests.factories.inbox import make_conversation
from tests.factories.people import make_actor, make_unit, make_user
from tests.support.html import text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def account():
    return make_account()


@pytest.fixture
def ana(account):
    return make_user("ana", role="operator", unit=account.unit, language="en")


@pytest.fixture
def client(ana):
    made = Client()
    made.force_login(ana)
    return made


def names(actor):
    return [view.name for view in shelf_of(actor).views]


def rows(response):
    return {row.pk for row in response.context["page"].rows}


def test_a_list_is_kept_with_its_filters_and_opened_by_its_address(client, account):
    x = make_account(unit=account.unit, kind="x")
    tweet, other = make_conversation(account=x), make_conversation(account=account)
    saved = client.post("/views/save/?view=all&channel=x&cursor=", {"name": " Only  X "})
    view = SavedView.objects.get()
    assert (view.name, view.query) == ("Only X", "view=all&channel=x")
    assert saved["Location"] == f"/?saved={view.pk}"
    shown = client.get(f"/?saved={view.pk}")
    assert rows(shown) == {tweet.pk}
    assert "Only X" in text_of(shown)
    assert rows(client.get(f"/?saved={view.pk}&channel=facebook")) == {other.pk}


def test_the_inbox_begins_with_the_chosen_view_and_old_addresses_stay(client, ana, account):
    actor = actor_for(ana)
    plain, tagged = make_conversation(account=account), make_conversation(account=account)
    conversation_tag(SYSTEM, conversation_id=tagged.pk, name="vip")
    tag = tagged.tags.get()
    view = view_save(actor, name="Tagged", query=f"tag={tag.pk}")
    assert rows(client.get("/")) == {plain.pk, tagged.pk}
    view_make_home(actor, view_id=view.pk)
    assert rows(client.get("/")) == {tagged.pk}
    assert rows(client.get("/?view=open")) == {plain.pk, tagged.pk}
    view_delete(actor, view_id=view.pk)
    assert rows(client.get("/")) == {plain.pk, tagged.pk}


def test_a_view_is_one_s_own_or_a_unit_s(ana, account):
    actor = actor_for(ana)
    colleague, stranger = make_actor("operator", account.unit), make_actor("operator", make_unit())
    own = view_save(actor, name="Own", query="")
    shared = view_save(actor, name="Shared", query="", unit_id=account.unit_id)
    assert (names(actor), names(colleague), names(stranger)) == (["Own", "Shared"], ["Shared"], [])
    with pytest.raises(NotFound):
        view_rename(colleague, view_id=own.pk, name="Mine now")
    with pytest.raises(NotAllowed):
        view_rename(colleague, view_id=shared.pk, name="Mine now")
    with pytest.raises(NotAllowed):
        view_save(stranger, name="Spy", query="", unit_id=account.unit_id)
    view_rename(make_actor("manager", account.unit), view_id=shared.pk, name="Ours")
    assert names(colleague) == ["Ours"]
    with pytest.raises(Conflict):
        view_save(colleague, name="ours", query="", unit_id=account.unit_id)


def test_a_name_is_kept_once_and_the_order_is_one_s_own(ana):
    actor = actor_for(ana)
    for name in ("A", "B", "C"):
        view_save(actor, name=name, query="")
    again = view_save(actor, name="a", query="view=mine")
    assert (names(actor), again.query) == (["A", "B", "C"], "view=mine")
    view_move(actor, view_id=again.pk, step=1)
    view_move(actor, view_id=again.pk, step=1)
    view_move(actor, view_id=again.pk, step=1)
    assert names(actor) == ["B", "C", "A"]
    for name, query in (("", ""), ("x" * 61, ""), ("A", "view=upside")):
        with pytest.raises(Invalid):
            view_save(actor, name=name, query=query)


def test_the_menu_counts_views_once_it_is_opened(client, ana, account):
    actor = actor_for(ana)
    for _n in range(3):
        make_conversation(account=account)
    view_save(actor, name="Open ones", query="view=open")
    view_save(actor, name="Words", query="view=open&text=로밍")
    view_save(actor, name="All", query="view=all")
    view_save(actor, name="Gone", query="text=tag:nothing")
    counted = view_counts(actor, shelf_of(actor).views)
    assert list(counted.values()) == [3]
    assert "Open ones 3" in " ".join(text_of(client.get("/views/counts/")).split())


def test_views_are_looked_after_on_a_page(client, ana):
    view = view_save(actor_for(ana), name="Late", query="clock=overdue&assignee=me")
    page = text_of(client.get("/views/"))
    assert "Late" in page
    assert "Overdue" in page
    for act, given in (("rename", {"name": "Later"}), ("home", {}), ("up", {}), ("delete", {})):
        assert client.post(f"/views/{view.pk}/", {"act": act, **given}).status_code == 302
    assert not SavedView.objects.exists()
    assert client.get("/?saved=999").status_code == 404
