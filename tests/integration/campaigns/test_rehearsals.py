"""Asking for rehearsals, one at a time; what those who ask may; what one is about."""

from datetime import timedelta
from types import SimpleNamespace
from uuid import uuid4

import environ
import pytest
from django.db import connection
from django.utils import translation

from campaigns.actions.rehearsals import (
    SILENT_FOR,
    Wish,
    rehearsal_ask,
    rehearsal_begin,
    rehearsal_cancel,
    rehearsal_done,
    rehearsal_failed,
    rehearsal_heard,
    rehearsals_bury,
)
from campaigns.models import Post, PostTarget, Rehearsal
from campaigns.rehearsal.misfortunes import Faults
from campaigns.rehearsal.scratch import url_of
from campaigns.rehearsal.script import clashes_of, limits_of, script_of
from campaigns.rehearsal_words import verdict
from campaigns.selectors.rehearsals import rehearsal_for, report_seen_by
from channels.models import ChannelAccount, Delivery
from opsconsole.audit.models import Activity
from opsconsole.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from tests.factories.campaigns import in_seoul, make_campaign, make_post
from tests.factories.channels import make_account, make_delivery
from tests.factories.people import make_actor, make_unit
from tests.factories.rehearsals import line_about, report_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def house():
    """A unit with an account on X, a manager, somebody on the staff, and a campaign with one post."""
    account = make_account(kind="x")
    boss, seo = (make_actor(role, account.unit) for role in ("manager", "staff"))
    campaign = make_campaign(unit=account.unit, actor=boss)
    post = make_post(account, actor=seo, campaign=campaign.pk, scheduled=True, title="Post")
    return SimpleNamespace(account=account, boss=boss, seo=seo, campaign=campaign, post=post)


def ask(house, actor=None, campaign=None, **wish):
    return rehearsal_ask(
        actor or house.boss, campaign_id=(campaign or house.campaign).pk, wish=Wish(**wish),
        request_key=uuid4(),
    )  # fmt: skip


def test_managers_and_owners_may_ask(house):
    assert ask(house).state == "queued"
    with pytest.raises(NotAllowed):
        ask(house, house.seo)
    mine = make_campaign(unit=house.account.unit, actor=house.seo)
    make_post(house.account, actor=house.seo, campaign=mine.pk, scheduled=True)
    assert ask(house, house.seo, mine).state == "queued"
    with pytest.raises(NotFound):
        ask(house, make_actor("manager", make_unit()))


def test_a_campaign_has_one_at_a_time(house):
    ask(house)
    with pytest.raises(Conflict) as refused:
        ask(house)
    assert refused.value.code == "under_way"


def test_a_second_click_is_harmless(house):
    key = uuid4()
    first, second = (
        rehearsal_ask(house.boss, campaign_id=house.campaign.pk, wish=Wish(), request_key=key)
        for _ in range(2)
    )
    assert first == second


def test_nothing_to_rehearse_is_said(house):
    empty = make_campaign(unit=house.account.unit, actor=house.boss)
    with pytest.raises(Conflict) as refused:
        ask(house, campaign=empty)
    assert refused.value.code == "nothing"


def test_what_would_take_too_long_is_refused_unless_gaps_are_shortened(house, settings):
    settings.REHEARSAL_MINUTES = 10
    make_post(
        house.account, actor=house.seo, campaign=house.campaign.pk, scheduled=True,
        local_time=in_seoul(days=3),
    )  # fmt: skip
    with pytest.raises(Invalid) as refused:
        ask(house, skips_gaps=False)
    assert refused.value.code == "too_long"
    assert ask(house, skips_gaps=True).state == "queued"


def test_one_runs_in_the_whole_installation(house):
    other = make_campaign(unit=house.account.unit, actor=house.boss)
    make_post(house.account, actor=house.seo, campaign=other.pk, scheduled=True)
    first, second = ask(house), ask(house, campaign=other)
    assert rehearsal_begin() == first
    assert rehearsal_begin() is None
    begun = Rehearsal.objects.get(pk=first.pk)
    rehearsal_done(begun, report_of())
    assert rehearsal_begin() == second


def test_a_stopped_run_notices_and_leaves_no_report(house):
    ask(house)
    begun = rehearsal_begin()
    assert rehearsal_heard(begun, {"step": "running"})
    rehearsal_cancel(house.boss, rehearsal_id=begun.pk)
    assert not rehearsal_heard(begun, {"step": "running"})
    rehearsal_done(begun, report_of())
    rehearsal_failed(begun, "crashed")
    begun.refresh_from_db()
    assert (begun.state, begun.report, begun.reason) == ("cancelled", None, "")
    with pytest.raises(Conflict):
        rehearsal_cancel(house.boss, rehearsal_id=begun.pk)
    verbs = Activity.objects.filter(verb__startswith="campaigns.rehearsal").order_by("pk")
    assert list(verbs.values_list("verb", flat=True)) == [
        "campaigns.rehearsal.asked", "campaigns.rehearsal.cancelled",
    ]  # fmt: skip


