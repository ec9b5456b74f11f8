"""What the supervisor says on the terminal: one line per finished step, with its time."""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager


def say(text: str = "") -> None:
    """Print at once, also into a pipe; a reader who went away is no reason to stop."""
    try:
        print(text, flush=True)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)


def done(name: str, started: float) -> None:
    """Report one finished step."""
    say(f"  ok  {name:<34} {time.monotonic() - started:>6.1f} s")


@contextmanager
def step(name: str) -> Iterator[None]:
    """Time the block and report it when it ends well."""
    started = time.monotonic()
    yield
    done(name, started)


def since_start() -> float:
    """Seconds since the person pressed Enter (dev.py left the moment in the environment)."""
    now = time.monotonic()
    return now - float(os.environ.get("OPSCONSOLE_STARTED", now))
