"""Which benches there are. Each is a module of its name, imported only to be run: some drive a browser."""

from collections.abc import Iterator
from importlib import import_module

from opsconsole.bench.report import Figure

#: Adding a bench is adding a name here and a module with `measure(quick)`.
BENCHES = (
    "startup", "loop", "hostile", "ingest", "inbox", "operators", "launch", "hold", "crash", "faults",
    "gaps", "idle", "burst",
)  # fmt: skip


def measure(name: str, quick: bool) -> Iterator[Figure]:
    """Yield a bench's figures as soon as they are known."""
    figures: Iterator[Figure] = import_module(f"opsconsole.bench.{name}").measure(quick)
    return figures
