"""The verb `bench`: print each figure as it is known, write JSON, fail when a target is missed."""

import json as encoding
import signal
import subprocess
import sys
from pathlib import Path

from opsconsole.bench.registry import BENCHES, SEEDED, measure
from opsconsole.bench.report import Figure, read, write
from opsconsole.bench.seeds import Seeds
from opsconsole.local.places import temporary_directory
from opsconsole.local.problems import Problem
from opsconsole.local.terminal import say


def bench(name: str, *, quick: bool, json: Path | None, seeds: Seeds | None = None) -> int:
    """Run one bench, or all of them; 1 when a figure misses its target.

    A quick run has too few samples to judge speed by: there only counts that must be exact count.
    """
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    if not name:
        say(
            "usage: python3 dev.py bench NAME [--quick] [--json FILE] [--seed N,…]\n\n  "
            + _names("\n  ")
        )
        return 0
    if name != "all" and name not in BENCHES:
        raise Problem(f"There is no bench {name}: choose one of {_names(', ')}.")
    if seeds and name not in SEEDED:
        raise Problem(f"Only these take seeds: {', '.join(sorted(SEEDED))}.")
    figures = _all(quick) if name == "all" else _one(name, quick, seeds)
    if json:
        write(figures, json)
    judged = [figure for figure in figures if figure.better == "exact" or not quick]
    return 0 if all(figure.met for figure in judged) else 1


def _one(name: str, quick: bool, seeds: Seeds | None) -> list[Figure]:
    figures = []
    for figure in measure(name, quick, seeds):
        figures.append(figure)
        say(figure.line())
    return figures


def _all(quick: bool) -> list[Figure]:
    """Run each bench in a process of its own: Django can be set up for one database only."""
    figures: list[Figure] = []
    with temporary_directory("bench") as (folder, _held):
        for name in BENCHES:
            say(f"\n{name}")
            path = folder / f"{name}.json"
            command = [sys.executable, "-P", "-m", "opsconsole.local", "bench", name]
            command += ["--json", str(path), *(["--quick"] if quick else [])]
            subprocess.call(command)
            try:
                figures += read(path)
            except (OSError, encoding.JSONDecodeError) as error:
                raise Problem(f"The bench {name} broke off: it says why above.") from error
    return figures


def _names(separator: str) -> str:
    return separator.join([*BENCHES, "all"])
