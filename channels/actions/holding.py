"""Placing and lifting holds, and keeping what they cover from leaving."""

from django.db import IntegrityError, transaction
from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from channels.actions.hold_gate import gate_close, gate_enter
from channels.actions.moves import show, units_of
from channels.lifecycle import WAITING, DeliveryState
from channels.models import Delivery, Hold, HoldInFlight
from channels.scopes import SCOPES, Scope, covered_by, squashed
from channels.selectors.holds import hold_for, holds_in_force, may_lift, may_place
from opsconsole.audit.actions import record
from opsconsole.kernel.actor import Actor
from opsconsole.kernel.clock import now
from opsconsole.kernel.doorbell import ring_on_commit
from opsconsole.kernel.errors import Conflict, Invalid, NotAllowed
from opsconsole.kernel.live import hint_on_commit
from opsconsole.kernel.text import typed
from opsconsole.people.selectors import active_units

S = DeliveryState
LONGEST_REASON, LONGEST_PHRASE, SHORTEST_PHRASE = 500, 120, 2
#: Why a delivery is held: a hold covers it, or did until it was lifted.
ON_HOLD, TO_REVIEW = "on_hold", "hold_lifted"
#: Deliveries marked in one transaction, so that nobody waits long at the gate.
BATCH = 2000
#: Handed to a platform, with an end that nobody knows yet.
_IN_FLIGHT = frozenset({S.ARMED, S.AMBIGUOUS, S.RECONCILING})


def hold_place(
    actor: Actor,
    *,
    scope: str,
    reason: str,
    target: int | None = None,
    phrase: str = "",
    with_answers: bool = False,
) -> Hold:
    """Stop everything in a scope that is not armed yet; nothing is armed after this commits.

    `target` is the number of the unit, account or whatever else the scope is about. What was in flight
    at that moment is written down. Conflict when the same is already held.
    """
    hold = _asked(actor, scope, target, phrase)
    if not may_place(actor, hold):
        raise NotAllowed
    hold.reason, hold.with_answers = _checked_reason(reason), with_answers
    hold.placed_by_id = actor.user_id
    with transaction.atomic():
        gate_close()
        hold.placed_at = now()
        _insert(hold)
        flown = Delivery.objects.filter(covered_by(hold), state__in=_IN_FLIGHT)
        HoldInFlight.objects.bulk_create(
            HoldInFlight(hold=hold, delivery_id=pk, state=state)
            for pk, state in flown.order_by("pk").values_list("pk", "state")
        )
        record(
            actor, "channels.hold.placed", hold,
            unit_id=_unit_of(hold), scope=scope, reason=hold.reason,
        )  # fmt: skip
        _hint(hold)
        ring_on_commit("delivery_requested")
    # The screens say so at once; whatever is beyond the first batch, a worker marks.
    _catch_some()
    return hold


def hold_lift(actor: Actor, *, hold_id: int) -> Hold:
    """Let what is not yet due go on as planned; what became due meanwhile waits for somebody's review.

    Nothing leaves because of this. Conflict when somebody else has lifted it.
    """
    if not may_lift(actor, hold_for(actor, hold_id)):
        raise NotAllowed
    with transaction.atomic():
        gate_close()
        at = now()
        lifted = Hold.objects.filter(pk=hold_id, lifted_at__isnull=True)
        if not lifted.update(lifted_at=at, lifted_by=actor.user_id):
            raise Conflict(_("Somebody else has just lifted this hold."), code="lifted")
        hold = hold_for(actor, hold_id)
        moved = _put_to_review(hold) | _let_go_on(hold)
        record(
            actor, "channels.hold.lifted", hold,
            unit_id=_unit_of(hold), scope=hold.scope, reason=hold.reason,
        )  # fmt: skip
        _hint(hold)
        show(moved)
        ring_on_commit("delivery_requested")
        ring_on_commit("delivery_settled")
    return hold


def holds_catch() -> int:
    """Mark what holds cover, and hold what has become due meanwhile. Returns how many were touched."""
    touched = 0
    while holds_in_force() and (caught := _catch_some()):
        touched += caught
    return touched


def _catch_some() -> int:
    """One batch of each hold. Inside the gate, so that no hold is lifted between looking and marking."""
    with transaction.atomic():
        gate_enter()
        holds = holds_in_force()
        marked: dict[int, int] = {}
        for hold in holds:
            free = Delivery.objects.filter(covered_by(hold), state__in=WAITING, hold__isnull=True)
            marked |= _change(free, hold=hold)
        due = Delivery.objects.filter(state__in=WAITING, hold__in=holds, not_before__lte=now())
        held = _change(due, state=S.HELD, reason_code=ON_HOLD, reason="", is_unseen=True)
        show(marked | held)
        if held:
            ring_on_commit("delivery_settled")
    return len(marked) + len(held)


