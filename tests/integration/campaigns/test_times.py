"""A wall time and its instant: to the second in Seoul, and where clocks are set forward and back."""

from datetime import UTC, datetime, timedelta

import pytest

from campaigns.calendar import instant, is_skipped, wall_time
from channels import tasks
from channels.models import Delivery
from opsconsole.tasks import settle
from tests.factories.campaigns import make_post
from tests.support.platforms import connect


def utc(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("zone", "local", "at"),
    [
        ("Asia/Seoul", "2026-11-11T11:11:11", "2026-11-11T02:11:11"),
        ("Asia/Seoul", "2026-12-31T23:59:59", "2026-12-31T14:59:59"),
        ("Asia/Seoul", "2028-02-29T00:00:00", "2028-02-28T15:00:00"),
        # New York skips 2:00 to 3:00 on 8 March 2026 …
        ("America/New_York", "2026-03-08T01:59:59", "2026-03-08T06:59:59"),
        ("America/New_York", "2026-03-08T02:30:00", "2026-03-08T07:30:00"),
        ("America/New_York", "2026-03-08T03:00:00", "2026-03-08T07:00:00"),
        # … and has 1:00 to 2:00 twice on 1 November 2026: the first is meant.
        ("America/New_York", "2026-11-01T01:30:00", "2026-11-01T05:30:00"),
        ("America/New_York", "2026-11-01T02:00:00", "2026-11-01T07:00:00"),
        ("Australia/Lord_Howe", "2026-10-04T02:15:00", "2026-10-03T15:45:00"),
    ],
)
def test_what_a_clock_on_the_wall_means(zone, local, at):
    assert instant(datetime.fromisoformat(local), zone) == utc(at)


@pytest.mark.parametrize(
    ("zone", "local", "skipped"),
    [
        ("America/New_York", "2026-03-08T02:30:00", True),
        ("America/New_York", "2026-11-01T01:30:00", False),
        ("Asia/Seoul", "2026-03-08T02:30:00", False),
    ],
)
def test_a_time_no_clock_shows_is_known(zone, local, skipped):
    local = datetime.fromisoformat(local)
    assert is_skipped(local, zone) is skipped
    shown = wall_time(instant(local, zone), zone)
    assert shown == (local + timedelta(hours=1) if skipped else local)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("zone", "local", "at"),
    [
        ("Asia/Seoul", "2027-01-01T09:00:07", "2027-01-01T00:00:07"),
        ("America/New_York", "2027-03-14T02:30:00", "2027-03-14T07:30:00"),
        ("America/New_York", "2027-11-07T01:30:00", "2027-11-07T05:30:00"),
    ],
)
def test_a_post_is_due_at_its_instant_and_keeps_its_wall_time(zone, local, at, time_machine):
    time_machine.move_to(utc("2026-12-24T12:00:00"))
    post = make_post(local_time=datetime.fromisoformat(local), time_zone=zone, scheduled=True)
    assert (post.publish_at, post.local_time, post.time_zone) == (utc(at), local, zone)
    assert Delivery.objects.get().not_before == utc(at)


@pytest.mark.django_db
def test_it_goes_out_on_the_second_not_before(sandbox, time_machine, run_background):
    line = connect(sandbox, "x")
    at = utc("2027-06-01T06:00:00")
    time_machine.move_to(at - timedelta(minutes=5), tick=False)
    post = make_post(
        line.account,
        local_time=datetime.fromisoformat("2027-06-01T15:00:00"),
        body="오후 3시입니다",
        scheduled=True,
    )
    for early in (60, 1, 0.001):
        time_machine.move_to(at - timedelta(seconds=early), tick=False)
        tasks.dispatch()
        assert line.stands() == {}
    time_machine.move_to(at, tick=False)
    for _ in range(3):  # two schedulers, one of them twice
        tasks.dispatch()
    assert line.stands() == {"오후 3시입니다": 1}
    run_background()
    post.refresh_from_db()
    assert post.state == "done"


@pytest.mark.django_db
def test_a_slot_that_was_slept_through_is_missed_and_not_made_up(time_machine):
    time_machine.move_to(utc("2027-06-01T05:00:00"), tick=False)
    post = make_post(local_time=datetime.fromisoformat("2027-06-01T15:00:00"), scheduled=True)
    time_machine.move_to(utc("2027-06-01T06:30:01"), tick=False)
    tasks.dispatch()
    assert Delivery.objects.get().state == "missed"
    settle()
    post.refresh_from_db()
    assert post.state == "done"
