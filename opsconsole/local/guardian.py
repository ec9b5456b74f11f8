"""Keeps watch over one service: ends it, and all it started, when its supervisor lets go.

The supervisor holds the other end of a pipe, the lifeline. Closing it is the order to stop, and a
killed supervisor closes it too, so an orderly end and a crash take the same path. It is a plain
script on the standard library, started without site packages, so that it is up in 20 ms:
``python -I -S guardian.py LIFELINE SIGNAL GRACE GROUP COMMAND...``
"""

import ctypes
import os
import select
import signal
import sys
import time
from pathlib import Path

PR_SET_PDEATHSIG = 1
PR_SET_CHILD_SUBREAPER = 36
ON_LINUX = sys.platform == "linux"


def _prctl(option: int, value: int) -> None:
    if ON_LINUX:
        ctypes.CDLL(None, use_errno=True).prctl(option, value, 0, 0, 0)


def _spawn(command: list[str], own_group: bool) -> int:
    """Start the command so that it dies with this guardian, even when the guardian is killed."""
    guardian = os.getpid()
    pid = os.fork()
    if pid:
        return pid
    try:
        if own_group:
            os.setpgid(0, 0)
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGCHLD):
            signal.signal(number, signal.SIG_DFL)
        signal.set_wakeup_fd(-1)
        os.closerange(3, 256)
        _prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != guardian:  # it died before the line above
            os._exit(1)
        os.execvp(command[0], command)
    except OSError as error:
        os.write(2, f"{command[0]}: {error.strerror}\n".encode())
    os._exit(127)


def _parents() -> dict[int, int]:
    """Every process of the machine and its parent."""
    table: dict[int, int] = {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                fields = (folder / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue  # it ended while we looked
            table[int(folder.name)] = int(fields[1])
    return table


def descendants(root: int) -> list[int]:
    """Every process below this one; orphans included, because a guardian adopts them."""
    parents = _parents()
    found = [root]
    for pid in found:
        found.extend(child for child, parent in parents.items() if parent == pid)
    return found[1:]


def _kill_all(child: int) -> None:
    victims = descendants(os.getpid()) if ON_LINUX else []
    for pid in victims:
        _send(pid, signal.SIGKILL)
    if not ON_LINUX:
        try:
            os.killpg(child, signal.SIGKILL)
        except OSError:
            return


def _send(pid: int, number: int) -> None:
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return


class _Watch:
    """The state of one watch: the child, how it ended, and whether anything is left to reap."""

    def __init__(self, child: int) -> None:
        self.child = child
        self.status: int | None = None
        self.childless = False

    def reap(self) -> None:
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                self.childless = True
                return
            if pid == 0:
                return
            if pid == self.child:
                self.status = status


def _wait(watch: _Watch, sources: list[int], seconds: float | None) -> list[int]:
    """Sleep until a child ends, the lifeline closes or the time is over; return what spoke."""
    ready: list[int] = select.select(sources, [], [], seconds)[0]
    for source in ready:
        os.read(source, 512)
    watch.reap()
    return ready


def _stop(watch: _Watch, bell: int, number: int, grace: float) -> None:
    """Ask politely, wait the grace, then kill everything below this guardian."""
    _send(watch.child, number)
    end = time.monotonic() + grace
    while watch.status is None and (left := end - time.monotonic()) > 0:
        _wait(watch, [bell], left)


def _clean_up(watch: _Watch, bell: int) -> None:
    for _ in range(100):
        watch.reap()
        if watch.childless:
            return
        _kill_all(watch.child)
        _wait(watch, [bell], 0.02)


def main(arguments: list[str]) -> int:
    """Guard one command; return its exit code, 128 + n when signal n ended it."""
    lifeline, number, grace = int(arguments[0]), int(arguments[1]), float(arguments[2])
    own_group, command = arguments[3] == "own-group", arguments[4:]
    _prctl(PR_SET_CHILD_SUBREAPER, 1)
    bell, ringer = os.pipe()
    os.set_blocking(ringer, False)
    signal.set_wakeup_fd(ringer, warn_on_full_buffer=False)
    for deaf in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(deaf, lambda *_: None)  # only the lifeline gives orders
    signal.signal(signal.SIGCHLD, lambda *_: None)
    watch = _Watch(_spawn(command, own_group))
    while watch.status is None:
        if lifeline in _wait(watch, [lifeline, bell], None):
            _stop(watch, bell, number, grace)
            break
    _clean_up(watch, bell)
    code = -signal.SIGKILL
    if watch.status is not None:
        code = os.waitstatus_to_exitcode(watch.status)
    return code if code >= 0 else 128 - code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
