"""The checks that read the source without running the product: format, lint, types, layers, schema."""

import sys
import time
from collections.abc import Mapping
from pathlib import Path

from opsconsole.local.processes import Service
from opsconsole.local.terminal import done, say

PYTHON = [sys.executable, "-P"]
MANAGE = [*PYTHON, "manage.py"]

#: what is checked -> how; the slowest first, because two run at a time
CHECKS: dict[str, list[str]] = {
    "Types (mypy)": [*PYTHON, "-m", "mypy", "."],
    "Lint (ruff)": [*PYTHON, "-m", "ruff", "check"],
    "Format (ruff)": [*PYTHON, "-m", "ruff", "format", "--check"],
    "Layers (import-linter)": [*PYTHON, "-m", "importlinter.cli"],
    "Migrations match the models": [*MANAGE, "makemigrations", "--check", "--dry-run"],
    "Deployment settings": [*MANAGE, "check", "--fail-level", "WARNING"],
    "API schema": [*MANAGE, "spectacular", "--validate", "--fail-on-warn", "--file", "/dev/null"],
}


#: The tables, made once for all: what tests start begins as a copy of them.
TABLES = {"Tables for the tests": [*MANAGE, "migrate", "--noinput", "-v0"]}


def run_checks(checks: Mapping[str, list[str]], logs: Path, env: Mapping[str, str]) -> list[str]:
    """Run checks, two at a time; print what the failing ones say and return their names."""
    waiting = [
        Service(name, command, env, logs / f"check-{number}.log")
        for number, (name, command) in enumerate(checks.items())
    ]
    running: dict[str, tuple[Service, float]] = {}
    failed: list[str] = []
    try:
        while waiting or running:
            while waiting and len(running) < 2:
                service = waiting.pop(0)
                service.start()
                running[service.name] = (service, time.monotonic())
            time.sleep(0.02)
            for name, (service, began) in list(running.items()):
                if service.exit_code is not None:
                    del running[name]
                    if not _report(service, began):
                        failed.append(name)
    finally:
        for service, _ in running.values():
            service.stop()
    return failed


def _report(service: Service, began: float) -> bool:
    if service.wait() == 0:
        done(service.name, began)
        return True
    say(f"  --  {service.name:<34} {time.monotonic() - began:>6.1f} s  FAILED")
    say("\n".join(f"      {line}" for line in service.output().splitlines()))
    return False
