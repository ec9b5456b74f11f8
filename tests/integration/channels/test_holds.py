"""A hold stops what is not armed, says so truthfully, and lifting it sends nothing by itself."""

from datetime import timedelta

import pytest
from django.utils import translation

from channels import tasks
from channels.actions import sending
from channels.actions.accounts import account_reconnect
from channels.actions.deliveries import (
    deliveries_bind,
    deliveries_permit,
    delivery_revise,
    delivery_send_again,
)
from channels.actions.holding import hold_lift, hold_place, holds_catch
from channels.actions.reviewing import review_drop, review_plan, review_send
from channels.models import Delivery, Hold
from channels.scopes import SCOPES, Scope, scope_add
from channels.selectors.holds import (
    deliveries_to_review,
    flown_before,
    hold_for,
    holds_seen,
    stopped_by,
)
from channels.status import ON_HOLD, TO_REVIEW, status_of
from opsconsole.audit.models import Activity
from opsconsole.kernel.actor import SYSTEM
from opsconsole.kernel.clock import now
from opsconsole.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from tests.factories.channels import make_account, make_delivery
from tests.factories.people import make_actor, make_unit
from tests.support.sending import arm_next

pytestmark = pytest.mark.django_db

LATER = timedelta(hours=1)


def stop(scope="everything", actor=SYSTEM, **given):
    return hold_place(actor, scope=scope, **({"reason": "The price is wrong."} | given))


def post(**given):
    return make_delivery(kind="post", **given)


def claimed():
    claim = sending.delivery_claim()
    return claim and claim.delivery_id


def fresh(row):
    return Delivery.objects.get(pk=row.pk)


# --- what is stopped ---


def test_everything_stops_posts_and_lets_customers_be_answered():
    due, answer = post(), make_delivery(kind="reply")
    hold = stop()
    assert claimed() == answer.pk
    assert claimed() is None
    assert (fresh(due).state, fresh(due).hold, fresh(due).reason_code) == ("held", hold, "on_hold")


def test_a_hold_with_answers_stops_both():
    post(), make_delivery(kind="reply"), make_delivery(kind="private")
    stop(with_answers=True)
    assert claimed() is None
    assert Delivery.objects.filter(state="held").count() == 3


def test_an_account_and_a_unit_stop_their_own_alone():
    unit = make_unit()
    mine, beside, other = make_account(unit=unit), make_account(unit=unit), make_account()
    rows = [post(account=account) for account in (mine, beside, other)]
    stop("account", target=mine.pk)
    assert [fresh(row).hold_id is None for row in rows] == [False, True, True]
    stop("unit", target=unit.pk)
    assert [fresh(row).hold_id is None for row in rows] == [False, False, True]
    assert claimed() == rows[2].pk


@pytest.mark.parametrize(
    ("text", "is_stopped"),
    [("아이폰 17 특가", True), ("아이폰17", True), ("IPHONE 17", False), ("아이패드", False)],
)
def test_words_are_found_whatever_their_spaces(text, is_stopped):
    row = post(text=text)
    stop("phrase", phrase=" 아이폰  17")
    assert (fresh(row).state == "held") is is_stopped


def test_words_are_found_in_titles_in_any_case_and_in_one_unit_if_wished():
    unit = make_unit()
    mine = post(account=make_account(unit=unit), title="Galaxy Fold", text="News")
    other = post(title="Galaxy Fold", text="News")
    stop("phrase", phrase="galaxyfold", target=unit.pk)
    assert (fresh(mine).state, fresh(other).state) == ("held", "planned")


def test_a_scope_is_added_with_one_call():
    row, other = post(title="Launch"), post()
    scope_add(
        "launch",
        Scope(
            "Launch", lambda hold: hold_of_target(hold.target_id),
            column="target_id", choices=lambda _actor: [(row.pk, "Launch day")],
            units=lambda hold: frozenset({row.account.unit_id}),
        ),
    )  # fmt: skip
    try:
        hold = stop("launch", target=row.pk)
        assert (fresh(row).state, fresh(other).state) == ("held", "planned")
        assert SCOPES["launch"].named(hold_for(SYSTEM, hold.pk)) == "Launch day"
    finally:
        del SCOPES["launch"]


