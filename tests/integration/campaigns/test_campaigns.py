"""Campaigns: who plans and sees them, what they gather, and the screens and endpoints of both."""

from datetime import timedelta
from functools import partial
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from campaigns.actions.campaigns import Plan, campaign_create, campaign_move, campaign_update
from campaigns.actions.posts import post_cancel, post_update
from campaigns.models import Campaign, Post
from campaigns.selectors.campaigns import campaign_for, campaign_page, campaign_results
from channels.errors import Rejected
from channels.models import Delivery
from opsconsole.audit.models import Activity
from opsconsole.kernel.clock import now
from opsconsole.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from opsconsole.people.selectors import actor_for
from tests.factories.campaigns import in_seoul, make_campaign, make_content, make_post
from tests.factories.channels import make_account
from tests.factories.people import make_actor, make_unit, make_user
from tests.integration.api.conftest import token_client
from tests.support.html import harmless, text_of
from tests.support.sending import refuse_next, send_next

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


@pytest.fixture
def client(user):
    found = Client()
    found.force_login(user)
    return found


def plan(**given):
    today = now().date()
    return Plan(**({"name": "Launch", "starts_on": today, "ends_on": today} | given))


def test_a_campaign_is_planned_changed_and_moved(account, seo):
    key, other = uuid4(), make_unit()
    make = partial(campaign_create, seo, unit_id=account.unit_id, request_key=key)
    found = make(plan=plan(partners=[other.pk], tags=["#5G", "5G", " "], goal="Be known"))
    assert make(plan=plan()) == found
    assert (found.state, found.tags) == ("planned", ["5G"])
    assert [user.pk for user in found.owners.all()] == [seo.user_id]
    campaign_update(seo, campaign_id=found.pk, plan=plan(name="Later"), version=1)
    assert not found.partners.exists()
    with pytest.raises(Conflict):
        campaign_update(seo, campaign_id=found.pk, plan=plan(), version=1)
    for state in ("running", "over", "archived", "over"):
        campaign_move(seo, campaign_id=found.pk, state=state)
    with pytest.raises(Conflict):
        campaign_move(seo, campaign_id=found.pk, state="planned")
    with pytest.raises(Invalid):
        campaign_move(seo, campaign_id=found.pk, state="nonsense")
    verbs = set(
        Activity.objects.filter(subject_type="campaigns.campaign").values_list("verb", flat=True)
    )
    assert verbs == {f"campaigns.campaign.{verb}" for verb in ("created", "updated", "moved")}


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": " "},
        {"ends_on": now().date() - timedelta(days=1)},
        {"partners": [10**9]},
        {"owners": [10**9]},
        {"tags": ["x" * 41]},
        {"tags": [str(n) for n in range(21)]},
        {"goal": "x" * 4001},
    ],
    ids=lambda wrong: next(iter(wrong)),
)
def test_what_makes_no_sense_is_refused_at_its_field(account, seo, wrong):
    with pytest.raises(Invalid) as told:
        make_campaign(unit=account.unit, actor=seo, **wrong)
    assert told.value.data["field"] == next(iter(wrong))
    assert not Campaign.objects.exists()


def test_owners_write_posts_in_one_of_the_units(account, seo):
    reader = make_user(role="operator", unit=account.unit)
    with pytest.raises(Invalid):
        make_campaign(unit=account.unit, actor=seo, owners=[reader.pk])
    partner = make_unit()
    there = make_user(role="staff", unit=partner)
    found = make_campaign(unit=account.unit, actor=seo, owners=[there.pk], partners=[partner.pk])
    assert list(found.owners.all()) == [there]


def test_units_that_take_part_see_it_and_only_the_owning_one_changes_it(account, seo):
    partner = make_unit()
    found = make_campaign(unit=account.unit, actor=seo, partners=[partner.pk])
    there, stranger = make_actor("staff", partner), make_actor("staff", make_unit())
    assert campaign_for(there, found.pk) == found
    assert campaign_page(there).rows == [found]
    with pytest.raises(NotAllowed):
        campaign_move(there, campaign_id=found.pk, state="running")
    for act in (campaign_for, partial(campaign_move, state="running")):
        with pytest.raises(NotFound):
            act(stranger, campaign_id=found.pk)
    assert campaign_page(stranger).rows == []
    reader = make_actor("operator", account.unit)
    with pytest.raises(NotAllowed):
        campaign_move(reader, campaign_id=found.pk, state="running")


# --- Its posts ---


def test_posts_join_only_campaigns_in_which_their_unit_takes_part(account, seo):
    mine = make_campaign(unit=account.unit, actor=seo)
    foreign = make_campaign(unit=make_unit())
    post = make_post(account, actor=seo, campaign=mine.pk)
    assert post.campaign == mine
    for wrong in (foreign.pk, 10**12):
        with pytest.raises(Invalid) as told:
            make_post(account, actor=seo, campaign=wrong)
        assert told.value.data["field"] == "campaign"
    campaign_move(seo, campaign_id=mine.pk, state="archived")
    with pytest.raises(Invalid):
        make_post(account, actor=seo, campaign=mine.pk)
    content = make_content(account, campaign=mine.pk)
    post_update(seo, post_id=post.pk, content=content, version=post.version)
    assert Post.objects.get(pk=post.pk).campaign == mine


