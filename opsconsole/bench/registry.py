"""Which bench answers which name; adding a bench is adding a line here."""

from collections.abc import Callable, Iterator

from opsconsole.bench import crash, hostile, loop, startup
from opsconsole.bench.report import Figure

#: name -> a function that takes `quick` and yields figures as soon as they are known
BENCHES: dict[str, Callable[[bool], Iterator[Figure]]] = {
    "startup": startup.measure,
    "loop": loop.measure,
    "hostile": hostile.measure,
    "crash": crash.measure,
}
