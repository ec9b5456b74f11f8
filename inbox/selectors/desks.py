"""How units work: their row, or the defaults."""

from inbox.models import Desk
from opsconsole.kernel.actor import Actor
from opsconsole.kernel.errors import NotFound
from opsconsole.people.models import BusinessUnit
from opsconsole.people.roles import Ability
from opsconsole.people.selectors import units_within


def desk_of(unit_id: int) -> Desk:
    """Return a unit's desk; one with the defaults, not stored, when none has been set."""
    found = Desk.objects.filter(unit_id=unit_id).first()
    return found or Desk(unit_id=unit_id)


def desks() -> dict[int, Desk]:
    """Return the desks that have been set, by unit. One query."""
    return {desk.unit_id: desk for desk in Desk.objects.all()}


def unit_to_manage(actor: Actor, unit_id: int) -> BusinessUnit:
    """Return a unit whose ways of working the actor may set; NotFound for any other."""
    found = units_within(actor, Ability.MANAGE_DESK).filter(pk=unit_id).first()
    if found is None:
        raise NotFound
    return found
