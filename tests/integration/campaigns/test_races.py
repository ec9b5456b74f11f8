"""Posts under several hands: real threads and connections, one outcome."""

from functools import partial
from uuid import uuid4

import pytest

from campaigns.actions.posts import (
    post_cancel,
    post_create,
    post_schedule,
    post_update,
    posts_settle,
)
from campaigns.models import Post
from channels.actions.sending import delivery_claim
from channels.models import Delivery
from opsconsole.kernel.clock import now
from opsconsole.kernel.errors import Conflict
from tests.factories.campaigns import make_content, make_post
from tests.factories.channels import make_account
from tests.factories.people import make_actor
from tests.support.together import together

pytestmark = pytest.mark.django_db(transaction=True)


def kinds(results):
    return sorted(type(result).__name__ for result in results)


def test_a_double_click_writes_one_post():
    account = make_account()
    seo = make_actor("staff", account.unit)
    for _ in range(5):
        click = partial(
            post_create, seo, unit_id=account.unit_id, content=make_content(account),
            request_key=uuid4(),
        )  # fmt: skip
        assert kinds(together(click, click, click)) == ["Post"] * 3
    assert Post.objects.count() == 5


def test_two_who_schedule_at_once_ask_for_one_delivery():
    account = make_account()
    seo = make_actor("staff", account.unit)
    for turn in range(5):
        post = make_post(account, actor=seo)
        act = partial(post_schedule, seo, post_id=post.pk)
        assert kinds(together(act, act)) == ["Conflict", "Post"]
        assert Delivery.objects.count() == turn + 1


def test_the_same_words_scheduled_at_once_go_out_once():
    account = make_account()
    seo = make_actor("staff", account.unit)
    for turn in range(5):
        posts = [make_post(account, actor=seo, body=f"Same {turn}") for _ in range(2)]
        jobs = [partial(post_schedule, seo, post_id=post.pk) for post in posts]
        assert kinds(together(*jobs)) == ["Invalid", "Post"]


def test_an_edit_and_a_worker_at_once_the_words_sent_are_the_words_shown():
    account = make_account()
    seo = make_actor("staff", account.unit)
    for turn in range(6):
        post = make_post(account, actor=seo, scheduled=True)
        Delivery.objects.update(not_before=now())
        row = Post.objects.get(pk=post.pk)
        edit = partial(
            post_update, seo, post_id=post.pk, version=row.version,
            content=make_content(account, body=f"New words {turn}"),
        )  # fmt: skip
        edited, claim = together(edit, delivery_claim)
        post.refresh_from_db()
        delivery = Delivery.objects.get(post_target__post=post)
        if claim is None:
            assert isinstance(edited, Post)
            assert delivery.not_before == post.publish_at
        assert isinstance(edited, (Post, Conflict))
        assert delivery.text == post.body
        Delivery.objects.update(state="cancelled")


def test_two_who_save_at_once_one_is_told():
    account = make_account()
    seo, min_ = (make_actor("staff", account.unit) for _ in range(2))
    for _ in range(5):
        post = make_post(account, actor=seo)
        version = Post.objects.get(pk=post.pk).version
        jobs = [
            partial(
                post_update, who, post_id=post.pk, content=make_content(account), version=version
            )
            for who in (seo, min_)
        ]
        assert kinds(together(*jobs)) == ["Conflict", "Post"]


def test_settling_and_stopping_at_once_do_not_wait_for_each_other_for_ever():
    account = make_account()
    seo = make_actor("staff", account.unit)
    for _ in range(6):
        post = make_post(account, actor=seo, scheduled=True)
        Delivery.objects.update(is_unseen=True)
        seen, stopped, again = together(
            posts_settle, partial(post_cancel, seo, post_id=post.pk), posts_settle
        )
        assert isinstance(seen, int)
        assert isinstance(again, int)
        assert isinstance(stopped, Post)
        posts_settle()
        assert Post.objects.get(pk=post.pk).state == "cancelled"
    assert not Delivery.objects.filter(is_unseen=True).exists()
