"""From pushed events to items: once, in full, never older than what is known, and poison alone."""

import json
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
import requests
import time_machine

from channels import push_tasks
from channels.actions import pushing
from channels.actions.doors import event_discard, event_retry
from channels.actions.landing import items_land
from channels.actions.polling import items_to_recheck
from channels.models import ChannelAccount, Delivery, InboundItem, PushDoor, PushEvent
from channels.selectors.accounts import voice_of
from channels.tasks import poll_account
from channels.types import ItemKind, ModerationVerb, Visibility
from inbox.models import Message
from inbox.tasks import ingest
from opsconsole.audit.models import Activity
from opsconsole.kernel.actor import SYSTEM
from opsconsole.kernel.clock import now
from opsconsole.kernel.errors import Conflict
from tests.factories.channels import make_account, make_delivery, make_fetched
from tests.support.doors import SECRET, changes, comment, knocker, outcomes
from tests.support.ear import ear
from tests.support.platforms import connect
from tests.support.together import together

__all__ = ["ear"]

pytestmark = pytest.mark.django_db

#: Somebody names the Page in a comment below somebody else's post.
ELSEWHERE = {"item": "comment", "verb": "add", "comment_id": "4_8", "post_id": "9_4", "sender_id": 4,
             "sender_name": "수아", "created_time": 1790000000}  # fmt: skip


@pytest.fixture
def page():
    """A Page whose post P is known."""
    made = knocker()
    post = make_fetched("P", kind=ItemKind.OWN_POST, text="공지", is_own=True, author="page",
                        permalink="https://fb.example/P", thread_external_id="P")  # fmt: skip
    items_land(made.account, [post])
    return made


@pytest.fixture
def line(sandbox, ear):
    """An account that listens to an account of its own in the sandbox: `line("x")`."""

    def make(kind: str, **wish):
        made = connect(sandbox, kind)
        ear.secret = made.there["credentials"].get("consumer_secret", "")
        ear.verify_token = "token"
        body = {"account": made.there["name"], "url": ear.url, "verify_token": "token", **wish}
        sandbox.control("push", body)
        door = knocker(account=made.account)
        door.secret = made.there["credentials"]["consumer_secret" if kind == "x" else "app_secret"]
        return made, door

    return make


def hand_over(sandbox, ear, door, *, order=None):
    """Bring everything the sandbox has pushed to the door, and take it in."""
    assert sandbox.control("push/flush", {})["arrived"]
    calls, ear.calls = ear.calls, []
    for raw, _headers in sorted(calls, key=order) if order else calls:
        assert door.post(raw).status_code == 200
    push_tasks.take_in()
    return len(calls)


def stored(door):
    """Everything that is stored about an account's items, without the marks of when."""
    left_out = {"id", "landed_at", "changed_at", "is_pending"}
    rows = InboundItem.objects.filter(account=door.account).order_by("external_id").values()
    return [{k: v for k, v in row.items() if k not in left_out} for row in rows]


# --- Facebook


def test_a_comment_lands_with_what_stands_above_it(page):
    page.tell(comment(1, "요금제 질문이요"))
    item = page.items()["77_1"]
    assert (item.text, item.kind, item.author["name"]) == ("요금제 질문이요", "comment", "민지")
    assert (item.context, item.context_url) == ("공지", "https://fb.example/P")
    assert item.permalink == "https://fb.example/P?comment_id=1"
    assert (item.thread_external_id, item.parent_external_id) == ("P", "")
    assert item.posted_at == datetime.fromtimestamp(1790000000, UTC)
    assert outcomes() == [("done", "1 new")]


def test_a_reply_knows_its_comment_and_a_comment_on_a_visitors_post_answers_it(page):
    items_land(page.account, [make_fetched("V", kind=ItemKind.VISITOR_POST, text="저기요")])
    page.tell(comment(1), comment(2, parent_id="77_1"), comment(3, post_id="V", parent_id="V"))
    items = page.items()
    assert (items["77_2"].kind, items["77_2"].parent_external_id) == ("reply", "77_1")
    assert items["77_3"].parent_external_id == "V"


