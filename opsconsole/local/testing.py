"""The verbs `test` and `check`: engines of their own in a temporary directory, checks, pytest."""

import contextlib
import os
import signal
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from opsconsole.local.browser import chromium
from opsconsole.local.checks import CHECKS, TABLES, run_checks
from opsconsole.local.engines import Postgres, Redis
from opsconsole.local.places import temporary_directory
from opsconsole.local.processes import Service, stop_in_order
from opsconsole.local.programs import Setting
from opsconsole.local.terminal import say, since_start, step
from opsconsole.local.wordpress import WordPress


@dataclass
class Options:
    """What the person asked for; the arguments go to pytest."""

    arguments: list[str]
    checks: bool = True
    tests: bool = True
    wordpress: bool = False

    @property
    def whole(self) -> bool:
        """True when all tests are to run, none chosen by its place."""
        return self.tests and not any("tests" in word for word in self.arguments)


@dataclass
class Ground:
    """What checks and tests stand on: their setting, and PostgreSQL when it is our own."""

    setting: Setting
    postgres: Postgres | None

    @property
    def cluster(self) -> Path:
        """Where a copy of PostgreSQL with all tables is kept, for the consoles that tests start."""
        return self.setting.data / "pg-made"


@contextlib.contextmanager
def engines() -> Iterator[Ground]:
    """A fast, forgetful PostgreSQL and Redis, unless the environment names real servers."""
    with temporary_directory("test") as (folder, held), contextlib.ExitStack() as stack:
        logs = folder / "logs"
        database, redis_url = os.environ.get("DATABASE_URL", ""), os.environ.get("REDIS_URL", "")
        postgres = (
            None if database else Postgres(folder / "pg", logs / "postgres.log", durable=False)
        )
        redis = None if redis_url else Redis(folder, logs / "redis.log")
        with step("PostgreSQL and Redis for the tests"):
            for engine in (redis, postgres):
                if engine:
                    stack.callback(stop_in_order, [engine.service])
                    engine.service.held = (held,)
                    engine.launch()
            for engine in (redis, postgres):
                if engine:
                    engine.wait()
        setting = Setting(
            folder,
            postgres.url if postgres else database,
            redis.url if redis else redis_url,
            overrides={"MEDIA_ROOT": str(folder / "media"), "PUBLIC_URL": "http://127.0.0.1:8000"},
        )
        yield Ground(setting, postgres)


def test(options: Options) -> int:
    """Run what was asked for; 0 only when all of it passed."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    failed: list[str] = []
    with engines() as ground:
        env = ground.setting.env()
        failed += _prepared(options, ground, env)
        if options.tests:
            env["OPSCONSOLE_CHROMIUM"] = chromium()
            if _pytest(_selected(options.arguments), env):
                failed.append("tests")
        if options.wordpress and _against_wordpress(options.arguments, env):
            failed.append("tests against WordPress")
    if failed:
        say(f"\nFailed after {since_start():.0f} s: {', '.join(failed)}")
    else:
        say(f"\nAll passed after {since_start():.0f} s")
    return 1 if failed else 0


def _prepared(options: Options, ground: Ground, env: dict[str, str]) -> list[str]:
    """Run the checks; beside them, for a whole run, make the tables once for all. Returns what failed.

    A run of a few tests makes them when it comes to the first that needs them.
    """
    shared = options.whole and ground.postgres is not None
    chosen = (TABLES if shared else {}) | (CHECKS if options.checks else {})
    failed = run_checks(chosen, ground.setting.data / "logs", env)
    if ground.postgres and shared and TABLES.keys().isdisjoint(failed):
        with step("A copy of the tables"):
            ground.postgres.copy(ground.cluster)
        env["OPSCONSOLE_CLUSTER"] = str(ground.cluster)
    return failed


def check() -> int:
    """Run the checks alone."""
    return test(Options([], tests=False))


def _selected(arguments: list[str]) -> list[str]:
    """The pytest arguments, with WordPress left out and two workers unless the person chose."""
    chosen = list(arguments)
    if not any(word.startswith("-m") for word in arguments):
        chosen += ["-m", "not wordpress"]
    if not any(word.startswith(("-n", "--numprocesses")) for word in arguments):
        chosen += ["-n", "2"]
    return chosen


def _pytest(arguments: list[str], env: dict[str, str]) -> int:
    """Run pytest on our own terminal; it dies with us."""
    command = [sys.executable, "-P", "-m", "pytest", *arguments]
    tests = Service("pytest", command, env, None, signal.SIGINT, grace=4.0, foreground=True)
    say(f"\n$ pytest {' '.join(arguments)}")
    tests.start()
    try:
        return tests.wait()
    finally:
        tests.stop()


def _against_wordpress(arguments: list[str], env: dict[str, str]) -> int:
    with WordPress() as blog:
        given = [word for word in arguments if not word.startswith("tests")]
        env = env | {"OPSCONSOLE_WORDPRESS": blog.access()}
        return _pytest(["-m", "wordpress", "tests/wordpress", "-n", "0", *given], env)
