"""The watch tells whether everything leaves on time; alarms are raised once, told once, and end."""

from datetime import timedelta

import pytest
from django.core.cache import cache

from channels import tasks
from channels.actions.holding import hold_place
from channels.actions.watching import alarms_look
from channels.models import Alarm, DeliveryAttempt
from channels.pulse import BEAT
from channels.selectors.watch import watch_for
from inbox.models import Notice
from opsconsole.kernel.actor import SYSTEM
from opsconsole.kernel.clock import now
from opsconsole.tasks import alarms
from tests.factories.channels import make_account, make_delivery
from tests.factories.people import make_actor, make_unit
from tests.support.html import text_of

pytestmark = pytest.mark.django_db

MINUTE = timedelta(minutes=1)


def seen(actor=SYSTEM):
    return watch_for(actor, now())


def late(by=MINUTE, **given):
    at = now() - by
    return make_delivery(kind="post", not_before=at, requested_at=at, **given)


def heard(ago=0):
    cache.set(BEAT, now().timestamp() - ago)


def test_signs_of_life_are_left_and_read():
    assert seen().beat.is_silent
    assert seen().dispatcher.is_silent
    tasks.heartbeat()
    tasks.dispatch()
    assert not seen().beat.is_silent
    assert not seen().dispatcher.is_silent
    heard(ago=31)
    assert seen().beat.is_silent


def test_how_late_first_calls_were():
    for seconds in (0.1, 0.2, 0.3, 5.0):
        at = now() - MINUTE
        row = make_delivery(state="sent", not_before=at, requested_at=at - MINUTE)
        armed = at + timedelta(seconds=seconds)
        DeliveryAttempt.objects.create(delivery=row, number=1, armed_at=armed, outcome="sent")
        DeliveryAttempt.objects.create(delivery=row, number=2, armed_at=now(), outcome="sent")
    old = make_delivery(state="sent", not_before=now() - 90 * MINUTE)
    DeliveryAttempt.objects.create(
        delivery=old, number=1, armed_at=now() - 61 * MINUTE, outcome="sent"
    )
    lag = seen().lag
    assert lag.count == 4
    assert lag.p50 == pytest.approx(0.25)
    assert lag.p99 == pytest.approx(4.859, abs=0.01)
    assert lag.longest == pytest.approx(5.0)


def test_the_queue_by_lane():
    make_delivery(kind="reply")
    make_delivery(kind="post", not_before=now() + MINUTE)
    make_delivery(kind="post", state="armed")
    make_delivery(kind="post", state="needs_human")
    make_delivery(kind="post", state="sent")
    urgent, normal = seen().lanes
    assert (urgent.priority, urgent.due, urgent.later) == (1, 1, 0)
    assert (normal.due, normal.later, normal.in_hand, normal.unclear) == (0, 1, 1, 1)
    assert seen().undecided == 1


def test_the_next_hour_by_minute_without_what_is_on_hold():
    start = now().replace(second=0, microsecond=0)
    for _ in range(3):
        make_delivery(kind="post", not_before=start + 10 * MINUTE)
    make_delivery(kind="post", not_before=start + 70 * MINUTE)
    held = make_delivery(kind="post", not_before=start + 11 * MINUTE)
    hold_place(SYSTEM, scope="account", target=held.account_id, reason="x")
    watch = seen()
    assert len(watch.minutes) == 60
    assert (watch.planned, watch.busiest, watch.minutes[10].count) == (3, 3, 3)
    assert len(watch.holds) == 1


def test_accounts_that_cannot_speak_and_what_waits_for_them():
    make_account(poll_due_at=now() + MINUTE)
    parked = make_account(next_allowed_at=now() + MINUTE)
    make_account(needs_reconnect=True)
    make_delivery(account=parked)
    found = {row.health.code: row.waiting for row in seen().silent}
    assert found == {"limited": 1, "reconnect": 0}


def test_one_sees_the_units_one_watches():
    mine, other = make_account(unit=make_unit(), needs_reconnect=True), late()
    late(account=mine)
    manager = seen(make_actor("manager", mine.unit))
    assert [row.account for row in manager.silent] == [mine]
    assert sum(lane.due for lane in manager.lanes) == 1
    assert sum(lane.due for lane in seen().lanes) == 2
    assert seen().late_since == other.not_before


# --- what counts as late ---


@pytest.mark.parametrize(
    "account", [{"is_paused": True}, {"needs_reconnect": True}, {"next_allowed_at": now() + 60 * MINUTE}]
)  # fmt: skip
def test_what_waits_for_its_account_is_not_late(account):
    late(account=make_account(**account))
    assert not seen().is_late


def test_what_could_leave_since_a_moment_ago_is_not_late():
    late(account=make_account(next_allowed_at=now() - timedelta(seconds=1)))
    assert not seen().is_late
    assert seen().late_since is not None