def hold_of_target(pk):
    from django.db.models import Q

    return Q(pk=pk)


def test_what_is_planned_during_a_hold_is_marked_and_leaves_only_after_it():
    hold = stop()
    row = post(not_before=now() + LATER)
    holds_catch()
    assert (fresh(row).state, fresh(row).hold) == ("planned", hold)
    assert status_of(fresh(row)) is ON_HOLD


def test_what_a_worker_has_prepared_is_stopped_at_the_last_moment():
    row = post()
    claim = sending.delivery_claim()
    sending.delivery_prepared(claim, [])
    hold = stop()
    assert sending.delivery_arm(claim, worker="w") is False
    assert (fresh(row).state, fresh(row).hold) == ("held", hold)
    assert not row.attempts.exists()


def test_what_was_in_flight_is_listed_as_it_was():
    armed = post()
    arm_next()
    unclear = post(state="ambiguous", ambiguous_at=now(), next_look_at=now() + LATER)
    post(state="sent")
    hold = stop()
    assert [(row.delivery_id, row.state) for row in flown_before(SYSTEM, hold)] == [
        (armed.pk, "armed"), (unclear.pk, "ambiguous"),
    ]  # fmt: skip


def test_no_window_closes_under_a_hold():
    row, other = post(deadline=now() + timedelta(seconds=1)), make_delivery(kind="reply")
    stop()
    Delivery.objects.update(deadline=now() - LATER)
    tasks.dispatch()
    assert (fresh(row).state, fresh(other).state) == ("held", "missed")


def test_an_edit_under_a_hold_stays_on_hold():
    row = post(text="wrong price")
    hold = stop()
    delivery_revise(
        SYSTEM, delivery=fresh(row), text="right price", title="", not_before=now(),
        deadline=now() + LATER,
    )  # fmt: skip
    tasks.dispatch()
    assert (fresh(row).state, fresh(row).hold, fresh(row).text) == ("held", hold, "right price")


def test_reconnecting_an_account_sets_nothing_free_that_is_on_hold():
    account = make_account()
    row = post(account=account)
    lost = post(account=account, state="held", reason_code="account_disconnected")
    stop("account", target=account.pk)
    account_reconnect(
        SYSTEM, account_id=account.pk,
        secrets={"page_access_token": "x", "app_secret": "y", "page_id": "1"},
    )  # fmt: skip
    assert (fresh(row).state, fresh(lost).state) == ("held", "ready")


def test_nobody_sends_by_hand_what_is_on_hold():
    row = post(state="failed")
    stop()
    with pytest.raises(Conflict) as refused:
        delivery_send_again(SYSTEM, delivery_id=row.pk)
    assert refused.value.code == "on_hold"


# --- lifting ---


def test_lifting_never_flushes():
    due, later = post(), post(not_before=now() + LATER)
    hold = stop()
    hold_lift(SYSTEM, hold_id=hold.pk)
    assert (fresh(due).state, fresh(due).reason_code) == ("held", "hold_lifted")
    assert status_of(fresh(due)) is TO_REVIEW
    assert (fresh(later).state, fresh(later).hold) == ("planned", None)
    assert claimed() is None
    assert list(deliveries_to_review(SYSTEM)) == [due]


@pytest.mark.parametrize("is_prepared", [True, False])
def test_what_became_due_with_a_worker_is_reviewed_too(is_prepared):
    """Claimed under the hold by a worker that has not come to arming it."""
    hold = stop()
    row = post()
    claim = sending.delivery_claim()
    if is_prepared:
        sending.delivery_prepared(claim, [])
    hold_lift(SYSTEM, hold_id=hold.pk)
    assert fresh(row).reason_code == "hold_lifted"
    sending.delivery_prepared(claim, [])
    assert sending.delivery_arm(claim, worker="w") is False
    assert fresh(row).state == "held"


def test_what_was_being_tried_again_is_reviewed_though_its_next_try_is_later():
    row = post(state="retry_wait", not_before=now() + timedelta(seconds=30))
    hold = stop()
    hold_lift(SYSTEM, hold_id=hold.pk)
    assert fresh(row).reason_code == "hold_lifted"


