"""How a delivery is claimed, armed and settled: every move, and what a lost claim may still do."""

from datetime import timedelta

import pytest

from channels.actions import sending
from channels.actions.moves import Claim
from channels.actions.reconciling import leases_reap
from channels.errors import (
    Ambiguous,
    AuthExpired,
    RateLimited,
    Rejected,
    RejectionCode,
    Unreachable,
)
from channels.models import ChannelAccount, Credential, Delivery
from channels.types import Receipt
from opsconsole.kernel.clock import now
from tests.factories.channels import make_account, make_delivery
from tests.support.sending import arm_next

pytestmark = pytest.mark.django_db


def state(delivery):
    delivery.refresh_from_db()
    return delivery.state


def in_seconds(seconds):
    return now() + timedelta(seconds=seconds)


def claimed_ids():
    """Claim until nothing is due."""
    found = []
    while claim := sending.delivery_claim():
        found.append(claim.delivery_id)
    return found


# --- Whose turn it is ---


def test_answers_go_before_posts_and_then_the_oldest_first():
    account = make_account()
    post_late = make_delivery(account=account, kind="post", not_before=in_seconds(-5))
    post_old = make_delivery(account=account, kind="post", not_before=in_seconds(-50))
    reply_late = make_delivery(account=account, not_before=in_seconds(-1))
    reply_old = make_delivery(account=account, not_before=in_seconds(-2))
    assert claimed_ids() == [row.pk for row in (reply_old, reply_late, post_old, post_late)]


def test_nothing_leaves_before_its_time():
    make_delivery(kind="post", not_before=in_seconds(2))
    assert sending.delivery_claim() is None


@pytest.mark.parametrize(
    "silence",
    [
        {"is_paused": True},
        {"needs_reconnect": True},
        {"verified_at": None},
        {"next_allowed_at": in_seconds(3600)},
    ],
    ids=lambda silence: next(iter(silence)),
)
def test_an_account_that_may_not_speak_holds_up_nobody_else(silence):
    make_delivery(account=make_account(**silence))
    other = make_delivery()
    assert claimed_ids() == [other.pk]


@pytest.mark.parametrize("was", ["planned", "ready", "retry_wait", "held"])
def test_what_could_not_leave_in_its_window_is_missed(was):
    gone = make_delivery(state=was, deadline=in_seconds(-1))
    kept = make_delivery(state=was, deadline=in_seconds(60))
    assert sending.windows_close() == 1
    assert (state(gone), gone.reason_code, gone.is_unseen) == ("missed", "window_closed", True)
    assert gone.settled_at is not None
    assert state(kept) == was


@pytest.mark.parametrize("was", ["claimed", "armed", "ambiguous", "needs_human", "sent"])
def test_what_is_under_way_or_over_is_not_missed(was):
    delivery = make_delivery(state=was, deadline=in_seconds(-1))
    assert sending.windows_close() == 0
    assert state(delivery) == was


# --- Arming ---


def prepared(**given):
    delivery = make_delivery(**given)
    claim = sending.delivery_claim()
    assert sending.delivery_prepared(claim, ["m1"])
    return delivery, claim


def test_arming_writes_the_attempt_down_first():
    delivery, claim = prepared()
    assert sending.delivery_arm(claim, worker="w1")
    assert (state(delivery), delivery.attempts_made, delivery.media_handles) == (
        "armed",
        1,
        ["m1"],
    )
    attempt = delivery.attempts.get()
    assert (attempt.number, attempt.worker, attempt.outcome) == (1, "w1", None)
    assert delivery.lease_until > now()


@pytest.mark.parametrize(
    "silence",
    [{"is_paused": True}, {"needs_reconnect": True}, {"verified_at": None}],
    ids=lambda silence: next(iter(silence)),
)
def test_nothing_is_armed_for_an_account_that_has_been_silenced_meanwhile(silence):
    delivery, claim = prepared()
    ChannelAccount.objects.update(**silence)
    assert not sending.delivery_arm(claim, worker="w1")
    assert (state(delivery), delivery.lease_until) == ("ready", None)
    assert not delivery.attempts.exists()


