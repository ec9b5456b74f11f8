"""Writing, scheduling, changing and stopping posts, and what becomes of them."""

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest

from campaigns.actions.posts import (
    post_cancel,
    post_create,
    post_schedule,
    post_send_now,
    post_unschedule,
    post_update,
)
from campaigns.models import Post, PostTarget
from campaigns.selectors.posts import post_for
from channels.errors import Rejected
from channels.models import ChannelAccount, Delivery
from opsconsole.audit.models import Activity
from opsconsole.kernel.clock import now
from opsconsole.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from opsconsole.tasks import settle
from tests.factories.campaigns import in_seoul, make_content, make_post
from tests.factories.channels import make_account
from tests.factories.people import make_actor, make_unit
from tests.support.sending import arm_next, refuse_next, send_next

pytestmark = pytest.mark.django_db


@pytest.fixture
def account():
    return make_account()


@pytest.fixture
def seo(account):
    return make_actor("staff", account.unit)


def fresh(post):
    return Post.objects.get(pk=post.pk)


def state(post):
    return fresh(post).state


def due(post):
    """The post's time has come."""
    Delivery.objects.filter(post_target__post=post).update(not_before=now())


def change(actor, post, **given):
    row = fresh(post)
    accounts = [target.account for target in row.targets.all()]
    content = make_content(*accounts, **({"body": row.body} | given))
    return post_update(actor, post_id=post.pk, content=content, version=row.version)


# --- Writing ---


def test_a_draft_is_only_words(account, seo):
    post = make_post(account, actor=seo)
    assert (post.state, post.publish_at) == ("draft", None)
    assert not Delivery.objects.exists()
    assert Activity.objects.get(verb="campaigns.post.created").actor_id == seo.user_id


def test_a_second_click_writes_no_second_post(account, seo):
    key, content = uuid4(), make_content(account)
    first, second = (
        post_create(seo, unit_id=account.unit_id, content=content, request_key=key)
        for _ in range(2)
    )
    assert first == second
    assert Post.objects.count() == PostTarget.objects.count() == 1


@pytest.mark.parametrize(
    "changes",
    [
        {"body": "Other words."},
        {"title": "Other"},
        {"local_time": in_seoul(hours=9)},
        {"wording": {0: "own"}},
    ],
    ids=lambda changes: next(iter(changes)),
)
def test_other_words_under_an_old_key_are_not_thrown_away(account, seo, changes):
    """Somebody went back in the browser, changed the text and saved again."""
    key, content = uuid4(), make_content(account)
    post_create(seo, unit_id=account.unit_id, content=content, request_key=key)
    if "wording" in changes:
        changes = {"wording": {account.pk: "own"}}
    with pytest.raises(Conflict) as told:
        post_create(
            seo, unit_id=account.unit_id, content=replace(content, **changes), request_key=key
        )
    assert told.value.code == "key_reused"


def test_words_are_kept_with_plain_line_breaks_and_without_what_cannot_be_stored(account, seo):
    wording = {account.pk: "own\r\nwords\x00"}
    post = make_post(
        account, actor=seo, title=" A\r\n title ", body="a\r\nb\ud83d", wording=wording
    )
    post = fresh(post)
    assert (post.title, post.body) == ("A title", "a\nb?")
    assert post.targets.get().wording == "own\nwords"


def test_one_posts_only_where_one_may(account, seo):
    feed = make_account(unit=account.unit, kind="feed")
    for ids in ([], [make_account().pk], [account.pk, feed.pk], [10**12]):
        with pytest.raises(Invalid) as told:
            make_post(account, actor=seo, account_ids=ids)
        assert told.value.data["field"] == "accounts"
    assert not Post.objects.exists()


# --- Scheduling ---


def test_scheduling_asks_for_one_delivery_per_placement(account, seo):
    x = make_account(unit=account.unit, kind="x")
    post = make_post(account, x, actor=seo, wording={x.pk: "Shorter."}, scheduled=True)
    assert post.state == "scheduled"
    texts = dict(Delivery.objects.values_list("account", "text"))
    assert texts == {account.pk: post.body, x.pk: "Shorter."}
    for delivery in Delivery.objects.all():
        assert (delivery.not_before, delivery.kind, delivery.priority) == (
            post.publish_at,
            "post",
            5,
        )
        assert delivery.deadline == post.publish_at + timedelta(minutes=30)


