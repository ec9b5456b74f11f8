"""What workers stand on: the right time, the right database, and receipts that came while it was away."""

import re
import time
from datetime import timedelta
from uuid import uuid4

import pytest
import requests
from django.db import connection
from requests_oauthlib import OAuth1

from channels import tasks
from channels.actions.footing import database_look
from channels.actions.late_receipts import receipts_replay
from channels.actions.watching import alarms_look
from channels.health import health_of
from channels.models import DatabaseMark, Delivery
from channels.pulse import is_clock_off
from channels.selectors.accounts import voice_of
from channels.selectors.watch import alarms_open
from channels.spool import receipt_keep
from channels.tasks import outgoing
from channels.types import Receipt
from inbox.models import Notice
from opsconsole.audit.models import Activity
from opsconsole.kernel import clock
from opsconsole.kernel.clock import now
from opsconsole.tasks import alarms
from tests.factories.channels import make_account, make_delivery
from tests.factories.people import make_user
from tests.support.platforms import connect
from tests.support.sending import arm_next
from tests.support.together import together

ELSEWHERE = "7300000000000000001/00000001"


def due_post(account, **given):
    return make_delivery(account=account, kind="post", origin=f"target:0:{uuid4()}", **given)


def state(delivery):
    delivery.refresh_from_db()
    return delivery.state


def replaced():
    """The database was a moment ago at work on another server."""
    database_look()
    DatabaseMark.objects.update(identity=ELSEWHERE)


@pytest.fixture
def follows(settings):
    """Let this process follow the database's clock, and forget it afterwards."""
    settings.CLOCK_TOLERANCE_SECONDS = 2
    yield
    clock.follow(timedelta(0))


@pytest.mark.django_db
def test_what_a_copy_of_the_database_has_forgotten_is_found_not_sent_again(
    sandbox, time_machine, run_background
):
    line = connect(sandbox, "x", poll_due_at=now() + timedelta(days=1))
    sent = due_post(line.account)
    unsent = due_post(line.account)
    later = due_post(line.account, not_before=now() + timedelta(days=1))
    voice_of(line.account, timeout=5, allow_private_hosts=True).publish(outgoing(sent))
    time_machine.move_to(now() + timedelta(seconds=20))
    replaced()
    tasks.dispatch()
    assert (state(sent), state(unsent), state(later)) == ("ambiguous", "ambiguous", "planned")
    assert sent.reason_code == "database_changed"
    for seconds in (0, 16, 31, 121):
        time_machine.shift(timedelta(seconds=seconds))
        run_background()
    assert (state(sent), state(unsent)) == ("sent", "sent")
    assert line.stands() == {sent.text: 1, unsent.text: 1}
    told = Activity.objects.filter(verb="channels.delivery.doubted")
    assert set(told.values_list("subject_id", flat=True)) == {sent.pk, unsent.pk}


@pytest.mark.django_db
def test_what_was_missed_meanwhile_is_missed_only_after_a_look(time_machine):
    time_machine.move_to(now())
    in_hand = make_delivery(state="prepared", lease_until=now())
    over = make_delivery(deadline=now() + timedelta(seconds=1))
    time_machine.shift(timedelta(minutes=5))
    replaced()
    tasks.dispatch()
    assert (state(in_hand), state(over)) == ("ambiguous", "ambiguous")
    assert in_hand.fence == 1, "whoever has it in hand has lost it"


@pytest.mark.django_db(transaction=True)
def test_two_who_notice_a_new_database_doubt_once():
    delivery = make_delivery()
    replaced()
    together(database_look, database_look, database_look)
    assert state(delivery) == "ambiguous"
    assert Activity.objects.filter(verb="channels.delivery.doubted").count() == 1
    assert ELSEWHERE not in DatabaseMark.objects.values_list("identity", flat=True)


