"""Who acts: passed first to every action and every gated read. Plain data, no rows."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from opsconsole.kernel.errors import NotAllowed

#: Stands for "every unit" in an actor's reach.
EVERY_UNIT: frozenset[int] = frozenset({-1})
#: Beside the ids of units in a reach: it was given for the whole house, and these are the units without a wall.
WHOLE_HOUSE = -2


@dataclass(frozen=True, slots=True)
class Actor:
    """A person or the system, with what they may do and where.

    `reach` maps an ability to the ids of the business units it holds in, or EVERY_UNIT. Where walls
    stand, what was given for every unit is spelled out: WHOLE_HOUSE and the units it still opens.
    """

    kind: str
    name: str
    user_id: int | None = None
    reach: Mapping[str, frozenset[int]] = field(default_factory=dict)

    @property
    def is_system(self) -> bool:
        """Tell whether no person is behind this act."""
        return self.kind == "system"

    @property
    def person_id(self) -> int:
        """The user behind this act; NotAllowed for acts that only a person may do."""
        if self.user_id is None:
            raise NotAllowed
        return self.user_id

    def can(self, ability: str, unit_id: int | None = None) -> bool:
        """Say whether the ability holds in this unit; without a unit, whether it holds anywhere."""
        if self.is_system:
            return True
        units = self.reach.get(ability, frozenset())
        if unit_id is None:
            return bool(units)
        return units == EVERY_UNIT or unit_id in units

    def everywhere(self, ability: str) -> bool:
        """Say whether the ability was given for the whole house; a wall may still hide a unit."""
        if self.is_system:
            return True
        units = self.reach.get(ability, frozenset())
        return units == EVERY_UNIT or WHOLE_HOUSE in units

    def must(self, ability: str, unit_id: int | None = None) -> None:
        """Raise NotAllowed unless the ability holds."""
        if not self.can(ability, unit_id):
            raise NotAllowed

    def units(self, ability: str) -> frozenset[int] | None:
        """Return the units in which the ability holds; None means every unit."""
        if self.is_system:
            return None
        units = self.reach.get(ability, frozenset())
        return None if units == EVERY_UNIT else units - {WHOLE_HOUSE}


SYSTEM = Actor(kind="system", name="system")
