"""Holds with real threads and connections: nothing is armed after one, and nothing leaves by lifting one."""

import threading
from datetime import timedelta

import pytest
from django.db import connections

from channels import tasks
from channels.actions import sending
from channels.actions.holding import hold_lift, hold_place, holds_catch
from channels.actions.moves import Claim
from channels.actions.reviewing import review_drop, review_send
from channels.models import Delivery, DeliveryAttempt, Hold, HoldInFlight
from opsconsole.kernel.actor import SYSTEM
from opsconsole.kernel.clock import now
from opsconsole.kernel.errors import Conflict
from tests.factories.channels import make_account, make_delivery
from tests.support.platforms import connect
from tests.support.together import together

pytestmark = pytest.mark.django_db(transaction=True)

ROUNDS = 150


def stop(**given):
    return hold_place(SYSTEM, scope="everything", reason="Stop.", **given)


def test_again_and_again_nothing_is_armed_after_a_hold_has_committed():
    """One arms, one holds, at the same moment; `dev.py bench hold` does it a thousand times."""
    account = make_account()
    gate = threading.Barrier(2)
    armed, held = {}, {}

    def arm():
        for _ in range(ROUNDS):
            row = make_delivery(account=account, kind="post", state="prepared", fence=1)
            gate.wait(10)
            armed[row.pk] = sending.delivery_arm(Claim(row.pk, 1), worker="w")
            gate.wait(10)
            gate.wait(10)

    def hold():
        for number in range(ROUNDS):
            gate.wait(10)
            for _head_start in range(number % 6):
                Hold.objects.exists()
            placed = stop()
            held[Delivery.objects.latest("pk").pk] = placed
            gate.wait(10)
            Hold.objects.update(lifted_at=now())
            Delivery.objects.exclude(state="cancelled").update(state="cancelled")
            gate.wait(10)

    run(arm, hold)
    listed = set(HoldInFlight.objects.values_list("hold", "delivery", "state"))
    attempts = dict(DeliveryAttempt.objects.values_list("delivery", "armed_at"))
    for pk, is_armed in armed.items():
        assert ((held[pk].pk, pk, "armed") in listed) is is_armed
        assert (pk in attempts) is is_armed
        assert not is_armed or attempts[pk] <= held[pk].placed_at
    wins = sum(armed.values())
    assert len(armed) == ROUNDS
    assert 0 < wins < ROUNDS, "each side must win some of the races"


def run(*jobs):
    """Run the jobs to their ends, each on one connection."""
    results = []

    def carry(job):
        try:
            results.append(job())
        finally:
            connections.close_all()

    threads = [threading.Thread(target=carry, args=(job,), daemon=True) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    assert len(results) == len(jobs)


def test_lifting_while_workers_look_for_work_sends_nothing(sandbox):
    line = connect(sandbox, "facebook")
    for _round in range(5):
        for _ in range(4):
            make_delivery(account=line.account, kind="post")
        hold = stop()
        together(
            tasks.dispatch,
            lambda pk=hold.pk: hold_lift(SYSTEM, hold_id=pk),
            tasks.dispatch,
            holds_catch,
        )
        tasks.dispatch()
        assert line.calls() == []
        assert set(Delivery.objects.values_list("reason_code", flat=True)) == {"hold_lifted"}
        assert set(Delivery.objects.values_list("state", flat=True)) == {"held"}


def test_what_is_due_later_leaves_after_the_lift_whatever_meets_it():
    """A mark made while a hold is lifted would keep a delivery for ever."""
    for _round in range(15):
        row = make_delivery(kind="post", not_before=now() + timedelta(hours=1))
        hold = stop()
        Delivery.objects.update(hold=None)
        together(holds_catch, lambda pk=hold.pk: hold_lift(SYSTEM, hold_id=pk), holds_catch)
        row.refresh_from_db()
        assert (row.state, row.hold_id) == ("planned", None)


def test_two_who_hold_at_once_make_one_hold():
    for _round in range(10):
        results = together(stop, stop)
        assert sorted(isinstance(one, Conflict) for one in results) == [False, True]
        assert Hold.objects.filter(lifted_at__isnull=True).count() == 1
        Hold.objects.update(lifted_at=now())


def test_two_who_lift_at_once_lift_it_once():
    for _round in range(10):
        pk = stop().pk

        def lift(pk=pk):
            return hold_lift(SYSTEM, hold_id=pk)

        results = together(lift, lift)
        assert sorted(isinstance(one, Conflict) for one in results) == [False, True]


def test_one_lifts_while_another_holds_the_same():
    for _round in range(10):
        first = stop()
        row = make_delivery(kind="post")
        lifted, again = together(lambda pk=first.pk: hold_lift(SYSTEM, hold_id=pk), stop)
        holds_catch()
        row.refresh_from_db()
        assert not isinstance(lifted, Conflict)
        assert row.state == "held"
        if isinstance(again, Hold):
            assert row.hold_id in {first.pk, again.pk}
        assert sending.delivery_claim() is None
        Delivery.objects.update(state="cancelled")
        Hold.objects.update(lifted_at=now())


def test_two_who_decide_at_once_about_one_delivery():
    for _round in range(10):
        row = make_delivery(kind="post")
        hold_lift(SYSTEM, hold_id=stop().pk)
        sent, dropped = together(
            lambda pk=row.pk: review_send(SYSTEM, delivery_ids=[pk]),
            lambda pk=row.pk: review_drop(SYSTEM, delivery_ids=[pk]),
        )
        row.refresh_from_db()
        assert sorted([sent.done, dropped.done]) == [0, 1]
        assert row.state == ("ready" if sent.done else "cancelled")
        Delivery.objects.update(state="cancelled")


def test_a_hold_waits_for_none_of_those_who_come_after_it():
    """A steady stream of workers at the gate does not keep the button from working."""
    account = make_account()
    over = threading.Event()
    for _ in range(400):
        make_delivery(account=account, kind="post")

    def arm():
        while not over.is_set() and (claim := sending.delivery_claim()):
            sending.delivery_prepared(claim, [])
            sending.delivery_arm(claim, worker="w")

    def hold():
        began = now()
        stop()
        took = (now() - began).total_seconds()
        over.set()
        return took

    *_workers, took = together(arm, arm, arm, arm, arm, arm, hold)
    assert took < 2
