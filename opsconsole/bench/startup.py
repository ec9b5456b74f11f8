"""How long the one command takes until the console is ready, and until all of it is gone again."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from opsconsole.bench.report import Figure
from opsconsole.local.places import free_port, temporary_directory
from opsconsole.local.problems import Problem
from opsconsole.local.processes import ROOT

READY = re.compile(r"Ready after ([\d.]+) s")


def measure(quick: bool) -> Iterator[Figure]:
    """Start in an empty directory, then warm; the floor is Python importing Django alone."""
    with temporary_directory("startup") as (folder, _):
        floor = _floor()
        port = free_port()  # the same at every start, as for whoever repeats the command
        first, _ = _start_and_stop(folder / "data", port)
        yield Figure("first start in an empty directory", first, "s", 60, floor)
        starts, stops = zip(
            *(_start_and_stop(folder / "data", port) for _ in range(1 if quick else 5)),
            strict=True,
        )
        yield Figure("warm start (median)", sorted(starts)[len(starts) // 2], "s", 5, floor)
        yield Figure("orderly stop (worst)", max(stops), "s", 5)


def _floor() -> float:
    began = time.monotonic()
    subprocess.run([sys.executable, "-c", "import django.db.models, celery"], check=True)
    return time.monotonic() - began


def _start_and_stop(data: Path, port: int) -> tuple[float, float]:
    """Seconds to ready and seconds to gone."""
    command = [sys.executable, str(ROOT / "dev.py"), "run", "--data", str(data)]
    clean = {key: value for key, value in os.environ.items() if not key.endswith("_URL")}
    with subprocess.Popen(
        [*command, "--port", str(port)],
        env=clean,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as console:
        assert console.stdout
        said = []
        for line in console.stdout:
            said.append(line)
            if found := READY.search(line):
                began = time.monotonic()
                console.send_signal(signal.SIGINT)
                console.communicate()
                return float(found[1]), time.monotonic() - began
    raise Problem(f"The console did not start:\n{''.join(said)}")