def test_numbers_old_names_and_withheld_people_are_understood(page):
    old = comment("x", None, comment_id=77_0001, sender_id=9, sender_name="Old", **{"from": None})
    page.tell({**old, "message": "hello"}, comment(2, **{"from": None}))
    items = page.items()
    assert items["770001"].author["name"] == "Old"
    assert items["77_2"].author == {}


def test_our_own_words_never_become_a_customers(page):
    ours = {"id": page.account.external_id, "name": "우리"}
    page.tell(
        comment(1, **{"from": ours}),
        {"item": "status", "verb": "add", "post_id": "Q", "message": "새 글", "from": ours,
         "created_time": 1790000000, "published": 1},
    )  # fmt: skip
    page.tell(
        {"item": "post", "verb": "add", "post_id": "77_9", "sender_id": ours["id"]},
        field="mention",
    )
    assert {k: (i.kind, i.is_own) for k, i in page.items().items() if k != "P"} == {
        "77_1": ("comment", True), "Q": ("own_post", True),
    }  # fmt: skip
    ingest()
    assert not Message.objects.filter(direction="inbound").exists()


def test_reactions_and_what_waits_for_its_time_are_ignored(page):
    page.tell(
        {"item": "reaction", "verb": "add", "post_id": "P", "reaction_type": "like"},
        {"item": "like", "verb": "remove", "post_id": "P"},
        {"item": "share", "verb": "add", "post_id": "S"},
        {"item": "status", "verb": "add", "post_id": "Z", "message": "later", "published": 0},
    )
    page.tell({"item": "page", "verb": "edit"}, field="name")
    assert outcomes() == [("done", "4 ignored"), ("done", "1 ignored")]
    assert set(page.items()) == {"P"}


def test_a_visitors_post_and_a_mention_in_a_strangers_thread_land(page):
    who = {"id": "4", "name": "수아"}
    page.tell({"item": "status", "verb": "add", "post_id": "p_5", "message": "여기요", "from": who,
               "created_time": 1790000000})  # fmt: skip
    page.tell(ELSEWHERE, field="mention")
    items = page.items()
    assert items["p_5"].kind == "visitor_post"
    mention = items["told:4_8"]
    assert (mention.kind, mention.limits) == ("mention", ["closed"])
    assert mention.permalink == "https://www.facebook.com/4_8"
    ingest()
    assert Message.objects.filter(direction="inbound").count() == 2


def test_what_nobody_can_read_again_is_not_asked_for(page):
    page.tell(ELSEWHERE, field="mention")
    InboundItem.objects.update(recheck_at=now())
    assert items_to_recheck(page.account, now()) == ["P"]


def test_an_old_event_changes_nothing_that_a_poll_has_shown(page):
    """The first form comes forty minutes late, when the customer has long changed it."""
    items_land(page.account, [make_fetched("77_1", text="고친 말", author="555")])
    ingest()
    before = stored(page)
    page.tell(comment(1, "처음 말"))
    assert stored(page) == before
    assert not InboundItem.objects.filter(is_pending=True).exists()


def test_what_is_removed_before_it_is_known_stays_removed(page):
    page.tell({"item": "comment", "verb": "remove", "comment_id": "77_1", "post_id": "P"})
    page.account.refresh_from_db()
    ChannelAccount.objects.update(needs_reconnect=True)  # nobody can look again
    page.tell(comment(1))
    assert page.items()["77_1"].visibility == Visibility.REMOVED
    ingest()
    assert not Message.objects.exists()


def test_a_removal_reaches_the_inbox(page):
    page.tell(comment(1))
    ingest()
    page.tell({"item": "comment", "verb": "remove", "comment_id": "77_1", "post_id": "P"})
    ingest()
    assert Message.objects.get().visibility == Visibility.REMOVED
    assert Message.objects.get().text == "안녕하세요"


# --- against the sandbox


