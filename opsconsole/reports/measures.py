"""What each measure counts: which rows, whose seconds, who still waits, and who was in time. Pure.

A measure is told over all rows that it concerns, not over those alone that came to an end: whoever still
waits is counted beside the times, and whoever waits past the target is a miss already.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from opsconsole.reports.arithmetic import Spread, spread
from opsconsole.reports.columns import ENDS, FLAGS, NONE, Column
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


def read(rows: Table, measure: str, clock: str, now: float) -> Reading:
    """Read a measure from all rows of a table."""
    rule, flags = RULES[Measure(measure)], rows["flags"]
    concerned = rule.concerns(flags) & ~_has("uncounted", flags)
    has_ended = (flags & ENDS) != 0
    seconds = rows[rule.column] if rule.column else _by_clock(rows, clock)
    if rule.column:
        timed = concerned & (seconds != NONE)
        is_open = concerned & ~timed & ~has_ended
    else:
        timed = concerned & _has("answered", flags) & (seconds != NONE)
        is_open = concerned & ~has_ended
    is_due, is_met = np.zeros_like(concerned), np.zeros_like(concerned)
    if rule.has_target:
        due = rows["due"]
        is_due = concerned & (due != 0) & (has_ended | (due < now))
        is_met = is_due & _has("met", flags)
    return Reading(concerned, timed, is_open, seconds, is_due, is_met)


def _by_clock(rows: Table, clock: str) -> Column:
    name, *delay = _CLOCKS[Clock(clock)]
    if not delay:
        return rows[name]
    wall, late = rows["wall"], rows["delay"]
    return np.where(wall == NONE, NONE, wall - np.minimum(wall, late)).astype(np.uint32)


@dataclass(frozen=True, slots=True)
class Figures:
    """What a report says about some rows. `oldest` is when the longest of the open waits began."""

    spread: Spread
    open: int
    oldest: int | None
    due: int
    met: int

    @property
    def share(self) -> float | None:
        """Within target, of those whose time has come: a fraction of one."""
        return self.met / self.due if self.due else None


def figures(rows: Table, reading: Reading, places: "Column") -> Figures:
    """Return the figures of the rows at some places, or under a mask."""
    waiting = rows["opened"][places][reading.is_open[places]]
    return Figures(
        spread(reading.seconds[places][reading.timed[places]]),
        len(waiting),
        int(waiting.min()) if len(waiting) else None,
        int(np.count_nonzero(reading.is_due[places])),
        int(np.count_nonzero(reading.is_met[places])),
    )


#: Why rows are not among the times, in the order in which they are told; a row is counted once.
LEFT_OUT = ("backfill", "spam", "event", "withdrawn", "merged", "given_up", "closed")


def left_out(rows: Table, places: "Column") -> dict[str, int]:
    """Count the waits at some places that have no time to tell, by reason."""
    flags = rows["flags"][places]
    counts = {}
    for name in LEFT_OUT:
        found = _has(name, flags)
        counts[name] = int(np.count_nonzero(found))
        flags = flags[~found]
    return counts
