"""Moving posts under several hands: one move wins, what is sent is what is shown."""

from datetime import datetime, timedelta
from functools import partial

import pytest

from campaigns.actions.moving import post_move
from campaigns.actions.planning import calendar_feed_make, daily_goal_set
from campaigns.models import CalendarFeed, DailyGoal, Post
from channels.actions.sending import delivery_claim
from channels.models import Delivery
from opsconsole.kernel.clock import now
from opsconsole.kernel.errors import Conflict
from tests.factories.campaigns import in_seoul, make_post
from tests.factories.channels import make_account
from tests.factories.people import make_actor
from tests.support.together import together

pytestmark = pytest.mark.django_db(transaction=True)


def moving(actor, post, **later):
    version = Post.objects.get(pk=post.pk).version
    return partial(
        post_move, actor, post_id=post.pk, local=in_seoul(**later), zone="Asia/Seoul",
        version=version,
    )  # fmt: skip


def test_two_who_drag_the_same_post_one_is_told():
    account = make_account()
    seo, min_ = (make_actor("staff", account.unit) for _ in range(2))
    for _ in range(4):
        post = make_post(account, actor=seo, scheduled=True)
        results = together(moving(seo, post, days=2), moving(min_, post, days=3))
        assert sorted(type(result).__name__ for result in results) == ["Conflict", "tuple"]
        post.refresh_from_db()
        assert Delivery.objects.get(post_target__post=post).not_before == post.publish_at


def test_a_drag_and_a_worker_at_once_agree_on_when_it_goes_out():
    account = make_account()
    seo = make_actor("staff", account.unit)
    for _ in range(4):
        post = make_post(account, actor=seo, scheduled=True)
        Delivery.objects.update(not_before=now())
        moved, claim = together(moving(seo, post, days=2), delivery_claim)
        post.refresh_from_db()
        if claim is None:
            assert datetime.fromisoformat(post.local_time) > in_seoul(days=1)
            assert Delivery.objects.get(post_target__post=post).not_before == post.publish_at
        else:
            assert isinstance(moved, Conflict)
            assert post.publish_at < now() + timedelta(hours=3)
        Delivery.objects.update(state="cancelled")


def test_goals_and_addresses_set_by_two_at_once_stay_one():
    account = make_account()
    seo = make_actor("staff", account.unit)
    goals = [
        partial(daily_goal_set, seo, account_id=account.pk, low=1, high=high) for high in (2, 3)
    ]
    make = partial(calendar_feed_make, seo)
    results = together(*goals, make, make)
    assert [result for result in results if isinstance(result, Exception)] == []
    assert (DailyGoal.objects.count(), CalendarFeed.objects.count()) == (1, 1)
