"""The programs of the console as services: what each is started with, and how to tell it is up."""

import http.client
import os
import signal
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from opsconsole.local.places import own_secrets
from opsconsole.local.processes import Service

#: Whoever has migrated has checked the whole console; to do so again at each start is half of the start.
_CELERY = ("-m", "celery", "-A", "opsconsole", "--skip-checks")


@dataclass
class Setting:
    """Where one console keeps things and how its programs reach each other."""

    data: Path
    database_url: str
    redis_url: str
    sandbox_url: str = ""
    host: str = "127.0.0.1"
    port: int = 8000
    held: tuple[int, ...] = ()
    overrides: Mapping[str, str] | None = None  # stronger than the caller's own environment

    @property
    def address(self) -> str:
        """What to type into a browser on this machine."""
        everywhere = {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}
        host = everywhere.get(self.host, self.host)
        return f"http://[{host}]:{self.port}" if ":" in host else f"http://{host}:{self.port}"

    def additions(self) -> dict[str, str]:
        """What the programs need beyond the caller's environment; the caller's own values win."""
        hosts = "localhost,127.0.0.1,[::1]"
        local = self.host in {"localhost", "127.0.0.1", "::1"}
        defaults = own_secrets(self.data) | {
            "DEBUG": "1",
            "ALLOWED_HOSTS": hosts if local else "*",
            "ALLOW_PRIVATE_HOSTS": "1",
            "PUBLIC_URL": self.address,
            "MEDIA_ROOT": str(self.data / "media"),
            "SPOOL_ROOT": str(self.data / "spool"),
            "WORKER_DRAIN_SECONDS": "1",
        }
        fixed = {
            "DATABASE_URL": self.database_url,
            "REDIS_URL": self.redis_url,
            "SANDBOX_URL": self.sandbox_url,
            "DJANGO_SETTINGS_MODULE": "opsconsole.settings",
            "PYTHONUNBUFFERED": "1",
        }
        chosen = {key: os.environ.get(key, value) for key, value in defaults.items()}
        return chosen | fixed | dict(self.overrides or {})

    def env(self) -> dict[str, str]:
        """The whole environment of a program."""
        return os.environ | self.additions()

    def service(
        self, name: str, *arguments: str, grace: float = 2.0, debug: bool = True
    ) -> Service:
        """One Python program of the project, logged to logs/NAME.log."""
        command = [sys.executable, "-P", *arguments]
        log = self.data / "logs" / f"{name}.log"
        # Where no page is shown, DEBUG would only collect every query in memory.
        env = self.env() if debug else self.env() | {"DEBUG": "0"}
        return Service(name, command, env, log, signal.SIGTERM, grace, held=self.held)

    def manage(self, name: str, *arguments: str) -> Service:
        """One manage.py command, logged to logs/NAME.log."""
        return self.service(name, "manage.py", *arguments, "--no-color")

    def web(self) -> Service:
        """Pages, API and live stream."""
        where = ["--host", self.host, "--port", str(self.port)]
        rest = ["--timeout-graceful-shutdown", "2", "--no-access-log"]
        return self.service(
            "web", "-m", "uvicorn", "opsconsole.asgi:application", *where, *rest, grace=2.5
        )

    def worker(self, name: str = "worker", *, beat: bool = True) -> Service:
        """Background work; with the clock that hands it out, unless that runs by itself."""
        schedule = ["-B", "--schedule", str(self.data / "celerybeat-schedule")] if beat else []
        quiet = ["--without-gossip", "--without-mingle", "--loglevel", "INFO", "-n", f"{name}@%h"]
        return self.service(name, *_CELERY, "worker", *schedule, *quiet, debug=False)

    def beat(self) -> Service:
        """The clock alone."""
        schedule = ["--schedule", str(self.data / "celerybeat-schedule"), "--loglevel", "INFO"]
        return self.service("beat", *_CELERY, "beat", *schedule, debug=False)

    def sandbox(self, port: int, *, story: bool = True) -> Service:
        """The platforms' simulator."""
        store = ["--data", str(self.data / "sandbox.db")]
        where = ["--host", "127.0.0.1", "--port", str(port)]
        tale = ["--story"] if story else []
        return self.service("sandbox", "-m", "channels.sandbox", *where, *store, *tale, grace=1.0)


def answers(address: str, path: str) -> bool:
    """True when the address answers 200 to a GET."""
    host = address.removeprefix("http://")
    line = http.client.HTTPConnection(host, timeout=2)
    try:
        line.request("GET", path)
        return line.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        line.close()
