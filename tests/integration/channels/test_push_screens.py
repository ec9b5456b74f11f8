"""The screen of an account's push: who sees it, what it says, and what may be done there."""

import pytest
from django.utils import timezone

from channels.actions.doors import door_open
from channels.models import PushDoor, PushEvent
from opsconsole.audit.models import Activity
from opsconsole.kernel.actor import SYSTEM
from tests.factories.channels import make_account, make_parked
from tests.support.doors import SECRET

pytestmark = pytest.mark.django_db


def words(response):
    return " ".join(response.content.decode().split())


@pytest.mark.parametrize(
    ("who", "status"),
    [("operator", 403), ("staff", 403), ("manager", 403), ("guest", 404), ("stranger", 404),
     ("administrator", 200), ("root", 200)],
)  # fmt: skip
def test_only_those_who_manage_the_account_see_it(company, browser, who, status):
    door = door_open(SYSTEM, account_id=company.account.pk)
    page = browser(who).get(f"/accounts/{company.account.pk}/push/")
    assert page.status_code == status
    assert (door.token in words(page)) == (status == 200)
    account = browser(who).get(f"/accounts/{company.account.pk}/")
    assert (door.token in words(account)) == (status == 200)
    acted = browser(who).post(f"/accounts/{company.account.pk}/push/close/")
    assert acted.status_code == (302 if status == 200 else status)


def test_it_is_switched_on_renewed_and_off(company, browser):
    client, path = browser("administrator"), f"/accounts/{company.account.pk}/push/"
    assert "Switch push on" in words(client.get(path))
    client.post(f"{path}open/")
    first = PushDoor.objects.get()
    page = words(client.get(path))
    assert f"/hooks/facebook/{first.token}" in page
    assert first.verify_token in page
    assert "The app secret is missing." in page
    client.post(f"{path}open/")
    assert PushDoor.objects.get().token == first.token
    client.post(f"{path}renew/")
    assert PushDoor.objects.get().token != first.token
    client.post(f"{path}close/")
    assert not PushDoor.objects.exists()
    assert client.post(f"{path}renew/", follow=True).status_code == 200
    assert client.post(f"{path}burn/").status_code == 404
    verbs = Activity.objects.filter(verb__startswith="channels.door").order_by("id")
    assert list(verbs.values_list("verb", flat=True)) == [
        "channels.door.opened", "channels.door.renewed", "channels.door.closed",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ({}, "Nothing has come yet."),
        ({"proved_at": timezone.now()}, "The platform has checked the address"),
        ({"proved_at": timezone.now(), "heard_at": timezone.now()}, "Last event:"),
        ({"refused_at": timezone.now()}, "wrong signature or token"),
    ],
    ids=["never", "proved", "heard", "refused"],
)
def test_it_says_how_pushing_does(company, browser, facts, said):
    account = make_account(unit=company.mobile, secrets={"app_secret": SECRET})
    door_open(SYSTEM, account_id=account.pk)
    PushDoor.objects.update(**facts)
    for path in (f"/accounts/{account.pk}/push/", f"/accounts/{account.pk}/"):
        page = words(browser("administrator").get(path))
        assert said in page
        assert "secret is missing" not in page


def test_a_blog_has_three_addresses(company, browser):
    account = make_account(unit=company.mobile, kind="blog")
    door = door_open(SYSTEM, account_id=account.pk)
    page = words(browser("administrator").get(f"/accounts/{account.pk}/push/"))
    for kind in ("webmention", "pingback", "trackback"):
        assert f"/hooks/blog/{door.token}/{kind}" in page
    assert "Verify token" not in page


def test_what_is_parked_is_listed_without_its_words_and_decided(company, browser):
    event = make_parked(company.account, "비밀스러운 말")
    other = make_parked(company.account)
    client, path = browser("administrator"), f"/accounts/{company.account.pk}/push/"
    page = words(client.get(path))
    assert f"Event {event.pk}" in page
    assert "ValueError: strange" in page
    assert "비밀" not in page
    assert "2 events are parked" in words(client.get(f"/accounts/{company.account.pk}/"))
    client.post(f"{path}events/{event.pk}/retry/")
    client.post(f"{path}events/{other.pk}/discard/")
    assert dict(PushEvent.objects.values_list("pk", "state")) == {
        event.pk: "waiting", other.pk: "dropped",
    }  # fmt: skip
    again = client.post(f"{path}events/{other.pk}/retry/", follow=True)
    assert "not parked any more" in words(again)
    assert client.post(f"{path}events/{event.pk}/burn/").status_code == 404


def test_events_of_another_account_are_out_of_reach(company, browser):
    event = make_parked(company.home_account)
    path = f"/accounts/{company.account.pk}/push/events/{event.pk}/discard/"
    browser("administrator").post(path)
    assert PushEvent.objects.get().state == "parked"
