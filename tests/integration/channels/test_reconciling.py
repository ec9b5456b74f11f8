"""Reading back what is unclear: when it is looked for, what proves absence, and who decides otherwise."""

from datetime import timedelta

import pytest

from channels.actions import sending
from channels.actions.moves import DUPLICATE
from channels.actions.reconciling import (
    deliveries_to_reconcile,
    delivery_not_found,
    delivery_unreadable,
    leases_reap,
    reconciling_is_mine,
    search_window,
    unclaimed,
)
from channels.errors import Ambiguous, RateLimited, Unreachable
from channels.models import Delivery, DeliveryAttempt
from channels.types import Receipt
from opsconsole.kernel.clock import now
from tests.factories.channels import make_account, make_delivery
from tests.support.sending import arm_next

pytestmark = pytest.mark.django_db


@pytest.fixture
def clock(time_machine):
    time_machine.move_to(now().replace(microsecond=0), tick=False)
    return time_machine


def unclear(**given):
    """A delivery whose create call has just gone without an answer."""
    delivery = make_delivery(**given)
    sending.delivery_failed(arm_next(), Ambiguous("reset"))
    delivery.refresh_from_db()
    return delivery


def look():
    """Take the one delivery whose look is due."""
    (claim,) = deliveries_to_reconcile()
    return claim


def state(delivery):
    delivery.refresh_from_db()
    return delivery.state


def looks_until_settled(clock, delivery, record):
    """Record a result at each look; return the seconds at which there was one."""
    start, seen = delivery.ambiguous_at, []
    for _ in range(60):
        delivery.refresh_from_db()
        if delivery.state != "ambiguous":
            break
        clock.move_to(max(now(), delivery.next_look_at), tick=False)
        seen.append((now() - start).total_seconds())
        assert record(look())
    return seen


def test_looks_come_at_their_times_and_three_over_two_minutes_prove_absence(clock):
    delivery = unclear()
    assert deliveries_to_reconcile() == []
    assert looks_until_settled(clock, delivery, delivery_not_found) == [5, 15, 45, 120]
    assert (delivery.state, delivery.empty_reads, delivery.ambiguous_at) == ("ready", 0, None)
    assert delivery.attempts.get().outcome == "absent"


def test_time_alone_proves_nothing(clock):
    """The workers were away for an hour: three complete reads are needed all the same."""
    delivery = unclear()
    clock.shift(timedelta(hours=1))
    for _ in range(2):
        delivery_not_found(look())
        assert state(delivery) == "ambiguous"
    delivery_not_found(look())
    assert state(delivery) == "ready"


def test_reads_alone_prove_nothing(clock):
    delivery = unclear()
    for _ in range(5):
        Delivery.objects.update(next_look_at=now())
        delivery_not_found(look())
    assert state(delivery) == "ambiguous"


def test_reads_that_failed_prove_nothing(clock):
    delivery = unclear()
    turns = iter(range(60))

    def record(claim):
        if next(turns) % 2:
            return delivery_not_found(claim)
        return delivery_unreadable(claim, Unreachable("down"))

    seen = looks_until_settled(clock, delivery, record)
    assert state(delivery) == "ready"
    assert seen[-1] >= 120
    assert len(seen) >= 6


def test_what_is_absent_and_too_late_is_missed(clock):
    delivery = unclear(deadline=now() + timedelta(seconds=100))
    looks_until_settled(clock, delivery, delivery_not_found)
    assert (delivery.state, delivery.reason_code) == ("missed", "window_closed")


def test_a_duplicate_that_does_not_show_is_for_a_person(clock):
    delivery = unclear()
    Delivery.objects.update(reason_code=DUPLICATE)
    looks_until_settled(clock, delivery, delivery_not_found)
    assert delivery.state == "needs_human"
    assert delivery.attempts.get().outcome is None


def test_what_cannot_be_read_is_for_a_person_after_four_minutes(clock):
    delivery = unclear()
    seen = looks_until_settled(
        clock, delivery, lambda claim: delivery_unreadable(claim, Unreachable("down"))
    )
    assert (delivery.state, delivery.reason_code, delivery.reason) == (
        "needs_human",
        "unreadable",
        "down",
    )
    assert 240 <= seen[-1] <= 256


def test_a_limit_puts_off_the_look_but_not_the_decision(clock):
    delivery = unclear()
    clock.shift(timedelta(seconds=5))
    until = now() + timedelta(hours=3)
    delivery_unreadable(look(), RateLimited("wait", until=until))
    assert state(delivery) == "ambiguous"
    assert delivery.next_look_at == delivery.ambiguous_at + timedelta(seconds=240)


def test_a_look_whose_lease_ran_out_changes_nothing(clock):
    delivery = unclear()
    clock.shift(timedelta(seconds=5))
    lost = look()
    clock.shift(timedelta(seconds=91))
    assert leases_reap() == 1
    assert state(delivery) == "ambiguous"
    before = Delivery.objects.values().get()
    assert reconciling_is_mine(lost) is None
    assert not delivery_not_found(lost)
    assert not delivery_unreadable(lost, Unreachable())
    assert not sending.delivery_sent(lost, Receipt("late"))
    assert Delivery.objects.values().get() == before


def test_what_is_found_is_sent(clock):
    delivery = unclear()
    clock.shift(timedelta(seconds=5))
    assert sending.delivery_sent(look(), Receipt("77", posted_at=delivery.ambiguous_at))
    assert (state(delivery), delivery.sent_at) == ("sent", delivery.ambiguous_at)
    assert delivery.attempts.get().outcome == "sent"


def test_the_window_reaches_back_over_todays_attempts(clock):
    delivery = unclear()
    first = delivery.attempts.get().armed_at
    DeliveryAttempt.objects.update(outcome="absent")
    Delivery.objects.update(state="ready")
    clock.shift(timedelta(minutes=10))
    arm_next()
    since, until = search_window(delivery)
    assert since == first - timedelta(seconds=5)
    assert until == now() + timedelta(seconds=90)
    DeliveryAttempt.objects.filter(number=1).update(armed_at=first - timedelta(days=2))
    assert search_window(delivery)[0] == now() - timedelta(seconds=5)


def test_what_other_deliveries_stand_for_is_not_found_twice(clock):
    account = make_account()
    make_delivery(account=account, state="sent", external_id="1")
    make_delivery(state="sent", external_id="2")
    delivery = unclear(account=account)
    left = unclaimed(delivery, [Receipt("1"), Receipt("2"), Receipt("3")])
    assert [receipt.external_id for receipt in left] == ["2", "3"]