def test_two_holds_over_one_delivery_both_have_to_be_lifted():
    row, later = post(), post(not_before=now() + LATER)
    first, second = stop(), stop("account", target=row.account_id)
    hold_lift(SYSTEM, hold_id=first.pk)
    holds_catch()
    assert (fresh(row).hold, fresh(row).reason_code) == (second, "on_hold")
    assert fresh(later).hold is None
    hold_lift(SYSTEM, hold_id=second.pk)
    assert fresh(row).reason_code == "hold_lifted"


def test_a_hold_is_lifted_once_and_may_be_placed_again():
    hold = stop()
    with pytest.raises(Conflict):
        stop()
    assert stop(with_answers=True).pk != hold.pk
    hold_lift(SYSTEM, hold_id=hold.pk)
    with pytest.raises(Conflict) as refused:
        hold_lift(SYSTEM, hold_id=hold.pk)
    assert refused.value.code == "lifted"
    assert stop().pk != hold.pk


# --- the review ---


def reviewed():
    """Three deliveries that wait for review."""
    rows = [post() for _ in range(3)]
    hold_lift(SYSTEM, hold_id=stop().pk)
    return rows


def test_each_is_sent_planned_anew_or_dropped():
    sent, planned, dropped = reviewed()
    at = now() + LATER
    review_send(SYSTEM, delivery_ids=[sent.pk])
    review_plan(SYSTEM, delivery_ids=[planned.pk], at=at)
    review_drop(SYSTEM, delivery_ids=[dropped.pk])
    assert claimed() == sent.pk
    assert claimed() is None
    assert (fresh(planned).state, fresh(planned).not_before) == ("planned", at)
    assert fresh(planned).deadline - at == planned.deadline - planned.not_before
    assert fresh(dropped).state == "cancelled"
    verbs = set(Activity.objects.values_list("verb", flat=True))
    assert {"channels.delivery.sent_again", "channels.delivery.planned_anew"} <= verbs
    assert {"channels.delivery.dropped", "channels.hold.placed", "channels.hold.lifted"} <= verbs


def test_all_together_and_what_has_moved_on_is_told():
    rows = reviewed()
    review_drop(SYSTEM, delivery_ids=[rows[0].pk])
    told = review_send(SYSTEM, delivery_ids=[row.pk for row in rows])
    assert (told.done, told.moved_on) == (2, 1)
    assert fresh(rows[0]).state == "cancelled"


def test_what_is_held_again_is_not_sent_from_the_review():
    rows = reviewed()
    stop()
    told = review_send(SYSTEM, delivery_ids=[row.pk for row in rows])
    assert told.done == 0
    assert [refusal.code for refusal in told.refusals] == ["on_hold"] * 3
    assert states(rows) == {"held"}


def states(rows):
    return {fresh(row).state for row in rows}


def test_what_was_not_approved_is_not_sent_from_the_review_nor_at_a_time_nobody_approved():
    bare, approved, free = reviewed()
    Delivery.objects.filter(pk=bare.pk).update(needs_permit=True, content_hash="a")
    Delivery.objects.filter(pk=approved.pk).update(
        needs_permit=True, content_hash="a", permitted_hash="a"
    )
    told = review_plan(SYSTEM, delivery_ids=[bare.pk, approved.pk, free.pk], at=now() + LATER)
    assert [refusal.code for refusal in told.refusals] == ["time_approved"] * 2
    assert fresh(free).state == "planned"
    told = review_send(SYSTEM, delivery_ids=[bare.pk, approved.pk])
    assert [refusal.code for refusal in told.refusals] == ["not_approved"]
    assert (fresh(bare).state, fresh(approved).state) == ("held", "ready")


def test_what_has_to_be_approved_anew_leaves_the_hold_and_comes_back_to_it():
    row = post(not_before=now() + LATER)
    hold = stop()
    deliveries_bind(SYSTEM, delivery_ids=[row.pk], content="a")
    assert (fresh(row).state, fresh(row).hold) == ("awaiting", None)
    deliveries_permit(SYSTEM, delivery_ids=[row.pk], content="a")
    holds_catch()
    assert (fresh(row).state, fresh(row).hold) == ("planned", hold)
    hold_lift(SYSTEM, hold_id=hold.pk)
    assert (fresh(row).state, fresh(row).hold) == ("planned", None)


