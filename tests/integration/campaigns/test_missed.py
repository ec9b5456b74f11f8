"""What becomes of a post that could not leave at its time, and the board on which people decide."""

from datetime import timedelta

import pytest
from django.test import Client
from rest_framework.test import APIClient

from campaigns.actions.launching import post_launch_set
from campaigns.actions.policies import unit_policy_set
from campaigns.actions.posts import post_update
from campaigns.actions.releases import release_ask, release_give
from campaigns.approval import Step
from campaigns.models import Post
from campaigns.selectors.history import history_of
from campaigns.selectors.missed import MissedFilter, missed_count, missed_page
from campaigns.tasks import write_series
from channels.actions.deliveries import delivery_send_again
from channels.actions.holding import hold_lift, hold_place
from channels.actions.reviewing import review_drop, review_plan, review_send
from channels.actions.sending import delivery_arm, delivery_claim, windows_close
from channels.lifecycle import LAUNCH, NORMAL
from channels.models import ChannelAccount, Delivery
from opsconsole.audit.models import Activity
from opsconsole.kernel.actor import SYSTEM
from opsconsole.kernel.clock import now
from opsconsole.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from opsconsole.people.selectors import actor_for
from opsconsole.tasks import settle
from tests.factories.approvals import delivery_of, make_desk
from tests.factories.campaigns import make_content, make_post, make_series
from tests.factories.channels import make_account
from tests.factories.people import make_actor, make_unit, make_user
from tests.support.html import text_of
from tests.support.sending import send_next

pytestmark = pytest.mark.django_db

#: What a writer chose -> minutes it may be late, and why it is missed then.
RULES = [
    ("", 30, "window_closed"),
    ("send:120", 120, "window_closed"),
    ("ask", 2, "late_asks"),
    ("drop", 2, "late_dropped"),
]


@pytest.fixture
def account():
    return make_account()


@pytest.fixture
def boss(account):
    return make_actor("manager", account.unit)


def scheduled(account, lateness="", **given):
    return make_post(account, scheduled=True, lateness=lateness, **given)


def pass_minutes(post, minutes):
    """Its time came so long ago, and nothing could be sent all the while."""
    back = timedelta(minutes=minutes)
    row = delivery_of(post)
    long = row.deadline - row.not_before
    at = now() - back
    Delivery.objects.filter(pk=row.pk).update(not_before=at, deadline=at + long)
    Post.objects.filter(pk=post.pk).update(publish_at=at)
    windows_close()
    settle()
    return delivery_of(post)


def missed(account, lateness="", **given):
    """A post whose time and patience are over."""
    return pass_minutes(scheduled(account, lateness, **given), 60 * 24)


def numbers(actor, **given):
    return [row.delivery.pk for row in missed_page(actor, MissedFilter(**given)).rows]


# --- What a writer wants ---


@pytest.mark.parametrize(("word", "minutes", "why"), RULES)
def test_a_post_may_be_late_as_long_as_its_writer_said(account, word, minutes, why):
    post = scheduled(account, word)
    assert pass_minutes(post, minutes - 0.5).state == "planned"
    row = pass_minutes(post, minutes + 0.1)
    assert (row.state, row.reason_code) == ("missed", why)


@pytest.mark.parametrize(("word", "minutes", "why"), RULES[1:])
def test_a_worker_that_comes_too_late_says_the_same(account, word, minutes, why):
    row = delivery_of(scheduled(account, word))
    Delivery.objects.filter(pk=row.pk).update(not_before=now())
    claim = delivery_claim()
    Delivery.objects.filter(pk=row.pk).update(deadline=now() - timedelta(seconds=1))
    assert not delivery_arm(claim, worker="w")
    row.refresh_from_db()
    assert (row.state, row.reason_code) == ("missed", why)


def test_what_comes_back_in_time_leaves_by_itself(account):
    post = scheduled(account, "send:120")
    ChannelAccount.objects.update(is_paused=True)
    assert pass_minutes(post, 90).state == "planned"
    ChannelAccount.objects.update(is_paused=False)
    assert send_next().state == "sent"


