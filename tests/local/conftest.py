"""What the tests of the supervisor share: looking at processes from outside."""

import contextlib
import os
from pathlib import Path

import pytest

from tests.support.waiting import until


def alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


@pytest.fixture
def gone():
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