@pytest.mark.parametrize("kind", ["facebook", "x"])
def test_a_push_then_a_poll_writes_nothing_more(sandbox, ear, line, kind):
    made, door = line(kind)
    made.say("안녕하세요 😀 https://example.com/a?b=1&c=2", author="@kim" if kind == "x" else "김")
    if kind == "facebook":
        parent = made.say("댓글", kind="comment", author="이")
        made.say("답글", in_reply_to=parent, author="박")
    hand_over(sandbox, ear, door)
    pushed = stored(door)
    assert len([row for row in pushed if not row["is_own"]]) == (3 if kind == "facebook" else 1)
    ingest()
    made.due()
    poll_account(made.account.pk)
    assert not InboundItem.objects.filter(is_pending=True, is_own=False).exists()
    assert [row["digest"] for row in stored(door) if not row["is_own"]] == [
        row["digest"] for row in pushed if not row["is_own"]
    ]


@pytest.mark.parametrize("kind", ["facebook", "x"])
def test_a_poll_then_a_push_writes_nothing(sandbox, ear, line, kind):
    made, door = line(kind)
    made.say("안녕하세요", author="@kim" if kind == "x" else "김")
    made.due()
    poll_account(made.account.pk)
    ingest()
    before = stored(door)
    hand_over(sandbox, ear, door)
    assert stored(door) == before
    assert not InboundItem.objects.filter(is_pending=True).exists()


@pytest.mark.parametrize("kind", ["facebook", "x"])
def test_edits_and_removals_are_read_on_the_platform_in_whatever_order(sandbox, ear, line, kind):
    made, door = line(kind)
    edited = made.say("하나", author="@kim" if kind == "x" else "김")
    removed = made.say("둘", author="@lee" if kind == "x" else "이")
    name = (
        f"@{made.there['handle']} " if kind == "x" else ""
    )  # who is no longer named hears nothing
    sandbox.control("edit", {"id": edited, "text": f"{name}하나 (고침)"})
    sandbox.control("delete", {"id": removed})
    hand_over(sandbox, ear, door, order=lambda call: call[0][::-1])
    shown = {row["text"]: row["visibility"] for row in stored(door) if row["text"]}
    assert any("하나 (고침)" in text for text in shown)
    if kind == "facebook":
        assert "둘" not in {text for text, seen in shown.items() if seen == "public"}


def test_what_we_hide_comes_back_as_hidden(sandbox, ear, line):
    made, door = line("facebook")
    said = made.say("하나", author="김")
    hand_over(sandbox, ear, door)
    voice = voice_of(made.account, timeout=5, allow_private_hosts=True)
    voice.moderate(said, ModerationVerb.HIDE)
    hand_over(sandbox, ear, door)
    assert InboundItem.objects.get(external_id=said).visibility == "hidden"


@pytest.mark.parametrize("form", ["bare", "whole"])
def test_x_tells_much_or_little_and_the_same_lands(sandbox, ear, line, form):
    made, door = line("x")
    sandbox.control("settings", {"account": made.there["name"], "x_push_form": form})
    first = made.say("사진이에요", author="@kim", media=[True])
    made.say("그리고요", author="@kim", in_reply_to=first)
    hand_over(sandbox, ear, door)
    rows = [row for row in stored(door) if not row["is_own"]]
    assert [row["kind"] for row in rows] == ["mention", "reply"]
    assert rows[0]["media"]
    assert all(row["author"]["handle"] == "kim" for row in rows)


def test_a_photo_without_words_is_looked_at(sandbox, ear, line):
    made, door = line("facebook")
    made.say("", kind="comment", media=[True], author="김")
    hand_over(sandbox, ear, door)
    (row,) = [row for row in stored(door) if not row["is_own"]]
    assert row["media"][0]["url"].startswith(sandbox.url)
    assert row["context"]


