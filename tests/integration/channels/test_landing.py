"""Storing what platforms show: once, whole, and together with the cursor."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from channels.actions.landing import items_land, items_vanish, page_land
from channels.models import ChannelAccount, InboundItem
from channels.types import Media, Profile, Visibility
from opsconsole.kernel.clock import now
from tests.factories.channels import make_account, make_fetched
from tests.support.hostile import HOSTILE

pytestmark = pytest.mark.django_db


@pytest.fixture
def account():
    return make_account()


def ingested(account):
    InboundItem.objects.filter(account=account).update(is_pending=False)


def test_an_item_lands_once_however_often_it_is_shown(account):
    item = make_fetched("a1", text="안녕하세요")
    assert items_land(account, [item]) == 1
    assert items_land(account, [item]) == 0
    row = InboundItem.objects.get()
    assert (row.text, row.author["name"], row.is_pending) == ("안녕하세요", "Cho", True)


def test_an_unchanged_item_is_not_written(account):
    item = make_fetched("a1")
    items_land(account, [item])
    ingested(account)
    before = InboundItem.objects.values().get()
    items_land(account, [replace(item, posted_at=item.posted_at + timedelta(hours=1))])
    assert InboundItem.objects.values().get() == before


@pytest.mark.parametrize(
    "change",
    [
        {"text": "changed"},
        {"visibility": Visibility.HIDDEN},
        {"author": Profile("cho", name="Renamed")},
        {"media": (Media("https://platform.example/new.png"),)},
    ],
    ids=str,
)
def test_a_changed_item_is_pending_again(account, change):
    item = make_fetched("a1")
    items_land(account, [item])
    ingested(account)
    assert items_land(account, [replace(item, **change)]) == 1
    row = InboundItem.objects.get()
    assert row.is_pending
    assert row.changed_at > row.landed_at


def test_a_picture_whose_address_was_signed_anew_is_no_change(account):
    item = make_fetched("a1", media=(Media("https://cdn.example/p.png?sig=1"),))
    items_land(account, [item])
    assert (
        items_land(account, [replace(item, media=(Media("https://cdn.example/p.png?sig=2"),))])
        == 0
    )


def test_a_page_may_list_an_item_twice(account):
    first, last = make_fetched("a1", text="old"), make_fetched("a1", text="new")
    assert items_land(account, [first, make_fetched("a2"), last]) == 2
    assert InboundItem.objects.get(external_id="a1").text == "new"


def test_numbers_of_one_second_are_kept_in_their_order(account):
    items_land(account, [make_fetched(key) for key in ("100", "9", "99", "1000")])
    kept = InboundItem.objects.order_by("id").values_list("external_id", flat=True)
    assert list(kept) == ["9", "99", "100", "1000"]


def test_two_accounts_may_show_the_same_id(account):
    items_land(account, [make_fetched("a1")])
    items_land(make_account(), [make_fetched("a1")])
    assert InboundItem.objects.count() == 2


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_texts_are_stored_unharmed(account, name):
    text = HOSTILE[name]
    items_land(account, [make_fetched(f"h-{name}", text=text, context=text, author=text[:100])])
    stored = InboundItem.objects.get().text
    expected = text.replace("\x00", "").encode("utf-8", "replace").decode()
    assert stored == expected


def test_ids_that_are_too_long_stay_apart(account):
    long = "https://blog.example/?" + "p" * 300
    items_land(
        account, [make_fetched(long + "1"), make_fetched(long + "2"), make_fetched(long + "1")]
    )
    assert InboundItem.objects.count() == 2
    assert items_land(account, [make_fetched(long + "3", parent_external_id=long + "1")]) == 1
    parent = InboundItem.objects.exclude(parent_external_id="").get().parent_external_id
    assert InboundItem.objects.filter(external_id=parent).exists()


def test_addresses_that_are_no_web_addresses_are_dropped(account):
    bad = "javascript:alert(1)"
    items_land(
        account, [make_fetched(permalink=bad, context_url=bad, media=(Media(bad, alt_text=bad),))]
    )
    row = InboundItem.objects.get()
    assert (row.permalink, row.context_url, row.media[0]["url"]) == ("", "", "")


def test_a_clock_that_runs_ahead_is_not_believed(account):
    tomorrow = make_fetched("t", posted_at=now() + timedelta(days=1))
    soon = make_fetched("s", posted_at=now() + timedelta(seconds=60))
    items_land(account, [tomorrow, soon])
    assert InboundItem.objects.get(external_id="t").posted_at <= now()
    assert InboundItem.objects.get(external_id="s").posted_at == soon.posted_at


def test_an_author_may_be_withheld(account):
    items_land(account, [make_fetched("a1", author=None)])
    row = InboundItem.objects.get()
    assert (row.author, row.author_external_id) == ({}, "")


def test_what_vanished_is_marked_once_and_comes_back_when_shown(account):
    item = make_fetched("a1")
    items_land(account, [item])
    ingested(account)
    assert items_vanish(account, ["a1", "never seen"]) == 1
    assert items_vanish(account, ["a1"]) == 0
    assert InboundItem.objects.get().visibility == Visibility.REMOVED
    assert items_land(account, [item]) == 1
    assert InboundItem.objects.get().visibility == Visibility.PUBLIC


def test_the_cursor_moves_with_the_items(account):
    assert page_land(account, [make_fetched("a1")], {"since": "a1"}, account.poll_fence)
    account.refresh_from_db()
    assert account.cursor == {"since": "a1"}
    assert InboundItem.objects.count() == 1


def test_whoever_lost_the_poll_stores_nothing(account):
    ChannelAccount.objects.filter(pk=account.pk).update(poll_fence=7)
    assert not page_land(account, [make_fetched("a1")], {"since": "a1"}, 6)
    account.refresh_from_db()
    assert account.cursor == {}
    assert not InboundItem.objects.exists()


def test_an_item_that_cannot_be_stored_holds_the_cursor(account):
    bad = make_fetched("a2", kind="x" * 99)
    with pytest.raises(Exception, match="too long"), transaction.atomic():
        page_land(account, [make_fetched("a1"), bad], {"since": "a2"}, account.poll_fence)
    account.refresh_from_db()
    assert account.cursor == {}
    assert not InboundItem.objects.exists()


def test_the_bell_rings_for_what_is_new_and_only_then(account, django_capture_on_commit_callbacks):
    item = make_fetched("a1")
    with django_capture_on_commit_callbacks() as rings:
        items_land(account, [item])
    assert len(rings) == 1
    with django_capture_on_commit_callbacks() as rings:
        items_land(account, [item])
        items_vanish(account, ["never seen"])
        items_land(account, [])
    assert rings == []


def test_the_database_keeps_an_item_unique(account):
    items_land(account, [make_fetched("a1")])
    row = InboundItem.objects.get()
    row.pk = None
    with pytest.raises(IntegrityError, match="item_landed_once"), transaction.atomic():
        row.save()


def test_a_large_page_is_one_statement(account, django_assert_num_queries):
    items = [make_fetched(f"a{number}") for number in range(500)]
    with django_assert_num_queries(1):
        assert items_land(account, items) == 500
    assert connection.queries_limit
