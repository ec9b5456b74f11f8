"""Clocks when everything happens at once, and hundreds of histories through the real tables."""

import random
from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest
from django.db import transaction

from channels.actions.landing import items_land, items_vanish
from channels.types import Fetched, Visibility
from inbox.actions import changes
from inbox.actions.assignment import conversation_claim, conversation_hand_over
from inbox.actions.clock_sweep import waits_measure_anew, waits_sweep
from inbox.actions.clocks import waits_from_log
from inbox.actions.ingest import items_ingest
from inbox.actions.service_levels import policy_change
from inbox.actions.triage import conversation_reopen, conversation_resolve
from inbox.lifecycle import Priority
from inbox.models import Conversation, Notice, Wait
from inbox.selectors.access import conversation_for
from opsconsole.kernel.actor import SYSTEM
from opsconsole.kernel.clock import now
from tests.factories.channels import make_account, make_fetched
from tests.factories.clocks import make_calendar, make_policy
from tests.factories.inbox import make_conversation
from tests.factories.people import make_actor, make_unit
from tests.support.together import together

#: What the log alone decides; the rest was true at its moment and stays so.
KEPT = (
    "seq", "cycle", "kind", "opened_by_id", "opened_at", "desk_opened_at", "ended_at", "end_kind",
    "end_reason", "answer_id", "double_answers", "wall_s", "excluded_reason", "clock_suspect",
)  # fmt: skip
#: What follows from the present measures, for waits that are open.
MEASURED = ("due_at", "warn_at", "target_s", "policy_id", "calendar_version_id")


def facts(wait, names):
    return [getattr(wait, name) for name in names]


def check(conversations):
    """What is stored is what the log says; the open wait is what the conversation shows."""
    stored, told = {}, {}
    for wait in Wait.objects.filter(conversation__in=conversations).order_by("seq"):
        stored.setdefault(wait.conversation_id, []).append(wait)
    for wait in waits_from_log(conversations):
        told.setdefault(wait.conversation_id, []).append(wait)
    for row in conversations:
        kept, read = stored.get(row.pk, []), told.get(row.pk, [])
        assert [facts(w, KEPT) for w in kept] == [facts(w, KEPT) for w in read]
        open_kept = [w for w in kept if w.ended_at is None]
        assert [facts(w, MEASURED) for w in open_kept] == [
            facts(w, MEASURED) for w in read if w.ended_at is None
        ]
        assert [w.opened_at for w in open_kept] == [row.waiting_since] * len(open_kept)
        assert bool(open_kept) is (row.waiting_since is not None)
        assert row.due_at == (open_kept[0].due_at if open_kept else None)
        for wait in kept:
            is_late = wait.due_at and wait.ended_at and wait.ended_at > wait.due_at
            assert wait.ended_at is None or bool(wait.breached_at) is bool(is_late)


def fresh(rows):
    return list(Conversation.objects.filter(pk__in=[row.pk for row in rows]).order_by("pk"))


@pytest.mark.django_db(transaction=True)
def test_two_sweeps_at_once_miss_a_wait_once_and_tell_everybody_once():
    make_policy(first_s=60)
    account = make_account()
    boss = make_actor("manager", account.unit)
    rows = [
        make_conversation(account=account, posted_at=now() - timedelta(minutes=5))
        for _ in range(4)
    ]
    results = together(waits_sweep, waits_sweep, waits_sweep)
    while waits_sweep():
        pass
    assert all(isinstance(result, int) for result in results)
    assert Notice.objects.filter(kind="breached", user=boss.user_id).count() == len(rows)
    assert Wait.objects.filter(breached_at__isnull=False).count() == len(rows)


