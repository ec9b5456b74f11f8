"""What each measure counts: which rows, whose seconds, who still waits, and who was in time. Pure.

A measure is told over all rows that it concerns, not over those alone that came to an end: whoever still
waits is counted beside the times, and whoever waits past the target is a miss already.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from opsconsole.reports.arithmetic import Spread, dense, spread, spreads
from opsconsole.reports.columns import ENDS, FLAGS, GONE, NONE, Column
from opsconsole.reports.lifecycle import Clock, Family, Measure
from opsconsole.reports.shelf import Table

#: The columns that every measure needs.
_ALWAYS = ("flags", "opened", "due")
_CLOCKS = {
    Clock.CUSTOMER: ("wall",),
    Clock.CUSTOMER_OPEN: ("biz",),
    Clock.DESK: ("wall", "delay"),
    Clock.DESK_OPEN: ("desk_biz",),
}


@dataclass(frozen=True, slots=True)
class Rule:
    """How one measure is read from a family: its rows, and a column of its own or that of the clock."""

    family: Family
    concerns: "Callable[[Column], Column]"
    column: str = ""
    has_target: bool = False


def _has(name: str, flags: Column) -> Column:
    found: Column = np.not_equal(flags & FLAGS[name], 0)
    return found


def _everything(flags: Column) -> Column:
    return np.ones(len(flags), dtype=bool)


RULES = {
    Measure.FIRST: Rule(
        Family.WAITS, lambda f: _has("first", f) & ~_has("reopened", f), has_target=True
    ),
    Measure.FIRST_REOPENED: Rule(
        Family.WAITS, lambda f: _has("first", f) & _has("reopened", f), has_target=True
    ),
    Measure.NEXT: Rule(Family.WAITS, lambda f: ~_has("first", f), has_target=True),
    Measure.ANY: Rule(Family.WAITS, _everything, has_target=True),
    Measure.RESOLUTION: Rule(Family.CYCLES, _everything),
    Measure.CONSULT: Rule(Family.CONSULTS, _everything, "wall", has_target=True),
    Measure.APPROVAL: Rule(Family.APPROVALS, _everything, "wall"),
    Measure.ASSIGN: Rule(Family.WAITS, lambda f: ~_has("had_somebody", f), "assign"),
    Measure.FROM_ASSIGNMENT: Rule(Family.WAITS, lambda f: _has("answered", f), "held"),
    Measure.COLLECTION: Rule(Family.WAITS, _everything, "delay"),
}


def columns_for(measure: str, clock: str) -> tuple[str, ...]:
    """Return the columns that a measure is read from."""
    rule = RULES[Measure(measure)]
    return (*_ALWAYS, rule.column) if rule.column else (*_ALWAYS, *_CLOCKS[Clock(clock)])


@dataclass(frozen=True)
class Reading:
    """A measure read from a table: for each row whether it counts, its seconds, and how it stands."""

    concerned: "Column"
    timed: "Column"
    is_open: "Column"
    seconds: "Column"
    is_due: "Column"
    is_met: "Column"

    @cached_property
    def state(self) -> "Column":
        """Everything that is counted of a row, in one small number."""
        state = self.concerned.astype(np.uint8)
        for place, mask in enumerate((self.is_open, self.is_due, self.is_met), 1):
            state |= mask.astype(np.uint8) << np.uint8(place)
        return state


#: How many states there are, and which of them count as what.
_STATES = 16
_CONCERNED, _OPEN, _DUE, _MET = (
    [state for state in range(_STATES) if state & bit] for bit in (1, 2, 4, 8)
)


def read(
    rows: Table, measure: str, clock: str, now: float, chosen: "Column | None" = None
) -> Reading:
    """Read a measure from the rows of a table, or from those that were chosen alone."""
    rule, flags = RULES[Measure(measure)], rows["flags"]
    concerned = rule.concerns(flags) & ~_has("uncounted", flags)
    if chosen is not None:
        concerned &= chosen
    has_ended = (flags & ENDS) != 0
    seconds = rows[rule.column] if rule.column else _by_clock(rows, clock)
    timed = concerned & (seconds != NONE)
    if not rule.column:
        timed &= _has("answered", flags)
    is_open = concerned & ~has_ended
    if rule.column:
        is_open &= ~timed
    if rule.has_target:
        due = rows["due"]
        in_time = _has("met", flags)
        is_due = concerned & (due != 0) & (has_ended | (due < now))
        is_due &= ~(in_time & ((flags & GONE) != 0))
        is_met = is_due & in_time
    else:
        is_due = is_met = np.zeros_like(concerned)
    return Reading(concerned, timed, is_open, seconds, is_due, is_met)


def _by_clock(rows: Table, clock: str) -> Column:
    name, *delay = _CLOCKS[Clock(clock)]
    if not delay:
        return rows[name]
    wall, late = rows["wall"], rows["delay"]
    return np.where(wall == NONE, NONE, wall - np.minimum(wall, late)).astype(np.uint32)


def next_due(rows: Table, reading: Reading, now: float) -> float:
    """Return when the next of the open waits is due: until then, time alone changes no figure."""
    due = rows["due"][reading.is_open]
    ahead = due[due >= now]
    return float(ahead.min()) if len(ahead) else float("inf")


@dataclass(frozen=True, slots=True)
class Figures:
    """What a report says about some rows. `oldest` is when the longest of the open waits began."""

    spread: Spread
    open: int
    oldest: int | None
    due: int
    met: int

    @property
    def missed(self) -> int:
        """Past the target, ended or not."""
        return self.due - self.met

    @property
    def share(self) -> float | None:
        """Within target, of those whose time has come: a fraction of one."""
        return self.met / self.due if self.due else None


def figures(rows: Table, reading: Reading) -> Figures:
    """Return the figures of all rows that count."""
    waiting = rows["opened"][reading.is_open]
    return Figures(
        spread(reading.seconds[reading.timed]),
        len(waiting),
        int(waiting.min()) if len(waiting) else None,
        int(np.count_nonzero(reading.is_due)),
        int(np.count_nonzero(reading.is_met)),
    )


def figures_by(
    rows: Table, reading: Reading, codes: Column, places: "Column | None" = None
) -> dict[int, Figures]:
    """Return the figures of each group of the rows that count, by code, in the order of codes.

    `places` tells of which row each code is, where that is not one for each.
    """
    small, names = dense(codes)
    state = reading.state if places is None else reading.state[places]
    counted = np.bincount(small * np.uint32(_STATES) + state, minlength=len(names) * _STATES)
    by_state = counted.reshape(-1, _STATES)
    timed = reading.timed if places is None else reading.timed[places]
    at = timed if places is None else places[timed]
    told = spreads(reading.seconds[at], small[timed])
    oldest = _oldest(rows, reading, small, places, len(names))
    found = {}
    for place in np.flatnonzero(by_state[:, _CONCERNED].any(axis=1)).tolist():
        is_open, due, met = (int(by_state[place, some].sum()) for some in (_OPEN, _DUE, _MET))
        began = int(oldest[place]) if is_open else None
        found[names[place]] = Figures(told.get(place, Spread()), is_open, began, due, met)
    return dict(sorted(found.items()))


def _oldest(
    rows: Table, reading: Reading, small: Column, places: "Column | None", groups: int
) -> Column:
    """Return when the longest of the open waits of each group began."""
    is_open = np.flatnonzero(reading.is_open if places is None else reading.is_open[places])
    began = rows["opened"][is_open if places is None else places[is_open]]
    oldest = np.full(groups, NONE, dtype=np.uint32)
    np.minimum.at(oldest, small[is_open], began)
    return oldest


_NO_TIME = ENDS & ~FLAGS["answered"] | FLAGS["uncounted"]
#: Why rows are not among the times, in the order in which they are told; a row is counted once.
LEFT_OUT = ("backfill", "spam", "event", "withdrawn", "merged", "given_up", "closed")


def left_out(rows: Table, chosen: "Column | None") -> dict[str, int]:
    """Count the chosen waits that have no time to tell, by reason."""
    flags = rows["flags"] if chosen is None else rows["flags"][chosen]
    flags = flags[(flags & _NO_TIME) != 0]
    counts = {}
    for name in LEFT_OUT:
        found = _has(name, flags)
        counts[name] = int(np.count_nonzero(found))
        flags = flags[~found]
    return counts
