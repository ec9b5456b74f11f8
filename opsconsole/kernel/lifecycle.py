"""States and moves as data, checked when the module that declares them is imported."""

from collections.abc import Mapping, Set
from dataclasses import dataclass
from enum import StrEnum


class LifecycleError(Exception):
    """A lifecycle is declared wrongly."""


@dataclass(frozen=True)
class Lifecycle:
    """A graph of states. Every state is declared, reachable, and only declared states are reached."""

    name: str
    initial: StrEnum
    moves: Mapping[StrEnum, Set[StrEnum]]

    def __post_init__(self) -> None:
        declared = set(type(self.initial))
        if set(self.moves) != declared:
            raise LifecycleError(f"{self.name}: moves must be declared for every state")
        reached: set[StrEnum] = {self.initial}
        frontier = [self.initial]
        while frontier:
            for state in self.moves[frontier.pop()] - reached:
                reached.add(state)
                frontier.append(state)
        if reached != declared:
            missing = ", ".join(sorted(declared - reached))
            raise LifecycleError(f"{self.name}: never reached: {missing}")

    def allows(self, old: StrEnum, new: StrEnum) -> bool:
        """Say whether one move is legal."""
        return new in self.moves[old]

    def sources(self, new: StrEnum) -> list[StrEnum]:
        """Return the states from which `new` may be reached."""
        return [state for state, targets in self.moves.items() if new in targets]
