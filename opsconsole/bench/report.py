"""One measured figure, how it is printed, and whether it meets its target."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal


@dataclass(frozen=True)
class Figure:
    """A value with its target, and the floor: the best this machine could do, measured beside it."""

    name: str
    value: float
    unit: str
    target: float | None = None
    floor: float | None = None
    better: Literal["less", "more", "exact"] = "less"

    @property
    def met(self) -> bool:
        """True when there is no target or the value reaches it."""
        if self.target is None:
            return True
        if self.better == "exact":
            return self.value == self.target
        return self.value <= self.target if self.better == "less" else self.value >= self.target

    def line(self) -> str:
        """The figure as one aligned line."""
        sign = {"less": "<=", "more": ">=", "exact": "=="}[self.better]
        target = f"{sign} {number(self.target)}" if self.target is not None else "-"
        floor = number(self.floor) if self.floor is not None else "-"
        verdict = "ok" if self.met else "MISSED"
        value = f"{number(self.value):>10} {self.unit:<10}"
        return f"{self.name:<44} {value} target {target:<10} floor {floor:<9} {verdict}"


def number(value: float) -> str:
    """Three significant digits, whole numbers as they are."""
    return f"{value:.0f}" if value == int(value) or abs(value) >= 100 else f"{value:.3g}"


def write(figures: Sequence[Figure], path: Path) -> None:
    """Write the figures as JSON."""
    rows = [asdict(figure) | {"met": figure.met} for figure in figures]
    path.write_text(json.dumps(rows, indent=2) + "\n")


def read(path: Path) -> list[Figure]:
    """Read figures back."""
    rows = json.loads(path.read_text())
    return [Figure(**{key: value for key, value in row.items() if key != "met"}) for row in rows]
