"""The processes of a rehearsal: the imitated platforms, and a worker that knows of nothing else.

The worker is the real one, with its clock. Its environment is made from nothing: it holds the address
of the scratch database, a key for credentials that are made up, and the one address it may speak to.
"""

import os
import re
import secrets
import signal
import sys
from pathlib import Path

import redis
from cryptography.fernet import Fernet
from django.conf import settings

from campaigns.rehearsal.scratch import url_of
from opsconsole.local.processes import Service

#: What programs need of the surroundings to run at all.
_KEPT = ("PATH", "HOME", "LANG", "LC_ALL", "TZ", "TMPDIR", "LD_LIBRARY_PATH", "VIRTUAL_ENV")
_ADDRESS = re.compile(r"sandbox ready at (\S+)")
#: Seconds that the programs have to start, on a machine that is busy.
PATIENCE = 120.0


class Stage:
    """Starts and ends the processes; `folder` is theirs alone."""

    def __init__(self, folder: Path, rehearsal_id: int) -> None:
        """Nothing runs yet."""
        self._folder = folder
        self._prefix = f"{settings.REDIS_PREFIX}-rehearsal-{rehearsal_id}"
        self.credential_key = Fernet.generate_key()
        self.media = folder / "media"
        self._platforms = self._service(
            "sandbox", "-m", "channels.sandbox", "--port", "0", "--no-story"
        )
        self._worker: Service | None = None

    def platforms_start(self) -> None:
        """Start the imitated platforms. Does not wait."""
        self._platforms.start()

    def platforms_wait(self) -> str:
        """Wait until the platforms answer, and return their address; Problem when they do not."""
        self._platforms.wait_ready(lambda: "ready at" in self._platforms.output(), PATIENCE)
        found = _ADDRESS.search(self._platforms.output())
        assert found is not None  # noqa: S101 - the line before says so
        return found[1]

    def migrate(self, database: str) -> None:
        """Bring a database up to date; Problem when that fails."""
        command = self._service(
            "migrate", "manage.py", "migrate", "--noinput", "-v0", database=database
        )
        command.start()
        command.finish()

    def worker_start(self, database: str, sandbox_url: str) -> None:
        """Start the worker with its clock. Does not wait."""
        schedule = ["-B", "--schedule", str(self._folder / "beat")]
        quiet = ["--without-gossip", "--without-mingle", "--loglevel", "INFO"]
        self._worker = self._service(
            "worker", "-m", "celery", "-A", "opsconsole", "worker", *schedule, *quiet,
            database=database, CONFINED_TO=sandbox_url,
        )  # fmt: skip
        self._worker.start()

    def worker_wait(self) -> None:
        """Wait until the worker works; Problem when it does not."""
        assert self._worker is not None  # noqa: S101 - it was started
        worker = self._worker
        worker.wait_ready(lambda: " ready." in worker.output(), PATIENCE, every=0.05)

    def worker_kill(self) -> None:
        """Kill the worker as a crash would, and start it anew."""
        assert self._worker is not None  # noqa: S101 - it was started
        self._worker.kill()
        self._worker.start()

    def fallen(self) -> Service | None:
        """Return a process that has ended by itself; None while all is well."""
        some = [one for one in (self._platforms, self._worker) if one is not None]
        return next((one for one in some if one.exit_code is not None), None)

    def close(self) -> None:
        """End everything, and forget what it has said through Redis."""
        for service in (self._worker, self._platforms):
            if service is not None:
                service.stop()
        with redis.Redis.from_url(settings.REDIS_URL) as client:
            if left := list(client.scan_iter(f"{self._prefix}*", count=1000)):
                client.delete(*left)

    def _service(self, name: str, *arguments: str, database: str = "", **more: str) -> Service:
        command = [sys.executable, "-P", *arguments]
        log = self._folder / f"{name}.log"
        env = self._env(database) | more
        return Service(name, command, env, log, signal.SIGTERM, grace=2.0)

    def _env(self, database: str) -> dict[str, str]:
        """The whole environment. How long things take is as in the real console."""
        kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
        return kept | {
            "PYTHONPATH": str(settings.BASE_DIR),
            "PYTHONUNBUFFERED": "1",
            "DJANGO_SETTINGS_MODULE": "opsconsole.settings",
            "SECRET_KEY": secrets.token_urlsafe(32),
            "CREDENTIAL_KEYS": self.credential_key.decode(),
            "DATABASE_URL": url_of(database) if database else "",
            "REDIS_URL": settings.REDIS_URL,
            "REDIS_PREFIX": self._prefix,
            "ALLOW_PRIVATE_HOSTS": "1",
            "EMAIL_URL": "dummymail://",
            "MEDIA_ROOT": str(self.media),
            "STATIC_ROOT": str(self._folder / "static"),
            "WORKER_DRAIN_SECONDS": "1",
            "WORKER_CONCURRENCY": str(settings.CELERY_WORKER_CONCURRENCY),
            "SEND_CONCURRENCY": str(settings.SEND_CONCURRENCY),
            "SEND_TIMEOUT_SECONDS": str(settings.SEND_TIMEOUT_SECONDS),
            "DELIVERY_LEASE_SECONDS": str(settings.DELIVERY_LEASE_SECONDS),
            "REAPER_SECONDS": str(settings.REAPER_SECONDS),
            "RECONCILE_SCHEDULE": ",".join(map(str, settings.RECONCILE_SCHEDULE)),
        }