@pytest.mark.parametrize(
    ("kind", "given", "code"),
    [
        ("facebook", {"local_time": None}, "time"),
        ("facebook", {"local_time": in_seoul(seconds=-5)}, "past"),
        ("facebook", {"body": " \n"}, "blank"),
        ("facebook", {"body": "See [link]"}, "placeholder"),
        ("x", {"body": "가" * 141}, "too_long"),
        ("blog", {"title": " "}, "title"),
    ],
)
def test_what_cannot_go_out_is_not_scheduled(kind, given, code):
    post = make_post(make_account(kind=kind), **given)
    actor = make_actor("staff", post.unit)
    with pytest.raises(Invalid) as told:
        post_schedule(actor, post_id=post.pk)
    assert told.value.code == code
    assert state(post) == "draft"
    assert not Delivery.objects.exists()


def test_the_same_words_on_one_account_lie_a_day_apart(account, seo):
    first = make_post(account, actor=seo, body="Same.", scheduled=True)
    with pytest.raises(Invalid) as told:
        make_post(account, actor=seo, body="Same.", local_time=in_seoul(hours=25), scheduled=True)
    assert told.value.code == "same_text"
    make_post(make_account(unit=account.unit), actor=seo, body="Same.", scheduled=True)
    later = make_post(account, actor=seo, body="Same.", local_time=in_seoul(hours=27))
    post_schedule(seo, post_id=later.pk)
    post_cancel(seo, post_id=later.pk)
    post_cancel(seo, post_id=first.pk)
    make_post(account, actor=seo, body="Same.", scheduled=True)


def test_send_now_sends_now(account, seo):
    post = make_post(account, actor=seo, local_time=None)
    before = now()
    post_send_now(seo, post_id=post.pk)
    send_next("p1")
    post = fresh(post)
    assert post.state == "done"
    assert before <= post.publish_at <= now()
    assert Delivery.objects.get().not_before == post.publish_at


def test_a_scheduled_post_may_be_sent_at_once(account, seo):
    post = make_post(account, actor=seo, scheduled=True)
    post_send_now(seo, post_id=post.pk)
    send_next()
    assert state(post) == "done"
    assert Delivery.objects.count() == 1


# --- Changing ---


def test_changing_a_scheduled_post_changes_what_goes_out(account, seo):
    other = make_account(unit=account.unit)
    post = make_post(account, actor=seo, scheduled=True)
    content = make_content(account, other, body="Better.", local_time=in_seoul(hours=5))
    post_update(seo, post_id=post.pk, content=content, version=fresh(post).version)
    assert set(Delivery.objects.values_list("text", flat=True)) == {"Better."}
    assert Delivery.objects.count() == 2
    content = replace(content, account_ids=[other.pk])
    post_update(seo, post_id=post.pk, content=content, version=fresh(post).version)
    states = dict(Delivery.objects.values_list("account", "state"))
    assert states == {account.pk: "cancelled", other.pk: "planned"}


def test_who_did_not_see_a_colleagues_change_does_not_undo_it(account, seo):
    post = make_post(account, actor=seo)
    seen = fresh(post).version
    change(make_actor("manager", account.unit), post, body="Hers.")
    with pytest.raises(Conflict) as told:
        post_update(seo, post_id=post.pk, content=make_content(account), version=seen)
    assert told.value.code == "version"
    assert fresh(post).body == "Hers."


def test_a_refused_change_changes_nothing_at_all(account, seo):
    post = make_post(account, actor=seo, scheduled=True)
    before = Post.objects.values().get(), Delivery.objects.values().get()
    with pytest.raises(Invalid):
        change(seo, post, body="See [link]")
    assert (Post.objects.values().get(), Delivery.objects.values().get()) == before


def test_a_post_stays_where_it_is_even_when_its_account_fell_silent(account, seo):
    quiet = make_account(unit=account.unit)
    post = make_post(account, quiet, actor=seo, scheduled=True)
    ChannelAccount.objects.filter(pk=quiet.pk).update(is_paused=True)
    change(seo, post, body="Better.")
    assert set(Delivery.objects.values_list("text", flat=True)) == {"Better."}


def test_a_writer_of_this_unit_may_change_what_also_stands_elsewhere(account, seo):
    elsewhere = make_account()
    post = make_post(account, elsewhere, actor=make_actor("manager", None), scheduled=True)
    change(seo, post, body="Better.")
    assert set(Delivery.objects.values_list("text", flat=True)) == {"Better."}


@pytest.mark.parametrize("stage", ["claimed", "armed", "ambiguous"])
def test_what_is_under_way_can_neither_be_changed_nor_stopped(account, seo, stage):
    post = make_post(account, actor=seo, scheduled=True)
    Delivery.objects.update(state=stage)
    for act in (
        lambda: change(seo, post, body="Too late."),
        lambda: post_unschedule(seo, post_id=post.pk),
        lambda: post_cancel(seo, post_id=post.pk),
        lambda: post_send_now(seo, post_id=post.pk),
    ):
        with pytest.raises(Conflict):
            act()
    assert (state(post), Delivery.objects.get().state) == ("scheduled", stage)
    assert fresh(post).body != "Too late."