def test_results_gather_as_far_as_one_may_read_them(account, seo):
    partner = make_unit()
    found = make_campaign(unit=account.unit, actor=seo, partners=[partner.pk])
    make_post(account, actor=seo, campaign=found.pk)
    coming = make_post(account, actor=seo, campaign=found.pk, scheduled=True)
    sent, refused = (
        make_post(account, actor=seo, campaign=found.pk, scheduled=True) for _ in range(2)
    )
    for post, act in ((sent, send_next), (refused, partial(refuse_next, Rejected("No.")))):
        Delivery.objects.filter(post_target__post=post).update(not_before=now())
        act()
    gone = make_post(account, actor=seo, campaign=found.pk)
    post_cancel(seo, post_id=gone.pk)
    make_post(make_account(unit=partner), campaign=found.pk, scheduled=True)
    results = campaign_results(seo, found)
    assert results.posts == {"draft": 1, "scheduled": 1, "done": 2, "cancelled": 1}
    assert results.placements == {"sent": 1, "decide": 0, "not_sent": 1, "cancelled": 0}
    assert results.coming == [coming]
    assert results.trouble == [refused]
    row = campaign_page(seo).rows[0]
    assert (row.post_count, row.coming_count) == (4, 1)
    everything = campaign_results(make_actor("manager"), found)
    assert everything.posts["scheduled"] == 2


def test_a_campaign_cannot_end_before_it_starts_in_the_database_either(account, seo):
    found = make_campaign(unit=account.unit, actor=seo)
    with pytest.raises(IntegrityError), transaction.atomic():
        Campaign.objects.update(ends_on=found.starts_on - timedelta(days=1))


# --- Screens ---


def typed(account, **given):
    today = now().date().isoformat()
    return {
        "unit": account.unit_id, "name": "Launch", "goal": "Be known", "starts_on": today,
        "ends_on": today, "tags": "5G, islands", "request_key": str(uuid4()),
    } | given  # fmt: skip


def test_it_is_planned_and_shown_on_screens(account, user, client):
    assert "No campaigns here" in text_of(client.get("/posts/campaigns/"))
    assert client.get("/posts/campaigns/new/").status_code == 200
    answer = client.post("/posts/campaigns/new/", typed(account, owners=[user.pk]))
    found = Campaign.objects.get()
    assert answer["Location"] == f"/posts/campaigns/{found.pk}/"
    make_post(account, actor=actor_for(user), campaign=found.pk, title="First", scheduled=True)
    page = client.get(answer["Location"])
    harmless(page)
    words = text_of(page)
    assert all(word in words for word in ("Launch", "Be known", "islands", "First", "Seo"))
    client.post(f"/posts/campaigns/{found.pk}/move/", {"state": "running"})
    assert "Running" in text_of(client.get("/posts/campaigns/"))
    form = typed(account, name="Later", version=2)
    assert client.post(f"/posts/campaigns/{found.pk}/edit/", form).status_code == 302
    assert "Later" in text_of(client.get("/posts/campaigns/"))
    assert "First" in text_of(client.get(f"/posts/?campaign={found.pk}"))
    assert "First" not in text_of(client.get("/posts/?campaign=999999"))


@pytest.mark.parametrize("wrong", [{"name": ""}, {"ends_on": "2001-01-01"}, {"starts_on": "x"}])
def test_a_refusal_keeps_what_was_typed(account, client, wrong):
    answer = client.post("/posts/campaigns/new/", typed(account, goal="Kept words") | wrong)
    assert answer.status_code == 422
    assert "Kept words" in answer.content.decode()


def test_a_post_is_written_for_a_campaign_on_its_form(account, user, client):
    found = make_campaign(unit=account.unit, actor=actor_for(user))
    page = client.get(f"/posts/new/?campaign={found.pk}")
    assert f'value="{found.pk}" selected' in page.content.decode()
    given = {
        "unit": account.unit_id, "title": "T", "body": "B", "accounts": [account.pk],
        "local_time": in_seoul(hours=2).isoformat(), "request_key": str(uuid4()),
        "campaign": found.pk, "then": "schedule",
    }  # fmt: skip
    answer = client.post("/posts/new/", given)
    assert answer.status_code == 302
    assert Post.objects.get().campaign == found
    assert found.name in text_of(client.get(answer["Location"]))


# --- The API ---


def test_programs_plan_and_read_campaigns(account, user):
    api = token_client(user)
    today = now().date().isoformat()
    body = {"unit": account.unit_id, "name": "Launch", "starts_on": today, "ends_on": today}
    made = api.post("/api/v1/campaigns/", body, format="json")
    assert made.status_code == 201, made.content
    address = f"/api/v1/campaigns/{made.json()['id']}/"
    changed = api.put(
        address,
        {
            "name": "Later",
            "starts_on": today,
            "ends_on": today,
            "version": made.json()["version"],
        },
        format="json",
    )
    assert changed.json()["name"] == "Later"
    assert api.post(f"{address}move/", {"state": "running"}, format="json").status_code == 200
    post = api.post(
        "/api/v1/posts/",
        {
            "unit": account.unit_id, "title": "", "body": "B", "campaign": made.json()["id"],
            "targets": [{"account": account.pk}],
        },
        format="json",
    )  # fmt: skip
    assert post.json()["campaign"] == made.json()["id"]
    assert api.get(f"{address}results/").json()["posts"]["draft"] == 1
    listed = api.get("/api/v1/posts/", {"view": "drafts", "campaign": made.json()["id"]}).json()
    assert [row["id"] for row in listed["results"]] == [post.json()["id"]]
    shown = api.get("/api/v1/campaigns/").json()["results"]
    assert [row["name"] for row in shown] == ["Later"]
    stranger = token_client(make_user(role="staff", unit=make_unit()))
    assert stranger.get(address).status_code == 404
