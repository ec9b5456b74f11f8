"""A campaign is rehearsed for real: processes, a database of its own, faults; and nothing real is touched."""

import os
import signal
import sys
import threading
from pathlib import Path
from types import SimpleNamespace
from uuid import uuid4

import pytest
from django.core.serializers import serialize
from django.db import connection

from campaigns.actions.policies import unit_policy_set
from campaigns.actions.rehearsals import Wish, rehearsal_ask
from campaigns.approval import Step
from campaigns.contents import Placing
from campaigns.models import Post, PostTarget
from campaigns.rehearsal.misfortunes import Faults
from campaigns.selectors.rehearsals import report_seen_by
from campaigns.tasks import rehearse
from channels.actions.holding import hold_place
from channels.models import ChannelAccount, Credential, Delivery, DeliveryAttempt
from opsconsole.kernel.actor import SYSTEM
from tests.factories.campaigns import in_seoul, make_campaign, make_post
from tests.factories.channels import make_account
from tests.factories.people import make_actor, make_unit
from tests.support.peer import peer
from tests.support.rehearsals import rehearsal_template
from tests.support.waiting import until

__all__ = ["peer", "rehearsal_template"]

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.stack]

REAL = (ChannelAccount, Credential, Delivery, DeliveryAttempt, Post, PostTarget)
SECRET = "a-secret-of-the-real-account"


@pytest.fixture
def house(peer, rehearsal_template):
    """A campaign on real accounts of every kind: each of their addresses leads to a server that counts."""
    unit, strict = make_unit(), make_unit()
    boss = make_actor("manager")
    x, page, blog, paused = (
        make_account(
            unit=unit,
            kind=kind,
            base_url=f"{peer.url}/{n}",
            secrets={"access_token": SECRET},
            **more,
        )
        for n, (kind, more) in enumerate(
            [("x", {}), ("facebook", {}), ("blog", {}), ("x", {"is_paused": True})]
        )
    )
    held, waiting = make_account(unit=unit, kind="x"), make_account(unit=strict, kind="x")
    unit_policy_set(make_actor("administrator"), unit_id=strict.pk, steps=[Step(role="manager")])
    campaign = make_campaign(unit=unit, actor=boss, partners=[strict.pk])
    seo = make_actor("staff")

    def plan(*accounts, minutes, scheduled=True, **given):
        return make_post(
            *accounts, actor=seo, campaign=campaign.pk, scheduled=scheduled,
            local_time=in_seoul(hours=2, minutes=minutes), **given,
        )  # fmt: skip

    for minutes in range(6):
        plan(x, page, blog, minutes=minutes)
    thread = plan(x, minutes=6, placing={x.pk: Placing(parts=("The second of a thread",))})
    plan(held, paused, minutes=7)
    plan(waiting, minutes=8)
    plan(x, minutes=9, scheduled=False, body="가" * 300)
    hold_place(SYSTEM, scope="account", target=held.pk, reason="a recall")
    yield SimpleNamespace(boss=boss, campaign=campaign, peer=peer, thread=thread.pk)
    until(lambda: not [one for one in threading.enumerate() if one.name.startswith("rehearsal")])


def real_rows():
    return {model: serialize("json", model.objects.order_by("pk")) for model in REAL}


def ended(rehearsal):
    """Wait until a rehearsal has ended."""

    def is_over():
        rehearsal.refresh_from_db()
        return not rehearsal.is_live

    until(is_over, 150, every=0.1)
    return rehearsal


def databases():
    with connection.cursor() as cursor:
        cursor.execute("SELECT datname FROM pg_database WHERE datname ~ '^rehearsal_.*_[0-9]+$'")
        return cursor.fetchall()


def test_a_hard_day_is_rehearsed_and_nothing_real_is_touched(house, own_redis, settings):
    before = real_rows()
    wish = Wish(speed=60, skips_gaps=True, faults=Faults.HARD, seed=7)
    asked = rehearsal_ask(
        house.boss, campaign_id=house.campaign.pk, wish=wish, request_key=uuid4()
    )
    rehearse()
    done = ended(asked)
    assert (done.state, done.reason, done.detail) == ("done", "", "")

    report = report_seen_by(house.boss, done)
    assert report.duplicates == 0
    injected = dict(report.injected)
    assert injected.pop("revoked") in {1, 2}  # the second may have been on its way, too
    assert injected == dict.fromkeys(["timeout", "bad_gateway", "slow", "limited", "killed"], 1)
    assert dict(report.reasons) == {
        "revoked": 2, "on_hold": 1, "account_paused": 1, "not_approved": 1, "draft": 1,
    }  # fmt: skip
    assert [row["troubles"] for row in report.rows if row["reason"] == "draft"] == [["too_long"]]
    assert len(report.going) == 18
    first, second = [row for row in report.going if row["post"] == house.thread]
    assert (first["part"], second["part"]) == (0, 1)
    assert first["late"] <= second["late"]
    assert all(row["late"] is not None and row["attempts"] for row in report.going)
    struck = {row["injected"]: row for row in report.going}
    assert struck["bad_gateway"]["attempts"] == 2
    # The platform had taken both before the answer was lost: they are found there, and sent once.
    assert struck["timeout"]["attempts"] == struck["killed"]["attempts"] == 1

    assert house.peer.connections == 0, "somebody has called a real account's address"
    assert real_rows() == before
    assert databases() == []
    assert not list(own_redis.scan_iter(f"{settings.REDIS_PREFIX}-rehearsal*"))


def conductor_of(rehearsal):
    """The process that conducts a rehearsal."""
    wanted = f"manage.py\0rehearse\0{rehearsal.pk}\0--run\0{rehearsal.run}".encode()
    found = [
        int(folder.name)
        for folder in Path("/proc").iterdir()
        if folder.name.isdigit()
        and wanted in _command(folder)
        and b"guardian" not in _command(folder)
    ]
    return found[0] if found else None


def _command(folder):
    try:
        return (folder / "cmdline").read_bytes()
    except OSError:  # it ended while we looked
        return b""


@pytest.mark.skipif(sys.platform != "linux", reason="looks for the process in /proc")
def test_a_killed_rehearsal_is_noticed_and_leaves_nothing_behind(house):
    before = real_rows()
    asked = rehearsal_ask(
        house.boss, campaign_id=house.campaign.pk, wish=Wish(), request_key=uuid4()
    )
    rehearse()
    asked.refresh_from_db()
    until(databases)
    os.kill(conductor_of(asked), signal.SIGKILL)
    done = ended(asked)
    assert (done.state, done.reason, done.report) == ("failed", "died", None)
    until(lambda: not databases())
    assert real_rows() == before
    assert house.peer.connections == 0
