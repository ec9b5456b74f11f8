"""Lanes: answers before launch posts before all other posts, and never an answer behind a post."""

from uuid import uuid4

import pytest
from django.conf import settings

from channels import tasks
from channels.actions import sending
from channels.lifecycle import LAUNCH, NORMAL, URGENT
from channels.models import Delivery, DeliveryAttempt
from tests.factories.channels import make_account, make_delivery
from tests.support.platforms import connect
from tests.support.together import together
from tests.support.waiting import until


@pytest.mark.django_db
def test_answers_leave_before_launch_posts_and_these_before_all_others():
    account = make_account()
    ordinary, launch, answer = (
        make_delivery(account=account, kind=kind, priority=lane)
        for kind, lane in (("post", NORMAL), ("post", LAUNCH), ("reply", URGENT))
    )
    claimed = [sending.delivery_claim().delivery_id for _ in range(3)]
    assert claimed == [answer.pk, launch.pk, ordinary.pk]


@pytest.mark.django_db
def test_a_hand_for_answers_takes_nothing_else():
    make_delivery(kind="post", priority=LAUNCH)
    make_delivery(kind="post")
    assert sending.delivery_claim(urgent_only=True) is None
    answer = make_delivery(kind="reply")
    assert sending.delivery_claim(urgent_only=True).delivery_id == answer.pk


@pytest.mark.django_db(transaction=True)
def test_an_answer_leaves_at_once_while_every_hand_waits_for_a_platform_that_is_slow_with_posts(
    sandbox,
):
    """All hands of the worker hang in posts, and as many posts wait behind them."""
    slow, line = connect(sandbox, "facebook"), connect(sandbox, "x")
    hands = settings.SEND_CONCURRENCY
    slow.fault("slow", path_regex="/feed$", ms=3000, times=2 * hands)
    for _ in range(2 * hands):
        make_delivery(account=slow.account, kind="post", text=f"글 {uuid4().hex}")
    in_hand = Delivery.objects.filter(account=slow.account, state="armed")

    def answer():
        until(lambda: in_hand.count() == hands)
        asked = make_delivery(account=line.account, kind="post", priority=URGENT, text="답변")
        tasks.dispatch()
        return Delivery.objects.get(pk=asked.pk).state, in_hand.count()

    *_hands, (became, posts_in_hand) = together(*[tasks.deliver_next] * hands, answer)
    assert (became, posts_in_hand) == ("sent", hands)
    attempts = DeliveryAttempt.objects.select_related("delivery")
    answered = attempts.get(delivery__account=line.account)
    posts = attempts.filter(delivery__account=slow.account)
    assert all(post.ended_at > answered.ended_at for post in posts if post.ended_at)
    assert Delivery.objects.filter(state="sent").count() == 2 * hands + 1
