"""Waits for reports, written as rows: what matters there is their times, not how they came about."""

from datetime import datetime, timedelta

from inbox.models import Wait
from opsconsole.reports.booking import day_books_refresh
from tests.factories.channels import make_account
from tests.factories.inbox import make_conversations


def make_waits(
    unit, opened_at: datetime, *minutes, account=None, target=600, **given
) -> list[Wait]:
    """Waits of a unit, each answered after so many minutes; None still waits. Further columns as given."""
    rows = make_conversations(len(minutes), account=account or make_account(unit=unit))
    waits = []
    for row, took in zip(rows, minutes, strict=True):
        wait = Wait.objects.get(conversation=row)
        wait.opened_at = wait.desk_opened_at = opened_at
        wait.due_at = opened_at + timedelta(seconds=target)
        if took is not None:
            wait.ended_at = opened_at + timedelta(minutes=took)
            wait.end_kind, wait.unit_at_end_id = "answered", unit.pk
            wait.wall_s = wait.biz_s = wait.desk_biz_s = int(took * 60)
        for name, value in given.items():
            setattr(wait, name, value)
        wait.save()
        waits.append(wait)
    return waits


def books_written() -> None:
    """Let the worker write what is stale."""
    while day_books_refresh():
        pass
