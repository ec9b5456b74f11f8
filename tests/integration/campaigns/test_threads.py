"""What follows under a post, and what waits for an article: in order, once, and not after a failure."""

from uuid import uuid4

import pytest

from campaigns.actions.posts import post_create, post_send_now
from campaigns.contents import Content, Placing
from campaigns.models import Post, PostPart
from campaigns.selectors.posts import deliveries_of
from channels.actions.sending import delivery_claim
from channels.models import Delivery
from channels.tasks import deliver
from opsconsole.kernel.errors import Conflict, Invalid
from tests.factories.people import make_actor, make_unit
from tests.support.platforms import connect

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def unit():
    return make_unit()


@pytest.fixture
def seo(unit):
    return make_actor("staff", unit)


def line_to(sandbox, kind, unit, **given):
    return connect(sandbox, kind, unit=unit, **given)


def sent(actor, unit, lines, run_background, **given):
    """Write a post for these accounts, send it, and do what workers do until all is quiet."""
    accounts = [line.account.pk for line in lines]
    content = Content(
        **({"title": "5G", "body": f"News {uuid4()}", "account_ids": accounts} | given)
    )
    post = post_create(actor, unit_id=unit.pk, content=content, request_key=uuid4())
    post_send_now(actor, post_id=post.pk)
    run_background()
    return Post.objects.get(pk=post.pk)


def states(post):
    return [row.state for row in deliveries_of(post).order_by("pk")]


def test_a_thread_on_x_hangs_each_under_the_one_before(sandbox, unit, seo, run_background):
    line = line_to(sandbox, "x", unit)
    parts = {line.account.pk: Placing(["Second", "Third"])}
    post = sent(seo, unit, [line], run_background, body="First", placing=parts)
    first, second, third = deliveries_of(post).order_by("pk")
    assert post.state == "done"
    assert states(post) == ["sent"] * 3
    assert second.reply_to == first.external_id
    assert (third.reply_to, third.thread) == (second.external_id, first.external_id)
    assert line.stands() == {"First": 1, "Second": 1, "Third": 1}


def test_comments_on_facebook_all_hang_under_the_post(sandbox, unit, seo, run_background):
    line = line_to(sandbox, "facebook", unit)
    parts = {line.account.pk: Placing(["First comment", "Second comment"])}
    post = sent(seo, unit, [line], run_background, placing=parts)
    head, *comments = deliveries_of(post).order_by("pk")
    assert {row.reply_to for row in comments} == {head.external_id}
    assert states(post) == ["sent"] * 3


def test_a_failure_stops_what_follows_and_nothing_is_sent_again(
    sandbox, unit, seo, run_background
):
    line = line_to(sandbox, "x", unit)
    parts = {line.account.pk: Placing(["Second", "Third", "Fourth"])}
    content = Content("", "First", [line.account.pk], placing=parts)
    post = post_create(seo, unit_id=unit.pk, content=content, request_key=uuid4())
    post_send_now(seo, post_id=post.pk)
    deliver(delivery_claim())
    line.fault("status", status=403, method="POST", times=1)
    run_background()
    post.refresh_from_db()
    assert states(post) == ["sent", "rejected", "missed", "missed"]
    stopped = deliveries_of(post).order_by("pk")[2]
    assert stopped.reason_code == "before_failed"
    assert line.stands() == {"First": 1}
    assert post.state == "done"


def test_an_unclear_one_is_found_before_the_next_leaves(
    sandbox, unit, seo, run_background, settings
):
    settings.RECONCILE_SCHEDULE = (0, 0, 0, 0)
    line = line_to(sandbox, "x", unit)
    line.fault("drop_after", method="POST", times=1)
    parts = {line.account.pk: Placing(["Second", "Third"])}
    post = sent(seo, unit, [line], run_background, body="First", placing=parts)
    assert states(post) == ["sent"] * 3
    assert line.stands() == {"First": 1, "Second": 1, "Third": 1}


