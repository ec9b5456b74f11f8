"""What a scenario tells: one row of the table, and its invariant. Knows neither Django nor the stack."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

#: Where a delivery has come to rest; what is on hold or lost its account waits for people, and says so.
RESTING = frozenset(
    ("sent", "rejected", "failed", "missed", "cancelled", "needs_human", "held", "awaiting")
)
#: States that say: it does not stand there. `needs_human` says that nobody knows.
NOT_THERE = RESTING - {"sent", "needs_human"}


@dataclass(frozen=True, slots=True)
class Fate:
    """What became of one delivery: on the platform, in the database, and as the API shows it."""

    creates: int
    state: str
    shown: str
    is_found: bool  # the number it is sent under is one that the platform gave to just this text

    @property
    def is_double(self) -> bool:
        """Whether it stands there more than once."""
        return self.creates > 1

    @property
    def is_lost(self) -> bool:
        """Whether it is called sent and stands nowhere."""
        return self.state == "sent" and not self.creates

    @property
    def is_open(self) -> bool:
        """Whether it has come to no end."""
        return self.state not in RESTING

    @property
    def is_untrue(self) -> bool:
        """Whether people read something else than what is so."""
        if self.shown != self.state or (self.state == "sent" and not self.is_found):
            return True
        return self.state in NOT_THERE and self.creates > 0


@dataclass(slots=True)
class Row:
    """One scenario: what was done, what came of it, and what was expected beyond the invariant."""

    number: int
    fault: str
    injected: str = ""
    fates: list[Fate] = field(default_factory=list)
    seconds: float = 0.0
    wrong: list[str] = field(default_factory=list)
    note: str = ""

    def expect(self, is_so: bool, otherwise: str) -> None:
        """Note what should have been so and was not."""
        if not is_so:
            self.wrong.append(otherwise)

    def all_are(self, *states: str) -> None:
        """Expect that every delivery ended in one of these states."""
        other = Counter(fate.state for fate in self.fates if fate.state not in states)
        self.expect(not other, f"expected {'/'.join(states)}, not {_told(other)}")

    @property
    def broken(self) -> list[str]:
        """Everything that speaks against it."""
        return broken(self.fates) + self.wrong

    def line(self) -> str:
        """Return the row as one line of the table."""
        states = _told(Counter(fate.state for fate in self.fates)) or "-"
        creates = f"{sum(fate.creates for fate in self.fates)}/{len(self.fates)}"
        verdict = "held" if not self.broken else "BROKEN: " + "; ".join(self.broken)
        note = f" ({self.note})" if self.note else ""
        return (
            f"{self.number:>2}  {self.fault:<34.34}  {self.injected:<58.58}  {creates:>9}  "
            f"{states:<26}  {self.seconds:>5.1f}  {verdict}{note}"
        )


HEAD = (
    f"{'no':>2}  {'fault':<34}  {'injected':<58}  {'creates':>9}  {'final states':<26}  "
    f"{'s':>5}  verdict"
)


def broken(fates: Iterable[Fate]) -> list[str]:
    """Return in what way the invariant does not hold."""
    counts = Counter[str]()
    for fate in fates:
        counts["twice there"] += fate.is_double
        counts["lost"] += fate.is_lost
        counts["without an end"] += fate.is_open
        counts["shown untruly"] += fate.is_untrue
    return [f"{count} {what}" for what, count in counts.items() if count]


def _told(states: Counter[str]) -> str:
    return ", ".join(f"{count} {state}" for state, count in sorted(states.items()))