def test_part_of_a_post_that_is_out_holds_the_rest_to_its_words(account, seo):
    other = make_account(unit=account.unit)
    post = make_post(account, other, actor=seo, scheduled=True)
    due(post)
    send_next()
    with pytest.raises(Conflict):
        post_cancel(seo, post_id=post.pk)
    with pytest.raises(Conflict):
        change(seo, post, body="Other words.")
    assert state(post) == "scheduled"


# --- Stopping ---


def test_back_to_a_draft_and_out_again(account, seo):
    post = make_post(account, actor=seo, scheduled=True)
    post_unschedule(seo, post_id=post.pk)
    assert (state(post), fresh(post).publish_at) == ("draft", None)
    assert Delivery.objects.get().state == "cancelled"
    settle()
    post_schedule(seo, post_id=post.pk)
    assert sorted(Delivery.objects.values_list("state", flat=True)) == ["cancelled", "planned"]


def test_given_up_is_given_up(account, seo):
    post = make_post(account, actor=seo, scheduled=True)
    for _ in range(2):
        post_cancel(seo, post_id=post.pk)
    assert state(post) == "cancelled"
    for act in (post_schedule, post_unschedule, post_send_now):
        with pytest.raises(Conflict):
            act(seo, post_id=post.pk)
    with pytest.raises(Conflict):
        change(seo, post)


# --- What became of it ---


def test_a_post_is_done_when_every_placement_is_settled(account, seo):
    other = make_account(unit=account.unit)
    post = make_post(account, other, actor=seo, scheduled=True)
    version = fresh(post).version
    due(post)
    send_next()
    assert state(post) == "scheduled"
    assert fresh(post).version > version, "open screens learn of the first"
    refuse_next(Rejected("No."))
    assert state(post) == "done"
    assert not Delivery.objects.filter(is_unseen=True).exists()


def test_a_placement_that_waits_for_a_person_does_not_hold_the_post(account, seo):
    post = make_post(account, actor=seo, scheduled=True)
    due(post)
    arm_next()
    Delivery.objects.update(state="needs_human", is_unseen=True)
    settle()
    assert state(post) == "done"


def test_settling_ends_even_when_a_withdrawn_delivery_belongs_to_nobody(account, seo):
    post = make_post(account, actor=seo, scheduled=True)
    post_unschedule(seo, post_id=post.pk)
    assert Delivery.objects.get().is_unseen
    settle()
    assert not Delivery.objects.get().is_unseen


# --- Gates ---

ACTS = {
    "update": lambda who, pk: post_update(
        who, post_id=pk, content=make_content(account_ids=[0]), version=0
    ),
    "schedule": lambda who, pk: post_schedule(who, post_id=pk),
    "unschedule": lambda who, pk: post_unschedule(who, post_id=pk),
    "cancel": lambda who, pk: post_cancel(who, post_id=pk),
    "now": lambda who, pk: post_send_now(who, post_id=pk),
    "read": post_for,
}
#: What of posts each role may: nothing, read, or write.
MAY = {"guest": 0, "operator": 1, "staff": 2, "manager": 2, "administrator": 2}


@pytest.mark.parametrize("name", ACTS)
@pytest.mark.parametrize("role", MAY)
def test_each_role_may_what_it_may_and_only_in_its_units(account, role, name):
    post = make_post(account)
    needed = 1 if name == "read" else 2
    with pytest.raises(NotFound):
        ACTS[name](make_actor(role, make_unit()), post.pk)
    for actor in (make_actor(role, account.unit), make_actor(role, None)):
        if MAY[role] == 0:
            with pytest.raises(NotFound):
                ACTS[name](actor, post.pk)
        elif MAY[role] < needed:
            with pytest.raises(NotAllowed):
                ACTS[name](actor, post.pk)
        else:
            past_the_gate(ACTS[name], actor, post.pk)


def past_the_gate(act, *given):
    try:
        act(*given)
    except (Conflict, Invalid):
        return


@pytest.mark.parametrize("role", ["guest", "operator"])
def test_who_writes_no_posts_creates_none(account, role):
    with pytest.raises(NotAllowed):
        make_post(account, actor=make_actor(role, account.unit))
    with pytest.raises(NotAllowed):
        make_post(account, actor=make_actor("staff", make_unit()))
