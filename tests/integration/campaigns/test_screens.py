"""The screens under /posts/: lists, the form, the buttons, and what happens when something is wrong."""

from uuid import uuid4

import pytest
from django.test import Client

from campaigns.actions.posts import post_update
from campaigns.calendar import wall_time
from campaigns.models import Post
from channels.models import ChannelAccount, Delivery
from opsconsole.people.selectors import actor_for
from tests.factories.campaigns import in_seoul, make_content, make_post
from tests.factories.channels import make_account
from tests.factories.people import make_unit, make_user
from tests.support.hostile import HOSTILE
from tests.support.html import harmless, text_of
from tests.support.sending import send_next

pytestmark = pytest.mark.django_db


@pytest.fixture
def account():
    return make_account(kind="x")


@pytest.fixture
def user(account):
    return make_user("seo", role="staff", unit=account.unit, language="en")


@pytest.fixture
def seo(user):
    return signed_in(user)


def signed_in(user):
    client = Client()
    client.force_login(user)
    return client


def typed(account, **given):
    return {
        "unit": account.unit_id,
        "title": "Notice",
        "body": "From Monday there is 5G on Ulleungdo.",
        "accounts": [account.pk],
        "local_time": in_seoul(hours=2).isoformat(),
        "request_key": str(uuid4()),
    } | given


def notices(response):
    """Follow a redirect and return what the next page says."""
    return text_of(response.client.get(response["Location"]))


# --- The list ---


def test_the_list_shows_what_is_coming_what_has_been_and_drafts(account, user, seo):
    actor = actor_for(user)
    draft = make_post(account, actor=actor, title="A draft")
    soon = make_post(account, actor=actor, title="A plan", scheduled=True)
    done = make_post(account, actor=actor, title="An end", scheduled=True)
    Post.objects.filter(pk=done.pk).update(state="done")
    other = make_post(title="Another unit's", scheduled=True)
    for view, wanted in [("drafts", draft), ("upcoming", soon), ("past", done)]:
        words = text_of(seo.get("/posts/", {"view": view}))
        assert wanted.title in words
        assert other.title not in words
        assert sum(post.title in words for post in (draft, soon, done)) == 1
    assert "A plan" in text_of(seo.get("/posts/"))


def test_the_list_is_narrowed_by_account_and_unit(account, user, seo):
    other = make_account(unit=account.unit)
    make_post(account, actor=actor_for(user), title="On X")
    make_post(other, actor=actor_for(user), title="On the page")
    words = text_of(seo.get("/posts/", {"view": "drafts", "account": other.pk}))
    assert "On the page" in words
    assert "On X" not in words
    assert "On X" in text_of(seo.get("/posts/", {"view": "drafts", "unit": account.unit_id}))
    assert "On X" not in text_of(seo.get("/posts/", {"view": "drafts", "unit": make_unit().pk}))
    for nonsense in ({"unit": "x"}, {"account": "9" * 40}, {"unit": "-1"}):
        assert seo.get("/posts/", nonsense).status_code == 200


def test_a_long_list_comes_in_pages_without_losing_any(account, user, seo):
    titles = {
        make_post(account, actor=actor_for(user), title=f"Post {n:03}.").title for n in range(65)
    }
    query, seen = "?view=drafts", []
    while query:
        response = seo.get(f"/posts/{query}")
        words = text_of(response)
        seen += [title for title in titles if title in words]
        page = response.context["page"]
        query = f"?view=drafts&cursor={page.next_cursor}" if page.next_cursor else ""
    assert sorted(seen) == sorted(titles)


def test_an_empty_list_says_what_to_do(seo):
    assert "Nothing is scheduled" in text_of(seo.get("/posts/"))


@pytest.mark.parametrize("query", ["view=nonsense", "view=drafts&cursor=nonsense"])
def test_an_address_that_means_nothing_is_refused_kindly(seo, query):
    response = seo.get(f"/posts/?{query}")
    assert response.status_code == 422
    assert b"data-problem" in response.content


# --- The form ---


def test_a_draft_is_written_and_shown(account, seo):
    assert seo.get("/posts/new/").status_code == 200
    form = typed(account, then="draft")
    response = seo.post("/posts/new/", form)
    post = Post.objects.get()
    assert response["Location"] == f"/posts/{post.pk}/"
    assert (post.state, post.local_time) == ("draft", form["local_time"])
    words = text_of(seo.get(response["Location"]))
    assert "From Monday there is 5G" in words
    assert post.local_time.replace("T", " ") in words


def test_schedule_and_send_now_from_the_form(account, seo):
    seo.post("/posts/new/", typed(account, then="schedule"))
    seo.post("/posts/new/", typed(account, then="now", body="Now!", local_time=""))
    plan, now = Delivery.objects.order_by("pk")
    assert plan.not_before == Post.objects.order_by("pk").first().publish_at
    assert now.text == "Now!"
    send_next()
    now.refresh_from_db()
    assert now.state == "sent"
    post = now.post_target.post
    at = wall_time(post.publish_at, "Asia/Seoul")
    assert f"{at:%Y-%m-%d %H:%M:%S}" in text_of(seo.get(f"/posts/{post.pk}/"))


