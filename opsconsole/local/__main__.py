"""The verbs of dev.py, once its isolated environment stands."""

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

from opsconsole.local import run
from opsconsole.local.problems import Problem
from opsconsole.local.processes import ROOT
from opsconsole.local.services import services


def _data(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--data",
        type=lambda text: Path(text).absolute(),
        default=ROOT / ".run",
        metavar="DIR",
        help="where everything is kept (default: .run in the project)",
    )


def _run(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="dev.py run")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on")
    parser.add_argument("--port", type=int, default=8000, help="port to listen on")
    _data(parser)
    parser.add_argument("--no-demo", action="store_true", help="start empty")
    parser.add_argument("--no-sandbox", action="store_true", help="no simulated platforms")
    given = parser.parse_args(arguments)
    sandbox = not given.no_sandbox
    demo = sandbox and not given.no_demo
    return run.run(run.Options(given.data, given.host, given.port, demo, sandbox))


def _services(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="dev.py services")
    _data(parser)
    parser.add_argument("--throwaway", action="store_true", help="fast; a power cut loses it")
    given = parser.parse_args(arguments)
    return services(given.data, durable=not given.throwaway)


VERBS: dict[str, Callable[[list[str]], int]] = {
    "run": _run,
    "services": _services,
}


def main() -> int:
    """Run one verb; a Problem becomes one sentence and exit code 1."""
    try:
        return VERBS[sys.argv[1]](sys.argv[2:])
    except Problem as problem:
        print(f"\n{problem}", file=sys.stderr)
    except KeyboardInterrupt:
        print("\nStopped.", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
