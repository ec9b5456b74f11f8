"""Occurrences on their way: sent once, on their second, and only what was approved."""

from datetime import UTC, date, datetime, time, timedelta

import pytest

from campaigns.actions.policies import unit_policy_set
from campaigns.approval import Step
from campaigns.models import ApprovalRequest, Post
from campaigns.tasks import write_series
from channels import tasks
from channels.models import Delivery
from tests.factories.campaigns import make_series
from tests.factories.channels import make_account
from tests.factories.people import make_actor
from tests.support.platforms import connect

pytestmark = pytest.mark.django_db

THREE = datetime(2027, 6, 1, 6, tzinfo=UTC)  # in the afternoon, in Seoul


def test_each_day_goes_out_once_on_its_second(sandbox, time_machine, run_background):
    line = connect(sandbox, "x")
    time_machine.move_to(THREE - timedelta(hours=2), tick=False)
    make_series(
        line.account, texts=["오늘 {{날짜}} 오후 3시입니다"], starts_on=date(2027, 6, 1), count=3
    )
    said = {}
    for number, day in enumerate(("1일", "2일", "3일")):
        at = THREE + timedelta(days=number)
        time_machine.move_to(at - timedelta(seconds=1), tick=False)
        write_series()
        tasks.dispatch()
        assert line.stands() == said
        time_machine.move_to(at, tick=False)
        for _ in range(2):
            write_series()
            tasks.dispatch()
        said[f"오늘 6월 {day} 오후 3시입니다"] = 1
        assert line.stands() == said
    run_background()
    assert set(Post.objects.values_list("state", flat=True)) == {"done"}


def test_where_approval_is_needed_each_occurrence_asks_for_its_own(time_machine):
    time_machine.move_to(THREE - timedelta(hours=2), tick=False)
    account = make_account()
    unit_policy_set(
        make_actor("manager", account.unit), unit_id=account.unit_id, steps=[Step(role="manager")]
    )
    make_series(account, starts_on=date(2027, 6, 1), clock=time(15))
    write_series()
    assert ApprovalRequest.objects.filter(state="open").count() == 36
    time_machine.move_to(THREE, tick=False)
    tasks.dispatch()
    first = Delivery.objects.order_by("not_before")[0]
    assert first.state != "sent"
