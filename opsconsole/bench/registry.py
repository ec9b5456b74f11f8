"""Which benches there are. Each is a module of its name, imported only to be run: some drive a browser."""

from collections.abc import Iterator
from importlib import import_module

from opsconsole.bench.report import Figure
from opsconsole.bench.seeds import Seeds

#: Adding a bench is adding a name here and a module with `measure(quick)`.
BENCHES = (
    "startup", "loop", "hostile", "ingest", "inbox", "operators", "launch", "hold", "crash", "faults",
    "gaps", "idle", "burst", "reports",
)  # fmt: skip
#: Those that roll dice: their `measure` takes seeds as well.
SEEDED = frozenset({"gaps"})


def measure(name: str, quick: bool, seeds: Seeds | None = None) -> Iterator[Figure]:
    """Yield a bench's figures as soon as they are known."""
    told = (seeds or Seeds(),) if name in SEEDED else ()
    figures: Iterator[Figure] = import_module(f"opsconsole.bench.{name}").measure(quick, *told)
    return figures
