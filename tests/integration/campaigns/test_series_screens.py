"""The screens of series: choosing a rule in the post's form, its dates beforehand, and its page."""

from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest
from django.test import Client

from campaigns.models import Post, Series
from opsconsole.people.selectors import actor_for
from tests.factories.campaigns import make_series
from tests.factories.channels import make_account
from tests.factories.people import make_unit, make_user
from tests.support.hostile import HOSTILE
from tests.support.html import harmless, text_of

pytestmark = pytest.mark.django_db

NOON = datetime(2027, 3, 1, 3, tzinfo=UTC)  # in Seoul


@pytest.fixture(autouse=True)
def _noon(time_machine):
    time_machine.move_to(NOON, tick=False)


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
        "unit": account.unit_id, "title": "Event", "body": "The event of {{date}} at {{time}}.",
        "accounts": [account.pk], "local_time": "2027-03-02T15:00", "request_key": str(uuid4()),
        "repeats": "daily", "interval": 1, "count": 30, "language": "en", "then": "schedule",
    } | given  # fmt: skip


def test_a_rule_chosen_in_the_form_becomes_a_series(account, seo):
    response = seo.post("/posts/new/", typed(account))
    series = Series.objects.get()
    assert response["Location"] == f"/posts/series/{series.pk}/"
    page = text_of(seo.get(response["Location"]))
    assert "every day · 15:00 · 30 times" in page
    assert "The event of 2 March at 3 pm." in page
    assert Post.objects.count() == 10


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"repeats": "weekly", "weekdays": [1, 3]}, "every week: Tuesday, Thursday"),
        ({"repeats": "monthly", "monthly_by": "day", "interval": 2}, "every 2 months: day 2"),
        ({"repeats": "monthly", "monthly_by": "last"}, "every month: last day"),
        ({"repeats": "monthly", "monthly_by": "nth"}, "every month: first Tuesday"),
    ],
)
def test_a_rule_is_said_as_it_was_chosen(account, seo, given, words):
    response = seo.post("/posts/new/", typed(account, **given))
    assert words in text_of(seo.get(response["Location"]))


def test_the_next_dates_are_shown_beforehand_with_what_clocks_do(account, seo):
    given = typed(account, local_time="2027-03-26T02:30", zone="Europe/Berlin")
    page = text_of(seo.post("/posts/series/preview/", given))
    assert page.count("The event of") == 10
    assert "The event of 28 March at 3:30 am." in page
    assert "Clocks skip this time" in page
    assert not Post.objects.exists()


def test_texts_take_turns_in_what_is_shown_and_kept(account, seo):
    given = typed(account, body="A {{number}}", more_texts=["B {{number}}", ""])
    assert "B 2" in text_of(seo.post("/posts/series/preview/", given))
    seo.post("/posts/new/", given)
    assert Series.objects.get().texts == ["A {{number}}", "B {{number}}"]


@pytest.mark.parametrize(
    ("given", "complaint"),
    [
        ({"body": "Always the same."}, "exactly this within 24 hours"),
        ({"local_time": ""}, "Choose a time"),
        ({"body": "{{datum}}"}, "no variable {{datum}}"),
        ({"until": "2027-02-01"}, "The end lies before the beginning"),
        ({"interval": 0}, "greater than or equal to 1"),
    ],
)
def test_what_cannot_be_comes_back_with_what_was_typed(account, seo, given, complaint):
    response = seo.post("/posts/new/", typed(account, title="Keep me", **given))
    assert "Keep me" in response.content.decode()
    assert response.status_code == 422
    assert complaint in text_of(response)
    assert not Series.objects.exists()


def test_leaving_out_taking_in_and_ending(account, user, seo):
    series = make_series(account, actor=actor_for(user))
    for verb, words in [("skip", "Left out"), ("restore", "Leave out")]:
        seo.post(f"/posts/series/{series.pk}/{verb}/", {"day": "2027-03-03"})
        assert words in text_of(seo.get(f"/posts/series/{series.pk}/"))
    seo.post(f"/posts/series/{series.pk}/end/")
    assert Series.objects.get().ended_at == NOON
    assert seo.post(f"/posts/series/{series.pk}/skip/", {"day": "never"}).status_code == 404
    assert seo.post(f"/posts/series/{series.pk}/explode/").status_code == 404