def test_nothing_is_armed_after_its_window():
    delivery, claim = prepared()
    Delivery.objects.update(deadline=in_seconds(-1))
    assert not sending.delivery_arm(claim, worker="w1")
    assert state(delivery) == "missed"
    assert not delivery.attempts.exists()


# --- A lost claim ---


def lose(claim):
    """Another worker takes the delivery over."""
    Delivery.objects.filter(pk=claim.delivery_id).update(lease_until=in_seconds(-1))
    assert leases_reap() == 1


@pytest.mark.parametrize("stage", ["claimed", "prepared", "armed"])
def test_whoever_lost_the_claim_changes_nothing(stage):
    delivery = make_delivery()
    claim = sending.delivery_claim()
    if stage != "claimed":
        sending.delivery_prepared(claim, [])
    if stage == "armed":
        sending.delivery_arm(claim, worker="w1")
    lose(claim)
    before = Delivery.objects.values().get(), list(delivery.attempts.values())
    assert sending.claim_is_mine(claim) is None
    assert not sending.delivery_prepared(claim, ["late"])
    assert not sending.delivery_arm(claim, worker="late")
    assert not sending.delivery_sent(claim, Receipt("late"))
    for error in (Ambiguous(), AuthExpired(), RateLimited(), Rejected(), Unreachable()):
        assert not sending.delivery_failed(claim, error)
    assert (Delivery.objects.values().get(), list(delivery.attempts.values())) == before
    account = ChannelAccount.objects.get()
    assert (account.needs_reconnect, account.next_allowed_at) == (False, None)


def test_a_reaped_delivery_is_claimed_anew_with_a_higher_fence():
    delivery = make_delivery()
    first = sending.delivery_claim()
    lose(first)
    assert state(delivery) == "ready"
    second = sending.delivery_claim()
    assert second.fence > first.fence


def test_the_reaper_makes_an_armed_delivery_unclear_and_never_ready():
    delivery = make_delivery()
    lose(arm_next())
    assert (state(delivery), delivery.reason_code, delivery.is_unseen) == (
        "ambiguous",
        "worker_lost",
        True,
    )
    assert delivery.next_look_at <= now()
    assert delivery.attempts.get().outcome is None


def test_the_reaper_leaves_running_leases_alone():
    make_delivery()
    arm_next()
    assert leases_reap() == 0


def test_screens_are_told_of_what_nobody_moved_by_hand(django_capture_on_commit_callbacks):
    make_delivery()
    arm_next()
    Delivery.objects.update(lease_until=in_seconds(-1))
    make_delivery(deadline=in_seconds(-1))
    with django_capture_on_commit_callbacks() as told:
        leases_reap()
    assert len(told) == 1  # a hint
    with django_capture_on_commit_callbacks() as told:
        sending.windows_close()
    assert len(told) == 2  # a hint and a bell
    with django_capture_on_commit_callbacks() as told:
        leases_reap()
        sending.windows_close()
    assert told == []


# --- What the platform said ---


def armed(**given):
    delivery = make_delivery(**given)
    return delivery, arm_next()


def test_a_receipt_makes_it_sent():
    at = now()
    delivery, claim = armed()
    receipt = Receipt("77", url="https://platform.example/77", posted_at=at, is_held=True)
    assert sending.delivery_sent(claim, receipt)
    assert (state(delivery), delivery.external_id, delivery.url) == ("sent", "77", receipt.url)
    assert (delivery.sent_at, delivery.is_held_by_host, delivery.is_unseen) == (at, True, True)
    assert delivery.attempts.get().outcome == "sent"


def test_a_receipt_without_a_number_is_no_receipt():
    delivery, claim = armed()
    assert sending.delivery_sent(claim, Receipt(""))
    assert state(delivery) == "ambiguous"


def test_a_number_that_another_delivery_stands_for_is_looked_into():
    account = make_account()
    make_delivery(account=account, state="sent", external_id="77")
    delivery, claim = armed(account=account)
    assert sending.delivery_sent(claim, Receipt("77"))
    assert (state(delivery), delivery.reason_code) == ("ambiguous", "duplicate")