def test_a_new_time_lies_ahead():
    (row, *_rest) = reviewed()
    with pytest.raises(Invalid):
        review_plan(SYSTEM, delivery_ids=[row.pk], at=now() - LATER)


def test_only_who_settles_deliveries_there_decides():
    (row, *_rest) = reviewed()
    unit = row.account.unit
    with pytest.raises(NotAllowed):
        review_send(make_actor("staff", unit), delivery_ids=[row.pk])
    with pytest.raises(NotFound):
        review_send(make_actor("manager", make_unit()), delivery_ids=[row.pk])
    assert review_send(make_actor("manager", unit), delivery_ids=[row.pk]).done == 1


# --- who may ---


@pytest.fixture
def here():
    return make_account(unit=make_unit())


@pytest.mark.parametrize(
    ("role", "may"),
    [("guest", False), ("operator", False), ("staff", True), ("manager", True), ("administrator", True)],
)  # fmt: skip
def test_who_writes_posts_in_a_unit_may_stop_it(role, may, here):
    actor = make_actor(role, here.unit)
    if may:
        assert stop("unit", actor, target=here.unit_id).unit == here.unit
        with pytest.raises(NotAllowed):
            stop("everything", actor)
        with pytest.raises(Invalid):
            stop("account", actor, target=make_account().pk)
    else:
        with pytest.raises(Invalid):
            stop("unit", actor, target=here.unit_id)


@pytest.mark.parametrize(("role", "may"), [("staff", False), ("manager", True)])
def test_managers_lift_what_stops_their_unit(role, may, here):
    hold = stop("account", target=here.pk)
    actor = make_actor(role, here.unit)
    if may:
        assert hold_lift(actor, hold_id=hold.pk).lifted_at
    else:
        with pytest.raises(NotAllowed):
            hold_lift(actor, hold_id=hold.pk)


@pytest.mark.parametrize(
    ("role", "may_stop", "may_lift"),
    [("staff", True, False), ("manager", True, False), ("administrator", True, True)],
)
def test_the_whole_house_is_let_go_by_administrators(role, may_stop, may_lift):
    actor = make_actor(role)
    hold = stop("everything", actor)
    if may_lift:
        hold_lift(actor, hold_id=hold.pk)
    else:
        with pytest.raises(NotAllowed):
            hold_lift(actor, hold_id=hold.pk)


def test_a_hold_concerns_those_who_read_posts_there(here):
    house, local = stop(), stop("unit", target=here.unit_id)
    assert holds_seen(make_actor("operator", here.unit)) == [house, local]
    assert holds_seen(make_actor("operator", make_unit())) == [house]
    assert holds_seen(make_actor("guest", here.unit)) == []
    with pytest.raises(NotFound):
        hold_for(make_actor("manager", make_unit()), local.pk)


def test_behind_a_wall_a_hold_is_nobodys_business(here):
    post(account=here, text="secret")
    house, local = stop(), stop("unit", target=here.unit_id, with_answers=True)
    here.unit.is_walled = True
    here.unit.save()
    outside = make_actor("administrator")
    assert holds_seen(outside) == [house]
    assert not stopped_by(outside, house).exists()
    with pytest.raises(NotFound):
        hold_lift(outside, hold_id=local.pk)


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"scope": "moon"}, "scope"), ({"reason": "  "}, "reason"), ({"reason": "x" * 501}, "reason"),
        ({"scope": "unit"}, "target"), ({"scope": "account", "target": 999_999}, "target"),
        ({"scope": "phrase", "phrase": " a "}, "phrase"), ({"scope": "phrase", "phrase": "x" * 121}, "phrase"),
    ],
)  # fmt: skip
def test_what_is_unclear_is_refused_at_its_field(given, field):
    with pytest.raises(Invalid) as refused:
        stop(**given)
    assert refused.value.data["field"] == field
    assert not Hold.objects.exists()


def test_it_is_said_truthfully_in_both_languages():
    row = post()
    hold = stop()
    for language in ("ko", "en"):
        with translation.override(language):
            assert "leaves when" not in str(status_of(fresh(row)).hint)
    hold_lift(SYSTEM, hold_id=hold.pk)
    assert status_of(fresh(row)).label != ON_HOLD.label
