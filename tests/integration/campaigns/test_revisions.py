"""How a post read before: kept at each saving, never changed, and brought back as a new one."""

import pytest
from django.db import DatabaseError, transaction
from django.test import Client

from campaigns.actions.history import post_bring_back
from campaigns.actions.posts import post_cancel, post_schedule, post_update
from campaigns.contents import from_content
from campaigns.models import Post, PostRevision
from campaigns.selectors.history import history_of
from channels.models import Delivery
from opsconsole.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from opsconsole.people.selectors import actor_for
from tests.factories.campaigns import make_campaign, make_content, make_post
from tests.factories.channels import make_account
from tests.factories.people import make_actor, make_user
from tests.integration.api.conftest import token_client
from tests.support.html import text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def account():
    return make_account(kind="x")


@pytest.fixture
def user(account):
    return make_user("seo", role="staff", unit=account.unit, language="en")


@pytest.fixture
def seo(user):
    return actor_for(user)


def change(actor, post, **given):
    row = Post.objects.get(pk=post.pk)
    accounts = given.pop("accounts", None) or [target.account for target in row.targets.all()]
    kept = {"title": row.title, "body": row.body, "local_time": None, "campaign": row.campaign_id}
    content = make_content(*accounts, **(kept | given))
    return post_update(actor, post_id=post.pk, content=content, version=row.version)


def numbers(post):
    return list(post.revisions.values_list("number", flat=True))


def test_each_saving_that_changes_something_is_kept(account, seo):
    post = make_post(account, actor=seo, body="One", local_time=None)
    assert numbers(post) == [1]
    change(seo, post, body="Two")
    change(seo, post, body="Two")
    assert numbers(post) == [2, 1]
    last = post.revisions.first()
    assert from_content(last.content).wording(account.pk) == "Two"
    assert last.digest == from_content(last.content).digest
    assert last.author_id == seo.user_id


def test_a_revision_is_never_changed_nor_thrown_away(account, seo):
    post = make_post(account, actor=seo)
    for act in (lambda rows: rows.update(digest="x"), lambda rows: rows.delete()):
        with pytest.raises(DatabaseError), transaction.atomic():
            act(PostRevision.objects.filter(post=post))


def test_a_post_from_before_keeps_how_it_read_at_its_first_change(account, seo):
    post = make_post(account, actor=seo, body="Old words", local_time=None)
    older = Post.objects.create(
        unit=post.unit, author=post.author, title="", body="Old words", request_key="0" * 32,
        created_at=post.created_at, updated_at=post.updated_at,
    )  # fmt: skip
    older.targets.create(account=account)
    change(seo, older, body="New words")
    assert [from_content(row.content).body for row in older.revisions.all()] == [
        "New words",
        "Old words",
    ]


def test_the_history_tells_what_changed(account, seo):
    campaign = make_campaign(unit=account.unit, actor=seo, name="Launch")
    other = make_account(unit=account.unit, name="Page")
    post = make_post(account, actor=seo, body="One line", local_time=None)
    change(
        seo, post, body="Two lines", campaign=campaign.pk, accounts=[account, other],
        wording={account.pk: "Own"},
    )  # fmt: skip
    latest, first = history_of(post)
    assert (latest.is_latest, first.is_latest, first.changes) == (True, False, [])
    told = {change.name: change for change in latest.changes}
    assert set(told) == {"text", "campaign", "added", "own"}
    assert told["added"].about == "Page"
    assert [piece.text for piece in told["campaign"].pieces] == ["Launch"]
    removed = [piece.text for piece in told["text"].pieces if piece.kind == "removed"]
    assert "".join(removed).startswith("One")


def test_an_earlier_one_is_brought_back_as_a_new_one(account, seo):
    post = make_post(account, actor=seo, body="First", wording={account.pk: "Own"})
    change(seo, post, body="Second")
    version = Post.objects.get(pk=post.pk).version
    post_bring_back(seo, post_id=post.pk, number=1, version=version)
    back = post.revisions.first()
    assert (back.number, back.brought_back) == (3, 1)
    assert back.digest == post.revisions.last().digest
    assert Post.objects.get(pk=post.pk).targets.get().wording == "Own"
    with pytest.raises(Conflict):
        post_bring_back(seo, post_id=post.pk, number=2, version=version)
    with pytest.raises(NotFound):
        post_bring_back(seo, post_id=post.pk, number=9, version=version)
    with pytest.raises(NotAllowed):
        post_bring_back(
            make_actor("operator", account.unit), post_id=post.pk, number=2, version=version
        )


def test_bringing_back_a_scheduled_post_changes_what_goes_out_or_is_refused(account, seo):
    post = make_post(account, actor=seo, body="First")
    row = Post.objects.get(pk=post.pk)
    content = make_content(account, body="Second")
    post_update(seo, post_id=post.pk, content=content, version=row.version)
    post_schedule(seo, post_id=post.pk)
    version = Post.objects.get(pk=post.pk).version
    post_bring_back(seo, post_id=post.pk, number=1, version=version)
    assert Delivery.objects.get().text == "First"
    Delivery.objects.update(state="armed")
    with pytest.raises(Conflict):
        post_bring_back(seo, post_id=post.pk, number=2, version=version + 2)
    assert numbers(post) == [3, 2, 1]


def test_what_can_no_longer_stand_is_said(account, seo):
    post = make_post(account, actor=seo, body="First")
    post_cancel(seo, post_id=post.pk)
    version = Post.objects.get(pk=post.pk).version
    with pytest.raises((Conflict, Invalid)):
        post_bring_back(seo, post_id=post.pk, number=1, version=version)


def test_the_page_shows_the_history_and_its_button_works(account, user, seo):
    client = Client()
    client.force_login(user)
    post = make_post(account, actor=seo, body="First words", local_time=None)
    change(seo, post, body="Second words")
    words = text_of(client.get(f"/posts/{post.pk}/"))
    assert all(word in words for word in ("Revision 2", "as it reads now", "Bring this back"))
    version = Post.objects.get(pk=post.pk).version
    client.post(f"/posts/{post.pk}/revisions/1/bring-back/", {"version": version})
    assert Post.objects.get(pk=post.pk).body == "First words"
    assert "brought back from 1" in text_of(client.get(f"/posts/{post.pk}/"))


def test_programs_read_and_bring_back(account, user, seo):
    api = token_client(user)
    post = make_post(account, actor=seo, body="First words", local_time=None)
    change(seo, post, body="Second words")
    rows = api.get(f"/api/v1/posts/{post.pk}/revisions/").json()
    assert [row["number"] for row in rows] == [2, 1]
    version = api.get(f"/api/v1/posts/{post.pk}/").json()["version"]
    body = {"number": 1, "version": version}
    answer = api.post(f"/api/v1/posts/{post.pk}/bring-back/", body, format="json")
    assert answer.json()["body"] == "First words"