def test_what_we_publish_ends_a_doubt_at_once(sandbox, ear, line):
    """The answer to a create call was lost; the echo comes through the door."""
    made, door = line("x")
    unclear = make_delivery(account=made.account, kind="post", state="ambiguous", text="공지",
                            ambiguous_at=now(), next_look_at=now() + timedelta(minutes=2))  # fmt: skip
    requests.post(
        made.there["base_url"] + "/2/tweets", json={"text": "공지"}, timeout=10,
        headers={"Authorization": f"Bearer {made.there['credentials']['oauth2_access_token']}"},
    )  # fmt: skip
    hand_over(sandbox, ear, door)
    assert Delivery.objects.get(pk=unclear.pk).next_look_at <= now()
    assert [row["kind"] for row in stored(door)] == ["own_post"]


# --- faults


def test_poison_is_parked_alone_and_blocks_nobody(page):
    page.post(b"this is no JSON")
    page.post({"object": "user", "entry": []})
    page.post(changes(page.account.external_id, comment(1)))
    push_tasks.take_in()
    states = [state for state, _outcome in outcomes()]
    assert states == ["parked", "parked", "done"]
    assert "77_1" in page.items()
    errors = PushEvent.objects.filter(state="parked").values_list("error", flat=True)
    assert all(error.startswith(("JSONDecodeError", "ValueError")) for error in errors)


def test_a_platform_that_is_away_for_hours_has_nothing_parked(sandbox, ear, line):
    made, door = line("facebook")
    said = made.say("하나", author="김")
    hand_over(sandbox, ear, door)
    sandbox.control("edit", {"id": said, "text": "하나 (고침)"})
    made.fault("status", status=503, for_seconds=600)
    hand_over(sandbox, ear, door)
    waiting = PushEvent.objects.filter(state="waiting")
    waiting.update(tries=pushing.TRIES, due_at="2000-01-01T00:00Z")
    push_tasks.take_in()
    assert waiting.exists()
    waiting.update(received_at="2000-01-01T00:00Z", due_at="2000-01-01T00:00Z")
    push_tasks.take_in()
    assert PushEvent.objects.filter(state="parked").exists(), "after a day a person decides"


def test_one_strange_change_among_many_is_parked_and_the_others_land(page):
    strange = {"item": "comment", "verb": "add", "created_time": "yesterday", "comment_id": "77_2",
               "post_id": "P", "message": "x"}  # fmt: skip
    page.tell(comment(1), strange, "no mapping", comment(3))
    assert {"77_1", "77_3"} <= page.items().keys()
    event = PushEvent.objects.get()
    assert event.state == "parked"
    assert "ValueError" in event.error


def test_a_parked_event_is_tried_again_or_discarded_by_name(page):
    page.tell("no mapping", comment(1))
    page.post(b"garbage")
    push_tasks.take_in()
    first, second = PushEvent.objects.order_by("id")
    event_retry(SYSTEM, account_id=page.account.pk, event_id=first.pk)
    assert PushEvent.objects.get(pk=first.pk).state == "waiting"
    push_tasks.take_in()
    assert PushEvent.objects.get(pk=first.pk).state == "parked"
    event_discard(SYSTEM, account_id=page.account.pk, event_id=second.pk)
    assert PushEvent.objects.get(pk=second.pk).state == "dropped"
    with pytest.raises(Conflict):
        event_retry(SYSTEM, account_id=page.account.pk, event_id=second.pk)
    verbs = Activity.objects.filter(verb__startswith="channels.pushevent").values_list(
        "verb", flat=True
    )
    assert sorted(verbs) == ["channels.pushevent.discarded", "channels.pushevent.retried"]


def test_an_event_that_ends_its_worker_is_taken_alone_and_then_parked(page):
    page.post(changes(page.account.external_id, comment(1)))
    page.post(changes(page.account.external_id, comment(2)))
    assert len(pushing.events_claim()) == 2  # and the worker dies
    for number in range(2, 6):
        assert pushing.events_claim() == []
        with time_machine.travel(now() + number * pushing.LEASE * 1.5, tick=False):
            taken = pushing.events_claim()
            assert len(taken) <= 1
    states = dict(PushEvent.objects.values_list("pk", "state"))
    assert "parked" in states.values()