def test_what_is_on_hold_is_not_late():
    late()
    assert seen().is_late
    hold_place(SYSTEM, scope="everything", reason="x")
    assert not seen().is_late


# --- alarms ---


def test_a_late_delivery_raises_one_alarm_told_once_to_administrators():
    make_actor("manager")
    root = make_actor("administrator")
    heard()
    row = late()
    for _look in range(3):
        alarms()
    assert [(alarm.kind, alarm.ended_at) for alarm in Alarm.objects.all()] == [("late", None)]
    notice = Notice.objects.get()
    assert (notice.user_id, notice.kind) == (root.user_id, "sending_late")
    row.delete()
    alarms()
    assert Alarm.objects.get().ended_at is not None
    late()
    alarms()
    assert Alarm.objects.count() == Notice.objects.count() == 2


def test_thirty_seconds_are_forgiven():
    heard()
    late(by=timedelta(seconds=25))
    alarms()
    assert not Alarm.objects.exists()


def test_a_silent_beat_is_an_alarm_until_it_is_heard():
    heard(ago=45)
    alarms_look()
    alarm = Alarm.objects.get()
    assert alarm.kind == "silent"
    assert (now() - alarm.began_at).total_seconds() == pytest.approx(45, abs=5)
    heard()
    alarms()
    alarm.refresh_from_db()
    assert alarm.ended_at


def test_a_beat_that_was_never_heard_is_missed_from_the_first_look_on():
    alarms_look()
    assert not Alarm.objects.exists()
    cache.set(f"{BEAT}-missed", now().timestamp() - 31)
    alarms_look()
    assert Alarm.objects.get().kind == "silent"


# --- screens ---


def test_the_screen_says_what_is_wrong(company, browser):
    heard()
    late(account=company.account)
    shown = text_of(browser("manager").get("/watch/"))
    assert "Sending is late" in shown
    assert browser("operator").get("/watch/").status_code == 403
    assert "Sending is late" in text_of(browser("root").get("/posts/"))
    assert "Sending is late" not in text_of(browser("operator").get("/posts/"))


def test_an_open_screen_of_somebody_who_watches_notices_the_silence(browser):
    heard(ago=60)
    browser("operator").get("/holds/banner/")
    assert not Alarm.objects.exists()
    assert "The beat is silent" in text_of(browser("root").get("/holds/banner/"))


def test_the_notice_leads_to_the_watch(company, browser):
    heard()
    late()
    alarms()
    notice = Notice.objects.get(user=company.root)
    assert browser("root").get(f"/notices/{notice.pk}/").url == "/watch/"
    assert "Sending is late" in text_of(browser("root").get("/notices/"))


def test_empty_is_said_too(browser):
    heard()
    shown = text_of(browser("root").get("/watch/"))
    assert "Nothing waits to be sent." in shown
    assert "Nothing is planned for the next hour." in shown


# --- for a monitoring system ---


def samples(answer):
    lines = answer.content.decode().splitlines()
    return dict(line.rsplit(" ", 1) for line in lines if not line.startswith("#"))


def test_metrics_need_the_token_or_somebody_who_watches_everything(browser, settings):
    assert browser().get("/metrics").status_code == 401
    assert browser("manager").get("/metrics").status_code == 401
    assert browser("root").get("/metrics").status_code == 200
    token = {"HTTP_AUTHORIZATION": "Bearer s3cret"}
    assert browser().get("/metrics", **token).status_code == 401
    settings.METRICS_TOKEN = "s3cret"
    assert browser().get("/metrics", **token).status_code == 200
    assert browser().get("/metrics", HTTP_AUTHORIZATION="Bearer other").status_code == 401
    assert browser().get("/metrics", HTTP_AUTHORIZATION="Bearer ").status_code == 401


def test_metrics_are_what_the_screen_shows(company, browser):
    heard(ago=3)
    late(account=company.account)
    make_account(unit=company.mobile, needs_reconnect=True)
    hold_place(SYSTEM, scope="account", target=company.home_account.pk, reason="x")
    answer = browser("root").get("/metrics")
    assert answer["Content-Type"].startswith("text/plain; version=0.0.4")
    found = samples(answer)
    assert float(found["opsconsole_beat_age_seconds"]) == pytest.approx(3, abs=2)
    assert "opsconsole_dispatcher_age_seconds" not in found
    assert float(found["opsconsole_oldest_due_seconds"]) == pytest.approx(60, abs=3)
    assert found['opsconsole_deliveries{lane="5",state="due"}'] == "1"
    assert found['opsconsole_accounts_unwell{reason="reconnect"}'] == "1"
    assert found["opsconsole_holds_in_force"] == "1"
    assert found['opsconsole_alarm{kind="late"}'] == "1"
    assert found['opsconsole_alarm{kind="silent"}'] == "0"
    helps = [line for line in answer.content.decode().splitlines() if line.startswith("# TYPE")]
    assert len(helps) == len(set(helps)) > 10