@pytest.mark.django_db(transaction=True)
def test_a_receipt_survives_a_database_that_goes_away_before_it(sandbox):
    line = connect(sandbox, "facebook", poll_due_at=now() + timedelta(days=1))
    delivery = due_post(line.account)
    line.fault("slow", method="POST", path_regex="/feed$", ms=400)

    def part():
        while not line.account.deliveries.filter(state="armed").exists():
            pass
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )

    together(tasks.dispatch, part)
    connection.close()
    assert state(delivery) == "armed"
    line.fault("status", method="GET", status=503, for_seconds=60)
    tasks.dispatch()
    assert state(delivery) == "sent", "without reading anything back"
    assert line.calls()[0]["external_id"] in delivery.external_id
    assert line.stands() == {delivery.text: 1}
    assert receipts_replay() == 0


@pytest.mark.django_db
@pytest.mark.parametrize("was", ["armed", "ambiguous", "needs_human", "ready", "sent"])
def test_a_late_receipt_settles_whatever_is_open(was):
    delivery = make_delivery()
    arm_next()
    Delivery.objects.update(state=was, external_id="one" if was == "sent" else "")
    receipt_keep(delivery.pk, Receipt("one", "https://platform.example/one", now()))
    assert receipts_replay() == 1
    assert (state(delivery), delivery.external_id) == ("sent", "one")
    assert receipts_replay() == 0


@pytest.mark.django_db
def test_a_receipt_of_what_was_given_up_is_not_forgotten_silently(caplog):
    delivery = make_delivery(state="cancelled")
    receipt_keep(delivery.pk, Receipt("one"))
    receipts_replay()
    assert state(delivery) == "cancelled"
    assert "stands as" in caplog.text


@pytest.mark.django_db
@pytest.mark.parametrize("minutes", [-10, 10])
def test_a_worker_whose_clock_is_wrong_goes_by_the_databases(time_machine, follows, minutes):
    right = now()
    soon = make_delivery(not_before=right + timedelta(minutes=5))
    due = make_delivery(not_before=right - timedelta(seconds=1))
    root = make_user("root", role="administrator")
    time_machine.move_to(right + timedelta(minutes=minutes))
    database_look()
    assert abs(now() - right) < timedelta(seconds=30)
    assert arm_next().delivery_id == due.pk
    tasks.dispatch()
    assert state(soon) == "planned"
    assert is_clock_off()
    alarms()
    alarms()
    notice = Notice.objects.get(user=root)
    assert notice.kind == "clock_off"


@pytest.mark.django_db
def test_nothing_is_sent_where_the_platforms_clock_differs(sandbox, settings, run_background):
    settings.CLOCK_TOLERANCE_SECONDS = 2
    line = connect(sandbox, "x")
    delivery = due_post(line.account)
    sandbox.control("settings", {"account": line.there["name"], "clock_ahead": -7})
    tasks.poll_account(line.account.pk)
    line.account.refresh_from_db()
    assert -7 <= line.account.clock_skew < -2
    tasks.dispatch()
    assert state(delivery) == "planned"
    alarms_look()
    assert [alarm.kind for alarm in alarms_open()] == ["clock"]
    assert health_of(line.account, now()).code == "clock"
    sandbox.control("settings", {"account": line.there["name"], "clock_ahead": 0})
    line.due()
    run_background()
    assert state(delivery) == "sent"


@pytest.mark.django_db
def test_a_storm_of_limits_is_one_alarm():
    root = make_user("root", role="administrator")
    for _ in range(3):
        parked = make_account(next_allowed_at=now() + timedelta(minutes=15))
        make_delivery(account=parked, not_before=now() - timedelta(seconds=31))
    alarms()
    alarms()
    assert [n.kind for n in Notice.objects.filter(user=root)] == ["sending_limited"]


def test_signatures_bear_the_corrected_time(follows):
    clock.follow(timedelta(minutes=10))
    request = requests.Request("GET", "https://api.twitter.com/2/users/me").prepare()
    signed = OAuth1("key", "secret", "token", "secret")(request).headers["Authorization"]
    stamp = re.search(rb'oauth_timestamp="(\d+)"', signed)
    assert abs(int(stamp[1]) - time.time() - 600) < 30