def form_of(client, address):
    """What the browser would send back unchanged."""
    page = client.get(address)
    form, repeat = page.context["form"], page.context["repeat"]
    given = {name: one[name].value() for one in (form, repeat) for name in one.fields}
    given["more_texts"] = repeat.more_texts
    return {name: value for name, value in given.items() if value not in (None, "")}


def test_this_and_following_goes_on_from_its_day(account, user, seo):
    series = make_series(account, actor=actor_for(user), count=20)
    address = f"/posts/series/{series.pk}/edit/?from=2027-03-06"
    given = form_of(seo, address)
    assert (given["local_time"], given["count"]) == ("2027-03-06T15:00:00", 16)
    response = seo.post(address, given | {"body": "New {{number}}"})
    new = Series.objects.get(continues=series)
    assert response["Location"] == f"/posts/series/{new.pk}/"
    assert new.posts.get(occurrence_key="2027-03-06").body == "New 5"
    assert "continues this one" in text_of(seo.get(f"/posts/series/{series.pk}/"))
    assert text_of(seo.get("/posts/series/")).count("Event") < 4


def test_all_that_is_to_come_is_changed(account, user, seo):
    series = make_series(account, actor=actor_for(user))
    address = f"/posts/series/{series.pk}/edit/"
    seo.post(address, form_of(seo, address) | {"body": "New {{number}}"})
    assert set(Post.objects.values_list("body", flat=True)) == {f"New {n}" for n in range(1, 11)}


def test_who_was_overtaken_keeps_what_they_typed(account, user, seo):
    series = make_series(account, actor=actor_for(user))
    address = f"/posts/series/{series.pk}/edit/"
    mine = form_of(seo, address) | {"body": "Mine {{number}}"}
    seo.post(address, mine | {"body": "First {{number}}"})
    response = seo.post(address, mine)
    assert response.status_code == 409
    assert "Mine {{number}}" in text_of(response)


def test_one_is_edited_alone(account, user, seo):
    series = make_series(account, actor=actor_for(user))
    post = series.posts.order_by("occurrence_key")[2]
    page = text_of(seo.get(f"/posts/{post.pk}/edit/"))
    assert "holds for this one alone" in page
    assert "One of a series" in text_of(seo.get(f"/posts/{post.pk}/"))


def test_pages_have_the_gates_of_the_acts(account, user):
    series = make_series(account, actor=actor_for(user))
    reader = signed_in(make_user(role="operator", unit=account.unit))
    stranger = signed_in(make_user(role="staff", unit=make_unit()))
    base = f"/posts/series/{series.pk}/"
    assert [reader.get(base).status_code, stranger.get(base).status_code] == [200, 404]
    assert [one.get(f"{base}edit/").status_code for one in (reader, stranger)] == [403, 404]
    for verb in ("skip", "restore", "end"):
        given = {"day": (date(2027, 3, 1) + timedelta(days=2)).isoformat()}
        assert reader.post(f"{base}{verb}/", given).status_code == 403
        assert stranger.post(f"{base}{verb}/", given).status_code == 404
    assert reader.post("/posts/series/preview/", {}).status_code == 403
    assert "edit/" not in reader.get(base).content.decode()
    assert series.texts[0] not in stranger.get("/posts/series/").content.decode()


@pytest.mark.parametrize(
    "name", sorted(set(HOSTILE) - {"nul", "surrogate", "long", "lines", "template"})
)
def test_hostile_words_are_shown_and_do_nothing(account, user, seo, name):
    text = HOSTILE[name]
    series = make_series(
        account, actor=actor_for(user), title=text[:200], texts=[text[:200] + " {{number}}"]
    )
    for path in ("", "edit/"):
        harmless(seo.get(f"/posts/series/{series.pk}/{path}"))
    harmless(seo.get("/posts/series/"))
    harmless(seo.post("/posts/series/preview/", typed(account, body=text)))