def test_x_and_facebook_wait_for_the_article_and_carry_its_address(
    sandbox, unit, seo, run_background
):
    lines = [line_to(sandbox, kind, unit) for kind in ("x", "facebook", "blog")]
    x, facebook, blog = lines
    post = sent(
        seo, unit, lines, run_background, body="Long story", is_announced=True, link_tag="launch",
        wording={x.account.pk: "Read {{link}} now", facebook.account.pk: "It is live"},
    )  # fmt: skip
    rows = {row.account_id: row for row in deliveries_of(post)}
    address = rows[blog.account.pk].url
    assert set(states(post)) == {"sent"}
    assert rows[x.account.pk].text.startswith(f"Read {address}?utm_source=x&")
    assert rows[facebook.account.pk].text == (
        f"It is live\n{address}?utm_source=facebook&utm_medium=social&utm_campaign=launch"
    )
    assert rows[x.account.pk].sent_at >= rows[blog.account.pk].sent_at


def test_without_the_article_nothing_is_announced(sandbox, unit, seo, run_background):
    x, blog = (line_to(sandbox, kind, unit) for kind in ("x", "blog"))
    blog.fault("status", status=403, method="POST", times=1)
    post = sent(seo, unit, [x, blog], run_background, is_announced=True)
    rows = {row.account_id: row for row in deliveries_of(post)}
    assert rows[blog.account.pk].state == "rejected"
    assert rows[x.account.pk].state == "missed"
    assert rows[x.account.pk].reason_code == "before_failed"
    assert x.stands() == {}


def test_an_article_without_a_public_address_is_not_announced_yet(
    sandbox, unit, seo, run_background
):
    x, blog = (line_to(sandbox, kind, unit) for kind in ("x", "blog"))
    post = sent(seo, unit, [x, blog], run_background, is_announced=True)
    assert set(states(post)) == {"sent"}
    later = Delivery.objects.create(
        account=x.account, kind="post", origin="test:later", text="{{link}}", nonce="later",
        requested_at=post.created_at, not_before=post.created_at,
        deadline=post.created_at.replace(year=2099), follow_kind="announce", is_blocked=True,
        follows=deliveries_of(post).get(account=blog.account),
    )  # fmt: skip
    for unready in ({"is_held_by_host": True}, {"is_held_by_host": False, "url": ""}):
        Delivery.objects.filter(pk=later.follows_id).update(**unready)
        run_background()
        later.refresh_from_db()
        assert (later.state, later.is_blocked) == ("planned", True)


def test_the_place_of_an_address_is_refused_without_an_article(sandbox, unit, seo):
    line = line_to(sandbox, "x", unit)
    content = Content("", "Read {{link}}", [line.account.pk])
    post = post_create(seo, unit_id=unit.pk, content=content, request_key=uuid4())
    with pytest.raises(Invalid) as refused:
        post_send_now(seo, post_id=post.pk)
    assert refused.value.code == "placeholder"


def test_each_part_is_counted_as_its_platform_counts(sandbox, unit, seo):
    line = line_to(sandbox, "x", unit)
    parts = {line.account.pk: Placing(["가" * 141])}
    content = Content("", "First", [line.account.pk], placing=parts)
    post = post_create(seo, unit_id=unit.pk, content=content, request_key=uuid4())
    with pytest.raises(Invalid) as refused:
        post_send_now(seo, post_id=post.pk)
    assert (refused.value.code, refused.value.data["field"]) == (
        "too_long", f"part_{line.account.pk}",
    )  # fmt: skip


def test_nothing_follows_an_article(sandbox, unit, seo):
    line = line_to(sandbox, "blog", unit)
    parts = {line.account.pk: Placing(["More"])}
    content = Content("T", "First", [line.account.pk], placing=parts)
    with pytest.raises(Invalid) as refused:
        post_create(seo, unit_id=unit.pk, content=content, request_key=uuid4())
    assert refused.value.code == "parts"


def test_the_same_request_with_another_thread_is_a_conflict(sandbox, unit, seo):
    line, key = line_to(sandbox, "x", unit), uuid4()
    pk = line.account.pk
    content = Content("", "First", [pk], placing={pk: Placing(["Second"])})
    first = post_create(seo, unit_id=unit.pk, content=content, request_key=key)
    again = post_create(seo, unit_id=unit.pk, content=content, request_key=key)
    assert again.pk == first.pk
    other = Content("", "First", [pk], placing={pk: Placing(["Other"])})
    with pytest.raises(Conflict):
        post_create(seo, unit_id=unit.pk, content=other, request_key=key)
    assert PostPart.objects.get().text == "Second"