def _change(rows: QuerySet[Delivery], **changes: object) -> dict[int, int]:
    """Change a batch of deliveries that nobody else is changing. Returns unit by delivery."""
    free = rows.order_by("pk").select_for_update(skip_locked=True, of=("self",), no_key=True)
    ids = list(free.values_list("pk", flat=True)[:BATCH])
    chosen = Delivery.objects.filter(pk__in=ids)
    found = units_of(chosen) if ids else {}
    if ids:
        chosen.update(**changes)
    return found


def _put_to_review(hold: Hold) -> dict[int, int]:
    """Hold what became due under a hold that ends: for review, or for another hold that covers it too.

    What a worker has prepared in vain is among it: with the fence raised, that worker has lost it.
    """
    covered = Q(hold=hold) | Q(pk__in=Delivery.objects.filter(covered_by(hold)).values("pk"))
    was_due = Q(state__in=WAITING | {S.CLAIMED, S.PREPARED}, not_before__lte=hold.lifted_at)
    due = Delivery.objects.filter(
        covered, was_due | Q(state=S.RETRY_WAIT) | Q(state=S.HELD, hold=hold)
    )
    locked = due.order_by("pk").select_for_update(of=("self",), no_key=True)
    rows = Delivery.objects.filter(pk__in=list(locked.values_list("pk", flat=True)))
    found = units_of(rows)
    rows.update(
        state=S.HELD, hold=hold, reason_code=TO_REVIEW, reason="", lease_until=None,
        fence=F("fence") + 1, is_unseen=True,
    )  # fmt: skip
    for other in holds_in_force():
        rows.filter(covered_by(other), hold=hold).update(hold=other, reason_code=ON_HOLD)
    return found


def _let_go_on(hold: Hold) -> dict[int, int]:
    """Take the mark from what is not yet due."""
    rows = Delivery.objects.filter(hold=hold, state__in=WAITING)
    found = units_of(rows)
    rows.update(hold=None)
    return found


def _asked(actor: Actor, scope: str, target: int | None, phrase: str) -> Hold:
    """Return the hold that somebody asks for; Invalid when it is not clear what it shall stop."""
    kind = SCOPES.get(scope)
    if kind is None:
        raise Invalid(_("Say what shall be stopped."), code="scope", field="scope")
    hold = Hold(scope=scope)
    if kind.column and (kind.is_choice_needed or target is not None):
        _choose(actor, kind, hold, target)
    if kind.has_phrase:
        hold.phrase = " ".join(typed(phrase).split())
        if not len(squashed(hold.phrase)) >= SHORTEST_PHRASE or len(hold.phrase) > LONGEST_PHRASE:
            raise Invalid(
                _("Give between 2 and 120 characters."), code="phrase", field="phrase"
            )  # fmt: skip
    return hold


def _choose(actor: Actor, kind: Scope, hold: Hold, target: int | None) -> None:
    names = dict(kind.choices(actor))
    if target not in names:
        raise Invalid(_("Choose what shall be stopped."), code="target", field="target")
    setattr(hold, kind.column, target)
    kind.fill(hold)
    if kind.column == "target_id":
        hold.target_name = names[target][:200]


def _checked_reason(reason: str) -> str:
    reason = typed(reason).strip()
    if not reason:
        raise Invalid(
            _("Say why: everybody whom it concerns reads it."), code="blank", field="reason"
        )
    if len(reason) > LONGEST_REASON:
        raise Invalid(
            _("Use at most %(limit)d characters.") % {"limit": LONGEST_REASON},
            code="too_long", field="reason",
        )  # fmt: skip
    return reason


def _insert(hold: Hold) -> None:
    try:
        with transaction.atomic():
            hold.save(force_insert=True)
    except IntegrityError as error:
        raise Conflict(
            _("Somebody has just stopped this already."), code="held_already"
        ) from error


def _unit_of(hold: Hold) -> int | None:
    """Return the unit whose record an act about a hold belongs to; None for the house's."""
    units = SCOPES[hold.scope].units(hold)
    return next(iter(units)) if units and len(units) == 1 else None


def _hint(hold: Hold) -> None:
    units = SCOPES[hold.scope].units(hold)
    heard = [unit.pk for unit in active_units()] if units is None else units
    told = frozenset(heard) | SCOPES[hold.scope].audience(hold)
    hint_on_commit("hold", units=told, id=hold.pk)
