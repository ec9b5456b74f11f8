"""The verb `bench`: print each figure as it is known, write JSON, fail when a target is missed."""

import signal
from pathlib import Path

from opsconsole.bench.registry import BENCHES
from opsconsole.bench.report import Figure, write
from opsconsole.local.problems import Problem
from opsconsole.local.terminal import say


def bench(name: str, *, quick: bool, json: Path | None) -> int:
    """Run one bench, or all of them; 1 when a figure misses its target."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    if not name:
        say(
            "usage: python3 dev.py bench NAME [--quick] [--json FILE]\n\n  "
            + "\n  ".join(_names())
        )
        return 0
    if name not in _names():
        raise Problem(f"There is no bench {name}: choose one of {', '.join(_names())}.")
    chosen = list(BENCHES) if name == "all" else [name]
    figures: list[Figure] = []
    for one in chosen:
        for figure in BENCHES[one](quick):
            figures.append(figure)
            say(figure.line())
    if json:
        write(figures, json)
    return 0 if all(figure.met for figure in figures) else 1


def _names() -> list[str]:
    return [*BENCHES, "all"]
