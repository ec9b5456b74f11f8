"""Shifts and desks for tests."""

from datetime import timedelta
from typing import Any

from inbox.models import Desk, Shift
from opsconsole.kernel.actor import Actor
from opsconsole.kernel.clock import now
from tests.factories.people import make_actor


def make_shift(person: Actor, unit=None, **given) -> Shift:
    """A shift of somebody that began an hour ago and ends in seven; in every unit when none is named."""
    at = now()
    defaults: dict[str, Any] = {
        "starts_at": at - timedelta(hours=1),
        "ends_at": at + timedelta(hours=7),
    }
    return Shift.objects.create(person_id=person.person_id, unit=unit, **(defaults | given))


def make_on_duty(unit, **given) -> Actor:
    """An operator of a unit, on duty there."""
    person = make_actor("operator", unit, **given)
    make_shift(person, unit)
    return person


def make_desk(unit, **given) -> Desk:
    """A unit's ways of working: automatic by turns unless told otherwise."""
    defaults: dict[str, Any] = {"assignment_mode": "round_robin", "capacity": 5}
    return Desk.objects.create(unit=unit, **(defaults | given))
