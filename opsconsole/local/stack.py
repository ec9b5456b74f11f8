"""The whole console as processes, for tests and benches that need the real thing and may hurt it."""

import contextlib
import os
import secrets
import time
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

from opsconsole.local.engines import Postgres, Redis
from opsconsole.local.places import free_port, temporary_directory
from opsconsole.local.problems import Problem
from opsconsole.local.processes import Service
from opsconsole.local.programs import Setting, answers


class Stack:
    """A console of its own in a temporary directory: starts on entry, is gone after exit.

    The clock is a process of its own, so killing a worker does not stop it. `workers` holds one
    service per worker. `env` is what a program outside (manage.py, a test's own Django) needs to
    reach the same database and Redis.
    """

    def __init__(
        self,
        *,
        workers: int = 1,
        web: bool = True,
        beat: bool = True,
        sandbox: bool = True,
        story: bool = False,
        durable: bool = False,
        copied: bool = False,
        in_service: bool = False,
        cluster: Path | None = None,
        env: Mapping[str, str] | None = None,
    ) -> None:
        """Say what to start; `env` adds to the programs' environment.

        `copied` lets a copy of PostgreSQL take its place. `in_service` runs the pages as a company
        would: without DEBUG, with collected static files. `cluster` is a stopped PostgreSQL whose
        tables are copied instead of being made anew.
        """
        self._count, self._web, self._beat = workers, web, beat
        self._sandbox, self._story, self._durable = sandbox, story, durable
        self._copied, self._cluster = copied, cluster
        self._in_service, self._extra = in_service, dict(env or {})
        self.workers: list[Service] = []
        self.parts: dict[str, Service] = {}

    def __enter__(self) -> Self:
        """Start everything and return when the web server and the workers answer."""
        with contextlib.ExitStack() as stack:
            self.data, held = stack.enter_context(temporary_directory("stack"))
            stack.callback(self._stop)
            self._start_engines((held,))
            self._configure((held,))
            self._start_programs()
            self._stack = stack.pop_all()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop everything and remove its files."""
        self._stack.close()

    def _start_engines(self, held: tuple[int, ...]) -> None:
        logs = self.data / "logs"
        self.redis = Redis(self.data, logs / "redis.log", held)
        self.postgres = Postgres(
            self.data / "pg", logs / "postgres.log", self._durable, held, self._copied
        )
        self.parts |= {"redis": self.redis.service, "postgres": self.postgres.service}
        if self._cluster:
            self.postgres.begin_as(self._cluster)
        self.redis.launch()
        self.postgres.launch()
        self.redis.wait()
        self.postgres.wait()

    def _configure(self, held: tuple[int, ...]) -> None:
        self.sandbox_port = free_port() if self._sandbox else 0
        port = free_port()
        own = {
            "SECRET_KEY": secrets.token_urlsafe(32),
            "MEDIA_ROOT": str(self.data / "media"),
            "SPOOL_ROOT": str(self.data / "spool"),
            "PUBLIC_URL": f"http://127.0.0.1:{port}",
            "DEBUG": "0" if self._in_service else "1",
            "STATIC_ROOT": str(self.data / "static"),
        }
        self.setting = Setting(
            self.data,
            self.postgres.url,
            self.redis.url,
            f"http://127.0.0.1:{self.sandbox_port}" if self._sandbox else "",
            port=port,
            held=held,
            overrides=own | self._extra,
        )
        self.url, self.sandbox_url = self.setting.address, self.setting.sandbox_url
        self.database_url, self.redis_url = self.postgres.url, self.redis.url
        self.env = self.setting.env()

    def _start_programs(self) -> None:
        if self._sandbox:
            self.start_sandbox()
        if not self._cluster:
            self.manage("migrate", "--noinput", "-v0")
        if self._in_service:
            self.manage("collectstatic", "--noinput", "-v0")
        if self._beat:
            self._begin("beat", self.setting.beat())
        for number in range(self._count):
            self.workers.append(self.setting.worker(f"worker{number}", beat=False))
            self._begin(f"worker{number}", self.workers[-1])
        if self._web:
            self._begin("web", self.setting.web())
            self.wait_until_ready()

    def _begin(self, name: str, service: Service) -> None:
        self.parts[name] = service
        service.start()

    def start_sandbox(self) -> None:
        """Start the platforms' simulator, with what it knew when it was stopped."""
        service = self.setting.sandbox(self.sandbox_port, story=self._story)
        self._begin("sandbox", service)
        service.wait_ready(lambda: answers(self.sandbox_url, "/healthz"), 30)

    def wait_until_ready(self, seconds: float = 60) -> None:
        """Wait for the web server, and for a worker and the clock when there are any."""
        whole = self._count > 0 and self._beat
        path = "/readyz" if whole else "/healthz"
        self.parts["web"].wait_ready(lambda: self._ready(path), seconds, 0.05)

    def _ready(self, path: str) -> bool:
        for part in self.parts.values():
            if part.exit_code is not None:
                raise Problem(f"{part.name} stopped (exit code {part.exit_code}). {part.why()}")
        return answers(self.url, path)

    def manage(self, *arguments: str) -> str:
        """Run one manage.py command to its end and return its output; raises Problem."""
        command = self.setting.manage(f"manage-{arguments[0]}", *arguments)
        command.start()
        return command.finish()

    def kill_worker(self, number: int = 0) -> None:
        """SIGKILL one worker, as a crash would."""
        self.workers[number].kill()

    def start_worker(self, number: int = 0) -> None:
        """Start a worker that was killed or stopped; does not wait until it works."""
        self.workers[number].start()

    def flush_redis(self) -> None:
        """Make Redis forget everything."""
        self.redis.flush()

    def restart_redis(self, seconds_down: float = 0) -> None:
        """SIGKILL Redis and start it empty after a while."""
        self.redis.service.kill()
        time.sleep(seconds_down)
        self.redis.launch()
        self.redis.wait()

    def restart_postgres(self) -> None:
        """SIGKILL PostgreSQL and let it recover."""
        self.postgres.service.kill()
        self.postgres.launch()
        self.postgres.wait()

    def copy_postgres(self) -> None:
        """Keep a copy of PostgreSQL as it is now."""
        self.postgres.copy(self.data / "pg-copy")

    def promote_copy(self) -> None:
        """SIGKILL PostgreSQL and let the copy take its place: a failover that loses what came since."""
        self.postgres.become(self.data / "pg-copy")

    def log(self, name: str) -> Path:
        """The log of one part."""
        return self.data / "logs" / f"{name}.log"

    def adopt(self) -> None:
        """Make this process itself use the stack's database and Redis (before django.setup)."""
        os.environ.update(self.setting.additions())

    def _stop(self) -> None:
        order = [name for name in self.parts if name not in {"redis", "postgres", "sandbox"}]
        for name in order:
            self.parts[name].let_go()
        for name in [*order, "sandbox", "redis", "postgres"]:
            if name in self.parts:
                self.parts[name].stop()
