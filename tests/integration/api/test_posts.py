"""Writing and timing posts through the API."""

from datetime import datetime, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from campaigns.models import Post
from channels.lifecycle import DeliveryState
from channels.models import Delivery
from opsconsole.kernel.clock import now
from tests.factories.channels import make_account
from tests.integration.api.conftest import token_client

SEOUL = ZoneInfo("Asia/Seoul")


@pytest.fixture
def seo(company):
    return token_client(company.seo)


def in_hours(hours):
    return (now() + timedelta(hours=hours)).astimezone(SEOUL).strftime("%Y-%m-%dT%H:%M:%S")


def write(client, company, **changes):
    body = {
        "unit": company.mobile.pk,
        "title": "5G on the islands",
        "body": "From Monday there is 5G on Ulleungdo.",
        "targets": [{"account": company.account.pk}],
        "local_time": in_hours(2),
    }
    extra = {"headers": changes.pop("headers")} if "headers" in changes else {}
    return client.post("/api/v1/posts/", body | changes, format="json", **extra)


def act(client, post, verb, body=None):
    return client.post(f"/api/v1/posts/{post['id']}/{verb}/", body or {}, format="json")


def change(client, post, **changes):
    return client.patch(
        f"/api/v1/posts/{post['id']}/", {"version": post["version"]} | changes, format="json"
    )


def test_a_draft_is_written_scheduled_and_becomes_a_delivery(company, seo):
    answer = write(seo, company)
    assert answer.status_code == 201, answer.content
    draft = answer.json()
    assert (draft["state"], draft["targets"][0]["delivery"]) == ("draft", None)
    scheduled = act(seo, draft, "schedule").json()
    assert scheduled["state"] == "scheduled"
    delivery = Delivery.objects.get(pk=scheduled["targets"][0]["delivery"]["id"])
    local = datetime.fromisoformat(draft["local_time"]).replace(tzinfo=SEOUL)
    assert delivery.not_before == local
    assert delivery.text == draft["body"]


def test_each_account_may_have_its_own_words(company, seo):
    other = make_account(unit=company.mobile, kind="x")
    targets = [{"account": company.account.pk}, {"account": other.pk, "text": "Shorter."}]
    shown = write(seo, company, targets=targets).json()["targets"]
    assert {target["account"]["id"]: target["wording"] for target in shown} == {
        company.account.pk: "From Monday there is 5G on Ulleungdo.",
        other.pk: "Shorter.",
    }


def test_the_same_key_twice_is_one_post_and_nobody_elses(company, seo):
    key = {"headers": {"Idempotency-Key": str(uuid4())}}
    at = in_hours(2)
    first, second = (write(seo, company, local_time=at, **key) for _turn in range(2))
    assert first.json()["id"] == second.json()["id"]
    assert Post.objects.count() == 1
    stranger = write(token_client(company.min), company, **key)
    assert (stranger.status_code, stranger.json()["code"]) == (409, "key_reused")


def test_a_change_leaves_the_rest_as_it_was(company, seo):
    draft = write(seo, company).json()
    changed = change(seo, draft, title="Six").json()
    assert changed["title"] == "Six"
    same = ["body", "local_time", "time_zone", "state", "publish_at"]
    assert [changed[name] for name in same] == [draft[name] for name in same]
    assert [t["account"] for t in changed["targets"]] == [t["account"] for t in draft["targets"]]


def test_a_change_to_what_somebody_else_has_changed_is_refused(company, seo):
    draft = write(seo, company).json()
    assert change(token_client(company.min), draft, title="One").status_code == 200
    late = change(seo, draft, title="Two")
    assert (late.status_code, late.json()["code"]) == (409, "version")


def test_changing_a_scheduled_post_moves_its_delivery(company, seo):
    scheduled = act(seo, write(seo, company).json(), "schedule").json()
    changed = change(seo, scheduled, body="Other words.", local_time=in_hours(5)).json()
    delivery = Delivery.objects.get()
    assert delivery.text == "Other words."
    assert changed["publish_at"] != scheduled["publish_at"]


def test_unschedule_cancel_and_send_now(company, seo):
    first = act(seo, write(seo, company).json(), "schedule").json()
    back = act(seo, first, "unschedule").json()
    assert (back["state"], back["publish_at"]) == ("draft", None)
    assert act(seo, back, "cancel").json()["state"] == "cancelled"
    assert act(seo, back, "schedule").status_code == 409
    sent = act(seo, write(seo, company, body="Now!", local_time=None).json(), "send-now").json()
    assert sent["targets"][0]["delivery"]["state"] in {"planned", "ready"}


