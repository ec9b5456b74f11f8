"""Stored books, the rows, and a slow recount in plain Python say the same: for random worlds that change."""

import random
from datetime import UTC, datetime, timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from inbox.models import Assignment, ConversationTag, Tag, Wait
from opsconsole.people.selectors import actor_for
from opsconsole.reports.booking import day_books_mark_all, day_books_refresh, day_write
from opsconsole.reports.models import DayBook, StaleMark
from opsconsole.reports.naming import named
from opsconsole.reports.times import Wanted, report_for
from tests.factories.channels import make_account
from tests.factories.inbox import make_conversations
from tests.factories.people import make_unit, make_user
from tests.factories.reports import books_written, make_waits
from tests.support.recount import recounted, told
from tests.support.together import together

NOON = datetime(2026, 11, 25, 3, tzinfo=UTC)
MEASURES = ("first", "first_reopened", "next", "any", "assign", "from_assignment", "collection")
CLOCKS = ("customer", "customer_open", "desk", "desk_open")
GROUPS = ("unit", "operator", "channel", "account", "tag", "language", "day", "hour")
ENDS = (
    ("answered", "", ""), ("answered", "", ""), ("answered", "", ""), ("closed_no_reply", "missed", ""),
    ("closed_no_reply", "spam", "spam"), ("withdrawn", "removed", "withdrawn"), ("merged", "duplicate", ""),
    ("event", "event", "event"),
)  # fmt: skip


