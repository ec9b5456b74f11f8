"""Resolutions, consults and approvals in the reports: told as they came about through the inbox's own acts."""

from datetime import UTC, date, datetime, timedelta

import pytest

from inbox.actions.consults import consult_answer, consult_ask, consult_withdraw
from inbox.actions.triage import conversation_reopen, conversation_resolve
from inbox.models import Draft
from opsconsole.kernel.clock import now
from opsconsole.people.selectors import actor_for
from opsconsole.reports.behind import rows_behind
from opsconsole.reports.times import Wanted, report_for
from tests.factories.channels import make_account
from tests.factories.inbox import make_conversation, make_message
from tests.factories.people import make_actor, make_unit, make_user
from tests.factories.reports import books_written

pytestmark = pytest.mark.django_db

START = datetime(2026, 11, 25, 3, tzinfo=UTC)
WEEK = {"since": date(2026, 11, 25), "until": date(2026, 12, 1)}


@pytest.fixture
def world(time_machine):
    """A customer has written; `later` lets time pass."""

    class World:
        def __init__(self):
            self.machine = time_machine
            self.later(0)
            self.unit = make_unit()
            self.account = make_account(unit=self.unit)
            self.manager = make_user(role="manager", unit=self.unit)
            self.actor = actor_for(self.manager)
            self.row = make_conversation(account=self.account, posted_at=START)

        def later(self, hours):
            self.machine.move_to(START + timedelta(hours=hours), tick=False)

        def told(self, **given):
            books_written()
            return report_for(self.actor, Wanted(**(WEEK | given))).total

        def resolution(self, cohort="opened"):
            told = self.told(measure="resolution", cohort=cohort)
            return told.spread.count, told.spread.longest, told.open

    return World()


def test_a_resolution_is_told_from_the_first_line_to_the_last_resolve(world):
    assert world.resolution() == (0, None, 1)
    world.later(1)
    conversation_resolve(world.actor, conversation_id=world.row.pk)
    assert world.resolution() == (1, 3600, 0)
    world.later(2)
    conversation_reopen(world.actor, conversation_id=world.row.pk)
    assert world.resolution() == (0, None, 1)
    assert world.resolution("ended") == (0, None, 0)
    world.later(30)
    conversation_resolve(world.actor, conversation_id=world.row.pk)
    assert world.resolution() == world.resolution("ended") == (1, 30 * 3600, 0)


def test_what_the_customer_writes_after_a_resolve_is_a_cycle_of_its_own(world):
    world.later(1)
    conversation_resolve(world.actor, conversation_id=world.row.pk)
    world.later(2)
    make_message(world.row, posted_at=now())
    assert world.resolution() == (1, 3600, 1)
    world.later(5)
    conversation_resolve(world.actor, conversation_id=world.row.pk)
    assert world.resolution() == (2, 3 * 3600, 0)
    page = rows_behind(world.actor, Wanted(**WEEK, measure="resolution"))
    assert [(row.seconds, row.seq) for row in page.rows] == [(10_800, 2), (3600, 1)]


def test_a_resolve_as_spam_is_left_out(world):
    conversation_resolve(world.actor, conversation_id=world.row.pk, resolution="spam")
    assert world.resolution() == (0, None, 0)


def test_a_consult_has_a_time_of_its_own(world):
    asked_unit = make_unit()
    boss = make_actor("manager", asked_unit)
    asking = {"conversation_id": world.row.pk, "unit_id": asked_unit.pk}
    first = consult_ask(world.actor, **asking, question="?")
    world.later(1)
    consult_answer(make_actor("operator", asked_unit), consult_id=first.pk, answer="!")
    second = consult_ask(world.actor, **asking, question="??")
    books_written()

    def told():
        found = report_for(boss, Wanted(**WEEK, measure="consult")).total
        return found.spread.count, found.spread.longest, found.open

    assert told() == (1, 3600, 1)
    page = rows_behind(boss, Wanted(**WEEK, measure="consult"))
    assert [row.conversation for row in page.rows] == [
        None
    ]  # another unit's, and the question is over
    consult_withdraw(world.actor, consult_id=second.pk)
    books_written()
    assert told() == (1, 3600, 0)
    assert world.told(measure="consult").spread.count == 0


def test_an_approval_is_told_from_asking_to_deciding(world):
    draft = Draft.objects.create(
        conversation=world.row, author=make_user(role="operator", unit=world.unit), base_version=1,
        base_at=now(), created_at=now(), updated_at=now(), submitted_at=now(),
    )  # fmt: skip
    assert world.told(measure="approval").open == 1
    draft.decided_by, draft.decided_at = world.manager, now() + timedelta(minutes=3)
    draft.save()
    told = world.told(measure="approval")
    assert (told.spread.count, told.spread.longest, told.open) == (1, 180, 0)
