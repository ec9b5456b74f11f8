"""Links of posts that go out soon: looked at again, told once, shown, and without any effect on what is sent."""

from datetime import timedelta

import pytest
from django.test import Client

from campaigns.actions.link_sweep import links_sweep
from campaigns.actions.links import link_checked, links_due
from campaigns.actions.posts import post_update
from campaigns.models import LinkCheck, Post, PostNews
from campaigns.selectors.posts import content_of
from campaigns.tasks import check_links, look_ahead_at_links
from channels.links import Look
from channels.models import Delivery
from inbox.models import Notice
from opsconsole.kernel.clock import now
from opsconsole.people.selectors import actor_for
from opsconsole.tasks import tell
from tests.factories.campaigns import in_seoul, make_campaign, make_post
from tests.factories.channels import make_account
from tests.factories.people import make_unit, make_user
from tests.support.html import text_of
from tests.support.peer import answer, peer

__all__ = ["peer"]

pytestmark = pytest.mark.django_db(transaction=True)

URL = "https://www.example.com/event"


@pytest.fixture
def account():
    return make_account(kind="x")


@pytest.fixture
def jiho(account):
    return make_user("jiho", role="staff", unit=account.unit, language="en")


@pytest.fixture
def post(account, jiho):
    return soon(account, jiho)


def soon(account, user, **given):
    """A scheduled post that goes out within the hour."""
    wish = {"body": f"Look {URL}", "local_time": in_seoul(minutes=50), "scheduled": True} | given
    return make_post(account, actor=actor_for(user), **wish)


def looked(outcome="broken", **found):
    """Let workers look up what is due; returns which addresses that was."""
    due = links_due()
    for link in due:
        link_checked(link, Look(outcome, **found))
    return [link.url for link in due]


def note(post):
    return Post.objects.get(pk=post.pk).links_broken_at


def told():
    tell()
    return [(row.user.username, row.kind) for row in Notice.objects.select_related("user")]


def test_links_are_looked_at_again_within_the_hour_before(account, jiho):
    post = soon(account, jiho, local_time=in_seoul(minutes=90))
    links_sweep()
    assert links_due() == []
    LinkCheck.objects.create(key="old", url="https://old.example/", checked_at=now())
    Post.objects.filter(pk=post.pk).update(publish_at=now() + timedelta(minutes=59))
    links_sweep()
    assert looked("ok") == [URL]
    links_sweep()
    assert links_due() == []


def test_what_was_fine_long_ago_is_looked_at_again(post):
    links_sweep()
    looked("ok")
    LinkCheck.objects.update(checked_at=now() - timedelta(hours=2))
    links_sweep()
    assert looked("broken", reason="status", status=404) == [URL]
    assert links_sweep() == 1
    assert note(post) is not None


def test_its_owner_is_told_once(account, jiho):
    boss = make_user("sora", role="manager", unit=account.unit)
    campaign = make_campaign(unit=account.unit, actor=actor_for(boss))
    soon(account, jiho, campaign=campaign.pk)
    links_sweep()
    looked()
    for outcome in ("broken", "ok", "broken"):
        LinkCheck.objects.update(state=outcome, checked_at=now())
        links_sweep()
    assert sorted(told()) == [("jiho", "post_link_broken"), ("sora", "post_link_broken")]
    assert PostNews.objects.count() == 2


def test_another_form_of_the_post_with_a_broken_link_is_told_again(post, jiho):
    links_sweep()
    looked()
    links_sweep()
    was = Post.objects.get(pk=post.pk)
    content = content_of(was)
    mended = post_update(
        actor_for(jiho), post_id=post.pk, version=was.version,
        content=type(content)(title="", body="Look https://b.example/", account_ids=content.account_ids,
                              local_time=content.local_time),
    )  # fmt: skip
    links_sweep()
    assert note(mended) is not None, "nobody has looked at the new address yet"
    looked("ok")
    links_sweep()
    assert note(mended) is None
    LinkCheck.objects.filter(url="https://b.example/").update(state="broken")
    links_sweep()
    assert len(told()) == 2


@pytest.mark.parametrize("outcome", ["ok", "moved", "unreachable"])
def test_nobody_is_told_of_what_works_or_could_not_be_checked(post, outcome):
    links_sweep()
    looked(outcome, reason="slow" if outcome == "unreachable" else "")
    assert links_sweep() == 0
    assert (note(post), told()) == (None, [])


def test_what_cannot_be_checked_for_a_while_changes_nothing(post):
    links_sweep()
    looked()
    links_sweep()
    LinkCheck.objects.update(state="unreachable", checked_at=now())
    links_sweep()
    assert note(post) is not None


def test_a_post_that_is_put_off_stays_in_sight_until_its_link_works(post, jiho):
    links_sweep()
    looked()
    links_sweep()
    Post.objects.filter(pk=post.pk).update(publish_at=now() + timedelta(days=3))
    links_sweep()
    assert note(post) is not None
    LinkCheck.objects.update(state="ok", checked_at=now())
    assert links_sweep() == 1
    assert note(post) is None


def test_drafts_and_what_is_out_are_left_alone(account, jiho):
    draft = soon(account, jiho, scheduled=False)
    done = soon(account, jiho, body=f"Other {URL}")
    Post.objects.filter(pk=done.pk).update(state="done")
    links_sweep()
    assert (links_due(), note(draft), note(done)) == ([], None, None)


def test_nothing_is_sent_differently(post):
    before = list(Delivery.objects.values())
    versions = Post.objects.get(pk=post.pk).version
    links_sweep()
    looked()
    links_sweep()
    assert list(Delivery.objects.values()) == before
    assert Post.objects.get(pk=post.pk).version == versions


def test_workers_look_through_the_same_guarded_door(account, jiho, settings, peer):
    settings.ALLOW_PRIVATE_HOSTS = True
    peer.says(answer(b"gone", status="410 Gone"))
    post = soon(account, jiho, body=f"Look {peer.url}/gone")
    look_ahead_at_links()
    check_links()
    look_ahead_at_links()
    assert note(post) is not None
    settings.ALLOW_PRIVATE_HOSTS = False
    other = soon(account, jiho, body=f"See {peer.url}/secret")
    look_ahead_at_links()
    asked = peer.connections
    check_links()
    assert (peer.connections, note(other)) == (asked, None)


def test_screens_say_so(account, jiho, post):
    links_sweep()
    looked("broken", reason="status", status=404)
    links_sweep()
    boss = make_user(role="manager", unit=account.unit, language="en")
    client, other = Client(), Client()
    client.force_login(boss)
    other.force_login(make_user(role="manager", unit=make_unit(), language="en"))
    assert "A link in this post does not work" in text_of(client.get(f"/posts/{post.pk}/"))
    assert "Broken link" in text_of(client.get("/posts/"))
    assert "A link in it does not work." in text_of(client.get("/posts/calendar/"))
    only = client.get("/posts/?view=upcoming&links=broken")
    assert f"post-{post.pk}" in only.content.decode()
    soon(account, jiho, body="Without any")
    assert client.get("/posts/?links=broken").content.decode().count('id="post-') == 1
    for who, count in ((client, "1"), (other, "0")):
        figure = text_of(who.get("/watch/")).partition("Broken links")[2]
        assert figure.split()[0] == count


@pytest.mark.parametrize("count", [1, 12])
def test_any_number_of_posts_costs_as_many_queries(
    account, jiho, count, django_assert_max_num_queries
):
    for number in range(count):
        soon(account, jiho, body=f"News {number} {URL}{number}")
    links_sweep()
    looked("ok")
    with django_assert_max_num_queries(8):
        links_sweep()
