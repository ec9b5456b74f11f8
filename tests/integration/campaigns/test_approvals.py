"""Approval: who is asked, what it is bound to, what makes it void, and that nothing leaves without it."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from campaigns.actions.approval_sweep import approvals_sweep
from campaigns.actions.approvals import approval_ask, approval_decide, post_comment
from campaigns.actions.policies import campaign_policy_set, unit_policy_set
from campaigns.actions.posts import (
    post_cancel,
    post_schedule,
    post_send_now,
    post_unschedule,
    post_update,
)
from campaigns.actions.taking_back import approval_take_back
from campaigns.approval import Step
from campaigns.models import ApprovalRequest, Post, PostNews
from campaigns.selectors.approvals import waiting_count, waiting_for
from campaigns.tasks import write_series
from channels.actions.deliveries import delivery_send_again
from channels.actions.sending import delivery_claim, windows_close
from channels.models import Delivery
from inbox.models import Notice
from opsconsole.audit.models import Activity
from opsconsole.kernel.clock import now
from opsconsole.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from opsconsole.tasks import settle, tell
from tests.factories.approvals import delivery_of, due, make_desk, request_of
from tests.factories.campaigns import make_campaign, make_content, make_post, make_series
from tests.factories.people import make_actor, make_unit
from tests.support.sending import arm_next, send_next

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk():
    return make_desk()


def yes(actor, post, word=""):
    return approval_decide(actor, request_id=request_of(post).pk, agrees=True, word=word)


def no(actor, post, word="Shorter, please."):
    return approval_decide(actor, request_id=request_of(post).pk, agrees=False, word=word)


def edit(actor, post, **given):
    row = Post.objects.get(pk=post.pk)
    kept = {"title": row.title, "body": row.body}
    content = make_content(*(target.account for target in row.targets.all()), **(kept | given))
    return post_update(actor, post_id=post.pk, content=content, version=row.version)


def told(kind):
    return set(PostNews.objects.filter(kind=kind).values_list("user_id", flat=True))


# --- Asking and deciding ---


def test_scheduling_asks_and_what_waits_is_not_claimed_at_its_time(desk):
    post = desk.scheduled()
    delivery = delivery_of(post)
    assert (delivery.state, delivery.needs_permit) == ("awaiting", True)
    assert told("post_asked") == {desk.min.user_id, desk.gil.user_id}
    assert [row.post_id for row in waiting_for(desk.min)] == [post.pk]
    assert (waiting_count(desk.min.user_id), waiting_count(desk.seo.user_id)) == (1, 0)
    Delivery.objects.update(not_before=now())
    assert delivery_claim() is None


def test_an_approved_post_goes_out_with_the_approved_hash(desk):
    post = desk.scheduled()
    yes(desk.min, post, word="Good.")
    assert request_of(post).state == "approved"
    assert waiting_count(desk.gil.user_id) == 0
    assert told("post_approved") == {desk.seo.user_id}
    Delivery.objects.update(not_before=now())
    sent = send_next()
    digest = post.revisions.first().digest
    assert (sent.content_hash, sent.permitted_hash) == (digest, digest)
    assert Post.objects.get(pk=post.pk).state == "done"


def test_without_a_rule_nothing_waits(desk):
    desk.rule()
    assert delivery_of(desk.scheduled()).state == "planned"


def test_a_no_needs_a_word_and_sends_it_back(desk):
    post = desk.scheduled()
    with pytest.raises(Invalid):
        no(desk.min, post, word=" ")
    no(desk.min, post)
    assert request_of(post).state == "declined"
    assert told("post_declined") == {desk.seo.user_id}
    assert delivery_of(post).state == "awaiting"
    with pytest.raises(Conflict):
        yes(desk.gil, post)
    approval_ask(desk.seo, post_id=post.pk)
    yes(desk.gil, post)
    assert delivery_of(post).state == "planned"


def test_nobody_approves_their_own_nor_what_they_have_touched(desk):
    mine = make_post(desk.account, actor=desk.min)
    post_schedule(desk.min, post_id=mine.pk)
    assert told("post_asked") == {desk.gil.user_id}
    with pytest.raises(NotAllowed):
        yes(desk.min, mine)
    post = desk.scheduled()
    edit(desk.gil, post, body="A manager's words")
    with pytest.raises(NotAllowed):
        yes(desk.gil, post)
    yes(desk.min, post)


def test_whoever_is_not_asked_is_refused(desk):
    post = desk.scheduled()
    for stranger in (make_actor("staff", desk.account.unit), make_actor("administrator")):
        with pytest.raises(NotAllowed):
            yes(stranger, post)
    with pytest.raises(NotFound):
        yes(make_actor("manager", make_unit()), post)


def test_steps_follow_each_other_and_all_means_all(desk):
    boss = make_actor("administrator", desk.account.unit)
    desk.rule(Step(role="manager", needs_all=True), Step(people=(boss.user_id,)))
    post = desk.scheduled()
    with pytest.raises(NotAllowed):
        yes(boss, post)
    yes(desk.min, post)
    with pytest.raises(Conflict):
        yes(desk.min, post)
    assert request_of(post).step == 0
    yes(desk.gil, post)
    assert (request_of(post).step, waiting_count(boss.user_id)) == (1, 1)
    assert delivery_of(post).state == "awaiting"
    yes(boss, post)
    assert delivery_of(post).state == "planned"


def test_a_rule_that_only_its_writers_could_follow_stops_the_scheduling(desk):
    desk.rule(Step(people=(desk.seo.user_id,)))
    with pytest.raises(Invalid) as refused:
        desk.scheduled()
    assert refused.value.code == "nobody"


def test_the_campaigns_steps_come_after_the_units(desk):
    boss = make_actor("administrator", desk.account.unit)
    campaign = make_campaign(unit=desk.account.unit, actor=desk.seo)
    step = Step(people=(boss.user_id,))
    campaign_policy_set(desk.root, campaign_id=campaign.pk, steps=[step])
    post = desk.scheduled(campaign=campaign.pk)
    yes(desk.min, post)
    assert delivery_of(post).state == "awaiting"
    yes(boss, post)
    assert delivery_of(post).state == "planned"


def test_a_draft_can_be_approved_before_it_is_scheduled(desk):
    post = make_post(desk.account, actor=desk.seo)
    approval_ask(desk.seo, post_id=post.pk)
    yes(desk.min, post)
    post_schedule(desk.seo, post_id=post.pk)
    assert delivery_of(post).state == "planned"
    post_unschedule(desk.seo, post_id=post.pk)
    post_schedule(desk.seo, post_id=post.pk)
    assert delivery_of(post).state == "planned"


# --- What makes it void ---


@pytest.mark.parametrize(
    "changed", [{"body": "Other words"}, {"title": "Other"}, {"local_time": None}], ids=str
)
def test_any_edit_makes_it_void_and_says_so(desk, changed):
    post = make_post(desk.account, actor=desk.seo)
    approval_ask(desk.seo, post_id=post.pk)
    yes(desk.min, post)
    kept = {"local_time": make_content().local_time} if "local_time" not in changed else {}
    edit(desk.seo, post, **(kept | changed))
    assert request_of(post).state == "void"
    assert told("post_void") == {desk.min.user_id}
    assert Activity.objects.filter(verb="campaigns.approval.voided").exists()


def test_an_edit_of_a_scheduled_post_takes_the_permit_away_and_asks_anew(desk):
    post = desk.scheduled()
    yes(desk.min, post)
    edit(desk.seo, post, body="Other words")
    states = list(post.requests.order_by("pk").values_list("state", flat=True))
    assert states == ["void", "open"]
    delivery = delivery_of(post)
    assert (delivery.state, delivery.permitted_hash, delivery.text) == (
        "awaiting", "", "Other words",
    )  # fmt: skip
    old = post.requests.order_by("pk")[0]
    with pytest.raises(Conflict) as late:
        approval_decide(desk.gil, request_id=old.pk, agrees=True)
    assert late.value.code == "void"


def test_saving_without_a_change_keeps_it(desk):
    post = desk.scheduled()
    yes(desk.min, post)
    row = Post.objects.get(pk=post.pk)
    edit(desk.seo, post, local_time=make_content().local_time.fromisoformat(row.local_time))
    assert delivery_of(post).state == "planned"
    assert request_of(post).state == "approved"


def test_giving_the_post_up_withdraws_it(desk):
    post = desk.scheduled()
    post_cancel(desk.seo, post_id=post.pk)
    assert request_of(post).state == "withdrawn"
    with pytest.raises(Conflict):
        yes(desk.min, post)
    assert waiting_count(desk.min.user_id) == 0


def test_an_approval_is_taken_back_until_it_is_being_sent(desk):
    post = desk.scheduled()
    yes(desk.min, post)
    approval_take_back(desk.min, request_id=request_of(post).pk)
    assert (request_of(post).state, delivery_of(post).state) == ("withdrawn", "awaiting")
    assert told("post_withdrawn") == {desk.seo.user_id}
    approval_ask(desk.seo, post_id=post.pk)
    yes(desk.gil, post)
    Delivery.objects.update(not_before=now())
    arm_next()
    with pytest.raises(Conflict) as late:
        approval_take_back(desk.gil, request_id=request_of(post).pk)
    assert late.value.code == "in_flight"
    assert request_of(post).state == "approved"


def test_a_request_is_taken_back_by_its_writers_and_asked_anew(desk):
    post = desk.scheduled()
    with pytest.raises(NotAllowed):
        approval_take_back(
            make_actor("operator", desk.account.unit), request_id=request_of(post).pk
        )
    approval_take_back(desk.seo, request_id=request_of(post).pk)
    assert waiting_count(desk.min.user_id) == 0
    with pytest.raises(Conflict):
        approval_take_back(desk.seo, request_id=request_of(post).pk)
    approval_ask(desk.seo, post_id=post.pk)
    assert waiting_count(desk.min.user_id) == 1


def test_posts_of_a_series_wait_for_approval_in_their_writers_name(desk):
    series = make_series(desk.account)
    write_series()
    posts = list(series.posts.all())
    assert posts
    for post in posts:
        assert delivery_of(post).state == "awaiting"
        assert request_of(post).asked_by_id == series.author_id


# --- Time ---


def test_what_is_not_approved_at_its_time_is_missed_and_its_owner_told(desk):
    post = desk.scheduled()
    due(post)
    assert windows_close() == 1
    settle()
    delivery = delivery_of(post)
    assert (delivery.state, delivery.reason_code) == ("missed", "not_approved")
    assert told("post_missed") == {desk.seo.user_id}
    with pytest.raises(Conflict) as late:
        yes(desk.min, post)
    assert late.value.code == "expired"
    approvals_sweep()
    assert request_of(post).state == "expired"
    with pytest.raises(Conflict) as refused:
        delivery_send_again(desk.root, delivery_id=delivery.pk)
    assert refused.value.code == "not_approved"


def test_the_owner_hears_an_hour_before_and_once(desk):
    late, soon = desk.scheduled(), desk.scheduled()
    Post.objects.filter(pk=soon.pk).update(publish_at=now() + timedelta(minutes=59))
    Post.objects.filter(pk=late.pk).update(publish_at=now() + timedelta(minutes=61))
    for _ in range(3):
        approvals_sweep()
    rows = PostNews.objects.filter(kind="post_unapproved")
    assert [(row.post_id, row.user_id) for row in rows] == [(soon.pk, desk.seo.user_id)]
    yes(desk.min, late)
    Post.objects.filter(pk=late.pk).update(publish_at=now() + timedelta(minutes=30))
    approvals_sweep()
    assert rows.count() == 1


def test_news_become_notices_of_those_who_may_read_the_post(desk):
    post = desk.scheduled()
    tell()
    tell()
    notices = Notice.objects.filter(kind="post_asked")
    assert {row.user_id for row in notices} == {desk.min.user_id, desk.gil.user_id}
    assert notices[0].data == {"post": post.pk}
    assert not PostNews.objects.filter(handed_at=None).exists()


def test_a_rule_can_want_a_decision_hours_before(desk):
    desk.rule(Step(role="manager"), hours_before=1)
    post = desk.scheduled()
    expected = post.publish_at - timedelta(hours=1)
    assert request_of(post).expires_at == expected
    desk.rule(Step(role="manager"), hours_before=3)
    with pytest.raises(Invalid):
        desk.scheduled()


def test_a_request_can_end_at_a_chosen_time(desk):
    post = make_post(desk.account, actor=desk.seo, local_time=None)
    until = now() + timedelta(minutes=5)
    request = approval_ask(desk.seo, post_id=post.pk, expires_at=until)
    assert request.expires_at == until
    ApprovalRequest.objects.update(expires_at=now())
    with pytest.raises(Conflict):
        yes(desk.min, post)
    assert waiting_for(desk.min) == []
    assert approvals_sweep() == 1
    assert (request_of(post).state, approvals_sweep()) == ("expired", 0)


def test_sending_at_once_needs_an_approval_that_names_no_time(desk):
    timed = desk.scheduled()
    with pytest.raises(Conflict) as refused:
        post_send_now(desk.seo, post_id=timed.pk)
    assert refused.value.code == "not_approved"
    yes(desk.min, timed)
    with pytest.raises(Conflict) as refused:
        post_send_now(desk.seo, post_id=timed.pk)
    assert refused.value.code == "approved_for_its_time"
    free = make_post(desk.account, actor=desk.seo, local_time=None)
    approval_ask(desk.seo, post_id=free.pk)
    yes(desk.min, free)
    post_send_now(desk.seo, post_id=free.pk)
    assert delivery_of(free).state == "planned"


# --- The database ---


@pytest.mark.parametrize(
    "state", ["planned", "ready", "claimed", "prepared", "armed", "retry_wait", "sent"]
)
def test_the_database_lets_no_unapproved_delivery_move(desk, state):
    desk.scheduled()
    with pytest.raises(IntegrityError), transaction.atomic():
        Delivery.objects.update(state=state, external_id="1")


def test_a_permit_for_something_else_is_none(desk):
    post = desk.scheduled()
    yes(desk.min, post)
    for wrong in (
        {"content_hash": "0" * 64},
        {"permitted_hash": ""},
        {"permitted_hash": "1" * 64},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            Delivery.objects.update(**wrong)


# --- Rules ---


def test_a_new_rule_binds_what_is_scheduled_already(desk):
    desk.rule()
    post = desk.scheduled()
    assert delivery_of(post).state == "planned"
    desk.rule(Step(role="manager"))
    assert delivery_of(post).state == "awaiting"
    yes(desk.min, post)
    assert delivery_of(post).state == "planned"
    desk.rule(Step(role="manager"), hours_before=1)
    assert delivery_of(post).state == "planned"


def test_taking_a_rule_away_lets_nothing_out(desk):
    post = desk.scheduled()
    desk.rule()
    assert delivery_of(post).state == "awaiting"
    yes(desk.min, post)
    assert delivery_of(post).state == "planned"


@pytest.mark.parametrize(
    "steps",
    [[Step()], [Step(role="king")], [Step(role="manager", people=(1,))], [Step(people=(10**9,))],
     [Step(role="manager")] * 6],
    ids=str,
)  # fmt: skip
def test_a_rule_that_makes_no_sense_is_refused(desk, steps):
    with pytest.raises(Invalid):
        unit_policy_set(desk.root, unit_id=desk.account.unit_id, steps=steps)


def test_only_who_sets_a_units_ways_sets_its_rule(desk):
    with pytest.raises(NotAllowed):
        unit_policy_set(desk.seo, unit_id=desk.account.unit_id, steps=[])


def test_comments_are_left_by_who_may_write_notes(desk):
    post = desk.scheduled()
    post_comment(desk.min, post_id=post.pk, text="  Nice.  ")
    comment = post.comments.get()
    assert (comment.text, comment.revision) == ("Nice.", 1)
    for wrong in (" ", "x" * 1001):
        with pytest.raises(Invalid):
            post_comment(desk.min, post_id=post.pk, text=wrong)
    with pytest.raises(NotFound):
        post_comment(make_actor("manager", make_unit()), post_id=post.pk, text="x")
