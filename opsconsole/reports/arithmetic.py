"""Exact figures of many seconds: how many, median, p90, mean, longest; whole or group by group. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from opsconsole.reports.columns import Column


@dataclass(frozen=True, slots=True)
class Spread:
    """Seconds of some rows; None where there are none. Percentiles lie between two rows if need be."""

    count: int = 0
    median: float | None = None
    p90: float | None = None
    mean: float | None = None
    longest: float | None = None


def spread(seconds: Column) -> Spread:
    """Return the figures of some seconds."""
    count = len(seconds)
    if not count:
        return Spread()
    places = {at: divmod((count - 1) * share, 1) for at, share in (("m", 0.5), ("p", 0.9))}
    wanted = {int(low) + step for low, _part in places.values() for step in (0, 1)}
    ordered = np.partition(seconds, sorted(min(place, count - 1) for place in wanted))
    return Spread(
        count,
        _between(ordered, *places["m"]),
        _between(ordered, *places["p"]),
        float(seconds.sum(dtype=np.int64)) / count,
        float(seconds.max()),
    )


def _between(ordered: Column, low: float, part: float) -> float:
    below = float(ordered[int(low)])
    if not part:
        return below
    return below + (float(ordered[int(low) + 1]) - below) * part


def groups(codes: Column) -> "Iterator[tuple[int, Column]]":
    """Yield each code with the places of its rows, in the order of codes; one sort for all."""
    if not len(codes):
        return
    small = codes.astype(np.uint16) if int(codes.max()) < 2**16 else codes
    order = np.argsort(small, kind="stable")  # small numbers are sorted without comparing
    ordered = codes[order]
    ends = np.flatnonzero(ordered[1:] != ordered[:-1]) + 1
    for places in np.split(order, ends):
        yield int(codes[places[0]]), places