def test_it_is_part_of_what_is_approved_and_of_the_history():
    desk = make_desk()
    post = desk.scheduled(lateness="ask")
    before = post.revisions.get().digest
    content = make_content(desk.account, title=post.title, body=post.body, lateness="drop")
    post_update(desk.seo, post_id=post.pk, content=content, version=Post.objects.get().version)
    after = post.revisions.order_by("-number")[0]
    assert after.digest != before
    assert "late" in {change.name for change in history_of(post)[0].changes}
    assert delivery_of(post).late_rule == "drop"


def test_a_series_hands_it_to_its_posts(account):
    series = make_series(account, lateness="ask")
    write_series()
    assert set(series.posts.values_list("lateness", flat=True)) == {"ask"}
    assert set(Delivery.objects.values_list("late_rule", flat=True)) == {"ask"}


def test_what_means_nothing_is_refused_at_the_door(account):
    with pytest.raises(Invalid) as refusal:
        make_post(account, lateness="send:99999")
    assert refusal.value.data["field"] == "lateness"


# --- The board ---


def test_it_shows_what_waits_for_somebody_and_why(account, boss):
    rows = [missed(account, word) for word in ("", "ask")]
    dropped = missed(account, "drop")
    failed = delivery_of(scheduled(account))
    Delivery.objects.filter(pk=failed.pk).update(state="failed")
    scheduled(account)
    assert set(numbers(boss)) == {row.pk for row in rows} | {failed.pk}
    assert numbers(boss, view="dropped") == [dropped.pk]
    assert missed_count(boss) == 3


def test_what_became_due_under_a_hold_is_on_it_once_the_hold_is_lifted(account, boss):
    hold = hold_place(SYSTEM, scope="everything", reason="Wait.")
    row = pass_minutes(scheduled(account), 5)
    assert numbers(boss) == []
    hold_lift(SYSTEM, hold_id=hold.pk)
    assert numbers(boss) == [row.pk]
    assert delivery_claim() is None, "nothing leaves by itself"


def test_a_person_sends_it_gives_it_a_time_or_drops_it(account, boss):
    sent, planned, dropped = (missed(account) for _ in range(3))
    later = now() + timedelta(hours=3)
    assert review_send(boss, delivery_ids=[sent.pk]).done == 1
    assert review_plan(boss, delivery_ids=[planned.pk], at=later).done == 1
    assert review_drop(boss, delivery_ids=[dropped.pk]).done == 1
    for row in (sent, planned, dropped):
        row.refresh_from_db()
    assert (sent.state, planned.state, dropped.state) == ("ready", "planned", "cancelled")
    assert planned.not_before == later
    assert sent.settled_at is None
    assert numbers(boss) == []
    verbs = set(Activity.objects.values_list("verb", flat=True))
    assert {f"channels.delivery.{verb}" for verb in ("sent_again", "planned_anew", "dropped")} <= (
        verbs
    )
    assert send_next().pk == sent.pk


def test_what_was_not_wanted_late_is_sent_by_nobody(account, boss):
    row = missed(account, "drop")
    reviewed = review_send(boss, delivery_ids=[row.pk])
    assert [refusal.code for refusal in reviewed.refusals] == ["dropped"]
    with pytest.raises(Conflict):
        delivery_send_again(boss, delivery_id=row.pk)
    assert review_plan(boss, delivery_ids=[row.pk], at=now() + timedelta(hours=1)).done == 0
    row.refresh_from_db()
    assert row.state == "missed"


@pytest.mark.parametrize("state", ["missed", "failed"])
def test_what_was_missed_before_a_rule_came_needs_a_release_before_it_is_sent(state):
    desk = make_desk()
    unit_policy_set(desk.root, unit_id=desk.account.unit_id, steps=[])
    row = missed(desk.account, actor=desk.seo)
    Delivery.objects.filter(pk=row.pk).update(state=state)
    desk.rule(Step(role="manager"))
    post = Post.objects.get()
    with pytest.raises(Conflict) as refusal:
        delivery_send_again(desk.min, delivery_id=row.pk)
    assert refusal.value.code == "not_approved"
    assert review_send(desk.min, delivery_ids=[row.pk]).done == 0
    assert delivery_of(post).state == state
    release_ask(desk.min, post_id=post.pk, reason="The line is down; people must know.")
    release_give(desk.gil, post_id=post.pk)
    assert review_send(desk.min, delivery_ids=[row.pk]).done == 1
    assert send_next().pk == row.pk


