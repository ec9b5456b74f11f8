"""One supervised process: started under a guardian, stopped by letting go of its lifeline."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from io import BufferedWriter
from pathlib import Path

from opsconsole.local.guardian import descendants
from opsconsole.local.problems import Problem

ROOT = Path(__file__).resolve().parent.parent.parent
GUARDIAN = Path(__file__).with_name("guardian.py")
LOG_LIMIT = 5_000_000


@dataclass
class Service:
    """A command with a name, an environment, a log, and the signal that ends it."""

    name: str
    command: list[str]
    env: Mapping[str, str]
    log: Path | None = None  # None: it writes to our own terminal
    stop_signal: int = signal.SIGTERM
    grace: float = 2.0
    foreground: bool = False  # stays in our process group, so Ctrl-C reaches it directly
    held: tuple[int, ...] = ()  # descriptors that stay open as long as the service lives
    _guardian: "subprocess.Popen[bytes] | None" = field(default=None, repr=False)
    _lifeline: int = field(default=-1, repr=False)
    _log_start: int = field(default=0, repr=False)

    def start(self) -> None:
        """Start the guardian and, through it, the command; return at once."""
        reading, self._lifeline = os.pipe()
        guardian = [sys.executable, "-I", "-S", str(GUARDIAN), str(reading)]
        guardian += [str(int(self.stop_signal)), str(self.grace)]
        guardian += ["foreground" if self.foreground else "own-group"]
        with contextlib.ExitStack() as stack:
            output = stack.enter_context(self._open_log()) if self.log else None
            self._guardian = subprocess.Popen(
                guardian + self.command,
                cwd=ROOT,
                env=dict(self.env),
                stdin=None if self.foreground else subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT if output else None,
                start_new_session=not self.foreground,
                pass_fds=(reading, *self.held),
            )
        os.close(reading)

    def _open_log(self) -> AbstractContextManager[BufferedWriter]:
        assert self.log
        self.log.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if self.log.exists() and self.log.stat().st_size > LOG_LIMIT:
            self.log.replace(self.log.with_suffix(".log.1"))
        file = self.log.open("ab")
        self._log_start = file.tell()
        return file

    @property
    def exit_code(self) -> int | None:
        """None while it runs, and before it was started."""
        return self._guardian.poll() if self._guardian else None

    @property
    def running(self) -> bool:
        """True from start until the last of its processes has ended."""
        return self._guardian is not None and self.exit_code is None

    def processes(self) -> list[int]:
        """The service and all its children, the service first (Linux only)."""
        return descendants(self._guardian.pid) if self._guardian and self.running else []

    def let_go(self) -> None:
        """Order the stop without waiting for it."""
        if self._lifeline >= 0:
            os.close(self._lifeline)
            self._lifeline = -1

    def wait(self, seconds: float | None = None) -> int:
        """Wait for the end and return the exit code; raises subprocess.TimeoutExpired."""
        assert self._guardian
        code = self._guardian.wait(seconds)
        self.let_go()
        return code

    def stop(self) -> None:
        """Stop it and everything it started; return when all of it is gone. Idempotent."""
        if self._guardian:
            self.let_go()
            self._guardian.wait(self.grace + 5)

    def kill(self) -> None:
        """SIGKILL the command and its children at once, as a crash would."""
        for pid in self.processes():
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.stop()

    def output(self) -> str:
        """What it has written to its log since it was started."""
        if not self.log or not self.log.exists():
            return ""
        with self.log.open("rb") as file:
            file.seek(self._log_start)
            return file.read().decode("utf-8", "replace")

    def why(self) -> str:
        """Where to read on, and the last lines written there."""
        lines = "\n".join(f"    {line}" for line in self.output().splitlines()[-15:])
        return f"Its log is {self.log}; the last lines:\n{lines}" if self.log else ""

    def wait_ready(self, ready: Callable[[], bool], seconds: float, every: float = 0.02) -> None:
        """Poll until it says so; raises Problem with its last words when it dies or is late."""
        end = time.monotonic() + seconds
        while not ready():
            if self.exit_code is not None:
                raise Problem(f"{self.name} stopped (exit code {self.exit_code}). {self.why()}")
            if time.monotonic() > end:
                raise Problem(f"{self.name} was not ready after {seconds:.0f} s. {self.why()}")
            time.sleep(every)

    def finish(self) -> str:
        """Wait for a short command's end and return its output; raises Problem when it failed."""
        if code := self.wait():
            raise Problem(f"{self.name} failed (exit code {code}). {self.why()}")
        return self.output()


def stop_in_order(services: list[Service]) -> None:
    """Stop one after the other; the first two (web, worker) are told together to save time."""
    for service in services[:2]:
        service.let_go()
    for service in services:
        service.stop()
