"""What is done and planned on each day, for an account and for a channel: one reckoning for every view."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from campaigns.models import DailyGoal
from campaigns.slots import free_slots
from channels.lifecycle import ChannelKind, DeliveryState
from channels.models import ChannelAccount

#: Placements in these states will not stand on the platform, though they were meant to.
LOST = frozenset({DeliveryState.REJECTED, DeliveryState.FAILED, DeliveryState.MISSED})


@dataclass(frozen=True, slots=True)
class Said:
    """A placement on its day: when by the chosen clocks, and the state of its delivery, if it has one yet."""

    account_id: int
    local: datetime
    state: str


@dataclass(frozen=True, slots=True)
class Tally:
    """How many posts stand, are planned and came to nothing on one day, against the goal (0 to 0: none)."""

    date: date
    done: int
    planned: int
    lost: int
    low: int
    high: int

    @property
    def meant(self) -> int:
        """How many were meant for the day, whatever became of them."""
        return self.done + self.planned + self.lost

    @property
    def tone(self) -> str:
        """How that compares: ok, warn (too few or too many), or quiet without a goal."""
        if not self.high:
            return "quiet"
        return "ok" if self.low <= self.done + self.planned <= self.high else "warn"


@dataclass(frozen=True, slots=True)
class Row:
    """An account's days, and where it still has room on the day that is looked at."""

    account: ChannelAccount
    tallies: list[Tally]
    slots: list[datetime]


@dataclass(frozen=True, slots=True)
class Sum:
    """What the accounts of one channel say on a day, taken together.

    `tone` compares those accounts alone that have a goal: what others say besides does not meet it.
    """

    kind: str
    tally: Tally
    tone: str


def rows_of(
    accounts: Sequence[ChannelAccount],
    said: Iterable[Said],
    days: Sequence[date],
    clock: datetime | None,
) -> list[Row]:
    """Count for each account and day. `clock` is the present wall time where free times of the day are wanted.

    One query, one pass.
    """
    goals = {goal.account_id: goal for goal in DailyGoal.objects.filter(account__in=accounts)}
    standing: dict[tuple[int, date], list[Said]] = {}
    for one in said:
        standing.setdefault((one.account_id, one.local.date()), []).append(one)
    return [_row(one, goals.get(one.pk), standing, days, clock) for one in accounts]


def _row(
    account: ChannelAccount,
    goal: DailyGoal | None,
    standing: dict[tuple[int, date], list[Said]],
    days: Sequence[date],
    clock: datetime | None,
) -> Row:
    low, high = (goal.low, goal.high) if goal else (0, 0)
    found = [standing.get((account.pk, day), []) for day in days]
    tallies = [_tally(day, said, low, high) for day, said in zip(days, found, strict=True)]
    slots: list[datetime] = []
    if clock is not None:
        slots = free_slots([one.local for one in found[0]], days[0], clock)
    return Row(account, tallies, slots)


def _tally(day: date, said: Sequence[Said], low: int, high: int) -> Tally:
    states = [one.state for one in said if one.state != DeliveryState.CANCELLED]
    done = states.count(DeliveryState.SENT)
    lost = sum(state in LOST for state in states)
    return Tally(day, done, len(states) - done - lost, lost, low, high)


def sums_of(rows: Sequence[Row], days: int) -> list[list[Sum]]:
    """Return for each of so many days what channels say; without posts only those that miss a goal."""
    return [_sums([(row.account.kind, row.tallies[day]) for row in rows]) for day in range(days)]


def _sums(day: Sequence[tuple[str, Tally]]) -> list[Sum]:
    found = []
    for kind in ChannelKind:
        tallies = [tally for of_kind, tally in day if of_kind == kind]
        if not tallies:
            continue
        tone = _together([tally for tally in tallies if tally.high] or tallies).tone
        whole = Sum(kind, _together(tallies), tone)
        if whole.tally.meant or whole.tone == "warn":
            found.append(whole)
    return found


def _together(tallies: Sequence[Tally]) -> Tally:
    counts = zip(*((t.done, t.planned, t.lost, t.low, t.high) for t in tallies), strict=True)
    return Tally(tallies[0].date, *(sum(count) for count in counts))
