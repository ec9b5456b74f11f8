"""Series through the API: begun, seen date by date, changed from a date on, left out, ended."""

from uuid import uuid4

import pytest

from campaigns.models import Series
from tests.factories.campaigns import in_seoul, make_image, make_series
from tests.factories.channels import make_account

pytestmark = pytest.mark.django_db


@pytest.fixture
def seo(company, client_of):
    return client_of(company.seo)


def day(days):
    return in_seoul(days=days).date().isoformat()


def plan(account, **given):
    rule = {"frequency": "daily", "starts_on": day(1), "clock": "15:00"} | given.pop("rule", {})
    return {
        "unit": account.unit_id, "texts": ["Tip no. {{number}}"],
        "targets": [{"account": account.pk}], "rule": rule,
    } | given  # fmt: skip


def post(client, address, body, **headers):
    return client.post(f"/api/v1/series/{address}", body, format="json", headers=headers)


def test_a_series_is_begun_once_and_shown_whole(company, seo):
    image = make_image(unit=company.mobile, alt_text="what it shows")
    x = make_account(unit=company.mobile, kind="x")
    body = plan(
        company.account, title="Tips", images=[{"image": image.pk}], link_tag="tips",
        lateness="ask", language="en",
        targets=[{"account": company.account.pk, "parts": ["Comment {{number}}"]},
                 {"account": x.pk, "text": "On X: {{number}}"}],
        rule={"frequency": "monthly", "starts_on": day(1), "nth": 2, "weekdays": [1], "count": 5},
    )  # fmt: skip
    key = str(uuid4())
    first, again = (post(seo, "", body, **{"Idempotency-Key": key}) for _ in range(2))
    assert (first.status_code, again.status_code) == (201, 201), first.json()
    shown = seo.get(f"/api/v1/series/{first.json()['id']}/").json()
    assert again.json()["id"] == shown["id"]
    assert shown["rule"] == {
        "frequency": "monthly", "starts_on": day(1), "clock": "15:00:00", "time_zone": "Asia/Seoul",
        "interval": 1, "weekdays": [1], "month_day": 0, "nth": 2, "until": None, "count": 5,
    }  # fmt: skip
    by_account = {one["account"]: one for one in shown["targets"]}
    assert by_account[company.account.pk]["parts"] == ["Comment {{number}}"]
    assert by_account[x.pk]["text"] == "On X: {{number}}"
    assert (shown["link_tag"], shown["lateness"], shown["language"]) == ("tips", "ask", "en")
    assert [one["image"] for one in shown["images"]] == [image.pk]
    assert [row["id"] for row in seo.get("/api/v1/series/").json()["results"]] == [shown["id"]]
    same = {
        name: shown[name] for name in ("title", "texts", "targets", "rule", "images", "language")
    }
    kept = seo.put(
        f"/api/v1/series/{shown['id']}/", same | {"version": shown["version"]}, format="json"
    )
    assert (kept.status_code, kept.json()["rule"]) == (200, shown["rule"])


def test_dates_are_seen_left_out_and_taken_in_again(company, seo):
    made = post(seo, "", plan(company.account)).json()
    address = f"/api/v1/series/{made['id']}/"
    lines = seo.get(f"{address}occurrences/").json()
    assert lines[0] == {
        "number": 1, "day": day(1), "local_time": f"{day(1)}T15:00:00",
        "at": lines[0]["at"], "shift": "", "text": "Tip no. 1", "post": lines[0]["post"],
        "is_skipped": False,
    }  # fmt: skip
    assert lines[0]["post"] is not None
    skipped = post(seo, f"{made['id']}/skip/", {"day": day(2)})
    assert (skipped.status_code, skipped.json()["skipped"]) == (200, [day(2)])
    assert seo.get(f"{address}occurrences/").json()[1]["is_skipped"]
    assert post(seo, f"{made['id']}/restore/", {"day": day(2)}).json()["skipped"] == []
    assert post(seo, f"{made['id']}/skip/", {"day": day(-9)}).status_code == 404
    assert post(seo, f"{made['id']}/skip/", {"day": "soon"}).json()["field"] == "day"


def test_it_is_changed_from_a_date_on_and_ended(company, seo):
    made = post(seo, "", plan(company.account)).json()
    change = plan(company.account, texts=["Other {{number}}"], rule={"starts_on": day(5)})
    del change["unit"]
    address = f"/api/v1/series/{made['id']}/"
    given = change | {"version": made["version"], "first_day": day(5)}
    following = seo.put(address, given, format="json").json()
    assert (following["continues"], following["first_number"]) == (made["id"], 5)
    assert seo.get(address).json()["rule"]["until"] == day(4)
    stale = seo.put(address, given, format="json")
    assert (stale.status_code, stale.json()["code"]) == (409, "version")
    ended = post(seo, f"{following['id']}/end/", {})
    assert ended.json()["ended_at"] is not None
    late = change | {"version": ended.json()["version"]}
    over = seo.put(f"/api/v1/series/{following['id']}/", late, format="json")
    assert (over.status_code, over.json()["code"]) == (409, "over")


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"texts": []}, "texts"), ({"texts": ["{{nothing}}"]}, "body"),
        ({"targets": []}, "targets"), ({"targets": [{"account": 999_999}]}, "accounts"),
        ({"rule": {"frequency": "hourly"}}, "rule.frequency"),
        ({"rule": {"time_zone": "Mars"}}, "rule.time_zone"),
        ({"rule": {"interval": 100}}, "rule.interval"),
        ({"rule": {"frequency": "monthly", "nth": 2, "weekdays": [1, 2]}}, "repeats"),
        ({"rule": {"starts_on": "2020-01-01", "until": "2020-02-01"}}, "local_time"),
        ({"rule": {"until": "2020-02-01"}}, "until"), ({"lateness": "soon"}, "lateness"),
        ({"language": "fr"}, "language"), ({"campaign": 999_999}, "campaign"), ({"x": 1}, "x"),
    ],
)  # fmt: skip
def test_what_makes_no_sense_says_where(company, seo, given, field):
    answer = post(seo, "", plan(company.account, **given))
    assert (answer.status_code, answer.json()["field"]) == (422, field)
    assert not Series.objects.exists()


def test_gates(company, seo, client_of):
    other = make_series(make_account(unit=company.home))
    for act, body in (("skip", {"day": day(1)}), ("end", {})):
        assert post(seo, f"{other.pk}/{act}/", body).status_code == 404
    assert seo.get(f"/api/v1/series/{other.pk}/occurrences/").status_code == 404
    assert post(seo, "", plan(make_account(unit=company.home))).status_code == 403
    mine = make_series(company.account)
    ana = client_of(company.ana)
    assert post(ana, "", plan(company.account)).status_code == 403
    assert post(ana, f"{mine.pk}/end/", {}).status_code == (
        403 if ana.get(f"/api/v1/series/{mine.pk}/").status_code == 200 else 404
    )
    assert Series.objects.get(pk=mine.pk).ended_at is None
