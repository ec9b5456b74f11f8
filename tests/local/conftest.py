"""What the tests of the supervisor share: looking at processes from outside."""

import contextlib
import os
import time
from pathlib import Path

import pytest


def alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


@pytest.fixture
def until():
    """Wait for a condition; fail when it does not come true."""

    def wait(condition, seconds=10.0):
        end = time.monotonic() + seconds
        while not (found := condition()):
            assert time.monotonic() < end, "it did not happen in time"
            time.sleep(0.01)
        return found

    return wait


@pytest.fixture
def gone(until):
    """Wait until none of these processes is left."""
    return lambda pids, seconds=5.0: until(lambda: not any(map(alive, pids)), seconds)


@pytest.fixture
def below(tmp_path):
    """Every living process that has this test's directory on its command line or as its own."""

    def look():
        word = os.fsencode(tmp_path)
        found = []
        for folder in Path("/proc").iterdir():
            if folder.name.isdigit() and int(folder.name) != os.getpid():
                with contextlib.suppress(OSError):
                    known = (folder / "cmdline").read_bytes() + (folder / "environ").read_bytes()
                    if word in known and alive(int(folder.name)):
                        found.append(int(folder.name))
        return found

    return look
