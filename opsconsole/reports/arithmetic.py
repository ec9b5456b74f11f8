"""Exact figures of many seconds: how many, median, p90, mean, longest; whole or group by group. Pure."""

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
    longest = int(seconds.max())
    wanted = {share: divmod((count - 1) * share, 1) for share in (0.5, 0.9)}
    places = sorted(
        {min(int(low) + step, count - 1) for low, _part in wanted.values() for step in (0, 1)}
    )
    values = _values_at(seconds, places, longest)
    median, p90 = (_between(values, int(low), part) for low, part in wanted.values())
    return Spread(count, median, p90, float(seconds.sum(dtype=np.int64)) / count, float(longest))


def _values_at(seconds: Column, places: list[int], longest: int) -> dict[int, float]:
    """Return what stands at some places of the ordered seconds, without ordering them.

    Many whole seconds are counted, each by its own number; few are parted around the places.
    """
    if longest < 4 * len(seconds):
        up_to = np.cumsum(np.bincount(seconds))
        found = np.searchsorted(up_to, places, side="right")
        return dict(zip(places, found.astype(float).tolist(), strict=True))
    ordered = np.partition(seconds, places)
    return {place: float(ordered[place]) for place in places}


def _between(values: dict[int, float], low: int, part: float) -> float:
    below = values[low]
    return below + (values[low + 1] - below) * part if part else below


def dense(codes: Column) -> "tuple[Column, list[int]]":
    """Return codes as small numbers from 0, which sort and count without comparing, and what each stands for."""
    if not len(codes):
        return codes.astype(np.uint16), []
    highest = int(codes.max())
    if highest < _SMALL:
        return codes.astype(np.uint16), list(range(highest + 1))
    known = _few(codes)
    small = np.zeros(len(codes), dtype=np.uint16)
    for place, code in enumerate(known[1:], 1):
        small[codes == code] = place
    return small, known


#: Codes below this count as they are; and among how many others looking one by one is faster than sorting.
_SMALL, _MANY = 20_000, 40


def _few(codes: Column) -> list[int]:
    """Return the different codes: there are few languages, and they are long numbers."""
    known: list[int] = []
    left = codes
    while len(left):
        if len(known) == _MANY:
            return [*known, *np.unique(left).tolist()]
        known.append(int(left[0]))
        left = left[left != left[0]]
    return known


def spreads(seconds: Column, small: Column) -> dict[int, Spread]:
    """Return the figures of each group of seconds; `small` are the groups, as `dense` makes them."""
    if not len(seconds):
        return {}
    if (small[1:] < small[:-1]).any():
        order = np.argsort(small, kind="stable")
        seconds, small = seconds[order], small[order]
    begins = np.flatnonzero(small[1:] != small[:-1]) + 1
    names = small[np.concatenate(([0], begins))]
    return {
        int(name): spread(part)
        for name, part in zip(names, np.split(seconds, begins), strict=True)
    }