def test_a_platform_that_cannot_be_asked_delays_only_what_must_be_looked_at(page):
    ChannelAccount.objects.update(needs_reconnect=True)
    page.post(changes(page.account.external_id, comment(1, verb="edited")))
    page.post(changes(page.account.external_id, comment(2)))
    push_tasks.take_in()
    assert [state for state, _outcome in outcomes()] == ["waiting", "done"]
    event = PushEvent.objects.order_by("id")[0]
    assert event.due_at > now()
    assert "reconnected" in event.error


def test_a_paused_account_is_left_alone_until_it_goes_on(page):
    ChannelAccount.objects.update(is_paused=True)
    page.tell(comment(1))
    assert [state for state, _outcome in outcomes()] == ["waiting"]
    ChannelAccount.objects.update(is_paused=False)
    push_tasks.take_in()
    assert "77_1" in page.items()


def test_pages_of_one_app_share_an_address_and_others_do_not(page):
    sister = make_account(kind="facebook", secrets={"app_secret": SECRET})
    stranger = make_account(kind="facebook", secrets={"app_secret": "another app"})
    for account in (sister, stranger):
        items_land(account, [make_fetched("P", kind=ItemKind.OWN_POST, is_own=True, author="p")])
        page.post(changes(account.external_id, comment(account.pk)))
    push_tasks.take_in()
    assert InboundItem.objects.filter(account=sister).count() == 2
    assert InboundItem.objects.filter(account=stranger).count() == 1
    assert [state for state, _outcome in outcomes()] == ["done", "done"]


def test_a_thousand_changes_in_one_call(page, django_assert_max_num_queries):
    body = changes(page.account.external_id, *(comment(n, f"말 {n}") for n in range(1000)))
    assert page.post(body).status_code == 200
    with django_assert_max_num_queries(25):
        push_tasks.take_in()
    assert InboundItem.objects.filter(account=page.account).count() == 1001
    assert outcomes() == [("done", "1000 new")]
    assert PushDoor.objects.get().heard_at is not None


@pytest.mark.django_db(transaction=True)
def test_two_doors_a_poll_and_two_workers_make_one_item():
    """A webhook twice in parallel, and a poll that shows the same."""
    for _ in range(5):
        page = knocker()
        items_land(page.account, [make_fetched("P", kind=ItemKind.OWN_POST, is_own=True)])
        body = changes(page.account.external_id, comment(1, "같은 말"))
        again = changes(page.account.external_id, comment(1, "같은 말", extra=1))
        for one in (body, again):
            page.post(one)
        shown = make_fetched("77_1", text="같은 말", author="555")
        poll = partial(items_land, page.account, [shown])
        together(push_tasks.take_in, push_tasks.take_in, poll)
        push_tasks.take_in()
        assert InboundItem.objects.filter(account=page.account, external_id="77_1").count() == 1
        assert not PushEvent.objects.exclude(state="done").exists()


def test_a_poll_that_began_before_a_newer_look_does_not_undo_it():
    page = knocker()
    items_land(page.account, [make_fetched("77_1", text="첫 말")])
    asked = now()
    items_land(page.account, [make_fetched("77_1", text="고친 말")])
    assert items_land(page.account, [make_fetched("77_1", text="첫 말")], as_of=asked) == 0
    assert items_land(page.account, [make_fetched("77_1", text="새 말")], as_of=now()) == 1


def test_what_is_over_is_forgotten_after_some_days_and_what_is_parked_is_not(page, settings):
    page.tell(comment(1))
    page.post(b"garbage")
    push_tasks.take_in()
    push_tasks.sweep()
    assert PushEvent.objects.count() == 2
    with time_machine.travel(now() + timedelta(days=settings.PUSH_KEEP_DAYS, hours=1)):
        push_tasks.sweep()
    assert [state for state, _outcome in outcomes()] == ["parked"]
    page.tell(comment(1))  # a replay after that
    assert len(page.items()) == 2


def test_hostile_words_are_stored_unharmed(page):
    raw = json.dumps(
        changes(page.account.external_id, comment(1, "\ud83d half \x00 <script>"))
    ).encode()
    assert page.post(raw).status_code == 200
    push_tasks.take_in()
    assert "half" in page.items()["77_1"].text
