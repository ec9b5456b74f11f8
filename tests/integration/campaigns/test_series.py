"""Posts that repeat: written ahead once for each date, changed from one on, left out, ended."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError

from campaigns.actions.posts import post_cancel, post_update
from campaigns.actions.series import (
    series_change,
    series_create,
    series_end,
    series_restore,
    series_skip,
)
from campaigns.models import Post, Series
from campaigns.recurrence import Frequency
from campaigns.selectors.series import lines_of, series_for
from campaigns.tasks import write_series
from channels.models import Delivery
from opsconsole.audit.models import Activity
from opsconsole.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from opsconsole.people.models import Membership, User
from tests.factories.campaigns import make_content, make_plan, make_post, make_series
from tests.factories.channels import make_account
from tests.factories.people import make_actor, make_unit

pytestmark = pytest.mark.django_db

NOON = datetime(2027, 3, 1, 3, tzinfo=UTC)  # in Seoul
FIRST = date(2027, 3, 2)


@pytest.fixture(autouse=True)
def _noon(time_machine):
    time_machine.move_to(NOON, tick=False)


@pytest.fixture
def account():
    return make_account(kind="x")


@pytest.fixture
def seo(account):
    return make_actor("staff", account.unit)


def day(number):
    return FIRST + timedelta(days=number - 1)


def posts(series=None):
    rows = Post.objects.filter(occurrence_key__isnull=False).order_by("occurrence_key")
    return list(rows if series is None else rows.filter(series=series))


def said(series=None):
    return {post.occurrence_key: post.body for post in posts(series) if post.state == "scheduled"}


def change(actor, series, first_day=None, **given):
    row = Series.objects.get(pk=series.pk)
    plan = make_plan(*row.accounts.all(), **given)
    changed = series_change(
        actor, series_id=row.pk, plan=plan, version=row.version, first_day=first_day
    )
    write_series()
    return changed


# --- Writing ahead ---


def test_the_first_stand_at_once_and_the_rest_soon(account, seo):
    facebook = make_account(unit=account.unit)
    series = make_series(
        account, facebook, actor=seo, texts=["오늘 {{date}} {{요일}}, {{회차}}회"]
    )
    assert len(posts()) == 10
    write_series()
    assert [post.occurrence_key for post in posts()] == [
        day(number).isoformat() for number in range(1, 36)
    ]
    first = posts()[0]
    assert first.body == "오늘 3월 2일 화요일, 1회"
    assert first.publish_at == datetime(2027, 3, 2, 6, tzinfo=UTC)
    assert first.author_id == seo.user_id
    assert {post.state for post in posts()} == {"scheduled"}
    assert Delivery.objects.count() == 70
    assert Activity.objects.get(verb="campaigns.series.created").subject_id == series.pk


def test_writing_again_and_again_writes_nothing_twice(account, seo):
    make_series(account, actor=seo)
    for _ in range(3):
        write_series()
        Series.objects.update(written_to=None)
    assert len(posts()) == Delivery.objects.count() == 35


def test_the_database_itself_refuses_a_second_post_for_a_date(account, seo):
    series = make_series(account, actor=seo)
    other = make_post(account, actor=seo)
    with pytest.raises(IntegrityError):
        Post.objects.filter(pk=other.pk).update(
            series=series, occurrence_key=posts()[0].occurrence_key
        )


def test_days_that_pass_bring_new_ones_into_sight(account, seo, time_machine):
    make_series(account, actor=seo)
    write_series()
    time_machine.move_to(NOON + timedelta(days=3), tick=False)
    write_series()
    assert posts()[-1].occurrence_key == day(38).isoformat()
    assert len(posts()) == 38


def test_what_has_an_end_is_written_to_its_end_and_then_let_alone(account, seo, time_machine):
    series = make_series(account, actor=seo, count=12)
    write_series()
    assert len(posts()) == 12
    time_machine.move_to(NOON + timedelta(days=60), tick=False)
    write_series()
    assert len(posts()) == 12
    series.refresh_from_db()
    assert series.last_on == day(12)


def test_what_can_never_be_written_is_not_tried_for_ever(account, seo):
    series = make_series(account, actor=seo)
    series.accounts.clear()
    write_series()
    assert len(posts()) == 10


def test_a_second_click_begins_no_second_series(account, seo):
    plan, key = make_plan(account), uuid4()
    both = [
        series_create(seo, unit_id=account.unit_id, plan=plan, request_key=key) for _ in range(2)
    ]
    assert both[0] == both[1]
    assert len(posts()) == 10
    with pytest.raises(Conflict):
        series_create(
            seo, unit_id=account.unit_id, plan=replace(plan, texts=["Other"]), request_key=key
        )


# --- Texts that go round ---


def test_texts_take_turns_and_may_say_the_same_two_days_later(account, seo):
    make_series(account, actor=seo, texts=["Come at three.", "Today: the event."])
    write_series()
    bodies = [post.body for post in posts()]
    assert bodies[:4] == ["Come at three.", "Today: the event."] * 2
    assert {post.state for post in posts()} == {"scheduled"}


@pytest.mark.parametrize("texts", [["Same."], ["Same.", "Same.", "Other."]])
def test_two_days_in_a_row_may_not_say_the_same(account, seo, texts):
    with pytest.raises(Invalid) as told:
        make_series(account, actor=seo, texts=texts)
    assert told.value.code == "same_text"
    assert not Series.objects.exists()
    assert not Post.objects.exists()


def test_a_clash_that_shows_later_leaves_a_draft_that_says_why(account, seo):
    clash = make_post(
        account, actor=seo, body="No. 20", scheduled=True,
        local_time=datetime.combine(day(20), time(12)),
    )  # fmt: skip
    make_series(account, actor=seo, texts=["No. {{number}}"])
    write_series()
    (left,) = [post for post in posts() if post.state == "draft"]
    assert (left.occurrence_key, left.trouble) == (day(20).isoformat(), "same_text")
    assert clash.state == "scheduled"


def test_turning_the_texts_round_does_not_stand_in_its_own_way(account, seo):
    series = make_series(account, actor=seo, texts=["A", "B"])
    write_series()
    change(seo, series, texts=["B", "A"])
    assert [post.body for post in posts()][:4] == ["B", "A", "B", "A"]
    assert {post.state for post in posts()} == {"scheduled"}


# --- Changing ---


def test_changing_all_changes_what_is_to_come(account, seo):
    series = make_series(account, actor=seo)
    write_series()
    before = {post.pk for post in posts()}
    changed = change(seo, series, texts=["New {{number}}"], clock=time(16))
    assert changed.pk == series.pk
    assert said()[day(30).isoformat()] == "New 30"
    assert {post.pk for post in posts()} == before
    assert posts()[0].publish_at == datetime(2027, 3, 2, 7, tzinfo=UTC)
    assert Delivery.objects.filter(state="planned").count() == 35


def test_this_and_following_keeps_what_came_before(account, seo):
    series = make_series(account, actor=seo, texts=["Old {{number}}"])
    write_series()
    new = change(seo, series, day(10), texts=["New {{number}}"], starts_on=day(10))
    assert new.continues == series
    assert said(series) == {day(n).isoformat(): f"Old {n}" for n in range(1, 10)}
    assert said(new) == {day(n).isoformat(): f"New {n}" for n in range(10, 36)}
    series.refresh_from_db()
    assert (series.until, series.last_on) == (day(9), day(9))
    write_series()
    assert len(posts()) == 35


def test_a_rule_with_fewer_dates_gives_the_others_up(account, seo):
    series = make_series(account, actor=seo)
    write_series()
    change(
        seo,
        series,
        frequency=Frequency.WEEKLY,
        weekdays=(FIRST.weekday(),),
        texts=["W {{number}}"],
    )
    assert said() == {day(1 + 7 * n).isoformat(): f"W {n + 1}" for n in range(5)}
    assert Delivery.objects.filter(state="planned").count() == 5
    change(seo, series, texts=["D {{number}}"])
    assert len(said()) == 35, "freed places are taken again"
    assert Delivery.objects.filter(state="planned").count() == 35


def test_one_changed_alone_stays_as_it_is(account, seo):
    series = make_series(account, actor=seo)
    write_series()
    third = posts()[2]
    content = make_content(
        account, body="Special day!", local_time=datetime.combine(day(3), time(18))
    )
    post_update(seo, post_id=third.pk, content=content, version=third.version)
    new = change(seo, series, day(2), texts=["New {{number}}"], starts_on=day(2))
    third.refresh_from_db()
    assert (third.body, third.series, third.is_detached) == ("Special day!", new, True)
    assert said(new)[day(4).isoformat()] == "New 4"
    assert Post.objects.filter(occurrence_key=day(3).isoformat()).count() == 1


@pytest.mark.parametrize("state", ["claimed", "armed", "ambiguous"])
def test_what_is_under_way_is_neither_changed_nor_written_again(account, seo, state):
    series = make_series(account, actor=seo, texts=["Old {{number}}"])
    write_series()
    Delivery.objects.filter(post_target__post=posts()[0]).update(state=state)
    new = change(seo, series, day(1), texts=["New {{number}}"], clock=time(16))
    assert said(new)[day(1).isoformat()] == "Old 1"
    assert said(new)[day(2).isoformat()] == "New 2"
    assert Post.objects.filter(publish_at__date=day(1)).count() == 1


def test_who_was_overtaken_is_told(account, seo):
    series = make_series(account, actor=seo)
    change(seo, series)
    with pytest.raises(Conflict) as told:
        series_change(seo, series_id=series.pk, plan=make_plan(account), version=1)
    assert told.value.code == "version"


def test_a_refused_change_changes_nothing(account, seo):
    series = make_series(account, actor=seo)
    write_series()
    before = said()
    with pytest.raises(Invalid):
        change(seo, series, texts=["Same."])
    write_series()
    assert said() == before


def test_words_too_long_on_one_day_do_not_go_out_old(account, seo):
    """A rewrite that cannot be scheduled must not leave the former words on their way."""
    series = make_series(account, actor=seo)
    write_series()
    make_post(
        account, actor=seo, body="N 30", scheduled=True,
        local_time=datetime.combine(day(30), time(9)),
    )  # fmt: skip
    change(seo, series, texts=["N {{number}}"])
    thirtieth = posts()[29]
    assert (thirtieth.state, thirtieth.trouble, thirtieth.body) == ("draft", "same_text", "N 30")


# --- Leaving out, taking in, ending ---


def test_a_date_left_out_stays_out_until_it_is_taken_in(account, seo):
    series = make_series(account, actor=seo)
    write_series()
    for far in (day(3), day(60)):
        for _ in range(2):
            series_skip(seo, series_id=series.pk, day=far)
    Series.objects.update(written_to=None)
    write_series()
    assert day(3).isoformat() not in said()
    assert Series.objects.get().skipped == [day(3).isoformat(), day(60).isoformat()]
    series_restore(seo, series_id=series.pk, day=day(3))
    assert said()[day(3).isoformat()].endswith("no. 3")
    assert len(said()) == 35


def test_a_cancelled_occurrence_stays_cancelled_until_it_is_taken_in(account, seo):
    series = make_series(account, actor=seo)
    post_cancel(seo, post_id=posts()[0].pk)
    Series.objects.update(written_to=None)
    write_series()
    assert day(1).isoformat() not in said()
    series_restore(seo, series_id=series.pk, day=day(1))
    assert day(1).isoformat() in said()


def test_what_has_gone_out_cannot_be_left_out(account, seo):
    series = make_series(account, actor=seo)
    Delivery.objects.filter(post_target__post=posts()[0]).update(state="armed")
    with pytest.raises(Conflict):
        series_skip(seo, series_id=series.pk, day=day(1))
    for other in (day(0), date(2026, 1, 1)):
        with pytest.raises(NotFound):
            series_skip(seo, series_id=series.pk, day=other)


def test_ending_gives_up_what_is_to_come(account, seo):
    series = make_series(account, actor=seo)
    write_series()
    Delivery.objects.filter(post_target__post=posts()[0]).update(state="armed")
    for _ in range(2):
        series_end(seo, series_id=series.pk)
    write_series()
    assert list(said()) == [day(1).isoformat()]
    assert not Delivery.objects.filter(state="planned").exists()
    for act in (
        lambda: series_skip(seo, series_id=series.pk, day=day(2)),
        lambda: change(seo, series),
    ):
        with pytest.raises(Conflict):
            act()


# --- What cannot be, and who may ---


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"texts": [" "]}, "body"),
        ({"texts": ["{{datum}}"]}, "body"),
        ({"texts": ["가" * 141 + "{{number}}"]}, None),
        ({"account_ids": []}, "accounts"),
        ({"zone": "Mars/Base"}, "zone"),
        ({"interval": 0}, "interval"),
        ({"count": 1001}, "count"),
        ({"until": date(2027, 3, 1)}, "until"),
        ({"starts_on": date(2027, 1, 1), "until": date(2027, 2, 1)}, "local_time"),
        ({"frequency": Frequency.MONTHLY, "month_day": 40}, "repeats"),
        ({"language": "fr"}, "language"),
    ],
)
def test_what_cannot_be_says_where(account, seo, given, field):
    with pytest.raises(Invalid) as told:
        make_series(account, actor=seo, **given)
    assert field is None or told.value.data["field"] == field
    assert not Series.objects.exists()


def test_each_role_may_what_it_may_and_only_in_its_units(account):
    series = make_series(account)
    acts = {
        "read": lambda who: series_for(who, series.pk),
        "skip": lambda who: series_skip(who, series_id=series.pk, day=day(1)),
        "restore": lambda who: series_restore(who, series_id=series.pk, day=day(1)),
        "change": lambda who: series_change(
            who, series_id=series.pk, plan=make_plan(account), version=0
        ),
        "end": lambda who: series_end(who, series_id=series.pk),
    }
    for role in ("staff", "manager"):
        for act in acts.values():
            with pytest.raises(NotFound):
                act(make_actor(role, make_unit()))
    reader = make_actor("operator", account.unit)
    acts.pop("read")(reader)
    for act in acts.values():
        with pytest.raises(NotAllowed):
            act(reader)
    with pytest.raises(NotAllowed):
        make_series(account, actor=reader)


def test_the_author_may_leave_the_house_and_the_series_goes_on(account, seo):
    make_series(account, actor=seo)
    Membership.objects.all().delete()
    User.objects.filter(pk=seo.user_id).update(is_active=False)
    write_series()
    assert len(said()) == 35


def test_the_page_shows_each_time_with_its_post(account, seo):
    series = make_series(account, actor=seo)
    series_skip(seo, series_id=series.pk, day=day(2))
    lines = lines_of(Series.objects.get())
    assert [line.post is None for line in lines[:11]] == [False] * 10 + [True]
    assert [line.is_skipped for line in lines[:3]] == [False, True, False]
