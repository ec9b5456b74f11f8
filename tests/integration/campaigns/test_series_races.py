"""Series under several hands: however many write ahead, one post for each date."""

from datetime import date
from functools import partial
from uuid import uuid4

import pytest

from campaigns.actions.occurrences import series_write_due
from campaigns.actions.posts import post_cancel, post_update
from campaigns.actions.series import series_change, series_create, series_end, series_skip
from campaigns.models import Post, Series
from campaigns.tasks import write_series
from channels.models import Delivery
from opsconsole.kernel.errors import Conflict
from tests.factories.campaigns import make_content, make_plan, make_series
from tests.factories.channels import make_account
from tests.factories.people import make_actor
from tests.support.together import together

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def account():
    return make_account(kind="x")


@pytest.fixture
def seo(account):
    return make_actor("staff", account.unit)


def keys():
    return list(
        Post.objects.filter(occurrence_key__isnull=False)
        .order_by("occurrence_key")
        .values_list("occurrence_key", flat=True)
    )


def test_four_beats_at_once_write_each_date_once(account, seo):
    for turn in range(1, 4):
        make_series(account, actor=seo, texts=[f"T{turn} {{{{number}}}}"])
        results = together(*[write_series] * 4)
        assert [result for result in results if isinstance(result, Exception)] == []
        write_series()
        assert len(keys()) == Delivery.objects.count() == 35 * turn


def test_a_double_click_begins_one_series(account, seo):
    for turn in range(1, 4):
        click = partial(
            series_create, seo, unit_id=account.unit_id, plan=make_plan(account),
            request_key=uuid4(),
        )  # fmt: skip
        results = together(click, click, click)
        assert {type(result) for result in results} == {Series}
        assert Series.objects.count() == turn


def test_a_change_and_a_beat_at_once_leave_one_text_for_each_date(account, seo):
    series = make_series(account, actor=seo, texts=["0 {{number}}"])
    for turn in range(1, 4):
        row = Series.objects.get(pk=series.pk)
        plan = make_plan(account, texts=[f"{turn} {{{{number}}}}"])
        edit = partial(series_change, seo, series_id=row.pk, plan=plan, version=row.version)
        results = together(edit, series_write_due, series_write_due)
        assert [result for result in results if isinstance(result, Exception)] == []
        write_series()
        assert len(keys()) == len(set(keys())) == 35
        bodies = list(Delivery.objects.filter(state="planned").values_list("text", flat=True))
        assert sorted(bodies) == sorted(f"{turn} {number}" for number in range(1, 36))


def test_this_and_following_by_two_at_once_splits_once(account, seo):
    series = make_series(account, actor=seo)
    write_series()
    row = Series.objects.get(pk=series.pk)
    day = sorted(keys())[9]

    jobs = [
        partial(
            series_change, seo, series_id=row.pk, version=row.version, first_day=date.fromisoformat(day),
            plan=make_plan(account, texts=[f"{who} {{{{number}}}}"], starts_on=date.fromisoformat(day)),
        )
        for who in "ab"
    ]  # fmt: skip
    results = together(*jobs, series_write_due)
    assert sorted(type(result).__name__ for result in results[:2]) == ["Conflict", "Series"]
    write_series()
    assert Series.objects.count() == 2
    assert len(keys()) == len(set(keys())) == 35


def test_somebody_who_edits_one_while_all_are_changed_loses_nothing(account, seo):
    series = make_series(account, actor=seo)
    write_series()
    for turn in range(3):
        row = Series.objects.get(pk=series.pk)
        post = Post.objects.filter(is_detached=False).order_by("occurrence_key")[5]
        mine = partial(
            post_update, seo, post_id=post.pk, content=make_content(account, body=f"Mine {turn}"),
            version=post.version,
        )  # fmt: skip
        plan = make_plan(account, texts=[f"All {turn} {{{{number}}}}"])
        all_ = partial(series_change, seo, series_id=row.pk, plan=plan, version=row.version)
        edited, changed = together(mine, all_)
        assert isinstance(changed, Series)
        write_series()
        post.refresh_from_db()
        if isinstance(edited, Conflict):
            assert post.body.startswith(f"All {turn}")
        else:
            assert post.body == f"Mine {turn}"


def test_leaving_out_ending_and_writing_at_once_never_hang(account, seo):
    for _ in range(3):
        series = make_series(account, actor=seo)
        post = series.posts.order_by("occurrence_key")[1]

        results = together(
            partial(series_skip, seo, series_id=series.pk, day=date.fromisoformat(post.occurrence_key)),
            partial(post_cancel, seo, post_id=post.pk),
            partial(series_end, seo, series_id=series.pk),
            write_series,
        )  # fmt: skip
        assert all(
            not isinstance(result, Exception) or isinstance(result, Conflict) for result in results
        )
        write_series()
        assert not series.posts.filter(state="scheduled").exists()
    assert not Delivery.objects.filter(state="planned").exists()