class World:
    """Units, people and waits that change at random. Moments are whole seconds, so that sums come out even."""

    def __init__(self, seed, size):
        self.chance = random.Random(seed)
        self.units = [make_unit() for _ in range(3)]
        self.accounts = [
            make_account(unit=unit, kind=kind)
            for unit, kind in zip(self.units, ("x", "blog", "facebook"), strict=True)
        ]
        self.people = [make_user(role="operator", unit=self.units[0]) for _ in range(3)]
        self.tags = [Tag.objects.create(name=f"tag {n}") for n in range(3)]
        for account in self.accounts:
            make_conversations(size // 3, account=account)
        for wait in Wait.objects.all():
            self.change(wait)

    def change(self, wait):
        """Give a wait another fate."""
        pick, some = self.chance.choice, self.chance.randrange
        opened = NOON - timedelta(seconds=some(12 * 86_400))
        wait.opened_at, wait.desk_opened_at = opened, opened + timedelta(seconds=some(900))
        wait.kind, wait.is_reopened = pick(("first", "next")), pick((True, False))
        wait.language, wait.unit_at_open = pick(("ko", "en", "")), pick(self.units)
        wait.due_at = pick((None, opened + timedelta(seconds=some(7200))))
        wait.ended_at = wait.unit_at_end = wait.replier = wait.wall_s = wait.biz_s = (
            wait.desk_biz_s
        ) = None
        wait.end_kind = wait.end_reason = wait.excluded_reason = ""
        if some(4):
            took = some(9000)
            wait.ended_at, wait.unit_at_end = opened + timedelta(seconds=took), pick(self.units)
            wait.end_kind, wait.end_reason, wait.excluded_reason = pick(ENDS)
            wait.wall_s, wait.biz_s = took, some(took + 1)
            wait.desk_biz_s = some(wait.biz_s + 1)
            wait.replier = pick((None, *self.people)) if wait.end_kind == "answered" else None
        wait.save()

    def happen(self, count):
        """Let things happen to some waits, as rows: fates, tags, people, and an end without a trace."""
        for wait in self.chance.sample(list(Wait.objects.order_by("pk")), count):
            act = self.chance.choice(("change", "tag", "untag", "take", "give_up", "delete"))
            if act == "change":
                self.change(wait)
            elif act == "delete":
                wait.delete()
            else:
                getattr(self, act)(wait)

    def tag(self, wait):
        ConversationTag.objects.get_or_create(
            conversation_id=wait.conversation_id, tag=self.chance.choice(self.tags),
            defaults={"added_at": NOON},
        )  # fmt: skip

    def untag(self, wait):
        ConversationTag.objects.filter(conversation=wait.conversation_id).delete()

    def take(self, wait):
        since = wait.opened_at + timedelta(seconds=self.chance.randrange(-3600, 7200))
        running = {"conversation_id": wait.conversation_id, "ended_at": None}
        if not Assignment.objects.filter(**running).exists():
            person = self.chance.choice(self.people)
            Assignment.objects.create(
                **running, assignee=person, unit=self.units[0], started_at=since
            )

    def give_up(self, wait):
        for row in Assignment.objects.filter(conversation=wait.conversation_id, ended_at=None):
            row.ended_at = row.started_at + timedelta(seconds=self.chance.randrange(5000))
            row.save()


def compare(world, manager, reach, measures, clocks):
    """Every number of every grouping, by either cohort, is what the slow way comes to."""
    since, until = (
        timezone.localtime(NOON - timedelta(days=9)).date(),
        timezone.localtime(NOON).date(),
    )
    for measure, clock in zip(measures, clocks, strict=True):
        for cohort in ("opened", "ended"):
            for group in GROUPS:
                wanted = Wanted(
                    since, until, measure=measure, clock=clock, cohort=cohort, group=group
                )
                report = report_for(actor_for(manager), wanted)
                ours = {subject(row): told(row.figures) for row in named(report, group)}
                theirs = recounted(reach, since, until, measure, clock, cohort, group, NOON)
                check(ours, theirs)


def subject(row):
    return getattr(row.subject, "pk", row.subject) if row.subject is not None else 0


def check(ours, theirs):
    assert ours.keys() == theirs.keys()
    for name, one in ours.items():
        assert one == pytest.approx(theirs[name]), name


@pytest.mark.django_db
@pytest.mark.parametrize("seed", range(3))
def test_reports_are_what_a_slow_recount_says(seed, time_machine):
    time_machine.move_to(NOON, tick=False)
    world = World(seed, 60)
    manager = make_user(role="manager", unit=world.units[0])
    reach = {world.units[0].pk}
    for _round in range(2):
        world.happen(25)
        books_written()
        measures = world.chance.sample(MEASURES, 4)
        compare(world, manager, reach, measures, world.chance.sample(CLOCKS, 4))
    assert_books_are_right()


def assert_books_are_right():
    """Writing every day anew changes nothing, and nothing is missing."""
    assert not StaleMark.objects.exists()
    before = sorted(DayBook.objects.values_list("pk", "version"))
    day_books_mark_all()
    books_written()
    assert sorted(DayBook.objects.values_list("pk", "version")) == before


@pytest.mark.django_db(transaction=True)
def test_workers_and_writers_at_once_lose_nothing():
    unit = make_unit()
    opened = NOON - timedelta(hours=2)
    waits = make_waits(unit, opened, *range(1, 9))

    def write(own):
        for number, wait in enumerate(own):
            with transaction.atomic():
                wait.wall_s = 1000 + number
                wait.save()

    def work():
        for _time in range(4):
            day_books_refresh(3)

    results = together(lambda: write(waits[:4]), lambda: write(waits[4:]), work, work, work)
    assert not [result for result in results if isinstance(result, Exception)]
    books_written()
    assert_books_are_right()
    manager = make_user(role="manager", unit=unit)
    day = timezone.localtime(NOON).date()
    total = report_for(actor_for(manager), Wanted(day, day)).total
    assert (total.spread.count, total.spread.longest) == (8, 1003)


@pytest.mark.django_db(transaction=True)
def test_a_change_that_commits_while_a_day_is_written_is_not_lost():
    unit = make_unit()
    (wait,) = make_waits(unit, NOON - timedelta(hours=2), 5)
    day = timezone.localtime(NOON).date()

    def change():
        wait.wall_s = 7
        wait.save()

    with transaction.atomic():
        while day_books_refresh():
            pass  # written, and not committed: the change below comes after this worker has read
        assert together(change) == [None]
    assert StaleMark.objects.exists()
    books_written()
    with transaction.atomic():
        assert day_write(unit.pk, day) == 0
    manager = make_user(role="manager", unit=unit)
    assert report_for(actor_for(manager), Wanted(day, day)).total.spread.longest == 7


@pytest.mark.django_db(transaction=True)
def test_what_is_taken_back_leaves_no_mark():
    unit = make_unit()
    (wait,) = make_waits(unit, NOON - timedelta(hours=2), 5)
    books_written()
    with transaction.atomic():
        wait.wall_s = 7
        wait.save()
        transaction.set_rollback(True)
    assert not StaleMark.objects.exists()
