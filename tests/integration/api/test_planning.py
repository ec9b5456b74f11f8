"""The calendar, daily goals and the secret address through the API."""

import pytest
from django.test import Client

from campaigns.models import DailyGoal
from opsconsole.audit.models import Activity
from tests.factories.campaigns import in_seoul, make_post
from tests.factories.channels import make_account

pytestmark = pytest.mark.django_db


@pytest.fixture
def seo(company, client_of):
    return client_of(company.seo)


def at(clock: str, days: int = 1):
    hour, minute = map(int, clock.split(":"))
    return in_seoul(days=days).replace(hour=hour, minute=minute, second=0)


def entries(answer):
    assert answer.status_code == 200, answer.json()
    return {day["date"]: day["entries"] for day in answer.json()["days"]}


def test_a_day_shows_posts_clashes_goals_and_free_times(company, seo):
    account = company.account
    first = make_post(account, body="one", scheduled=True, local_time=at("10:00"))
    second = make_post(account, body="two", scheduled=True, local_time=at("10:00"))
    make_post(make_account(unit=company.home), scheduled=True, local_time=at("10:00"))
    DailyGoal.objects.create(account=account, low=1, high=3)
    day = at("10:00").date().isoformat()
    answer = seo.get(f"/api/v1/calendar/?view=day&day={day}")
    shown = entries(answer)[day]
    assert [one["post"] for one in shown] == [first.pk, second.pk]
    assert shown[0]["local_time"] == f"{day}T10:00:00"
    assert (shown[0]["same_minute"], shown[0]["can_move"]) == ([second.pk], True)
    assert (shown[0]["accounts"], shown[0]["version"]) == ([account.pk], first.version)
    (row,) = [one for one in answer.json()["rows"] if one["account"]["id"] == account.pk]
    (tally,) = row["tallies"]
    assert tally == {"date": day, "done": 0, "planned": 2, "lost": 0, "low": 1, "high": 3}
    assert row["slots"]
    assert all(slot.startswith(day) for slot in row["slots"])


def test_the_zone_says_on_which_day_a_post_is(company, seo):
    make_post(company.account, scheduled=True, local_time=at("00:30", days=3))
    day, eve = (at("00:30", days=days).date().isoformat() for days in (3, 2))
    for zone, shown in (("Asia/Seoul", day), ("Europe/Berlin", eve)):
        found = entries(seo.get(f"/api/v1/calendar/?view=list&day={eve}&time_zone={zone}"))
        assert [date for date, rows in found.items() if rows] == [shown]
    assert seo.get("/api/v1/calendar/?time_zone=Mars").json()["field"] == "time_zone"
    assert seo.get("/api/v1/calendar/?view=year").json()["field"] == "view"
    month = seo.get("/api/v1/calendar/?day=2030-05-05&unit=1").json()
    assert len(month["days"]) % 7 == 0
    assert month["rows"] == []


def test_a_post_is_moved_by_the_clocks_of_any_zone(company, seo):
    post = make_post(company.account, scheduled=True, local_time=at("10:00", days=3))
    address = f"/api/v1/posts/{post.pk}/move/"
    wanted = at("03:00", days=5).isoformat()
    body = {"local_time": wanted, "time_zone": "Europe/Berlin", "version": post.version}
    answer = seo.post(address, body, format="json")
    assert answer.status_code == 200
    assert answer.json()["time_zone"] == "Asia/Seoul"
    assert answer.json()["local_time"][11:] in {"10:00:00", "11:00:00"}
    assert seo.post(address, body, format="json").json()["code"] == "version"
    past = {"local_time": "2020-01-01T10:00:00", "version": answer.json()["version"]}
    assert seo.post(address, past, format="json").json()["code"] == "past"


def test_goals_are_set_read_and_taken_away(company, seo, client_of):
    account = company.account
    address = f"/api/v1/accounts/{account.pk}/daily-goal/"
    assert seo.get(address).status_code == 404
    made = seo.put(address, {"low": 1, "high": 3}, format="json")
    assert made.json() == seo.get(address).json()
    assert (made.json()["low"], made.json()["high"]) == (1, 3)
    assert [one["account"]["id"] for one in seo.get("/api/v1/daily-goals/").json()] == [account.pk]
    assert seo.put(address, {"low": 4, "high": 3}, format="json").json()["code"] == "goal"
    assert seo.put(address, {"low": 0, "high": 0}, format="json").json()["field"] == "high"
    other = make_account(unit=company.home)
    DailyGoal.objects.create(account=other, low=1, high=1)
    theirs = f"/api/v1/accounts/{other.pk}/daily-goal/"
    assert seo.get(theirs).status_code == seo.delete(theirs).status_code == 404
    assert len(seo.get("/api/v1/daily-goals/").json()) == 1
    ana = client_of(company.ana)
    assert ana.put(address, {"low": 1, "high": 2}, format="json").status_code == 403
    assert seo.delete(address).status_code == 204
    assert seo.get(address).status_code == 404
    assert Activity.objects.filter(verb="campaigns.goal.set").count() == 2


def test_the_secret_address_is_told_once(company, seo):
    address = "/api/v1/calendar/feed/"
    assert seo.get(address).status_code == 404
    made = seo.post(address, {}, format="json")
    assert made.status_code == 201
    secret = made.json()["address"].partition("/posts/")[2]
    assert Client().get(f"/posts/{secret}").status_code == 200
    assert set(seo.get(address).json()) == {"made_at", "read_at"}
    assert seo.get(address).json()["read_at"] is not None
    assert seo.delete(address).status_code == seo.delete(address).status_code == 204
    assert Client().get(f"/posts/{secret}").status_code == 404