def test_whoever_is_silent_too_long_is_held_for_dead(house):
    ask(house)
    begun = rehearsal_begin()
    assert rehearsals_bury() == []
    Rehearsal.objects.update(heard_at=begun.heard_at - SILENT_FOR - timedelta(seconds=1))
    assert rehearsals_bury() == [begun.pk]
    begun.refresh_from_db()
    assert (begun.state, begun.reason) == ("failed", "died")


def test_a_report_shows_what_its_reader_may_read(house):
    walled = make_unit()
    ask(house)
    begun = rehearsal_begin()
    mine = line_about(house.post)
    theirs = line_about(house.post, unit=walled.pk, title="Theirs", goes=False, reason="draft")
    clash = {"kind": "alike", "posts": [{"post": 1, "title": "a", "unit": walled.pk}]}
    rehearsal_done(begun, report_of(mine, theirs, clashes=[clash]))
    report = report_seen_by(house.seo, rehearsal_for(house.seo, begun.pk))
    assert [one["title"] for one in report.rows] == ["Post"]
    assert (report.hidden, report.clashes) == (1, [])
    with pytest.raises(NotFound):
        rehearsal_for(make_actor("manager", walled), begun.pk)


@pytest.mark.parametrize(
    ("rows", "sentence"),
    [
        ([{}, {}], "All 2 would go out within 2 s."),
        ([{}, {"goes": False, "reason": "not_approved"}],
         "1 of 2 would go out within 2 s; 1 is not approved."),
        ([{}, {"late": 31.2}], "2 of 2 would go out, 1 within 2 s, the last 32 s late."),
        ([{"goes": False, "reason": "draft"}] * 2, "None of 2 would go out; 2 are drafts."),
    ],
)  # fmt: skip
def test_the_verdict_is_one_sentence(house, rows, sentence):
    ask(house)
    begun = rehearsal_begin()
    rehearsal_done(begun, report_of(*(line_about(house.post, **one) for one in rows)))
    begun.refresh_from_db()
    with translation.override("en"):
        assert verdict(report_seen_by(house.boss, begun)) == sentence


def test_clashes_are_found_beforehand(house):
    same = {"actor": house.seo, "scheduled": True, "local_time": in_seoul(hours=2)}
    other = make_post(house.account, **same)
    make_post(house.account, campaign=house.campaign.pk, title="Twice", **same)
    clashes = clashes_of(house.boss, script_of(house.boss, house.campaign))
    assert "same_minute" in {clash["kind"] for clash in clashes}
    assert other.pk in {post["post"] for clash in clashes for post in clash["posts"]}


def test_limits_of_platforms_are_found_beforehand(house):
    """X takes 100 posts in a quarter of an hour; the other hundred belong to no campaign."""
    assert limits_of(house.boss, script_of(house.boss, house.campaign)) == []
    at = Delivery.objects.get(post_target__post=house.post).not_before
    for n in range(100):
        delivery = make_delivery(
            account=house.account, kind="post", not_before=at + timedelta(seconds=n)
        )
        post = Post.objects.create(
            unit=house.account.unit, author_id=house.seo.user_id, title="", body=f"{n}",
            state="scheduled", publish_at=at, request_key=uuid4(), created_at=at, updated_at=at,
        )  # fmt: skip
        PostTarget.objects.create(post=post, account=house.account, delivery=delivery)
    (limit,) = limits_of(house.boss, script_of(house.boss, house.campaign))
    assert (limit["count"], limit["most"], limit["name"]) == (101, 100, house.account.name)
    ChannelAccount.objects.update(budget_quarter=50, budget_reserved=20)
    _platform, budget = limits_of(house.boss, script_of(house.boss, house.campaign))
    assert (budget["whose"], budget["count"], budget["most"]) == ("budget", 101, 40)


def test_the_address_of_a_database_is_read_back_as_it_was_written():
    given = {**connection.settings_dict}
    parsed = environ.Env.db_url_config(url_of("another name"))
    assert parsed["NAME"] == "another name"
    for part in ("USER", "PASSWORD", "HOST"):
        assert parsed[part] == given[part]
    assert parsed.get("OPTIONS", {}) == given["OPTIONS"]


def test_asking_changes_no_post(house):
    before = list(ChannelAccount.objects.values())
    ask(house, faults=Faults.HARD)
    assert list(ChannelAccount.objects.values()) == before