@pytest.mark.django_db(transaction=True)
def test_everything_at_once_leaves_clocks_as_the_log_has_them():
    """Handed over, raised, measured anew, swept, written to and resolved in the same moment."""
    there = make_unit()
    policy = make_policy(first_s=60)
    make_policy(first_s=90, unit=there)
    account = make_account()
    for _ in range(4):
        row = make_conversation(account=account, posted_at=now() - timedelta(minutes=5))
        ana = make_actor("operator")

        def raise_priority(pk=row.pk):
            with transaction.atomic():
                conversation = conversation_for(SYSTEM, pk, lock=True)
                changes.apply(conversation, priority=Priority.URGENT)

        def write(row=row):
            items_land(
                account,
                [
                    make_fetched(
                        author=row.contact.external_id,
                        parent_external_id=row.messages.get().external_id,
                    )
                ],
            )
            while items_ingest():
                pass

        def edit():
            policy_change(SYSTEM, policy_id=policy.pk, first_s=60 + random.randint(1, 9))
            waits_measure_anew()

        results = together(
            write, raise_priority, edit, waits_sweep,
            partial(conversation_claim, ana, conversation_id=row.pk),
            partial(conversation_resolve, ana, conversation_id=row.pk),
            partial(conversation_hand_over, SYSTEM, conversation_id=row.pk, unit_id=there.pk, reason="x"),
        )  # fmt: skip
        assert not [r for r in results if isinstance(r, Exception) and not hasattr(r, "code")]
        waits_measure_anew()
        while waits_sweep():
            pass
        check(fresh([row]))
        pressed = Notice.objects.filter(conversation=row, kind="breached")
        assert pressed.count() == pressed.values("user", "key").distinct().count()


# --- Hundreds of histories, side by side: one batch a step ---
class Crowd:
    """Many customers of one account, each with a history of their own, landing together."""

    def __init__(self, count: int, seed: int) -> None:
        self.random = random.Random(seed)
        self.account = make_account(kind="facebook")
        self.begun = now() - timedelta(hours=2)
        self.minute, self.number = 0, 0
        self.shown: list[list[Fetched]] = [[] for _ in range(count)]
        self.rows: dict[int, Conversation] = {}
        for person in range(count):
            self.write(person)
        self.land()

    def at(self, minute):
        return self.begun + timedelta(minutes=minute)

    def write(self, person, minute=None):
        self.number += 1
        first = self.shown[person][0].external_id if self.shown[person] else ""
        self.shown[person].append(
            make_fetched(
                f"m{self.number}", author=f"p{person}", parent_external_id=first,
                thread_external_id=f"t{person}",
                posted_at=self.at(self.minute if minute is None else minute),
            )
        )  # fmt: skip

    def answer(self, person, minute=None):
        question = self.random.choice([item for item in self.shown[person] if not item.is_own])
        self.number += 1
        self.shown[person].append(
            make_fetched(
                f"m{self.number}", author="page", is_own=True, thread_external_id=f"t{person}",
                parent_external_id=question.external_id,
                posted_at=self.at(self.minute if minute is None else minute),
            )
        )  # fmt: skip

    def look(self, person, visibility):
        place = self.random.randrange(len(self.shown[person]))
        self.shown[person][place] = replace(self.shown[person][place], visibility=visibility)

    def land(self):
        items_land(self.account, [
            item for shown in self.shown for item in shown
            if item.visibility != Visibility.REMOVED
        ])  # fmt: skip
        items_vanish(self.account, [
            item.external_id for shown in self.shown for item in shown
            if item.visibility == Visibility.REMOVED
        ])  # fmt: skip
        while items_ingest():
            pass
        if not self.rows:
            for row in Conversation.objects.filter(account=self.account):
                self.rows[int(row.thread_key.removeprefix("m")) - 1] = row

    def act(self, person):
        pk = self.rows[person].pk
        deed = self.random.choice([conversation_resolve, conversation_reopen])
        deed(SYSTEM, conversation_id=pk)

    def step(self):
        """Every customer, or one of us, does something; then all of it lands."""
        self.minute += self.random.randint(1, 6)
        for person in range(len(self.shown)):
            early = self.random.randint(0, self.minute)
            deeds = [
                partial(self.write, person), partial(self.write, person, early),
                partial(self.answer, person), partial(self.answer, person, early),
                partial(self.look, person, Visibility.REMOVED), partial(self.look, person, Visibility.SPAM),
                partial(self.look, person, Visibility.PUBLIC), partial(self.act, person),
            ]  # fmt: skip
            self.random.choices(deeds, [5, 2, 4, 1, 1, 1, 1, 2])[0]()
        self.land()


@pytest.mark.django_db
def test_hundreds_of_histories_leave_in_the_tables_what_their_logs_say():
    make_calendar()
    make_policy(first_s=3600, next_s=1800, by_calendar=True)
    crowd = Crowd(200, seed=12)
    for _ in range(3):
        crowd.step()
        check(fresh(crowd.rows.values()))
    ends = set(Wait.objects.values_list("end_kind", flat=True))
    assert ends == {"", "answered", "closed_no_reply", "withdrawn"}