def test_what_is_under_way_can_no_longer_be_stopped(company, seo):
    post = act(seo, write(seo, company).json(), "schedule").json()
    Delivery.objects.update(state=DeliveryState.ARMED)
    assert act(seo, post, "cancel").status_code == 409
    assert change(seo, post, body="Too late.").status_code == 409


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"title": 5 * ["x"]}, "title"),
        ({"title": "t" * 201}, "title"),
        ({"targets": []}, "targets"),
        ({"targets": [{"account": 10**30}]}, "accounts"),
        ({"targets": [{"account": 1, "words": "x"}]}, "targets.0.words"),
        ({"local_time": "tomorrow"}, "local_time"),
        ({"local_time": "2026-10-09T09:00:00+09:00"}, "local_time"),
        ({"local_time": "0001-01-01T00:00:00"}, "local_time"),
        ({"local_time": "9999-12-31T23:59:59"}, "local_time"),
        ({"time_zone": "Mars/Olympus"}, "time_zone"),
        ({"time_zone": "../etc/passwd"}, "time_zone"),
        ({"state": "done"}, "state"),
        ({"version": 1}, "version"),
    ],
)
def test_what_is_wrong_is_named(company, seo, changes, field):
    answer = write(seo, company, **changes)
    assert answer.status_code == 422, answer.content
    assert answer.json()["field"] == field
    assert not Post.objects.exists()


def test_accounts_of_other_units_cannot_be_posted_to(company, seo):
    answer = write(seo, company, targets=[{"account": company.home_account.pk}])
    assert (answer.status_code, answer.json()["field"]) == (422, "accounts")
    assert write(seo, company, unit=company.home.pk).status_code == 403


def test_a_time_that_has_passed_is_refused_when_it_matters(company, seo):
    draft = write(seo, company, local_time=in_hours(-1)).json()
    refused = act(seo, draft, "schedule")
    assert (refused.status_code, refused.json()["code"]) == (422, "past")


@pytest.mark.parametrize("verb", ["", "schedule/", "unschedule/", "send-now/", "cancel/"])
def test_posts_have_the_same_gates_as_everything(company, seo, verb):
    post = write(seo, company).json()
    address = f"/api/v1/posts/{post['id']}/{verb}"
    method, body = ("patch", {"version": 1}) if not verb else ("post", {})
    for user, status in [(company.chioma, 404), (company.ana, 403), (company.gil, 404)]:
        answer = getattr(token_client(user), method)(address, body, format="json")
        assert answer.status_code == status, user


def test_who_writes_no_posts_may_read_them(company, seo):
    post = write(seo, company).json()
    ana = token_client(company.ana)
    assert ana.get(f"/api/v1/posts/{post['id']}/").status_code == 200
    assert write(ana, company).status_code == 403


def schedule_many(company, seo, number):
    made = []
    for turn in range(number):
        words = f"News {uuid4()}"
        post = write(seo, company, body=words, local_time=in_hours(turn + 1)).json()
        made.append(act(seo, post, "schedule").json()["id"])
    return made


def test_lists_come_in_pages_at_a_fixed_cost(company, seo):
    made = schedule_many(company, seo, 3)
    with CaptureQueriesContext(connection) as few:
        seo.get("/api/v1/posts/")
    made += schedule_many(company, seo, 12)
    with CaptureQueriesContext(connection) as many:
        assert len(seo.get("/api/v1/posts/").json()["results"]) == len(made)
    assert len(few) == len(many)
    seen, address = [], "/api/v1/posts/?limit=4"
    while address:
        page = seo.get(address).json()
        seen += [row["id"] for row in page["results"]]
        address = page["next"]
    assert sorted(seen) == sorted(made)
    times = [Post.objects.get(pk=pk).publish_at for pk in seen]
    assert times == sorted(times)


def test_views_tell_drafts_from_what_is_planned_and_what_is_over(company, seo):
    draft = write(seo, company, body="draft").json()
    planned = act(seo, write(seo, company, body="planned").json(), "schedule").json()
    over = act(seo, write(seo, company, body="over").json(), "schedule").json()
    act(seo, over, "cancel")
    for view, post in [("drafts", draft), ("upcoming", planned), ("past", over)]:
        found = seo.get(f"/api/v1/posts/?view={view}").json()["results"]
        assert [row["id"] for row in found] == [post["id"]], view


@pytest.mark.parametrize(
    "query", ["view=soon", "cursor=x", "view=drafts&cursor=WyJ4Il0", "unit=x"]
)
def test_queries_that_cannot_be_understood_are_refused(seo, query):
    assert seo.get(f"/api/v1/posts/?{query}").status_code == 422
