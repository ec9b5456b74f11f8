"""Whoever is erased is taken out of what platforms have pushed, also while workers have it in hand."""

import json
from functools import partial

import pytest
from django.core.serializers import serialize

from channels import push_tasks
from channels.actions import pushing
from channels.actions.landing import items_land
from channels.models import Ancestor, InboundItem, PushEvent
from channels.types import ItemKind
from inbox.actions.erasing import contact_erase
from inbox.actions.ingest import items_ingest
from inbox.models import Contact, Conversation, Message, MessageRevision
from opsconsole.people.selectors import actor_for
from tests.factories.channels import make_account, make_fetched
from tests.factories.inbox import ingest, make_conversation
from tests.factories.people import make_user
from tests.support.doors import SECRET as APP_SECRET
from tests.support.doors import changes, comment, knocker
from tests.support.together import together

SECRET = "개인정보비밀"
KIM = {"id": "555", "name": SECRET}
OTHER = {"id": "777", "name": "수아"}


@pytest.fixture
def page(db):
    """A page with a door, and a post of ours that is known."""
    door = knocker()
    ours = make_fetched("P", kind=ItemKind.OWN_POST, author=None, is_own=True)
    items_land(door.account, [ours])
    return door


@pytest.fixture
def erase(page):
    """What erases Kim, who has written to the page before."""
    boss = actor_for(make_user("boss", role="administrator"))
    row = make_conversation(account=page.account, author="555", text=f"first {SECRET}")
    return partial(contact_erase, boss, conversation_id=row.pk, reason="request")


def kept() -> str:
    """All that could hold words of hers."""
    models = (InboundItem, Ancestor, PushEvent, Conversation, Contact, Message, MessageRevision)
    shown = "".join(serialize("json", model.objects.all(), ensure_ascii=False) for model in models)
    return shown + "".join(bytes(one.body).decode() for one in PushEvent.objects.all())


def post(page, *values):
    assert page.post(changes(page.account.external_id, *values)).status_code == 200


def park(page, *values):
    """Have a call put aside: one of its changes names no comment."""
    post(page, *values, {"item": "comment", "verb": "add"})
    event = PushEvent.objects.latest("pk")
    PushEvent.objects.filter(pk=event.pk).update(state="parked", error=f"strange: {SECRET}")
    return event


def test_her_part_of_a_parked_call_goes_and_the_rest_is_taken_in(page, erase):
    event = park(
        page, comment(1, f"T {SECRET}", **{"from": KIM}), comment(2, "안녕", **{"from": OTHER})
    )
    erase()
    assert SECRET not in kept()
    event.refresh_from_db()
    assert (event.state, event.size) == ("waiting", len(event.body))
    left = json.loads(bytes(event.body))["entry"][0]["changes"]
    assert [one["value"].get("comment_id") for one in left] == ["77_2", None]


def test_a_parked_call_about_her_alone_is_dropped_empty(page, erase):
    post(page, comment(1, f"T {SECRET}", **{"from": KIM}))
    PushEvent.objects.update(state="parked", error=SECRET)
    erase()
    event = PushEvent.objects.get()
    assert (event.state, bytes(event.body), event.size, event.error) == ("dropped", b"", 0, "")
    assert event.settled_at is not None


def test_what_came_through_the_door_of_a_sister_page_goes_too(page, erase):
    sister = make_account(kind="facebook", secrets={"app_secret": APP_SECRET})
    door = knocker(account=sister)
    assert (
        door.post(
            changes(page.account.external_id, comment(1, SECRET, **{"from": KIM}))
        ).status_code
        == 200
    )
    erase()
    assert SECRET not in kept()


def test_what_a_worker_has_in_hand_does_not_land_after_it(page, erase):
    post(page, comment(1, f"T {SECRET}", **{"from": KIM}))
    post(page, comment(2, "안녕", **{"from": OTHER}))
    claimed = pushing.events_claim()
    assert len(claimed) == 2
    erase()
    push_tasks.take_in_batch(claimed)
    assert SECRET not in kept()
    assert not InboundItem.objects.filter(external_id="77_1").exists()
    assert set(PushEvent.objects.values_list("state", flat=True)) == {"done"}


def test_the_same_call_again_brings_nothing_back(page, erase):
    again = partial(post, page, comment(1, f"T {SECRET}", **{"from": KIM}))
    again()
    erase()
    again()
    push_tasks.take_in()
    assert SECRET not in kept()


@pytest.mark.django_db(transaction=True)
def test_erasing_while_doors_workers_and_the_inbox_are_at_work(page, erase):
    """Whoever is first: nothing of hers is left once all that came before it has been taken in."""
    for n in range(12):
        mine = KIM if n % 2 else OTHER
        post(page, comment(n, f"{SECRET if n % 2 else '안녕'} {n}", **{"from": mine}))
    park(page, comment(90, SECRET, **{"from": KIM}), comment(91, "안녕", **{"from": OTHER}))
    results = together(erase, push_tasks.take_in, push_tasks.take_in, items_ingest, items_ingest)
    assert not [one for one in results if isinstance(one, Exception)], results
    push_tasks.take_in()
    ingest(page.account)
    assert SECRET not in kept()
    lines = Message.objects.filter(external_id__in=[f"77_{n}" for n in range(0, 12, 2)])
    assert lines.exclude(text="").count() == 6
