"""Coming to duty, leaving it, and pausing: what people do about their own shifts."""

from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from inbox.actions.shifts_over import all_given_back
from inbox.models import OperatorProfile, Shift
from inbox.selectors.duty import is_on_duty, my_duty, running, shift_for
from opsconsole.audit.actions import record
from opsconsole.kernel.actor import Actor
from opsconsole.kernel.clock import now
from opsconsole.kernel.doorbell import ring_on_commit
from opsconsole.kernel.errors import Conflict, Invalid
from opsconsole.people.roles import Ability
from opsconsole.people.selectors import units_within

#: Nobody is on duty for longer at a stretch.
LONGEST_SHIFT = timedelta(hours=24)
#: A pause is short; whoever is gone for longer ends the shift.
LONGEST_PAUSE = 240


def duty_start(actor: Actor, *, unit_id: int | None, until: datetime) -> Shift:
    """Come to duty now, in one unit or in all of one's units, whether it was planned or not.

    A planned shift of the same unit that begins before `until` begins now instead.
    """
    actor.must(Ability.WORK_INBOX, unit_id)
    at = now()
    if not at < until <= at + LONGEST_SHIFT:
        raise Invalid(_("A shift ends within 24 hours."), code="until", field="until")
    try:
        with transaction.atomic():
            shift = _planned(actor, unit_id, at, until) or Shift.objects.create(
                person_id=actor.person_id, unit_id=unit_id, starts_at=at, ends_at=until
            )
            record(actor, "inbox.shift.started", shift, unit_id=unit_id)
            ring_on_commit("work_changed")
    except IntegrityError as error:
        raise Conflict(_("You are on duty then already."), code="overlap") from error
    return shift


def _planned(actor: Actor, unit_id: int | None, at: datetime, until: datetime) -> Shift | None:
    """Return one's next shift of the unit, moved so that it begins now; None when none is near."""
    planned = Shift.objects.select_for_update().filter(
        person_id=actor.person_id, unit_id=unit_id, cancelled_at__isnull=True,
        starts_at__gt=at, starts_at__lt=until,
    )  # fmt: skip
    shift = planned.order_by("starts_at").first()
    if shift is not None:
        shift.starts_at = at
        shift.save(update_fields=["starts_at"])
    return shift


def duty_end(actor: Actor, *, give_back: bool = False) -> int:
    """Leave duty now, everywhere; a pause ends with it.

    With `give_back`, what one has in hand returns to its units. Returns how many did.
    """
    at = now()
    with transaction.atomic():
        mine = Shift.objects.select_for_update().filter(
            person_id=actor.person_id, cancelled_at__isnull=True
        )
        shifts = list(running(mine, at))
        for shift in shifts:
            shift.ends_at = max(at, shift.starts_at + timedelta(seconds=1))
            shift.save(update_fields=["ends_at"])
            record(actor, "inbox.shift.ended", shift, unit_id=shift.unit_id)
        OperatorProfile.objects.filter(person_id=actor.person_id).update(away_until=None)
    if not (give_back and shifts):
        return 0
    units = [unit.pk for unit in units_within(actor, Ability.WORK_INBOX)]
    return all_given_back(actor, actor.person_id, units)


def away_begin(actor: Actor, *, minutes: int) -> datetime:
    """Pause: nothing new is given to one for a while. Returns when the pause ends by itself."""
    if not 1 <= minutes <= LONGEST_PAUSE:
        raise Invalid(_("A pause lasts at most four hours."), code="minutes", field="minutes")
    at = now()
    if not is_on_duty(actor.person_id, at):
        raise Conflict(_("You are not on duty."), code="off_duty")
    until = at + timedelta(minutes=minutes)
    with transaction.atomic():
        profile, _is_new = OperatorProfile.objects.update_or_create(
            person_id=actor.person_id, defaults={"away_until": until}
        )
        record(actor, "inbox.operator.away", profile, minutes=minutes)
    return until


def away_end(actor: Actor) -> None:
    """Come back from a pause; twice is once."""
    if my_duty(actor.person_id, now()).away_until is None:
        return
    with transaction.atomic():
        profile = OperatorProfile.objects.select_for_update().get(person_id=actor.person_id)
        profile.away_until = None
        profile.save(update_fields=["away_until"])
        record(actor, "inbox.operator.back", profile)
        ring_on_commit("work_changed")


def shift_cancel(actor: Actor, *, shift_id: int) -> None:
    """Take a shift off the roster; one that is running ends now. Only for whoever sets the roster."""
    at = now()
    with transaction.atomic():
        found = shift_for(actor, shift_id)
        shift = Shift.objects.select_for_update().get(pk=found.pk)
        if shift.cancelled_at is not None or shift.ends_at <= at:
            return
        if shift.starts_at < at:
            shift.ends_at = at
        else:
            shift.cancelled_at = at
        shift.save(update_fields=["ends_at", "cancelled_at"])
        record(
            actor, "inbox.shift.cancelled", shift, unit_id=shift.unit_id,
            whose=str(found.person), day=f"{shift.starts_at:%Y-%m-%d}",
        )  # fmt: skip
