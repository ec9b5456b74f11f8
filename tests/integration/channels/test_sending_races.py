"""Sending with real threads and connections: one worker wins, a pause holds, the database keeps the rules."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from channels import tasks
from channels.actions import sending
from channels.actions.accounts import account_pause
from channels.actions.deliveries import delivery_cancel, delivery_request
from channels.actions.reconciling import deliveries_to_reconcile, leases_reap
from channels.models import Delivery, DeliveryAttempt
from channels.types import OutgoingKind, Receipt
from opsconsole.kernel.actor import SYSTEM
from opsconsole.kernel.clock import now
from opsconsole.kernel.errors import Conflict
from tests.factories.channels import make_account, make_delivery
from tests.support.platforms import connect
from tests.support.sending import arm_next
from tests.support.together import together

LATER = timedelta(hours=1)


def drain():
    """Claim until nothing is due, as one worker does."""
    found = []
    while claim := sending.delivery_claim():
        found.append(claim.delivery_id)
    return found


@pytest.mark.django_db(transaction=True)
def test_each_delivery_is_claimed_by_one_of_many_workers():
    wanted = {make_delivery(account=make_account()).pk for _ in range(30)}
    hauls = together(*[drain] * 6)
    claimed = [pk for haul in hauls for pk in haul]
    assert len(claimed) == len(wanted)
    assert set(claimed) == wanted


@pytest.mark.django_db(transaction=True)
def test_many_dispatchers_at_once_make_one_create_call_each(sandbox):
    """Two beats, and messages delivered twice: each text stands once."""
    lines = [connect(sandbox, kind) for kind in ("x", "facebook")]
    for line in lines:
        for _ in range(6):
            make_delivery(account=line.account, kind="post")
    together(tasks.dispatch, tasks.dispatch, tasks.deliver_next, tasks.deliver_next)
    assert set(Delivery.objects.values_list("state", flat=True)) == {"sent"}
    for line in lines:
        assert set(line.stands().values()) == {1}
        assert len(line.calls()) == 6


@pytest.mark.django_db(transaction=True)
def test_asking_twice_for_one_origin_at_once_is_one_delivery():
    account = make_account()

    def ask():
        return delivery_request(
            SYSTEM, origin="reply:one", account=account, kind=OutgoingKind.REPLY, text="Hello.",
            not_before=now(), deadline=now() + LATER,
        ).pk  # fmt: skip

    assert len(set(together(*[ask] * 6))) == 1
    assert Delivery.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_nothing_is_armed_after_a_pause_has_committed():
    for _ in range(20):
        account = make_account()
        make_delivery(account=account)
        claim = sending.delivery_claim()
        sending.delivery_prepared(claim, [])

        def pause(account=account):
            account_pause(SYSTEM, account_id=account.pk)
            return now()

        def arm(claim=claim):
            return sending.delivery_arm(claim, worker="w")

        paused_at, is_armed = together(pause, arm)
        row = Delivery.objects.get(pk=claim.delivery_id)
        assert row.state == ("armed" if is_armed else "ready")
        if is_armed:
            assert row.attempts.get().armed_at <= paused_at
        Delivery.objects.update(state="cancelled")


@pytest.mark.django_db(transaction=True)
def test_a_stop_and_a_worker_at_once_one_of_them_wins():
    for _ in range(10):
        delivery = make_delivery()
        stopped, claim = together(
            lambda pk=delivery.pk: delivery_cancel(SYSTEM, delivery_id=pk), sending.delivery_claim
        )
        delivery.refresh_from_db()
        if claim is None:
            assert delivery.state == "cancelled"
        else:
            assert isinstance(stopped, Conflict)
            assert delivery.state == "claimed"
        Delivery.objects.update(state="cancelled")


@pytest.mark.django_db(transaction=True)
def test_the_reaper_and_the_answer_at_once_agree_on_one_end():
    for number in range(10):
        delivery = make_delivery()
        claim = arm_next()
        Delivery.objects.update(lease_until=now() - LATER)
        _reaped, is_sent = together(
            leases_reap, lambda c=claim, n=number: sending.delivery_sent(c, Receipt(f"r{n}"))
        )
        delivery.refresh_from_db()
        assert delivery.state == ("sent" if is_sent else "ambiguous")
        assert delivery.attempts.get().outcome == ("sent" if is_sent else None)
        Delivery.objects.exclude(state="sent").update(state="cancelled")


@pytest.mark.django_db(transaction=True)
def test_an_unclear_delivery_is_read_back_by_one_worker():
    for _ in range(10):
        make_delivery(state="ambiguous", ambiguous_at=now(), next_look_at=now())
    hauls = together(*[deliveries_to_reconcile] * 4)
    assert sorted(claim.delivery_id for haul in hauls for claim in haul) == sorted(
        Delivery.objects.values_list("pk", flat=True)
    )


# --- What the database itself refuses, whoever writes ---


def run(sql, *values):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, values)


@pytest.mark.django_db
@pytest.mark.parametrize("sql", ["state = 'ready'", "state = 'cancelled'", "external_id = ''"])
def test_sent_is_final(sql):
    delivery = make_delivery(state="sent")
    with pytest.raises(DatabaseError):
        run(f"UPDATE channels_delivery SET {sql} WHERE id = %s", delivery.pk)
    delivery.refresh_from_db()
    assert (delivery.state, bool(delivery.external_id)) == ("sent", True)


@pytest.mark.django_db
def test_nothing_is_sent_without_a_number():
    delivery = make_delivery()
    with pytest.raises(IntegrityError, match="delivery_sent_has_external_id"):
        run("UPDATE channels_delivery SET state = 'sent' WHERE id = %s", delivery.pk)


@pytest.mark.django_db
def test_two_deliveries_do_not_stand_for_one_number():
    account = make_account()
    make_delivery(account=account, state="sent", external_id="7")
    other = make_delivery(account=account)
    with pytest.raises(IntegrityError, match="delivery_one_per_external_id"):
        run("UPDATE channels_delivery SET external_id = '7' WHERE id = %s", other.pk)
    make_delivery(state="sent", external_id="7")  # another account's number is another number


@pytest.mark.django_db
def test_an_origin_and_a_nonce_stand_for_one_delivery():
    first, second = make_delivery(), make_delivery()
    for field in ("origin", "nonce"):
        with pytest.raises(IntegrityError, match=field):
            run(
                f"UPDATE channels_delivery SET {field} = %s WHERE id = %s",
                getattr(first, field), second.pk,
            )  # fmt: skip


@pytest.mark.django_db
def test_there_is_no_second_attempt_while_one_is_open():
    delivery = make_delivery()
    arm_next()
    open_one = DeliveryAttempt.objects.get()
    for number in (1, 2):
        with pytest.raises(IntegrityError), transaction.atomic():
            DeliveryAttempt.objects.create(delivery=delivery, number=number, armed_at=now())
    DeliveryAttempt.objects.filter(pk=open_one.pk).update(outcome="absent")
    with pytest.raises(IntegrityError, match="attempt_numbered_once"), transaction.atomic():
        DeliveryAttempt.objects.create(delivery=delivery, number=1, armed_at=now())
    DeliveryAttempt.objects.create(delivery=delivery, number=2, armed_at=now())
