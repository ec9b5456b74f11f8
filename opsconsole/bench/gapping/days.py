"""One simulated day after the other, on one stack, each by its seed. Needs a stack that runs."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from types import TracebackType
from typing import Protocol, Self

from opsconsole.bench.gapping.day import Day
from opsconsole.bench.gapping.doors import Doors
from opsconsole.bench.gapping.plan import DAY, plan_of
from opsconsole.bench.gapping.verdict import verdict
from opsconsole.people.models import BusinessUnit

#: Days from the beginning of one to that of the next.
APART = 4


class Counting(Protocol):
    """What is counted over all days."""

    failed: int
    items: int
    lost: int
    deaths: int
    polls: int
    pushed: int


class Days:
    """Plays days whose time goes by in steps of some minutes."""

    def __init__(self, sandbox_url: str, step: int) -> None:
        """Make the unit that all accounts belong to."""
        self.sandbox_url, self.step = sandbox_url, step
        self._unit = BusinessUnit.objects.create(slug="bench", name_ko="벤치", name_en="Bench")
        self._begins = datetime.now(UTC).replace(microsecond=0)
        self._doors = Doors()

    def __enter__(self) -> Self:
        """Open the doors."""
        self._doors.__enter__()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close them."""
        self._doors.__exit__(kind, error, trace)

    def play(self, seed: int, tally: Counting) -> Iterator[str]:
        """Let a day go by and add it to the tally; yields a line when it does not add up."""
        plan = plan_of(seed)
        calls, deaths = self._doors.calls, self._doors.deaths
        day = Day(
            self.sandbox_url, self._unit, plan, self._begins, self._doors, self.step * 60 - 30
        )
        self._begins += timedelta(days=APART)
        self._live(day)
        day.come_to_rest()
        wrong, compared, gone = verdict(day)
        day.end()
        tally.items, tally.lost = tally.items + compared, tally.lost + gone
        tally.polls += day.polls
        tally.pushed += self._doors.calls - calls
        tally.deaths += day.deaths + self._doors.deaths - deaths
        if wrong:
            tally.failed += 1
            yield f"seed {seed}: {len(wrong)} wrong, among them: " + "; ".join(wrong[:4])

    def _live(self, day: Day) -> None:
        deeds, since = list(day.plan.deeds), 0.0
        for minute in range(self.step, DAY + self.step, self.step):
            day.set_time(minute)
            while deeds and deeds[0].minute <= minute:
                day.do(deeds.pop(0), since)
            day.suffer()
            day.work()
            since = minute