def test_each_account_may_have_words_of_its_own(account, seo):
    page = make_account(unit=account.unit)
    body = typed(account, accounts=[account.pk, page.pk], then="draft")
    seo.post("/posts/new/", body | {f"text_{account.pk}": "Short.", f"text_{page.pk}": "  "})
    words = {t.account_id: t.wording for t in Post.objects.get().targets.all()}
    assert words == {account.pk: "Short.", page.pk: body["body"]}


@pytest.mark.parametrize("then", ["schedule", "now"])
def test_a_double_click_is_one_post_and_no_complaint(account, seo, then):
    body = typed(account, then=then)
    first = seo.post("/posts/new/", body)
    if then == "now":
        send_next()
    second = seo.post("/posts/new/", body)
    assert first["Location"] == second["Location"]
    assert Post.objects.count() == Delivery.objects.count() == 1
    assert "Saved" in notices(second)


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"body": ""}, "This field is required"),
        ({"accounts": []}, "This field is required"),
        ({"accounts": ["999999"]}, "Select a valid choice"),
        ({"unit": "999999"}, "Select a valid choice"),
        ({"local_time": "tomorrow"}, "Enter a valid date"),
        ({"title": "t" * 201}, "at most 200"),
        ({"body": "b\x00"}, "Null characters"),
        ({"request_key": "nonsense"}, ""),
    ],
    ids=lambda given: next(iter(given)) if isinstance(given, dict) else "",
)
def test_what_cannot_be_saved_comes_back_with_what_was_typed(account, seo, changes, complaint):
    response = seo.post("/posts/new/", typed(account, title="Keep me") | changes)
    assert response.status_code == 422
    assert complaint in text_of(response)
    assert changes.get("title", "Keep me") in response.content.decode()
    assert not Post.objects.exists()


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"local_time": ""}, "Choose a time"),
        ({"local_time": in_seoul(hours=-1).isoformat()}, "This time has passed"),
        ({"body": "가" * 141}, "Too long"),
        ({"body": "See [link]"}, "has not been filled in"),
    ],
    ids=["no time", "past", "long", "placeholder"],
)
def test_what_cannot_be_scheduled_is_kept_as_a_draft_and_explained(
    account, seo, changes, complaint
):
    response = seo.post("/posts/new/", typed(account, then="schedule") | changes)
    post = Post.objects.get()
    assert (post.state, response["Location"]) == ("draft", f"/posts/{post.pk}/edit/")
    page = seo.get(response["Location"])
    assert complaint in text_of(page)
    assert changes.get("body", post.body) in text_of(page)


def test_old_words_under_a_used_key_come_back_with_an_explanation(account, seo):
    body = typed(account, then="draft")
    seo.post("/posts/new/", body)
    response = seo.post("/posts/new/", body | {"body": "I went back and wrote more."})
    assert response.status_code == 409
    assert "saved before" in text_of(response)
    assert "I went back and wrote more." in text_of(response)


# --- Changing ---


def edit_form(client, post):
    """What the browser would send back unchanged."""
    form = client.get(f"/posts/{post.pk}/edit/").context["form"]
    given = {name: form[name].value() for name in form.fields}
    return {name: value for name, value in given.items() if value not in (None, "")}


def test_an_edit_sent_back_unchanged_changes_nothing_but_the_version(account, user, seo):
    page = make_account(unit=account.unit)
    post = make_post(
        account, page, actor=actor_for(user), wording={page.pk: "Own."}, scheduled=True
    )
    before = Post.objects.values("title", "body", "state", "local_time", "publish_at").get()
    assert seo.post(f"/posts/{post.pk}/edit/", edit_form(seo, post)).status_code == 302
    after = Post.objects.values("title", "body", "state", "local_time", "publish_at").get()
    assert after == before
    assert set(Delivery.objects.values_list("text", flat=True)) == {"Own.", post.body}


def test_whoever_was_overtaken_keeps_what_they_typed(account, user, seo):
    post = make_post(account, actor=actor_for(user))
    mine = edit_form(seo, post) | {"body": "My careful words."}
    row = Post.objects.get()
    post_update(
        actor_for(user), post_id=post.pk, version=row.version,
        content=make_content(account, body="A colleague's."),
    )  # fmt: skip
    response = seo.post(f"/posts/{post.pk}/edit/", mine)
    assert response.status_code == 409
    assert "Somebody else has changed this post" in text_of(response)
    assert "My careful words." in text_of(response)
    assert Post.objects.get().body == "A colleague's."


