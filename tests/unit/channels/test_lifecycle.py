"""The states of a delivery: what may never happen is as important as what may."""

import pytest

from channels.lifecycle import DELIVERY, LEASED, SETTLED, STOPPABLE, DeliveryState

S = DeliveryState


def test_sent_is_final():
    assert DELIVERY.moves[S.SENT] == set()


def test_a_refused_delivery_is_never_tried_again():
    assert DELIVERY.moves[S.REJECTED] == set()


def test_only_what_a_worker_has_claimed_is_armed():
    assert set(DELIVERY.sources(S.ARMED)) == {S.CLAIMED, S.PREPARED}


def test_an_armed_or_unclear_delivery_is_never_simply_ready_again():
    assert not DELIVERY.allows(S.ARMED, S.READY)
    assert not DELIVERY.allows(S.AMBIGUOUS, S.READY)
    assert not DELIVERY.allows(S.AMBIGUOUS, S.CLAIMED)
    assert set(DELIVERY.sources(S.READY)) >= {S.RECONCILING, S.NEEDS_HUMAN}


def test_what_may_be_out_there_cannot_be_stopped():
    assert not STOPPABLE & {S.CLAIMED, S.PREPARED, S.ARMED, S.AMBIGUOUS, S.RECONCILING, S.SENT}


@pytest.mark.parametrize("state", sorted(STOPPABLE))
def test_what_is_stoppable_can_be_cancelled_and_planned_anew(state):
    assert DELIVERY.allows(state, S.CANCELLED)
    assert state == S.PLANNED or DELIVERY.allows(state, S.PLANNED)


def test_leased_and_settled_states_do_not_overlap():
    assert not LEASED & SETTLED
