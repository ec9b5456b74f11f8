"""The shapes of charts, in the units of an SVG that is drawn on the server. Pure.

Everything a chart shows stands in a table beside it; colour never tells anything alone.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from opsconsole.reports.arithmetic import Spread

WIDTH, HEIGHT = 720, 160
#: Seconds at which an axis of times may end.
_ENDS = (
    10, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 21_600, 43_200, 86_400, 172_800,
    432_000, 864_000,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Bar:
    """One day: a bar up to the median, a mark at p90, and whether something of the day is missing."""

    day: date
    x: float
    width: float
    top: float
    height: float
    mark: float | None
    is_incomplete: bool


@dataclass(frozen=True, slots=True)
class Trend:
    """A chart of days: its bars and where its axis ends. Nothing to draw when it has no bars."""

    bars: Sequence[Bar]
    top: float
    width: int = WIDTH
    height: int = HEIGHT


def trend(
    days: Iterable[date], spreads: Mapping[date, Spread], incomplete: "Iterable[date]" = ()
) -> Trend:
    """Return the chart of some days, those without anything included."""
    wanted, holes = list(days), set(incomplete)
    highest = max((spread.p90 or 0 for spread in spreads.values()), default=0)
    top = next((end for end in _ENDS if end >= highest), highest)
    step = WIDTH / max(1, len(wanted))
    return Trend([_bar(day, n, step, top, spreads, holes) for n, day in enumerate(wanted)], top)


def _bar(
    day: date,
    place: int,
    step: float,
    top: float,
    spreads: Mapping[date, Spread],
    holes: set[date],
) -> Bar:
    found = spreads.get(day, Spread())
    height = round(HEIGHT * (found.median or 0) / top, 1) if top else 0
    mark = None if found.p90 is None or not top else round(HEIGHT * (1 - found.p90 / top), 1)
    return Bar(
        day, round(place * step + step * 0.12, 1), round(step * 0.76, 1), round(HEIGHT - height, 1),
        height, mark, day in holes,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Cell:
    """One hour of the week: how many, their median, and how dark it is drawn, 0 to 4."""

    hour: int
    count: int
    median: float | None
    level: int


def heat(spreads: Mapping[int, Spread], by: Callable[[Spread], float]) -> list[list[Cell]]:
    """Return seven rows of 24 hours, Monday first; the darker the more."""
    highest = max((by(spread) for spread in spreads.values()), default=0)

    def cell(hour: int) -> Cell:
        found = spreads.get(hour, Spread())
        level = min(4, 1 + int(4 * by(found) / highest)) if found.count and highest else 0
        return Cell(hour, found.count, found.median, level)

    return [[cell(day * 24 + hour) for hour in range(24)] for day in range(7)]
