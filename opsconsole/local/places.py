"""The data directory of one local console: its lock, its sockets, its secrets, its free ports."""

import base64
import contextlib
import fcntl
import hashlib
import json
import os
import secrets
import shutil
import socket
import stat
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from opsconsole.local.problems import Problem

SOCKET_LIMIT = 103  # sun_path without its closing zero, on the stricter systems


def private_directory(path: Path, owner: int | None = None) -> Path:
    """Make the directory, open to its owner (us) alone; raises Problem when that is not possible."""
    owner = os.geteuid() if owner is None else owner
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        status = path.lstat()
        if owner != os.geteuid() == status.st_uid:
            os.chown(path, owner, -1)
            status = path.lstat()
        if not stat.S_ISDIR(status.st_mode) or status.st_uid != owner:
            raise Problem(f"{path} belongs to somebody else: choose another one with --data DIR.")
        path.chmod(0o700)
        if not os.access(path, os.W_OK):
            raise PermissionError(0, "Permission denied")
    except OSError as error:
        raise Problem(
            f"Cannot write to {path} ({error.strerror}): choose a directory of your own "
            "with --data DIR."
        ) from error
    return path


def socket_directory(wanted: Path, longest_name: str, owner: int | None = None) -> Path:
    """A private directory for a socket: the wanted one, or a short one when that will not do."""
    fits = len(os.fsencode(wanted / longest_name)) <= SOCKET_LIMIT
    if fits and "," not in str(wanted):  # PostgreSQL's client takes a comma for a list of hosts
        return private_directory(wanted, owner)
    digest = hashlib.sha256(os.fsencode(wanted)).hexdigest()[:12]
    short = Path(tempfile.gettempdir()) / f"opsconsole-{os.geteuid()}-{digest}"
    if len(os.fsencode(short / longest_name)) > SOCKET_LIMIT:
        raise Problem(f"The path {wanted} is too long for a socket: choose a shorter --data DIR.")
    return private_directory(short, owner)


def write_private(path: Path, text: str) -> None:
    """Replace a file of ours in one step, readable by us alone."""
    fresh = path.with_name(f"{path.name}.new")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
    fresh.rename(path)


def lock(data: Path, about: str) -> int:
    """Take the directory for ourselves; return the descriptor that holds the lock.

    Raises Problem when another console has it. One that was killed a moment ago is waited for:
    its guardians hold the lock until the last of its services has ended.
    """
    path = data / "lock"
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    end = time.monotonic() + 8
    while not _try_lock(descriptor):
        pid, _, address = path.read_text().partition(" ")
        if _alive(pid) or time.monotonic() > end:
            os.close(descriptor)
            raise Problem(
                f"Another one already runs in {data} (process {pid or 'unknown'}, {address}): "
                "use that one, stop it with Ctrl-C, or choose another --data DIR and --port."
            )
        time.sleep(0.05)
    os.truncate(descriptor, 0)
    os.pwrite(descriptor, f"{os.getpid()} {about}".encode(), 0)
    return descriptor


def _try_lock(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _alive(pid: str) -> bool:
    with contextlib.suppress(ValueError, OSError):
        os.kill(int(pid), 0)
        return True
    return False


@contextlib.contextmanager
def temporary_directory(purpose: str) -> Iterator[tuple[Path, int]]:
    """A private directory that is gone afterwards, and the lock on it.

    What a killed run left behind is removed first: nobody holds the lock on that any more.
    """
    prefix = f"opsconsole-{purpose}-"
    for old in Path(tempfile.gettempdir()).glob(f"{prefix}*/lock"):
        with contextlib.suppress(OSError), old.open() as file:
            if _try_lock(file.fileno()):
                shutil.rmtree(old.parent, ignore_errors=True)
    path = Path(tempfile.mkdtemp(prefix=prefix))
    held = lock(path, purpose)
    try:
        yield path, held
    finally:
        os.close(held)
        shutil.rmtree(path, ignore_errors=True)


def own_secrets(data: Path) -> dict[str, str]:
    """The two secrets of this console, made once and kept in its directory."""
    path = data / "secrets.json"
    if not path.exists():
        fernet = base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()
        fresh = {"SECRET_KEY": secrets.token_urlsafe(48), "CREDENTIAL_KEYS": fernet}
        write_private(path, json.dumps(fresh))
    kept: dict[str, str] = json.loads(path.read_text())
    return kept


def can_listen(host: str, port: int) -> bool:
    """True when nobody listens there; raises Problem when the host is not this machine's."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except PermissionError as error:
            raise Problem(
                f"Port {port} needs rights we do not have: take one above 1023 with --port."
            ) from error
        except socket.gaierror as error:
            raise Problem(f"{host} is not an address: try --host 127.0.0.1.") from error
        except OSError as error:
            if error.errno in {98, 48}:  # address in use, on Linux and on macOS
                return False
            raise Problem(
                f"{host} is not an address of this machine: try --host 127.0.0.1."
            ) from error
    return True


def free_port(first_choice: int = 0) -> int:
    """The first choice when it is free on the loopback, else any free port."""
    if first_choice and first_choice < 65536 and can_listen("127.0.0.1", first_choice):
        return first_choice
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