def test_staff_see_it_and_managers_of_its_unit_decide(account):
    row = missed(account)
    staff, other = make_actor("staff", account.unit), make_actor("manager", make_unit())
    assert numbers(staff) == [row.pk]
    assert not missed_page(staff, MissedFilter()).rows[0].may_decide
    with pytest.raises(NotAllowed):
        review_send(staff, delivery_ids=[row.pk])
    assert numbers(other) == []
    with pytest.raises(NotFound):
        review_drop(other, delivery_ids=[row.pk])


# --- On the screen and over HTTP ---


@pytest.fixture
def client(account):
    made = Client(headers={"Accept-Language": "en"})
    made.force_login(make_user("boss", role="manager", unit=account.unit, language="en"))
    return made


def test_the_board_says_why_and_how_late_and_takes_a_verdict(client, account):
    row = missed(account, "ask", title="Launch day")
    shown = text_of(client.get("/posts/missed/"))
    for words in ("Launch day", account.name, "Somebody decides", "1\xa0day"):
        assert words in shown
    client.post("/posts/missed/decide/", {"delivery": [row.pk], "verdict": "send"})
    row.refresh_from_db()
    assert row.state == "ready"
    assert "Nothing was missed" in text_of(client.get("/posts/missed/"))


def test_the_board_narrows_and_refuses_what_it_does_not_know(client, account):
    row = missed(account)
    assert (
        f"missed-{row.pk}" in client.get(f"/posts/missed/?account={account.pk}").content.decode()
    )
    assert f"missed-{row.pk}" not in client.get("/posts/missed/?unit=999").content.decode()
    assert client.get("/posts/missed/?view=no").status_code == 422


def test_programs_read_and_decide(account):
    user = make_user("bot", role="manager", unit=account.unit)
    api = APIClient()
    api.force_authenticate(user)
    row, final = missed(account), missed(account, "drop")
    (listed,) = api.get("/api/v1/missed-posts/").json()["results"]
    assert (listed["delivery"]["id"], listed["is_final"], listed["may_decide"]) == (
        row.pk, False, True,
    )  # fmt: skip
    verdict = {"deliveries": [row.pk, final.pk], "verdict": "send"}
    told = api.post("/api/v1/missed-posts/decide/", verdict, format="json").json()
    assert (told["done"], told["refusals"][0]["code"]) == (1, "dropped")
    bad = api.post(
        "/api/v1/missed-posts/decide/", {"deliveries": [row.pk], "verdict": "plan"}, format="json"
    )
    assert bad.status_code == 422


# --- Launch posts ---


def test_a_launch_post_leaves_in_its_lane_and_keeps_its_approval(account, boss):
    post = scheduled(account)
    digest = post.revisions.get().digest
    post_launch_set(boss, post_id=post.pk, is_launch=True)
    assert delivery_of(post).priority == LAUNCH
    assert post.revisions.get().digest == digest
    post_launch_set(boss, post_id=post.pk, is_launch=False)
    assert delivery_of(post).priority == NORMAL


def test_staff_make_no_launch_posts(account):
    post = scheduled(account)
    with pytest.raises(NotAllowed):
        post_launch_set(make_actor("staff", account.unit), post_id=post.pk, is_launch=True)


def test_the_mark_is_set_on_the_page_of_the_post(client, account):
    post = scheduled(account)
    assert "Make it a launch post" in text_of(client.get(f"/posts/{post.pk}/"))
    client.post(f"/posts/{post.pk}/launch/")
    post.refresh_from_db()
    assert post.is_launch
    assert "Launch post" in text_of(client.get(f"/posts/{post.pk}/"))
    assert actor_for(post.author).can("posts.launch") is False
