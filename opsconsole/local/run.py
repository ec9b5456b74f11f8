"""The verb `run`: the whole console on this machine, until Ctrl-C."""

import hashlib
import json
import os
import secrets
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from opsconsole.local.engines import Postgres, Redis
from opsconsole.local.places import can_listen, free_port, lock, private_directory, write_private
from opsconsole.local.problems import Problem
from opsconsole.local.processes import ROOT, Service, stop_in_order
from opsconsole.local.programs import Setting, answers
from opsconsole.local.terminal import done, say, since_start


@dataclass
class Options:
    """What the person asked for."""

    data: Path
    host: str
    port: int
    demo: bool
    sandbox: bool


def run(options: Options) -> int:
    """Start everything, say where it is, and stop everything on Ctrl-C or when a part dies."""
    # An interrupt too: shells have what they start behind themselves ignore it.
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.default_int_handler)
    if not 0 < options.port < 65536:
        raise Problem(f"{options.port} is not a port: choose one from 1024 to 65535 with --port.")
    private_directory(options.data)
    held = lock(options.data, f"http://{options.host}:{options.port}")
    if not can_listen(options.host, options.port):
        raise Problem(
            f"Port {options.port} on {options.host} is taken by another program: "
            f"choose another one, for example --port {free_port(options.port + 2)}."
        )
    console = Console(options, (held,))
    try:
        console.start()
        console.watch()
    except KeyboardInterrupt:
        pass  # the ordinary end
    finally:
        console.stop()
    return 0


@dataclass
class Console:
    """All parts of one running console, in the order in which they stop."""

    options: Options
    held: tuple[int, ...]
    parts: list[Service] = field(default_factory=list)

    def start(self) -> None:
        """Bring everything up, as much at once as the dependencies allow."""
        data = self.options.data
        redis, postgres = self._engines()
        port = free_port(self.options.port + 1) if self.options.sandbox else 0
        self.setting = Setting(
            data,
            postgres.url if postgres else os.environ["DATABASE_URL"],
            redis.url if redis else os.environ["REDIS_URL"],
            f"http://127.0.0.1:{port}" if port else "",
            self.options.host,
            self.options.port,
            self.held,
        )
        first = began = time.monotonic()
        if redis:
            self._launch(redis.service, redis.launch)
        sandbox = self._begin(self.setting.sandbox(port)) if port else None
        if postgres:
            self._launch(postgres.service, postgres.launch)
        for name, engine in (("PostgreSQL", postgres), ("Redis", redis)):
            if engine:
                engine.wait()
                done(name, began)
        # Somebody else may change a server of its own, so there the steps are never skipped.
        self.database = postgres.identity() if postgres else secrets.token_hex(8)
        self._migrate()
        began = time.monotonic()
        web, worker = self._begin(self.setting.web()), self._begin(self.setting.worker())
        if sandbox:
            self._await(sandbox, "Sandbox of the platforms", self.setting.sandbox_url, first)
        self._seed()
        self._await(web, "Web server", self.setting.address, began)
        self._ready(worker, began)
        write_private(data / "env.json", json.dumps(self.setting.additions()))
        self._greet()

    def _engines(self) -> tuple[Redis | None, Postgres | None]:
        """The embedded engines, less those that the environment replaces by real servers."""
        data, logs = self.options.data, self.options.data / "logs"
        redis = postgres = None
        if not os.environ.get("REDIS_URL"):
            redis = Redis(data, logs / "redis.log", self.held)
        if not os.environ.get("DATABASE_URL"):
            postgres = Postgres(data / "pg", logs / "postgres.log", held=self.held)
        return redis, postgres

    def _launch(self, service: Service, launch: Callable[[], None]) -> None:
        self.parts.append(service)  # first, so that an interrupt in between still stops it
        launch()

    def _begin(self, service: Service) -> Service:
        self._launch(service, service.start)
        return service

    def _await(self, service: Service, name: str, address: str, began: float) -> None:
        service.wait_ready(lambda: answers(address, "/healthz"), 60)
        done(name, began)

    def _ready(self, worker: Service, began: float) -> None:
        worker.wait_ready(lambda: answers(self.setting.address, "/readyz"), 60, 0.2)
        done("Worker and clock", began)

    def _once(self, name: str, of: str, service: Service) -> str:
        """Run a command unless it succeeded before with the same ingredients; return its output."""
        note = self.options.data / f"{service.name}.json"
        began = time.monotonic()
        if note.exists():
            kept = json.loads(note.read_text())
            if kept["of"] == of:
                done(f"{name} (unchanged)", began)
                return str(kept["output"])
        self.parts.append(service)
        service.start()
        output = service.finish()
        self.parts.remove(service)
        write_private(note, json.dumps({"of": of, "output": output}))
        done(name, began)
        return output

    def _migrate(self) -> None:
        files = fingerprint("*/migrations/*.py", "*/*/migrations/*.py", "requirements/local.txt")
        command = self.setting.manage("migrate", "migrate", "--noinput")
        self._once("Migrations", f"{self.database} {files}", command)

    def _seed(self) -> None:
        """Make the demo data; again only when its story or the sandbox's address changed."""
        self.logins = ""
        if self.options.demo:
            command = "management/commands/seed_demo.py"
            files = fingerprint(f"*/{command}", f"*/*/{command}", "*/demo/*.py", "*/*/demo/*.py")
            made_from = f"{self.database} {files} {self.setting.sandbox_url}"
            self.logins = self._once(
                "Demo data", made_from, self.setting.manage("seed", "seed_demo")
            )

    def _greet(self) -> None:
        say(f"\nReady after {since_start():.1f} s: {self.setting.address}")
        if self.setting.sandbox_url:
            say(f"The platforms' public side (write as a customer): {self.setting.sandbox_url}")
        if self.logins:
            say(f"\n{self.logins.rstrip()}")
        else:
            say("Make a first user: python3 dev.py manage createsuperuser")
        say(f"\nLogs: {self.options.data / 'logs'}    Ctrl-C stops everything.")

    def watch(self) -> None:
        """Wait for ever; raises Problem when a part has died."""
        while True:
            for part in self.parts:
                if part.exit_code is not None:
                    raise Problem(
                        f"{part.name} ended by itself (exit code {part.exit_code}), so everything "
                        f"was stopped. {part.why()}"
                    )
            time.sleep(0.2)

    def stop(self) -> None:
        """Stop the parts in order; a second Ctrl-C changes nothing."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        began = time.monotonic()
        order = ("web", "worker", "seed", "migrate", "sandbox", "redis", "postgres")
        self.parts.sort(key=lambda part: order.index(part.name))
        names = ", ".join(part.name for part in self.parts)
        say(f"\nStopping {names}")
        stop_in_order(self.parts)
        done("All stopped", began)


def fingerprint(*patterns: str) -> str:
    """One hash over the names and contents of the project's files that match."""
    digest = hashlib.sha256()
    for path in sorted({path for pattern in patterns for path in ROOT.glob(pattern)}):
        digest.update(f"{path.relative_to(ROOT)}\n".encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]
