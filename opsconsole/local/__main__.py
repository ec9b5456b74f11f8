"""The verbs of dev.py, once its isolated environment stands."""

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from opsconsole.bench.seeds import Seeds
from opsconsole.local import benching, run, testing
from opsconsole.local.messages import messages
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


def _test(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(
        prog="dev.py test", epilog="All other arguments go to pytest.", allow_abbrev=False
    )
    parser.add_argument("--no-checks", action="store_true", help="tests only")
    parser.add_argument("--wordpress", action="store_true", help="also against a real WordPress")
    parser.add_argument("--only-wordpress", action="store_true", help="against WordPress alone")
    given, rest = parser.parse_known_args(arguments)
    only = given.only_wordpress
    wordpress = given.wordpress or only
    return testing.test(testing.Options(rest, not (given.no_checks or only), not only, wordpress))


def _check(arguments: list[str]) -> int:
    argparse.ArgumentParser(prog="dev.py check").parse_args(arguments)
    return testing.check()


def _bench(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="dev.py bench")
    parser.add_argument("name", nargs="?", default="", help="without it: print the names")
    parser.add_argument("--quick", action="store_true", help="a smoke run with small numbers")
    parser.add_argument(
        "--json", type=Path, metavar="FILE", help="write the figures there as well"
    )
    parser.add_argument(
        "--seed", type=_seeds, default=(), metavar="N,…", help="of a bench that rolls dice: these"
    )
    parser.add_argument("--seeds", type=int, default=0, metavar="COUNT", help="so many new ones")
    given = parser.parse_args(arguments)
    seeds = Seeds(given.seed, given.seeds)
    return benching.bench(given.name, quick=given.quick, json=given.json, seeds=seeds)


def _seeds(text: str) -> tuple[int, ...]:
    return tuple(int(seed) for seed in text.split(","))


def _fmt(arguments: list[str]) -> int:
    """Format, then fix what the linter can fix."""
    ruff = [sys.executable, "-P", "-m", "ruff"]
    where = arguments or ["."]
    formatted = subprocess.call([*ruff, "format", *where], cwd=ROOT)
    return subprocess.call([*ruff, "check", "--fix", *where], cwd=ROOT) or formatted


def _messages(arguments: list[str]) -> int:
    argparse.ArgumentParser(prog="dev.py messages").parse_args(arguments)
    return messages()


def _lock(arguments: list[str]) -> int:
    """Compile the pinned requirements; with package names, upgrade these alone."""
    uv = [sys.executable, "-P", "-m", "uv", "pip", "compile", "pyproject.toml", "--universal"]
    uv += ["--python-version", "3.11", "--generate-hashes", "--no-emit-index-url", "--no-header"]
    uv += ["--no-annotate", "--quiet"]
    uv += [part for name in arguments for part in ("--upgrade-package", name)]
    groups = {"production": [], "local": ["local"], "test": ["local", "test"]}
    for name, chosen in groups.items():
        extra = [part for group in chosen for part in ("--group", group)]
        target = f"requirements/{name}.txt"
        if subprocess.call([*uv, *extra, "--output-file", target], cwd=ROOT):
            raise Problem(f"{target} could not be compiled: uv says why above.")
        print(f"  ok  {target}")
    return 0


def _manage(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="dev.py manage", allow_abbrev=False)
    _data(parser)
    parser.add_argument("command", nargs=argparse.REMAINDER)
    given = parser.parse_args(arguments)
    try:
        additions = json.loads((given.data / "env.json").read_text())
    except OSError as error:
        raise Problem(f"No console was started in {given.data}: python3 dev.py run") from error
    command = [sys.executable, "-P", str(ROOT / "manage.py"), *given.command]
    return subprocess.call(command, env=os.environ | additions)


VERBS: dict[str, Callable[[list[str]], int]] = {
    "run": _run,
    "test": _test,
    "check": _check,
    "bench": _bench,
    "fmt": _fmt,
    "lock": _lock,
    "messages": _messages,
    "manage": _manage,
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