def test_a_placement_whose_account_fell_silent_is_not_lost_by_an_edit(account, user, seo):
    quiet = make_account(unit=account.unit, name="Quiet page")
    post = make_post(account, quiet, actor=actor_for(user), scheduled=True)
    ChannelAccount.objects.filter(pk=quiet.pk).update(is_paused=True)
    assert "Quiet page" in text_of(seo.get(f"/posts/{post.pk}/edit/"))
    seo.post(f"/posts/{post.pk}/edit/", edit_form(seo, post) | {"body": "Better."})
    assert set(Delivery.objects.values_list("text", "state")) == {("Better.", "planned")}
    offered = seo.get("/posts/new/").context["form"].fields["accounts"].choices
    assert [pk for pk, _name in offered] == [account.pk]


def test_the_unit_stays_whatever_is_sent(account, seo, user):
    other = make_unit()
    user.memberships.create(role="staff", unit=other)
    post = make_post(account, actor=actor_for(user))
    body = edit_form(seo, post) | {"unit": other.pk}
    assert seo.post(f"/posts/{post.pk}/edit/", body).status_code == 302
    assert Post.objects.get().unit_id == account.unit_id


def test_another_zone_is_shown_and_kept(account, seo, user):
    given = {"local_time": in_seoul(days=2), "time_zone": "America/New_York"}
    post = make_post(account, actor=actor_for(user), scheduled=True, **given)
    assert "America/New_York" in text_of(seo.get(f"/posts/{post.pk}/"))
    assert "Time in America/New_York" in text_of(seo.get(f"/posts/{post.pk}/edit/"))
    seo.post(f"/posts/{post.pk}/edit/", edit_form(seo, post))
    row = Post.objects.get()
    assert (row.time_zone, row.publish_at) == ("America/New_York", post.publish_at)


# --- The buttons ---


def test_the_buttons_do_what_they_say(account, user, seo):
    post = make_post(account, actor=actor_for(user))
    for verb, state in [
        ("schedule", "scheduled"), ("unschedule", "draft"), ("now", "scheduled"), ("cancel", "cancelled"),
    ]:  # fmt: skip
        response = seo.post(f"/posts/{post.pk}/{verb}/")
        assert response["Location"] == f"/posts/{post.pk}/"
        assert Post.objects.get().state == state


def test_a_button_that_came_too_late_says_so(account, user, seo):
    post = make_post(account, actor=actor_for(user), scheduled=True)
    Delivery.objects.update(state="armed")
    response = seo.post(f"/posts/{post.pk}/cancel/")
    assert "can no longer be stopped" in notices(response)
    assert Post.objects.get().state == "scheduled"


def test_buttons_are_pressed_not_linked_to(account, user, seo):
    post = make_post(account, actor=actor_for(user))
    assert seo.get(f"/posts/{post.pk}/cancel/").status_code == 405
    assert seo.post(f"/posts/{post.pk}/explode/").status_code == 404
    assert Post.objects.get().state == "draft"


def test_the_part_that_lives_is_fetched_alone(account, user, seo):
    post = make_post(account, actor=actor_for(user))
    response = seo.get(f"/posts/{post.pk}/", headers={"HX-Request": "true", "HX-Target": "post"})
    assert b"<html" not in response.content
    assert response.content.count(b'id="post"') == 1


# --- Gates ---


def test_pages_have_the_gates_of_the_acts(account, user):
    post = make_post(account, actor=actor_for(user))
    reader = signed_in(make_user(role="operator", unit=account.unit))
    stranger = signed_in(make_user(role="staff", unit=make_unit()))
    guest = signed_in(make_user(role="guest", unit=account.unit))
    for path, reads in [("", 200), ("edit/", 403)]:
        assert reader.get(f"/posts/{post.pk}/{path}").status_code == reads
        assert stranger.get(f"/posts/{post.pk}/{path}").status_code == 404
    for verb in ("schedule", "unschedule", "cancel", "now"):
        assert reader.post(f"/posts/{post.pk}/{verb}/").status_code == 403
        assert stranger.post(f"/posts/{post.pk}/{verb}/").status_code == 404
    assert reader.get("/posts/new/").status_code == 403
    assert guest.get("/posts/").status_code == 403
    for path in ("", "new/", f"{post.pk}/", f"{post.pk}/edit/"):
        assert Client().get(f"/posts/{path}")["Location"].startswith("/sign-in")
    words = reader.get(f"/posts/{post.pk}/").content.decode()
    assert "/edit/" not in words


# --- What people write ---


@pytest.mark.parametrize("name", sorted(set(HOSTILE) - {"nul", "surrogate", "long", "lines"}))
def test_hostile_words_are_shown_and_do_nothing(account, user, seo, name):
    text = HOSTILE[name]
    post = make_post(
        account, actor=actor_for(user), title=text[:200], body=text, wording={account.pk: text}
    )
    for path in (f"/posts/{post.pk}/", f"/posts/{post.pk}/edit/", "/posts/?view=drafts"):
        response = seo.get(path)
        assert response.status_code == 200
        harmless(response)
    assert text.strip()[:40] in text_of(seo.get(f"/posts/{post.pk}/edit/"))