def test_an_address_that_is_no_web_address_is_not_kept():
    delivery, claim = armed()
    sending.delivery_sent(claim, Receipt("77", url="javascript:alert(1)"))
    assert (state(delivery), delivery.url) == ("sent", "")


@pytest.mark.parametrize(
    ("error", "becomes", "reason", "outcome"),
    [
        (Ambiguous("reset"), "ambiguous", "unclear", None),
        (Rejected("gone", code=RejectionCode.TARGET_GONE), "rejected", "target_gone", "refused"),
        (Rejected("same", code=RejectionCode.DUPLICATE), "rejected", "duplicate", "refused"),
        (RateLimited("wait"), "retry_wait", "rate_limited", "refused"),
        (Unreachable("no route"), "retry_wait", "unreachable", "refused"),
        (AuthExpired("revoked"), "held", "account_disconnected", "refused"),
    ],
    ids=lambda given: given.__class__.__name__ if isinstance(given, Exception) else "",
)
def test_each_refusal_has_its_consequence(error, becomes, reason, outcome):
    delivery, claim = armed()
    assert sending.delivery_failed(claim, error)
    assert (state(delivery), delivery.reason_code) == (becomes, reason)
    assert delivery.reason == error.detail
    assert delivery.attempts.get().outcome == outcome
    assert delivery.lease_until is None


def test_before_arming_nothing_can_be_unclear():
    delivery, claim = prepared()
    assert sending.delivery_failed(claim, Ambiguous("broken upload"))
    assert (state(delivery), delivery.retries) == ("retry_wait", 1)


def test_a_duplicate_refusal_after_an_earlier_attempt_is_probably_our_own():
    delivery, claim = armed()
    sending.delivery_failed(claim, Unreachable())
    Delivery.objects.update(not_before=now())
    assert sending.delivery_failed(arm_next(), Rejected(code=RejectionCode.DUPLICATE))
    assert (state(delivery), delivery.reason_code) == ("ambiguous", "duplicate")


def test_tries_are_spaced_out_and_end():
    delivery = make_delivery(deadline=in_seconds(9000))
    pauses = []
    while state(delivery) in {"planned", "retry_wait"}:
        Delivery.objects.update(not_before=now())
        sending.delivery_failed(arm_next(), Unreachable("down"))
        delivery.refresh_from_db()
        pauses.append(round((delivery.not_before - now()).total_seconds()))
    assert pauses[:-1] == [2, 4, 8, 16, 32, 60, 60]
    assert (delivery.state, delivery.attempts.count()) == ("failed", 8)


def test_a_limit_parks_the_account_not_the_delivery():
    until = in_seconds(120)
    delivery, claim = armed()
    sending.delivery_failed(claim, RateLimited("wait", until=until))
    account = ChannelAccount.objects.get(pk=delivery.account_id)
    assert until <= account.next_allowed_at <= until + timedelta(seconds=2)
    assert (state(delivery), delivery.retries) == ("retry_wait", 0)
    make_delivery(account=account)
    assert claimed_ids() == []


def test_a_limit_without_an_end_is_waited_out_a_quarter_of_an_hour():
    delivery, claim = armed()
    sending.delivery_failed(claim, RateLimited("wait"))
    account = ChannelAccount.objects.get(pk=delivery.account_id)
    assert timedelta(minutes=14) < account.next_allowed_at - now() < timedelta(minutes=16)


def test_a_lost_login_is_not_blamed_on_credentials_that_are_newer():
    delivery, claim = armed()
    Credential.objects.update(updated_at=in_seconds(1))
    sending.delivery_failed(claim, AuthExpired("the old token"))
    assert state(delivery) == "retry_wait"
    assert not ChannelAccount.objects.get().needs_reconnect


def test_a_claim_that_never_was_moves_nothing():
    make_delivery(state="armed")
    assert not sending.delivery_sent(Claim(Delivery.objects.get().pk, 99), Receipt("1"))
