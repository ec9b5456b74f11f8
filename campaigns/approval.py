"""Who must agree before a post goes out, as data. Pure: standard library only."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

#: Steps of one rule, and people named in one step.
MOST_STEPS, MOST_PEOPLE = 5, 30


@dataclass(frozen=True, slots=True)
class Step:
    """One step: the people of a role in the post's unit, or people by number. One of them suffices, or all must."""

    role: str = ""
    people: tuple[int, ...] = ()
    needs_all: bool = False

    def as_json(self) -> dict[str, Any]:
        """Return it as JSON can hold it."""
        return {"role": self.role, "people": list(self.people), "needs_all": self.needs_all}


def step_from(kept: Mapping[str, Any]) -> Step:
    """Return the step that was kept."""
    return Step(kept["role"], tuple(kept["people"]), bool(kept["needs_all"]))


def steps_from(kept: Iterable[Mapping[str, Any]]) -> list[Step]:
    """Return the steps that were kept, in their order."""
    return [step_from(one) for one in kept]


def deadline(
    publish_at: datetime | None, hours_before: int | None, chosen: datetime | None
) -> datetime | None:
    """Return until when a request can be decided: the earliest of what limits it; None without any limit.

    Nothing is decided any more once the post's time has come.
    """
    limits = [chosen] if chosen else []
    if publish_at is not None:
        limits.append(publish_at - timedelta(hours=hours_before or 0))
    return min(limits, default=None)
