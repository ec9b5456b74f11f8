"""The one command, from outside: it comes up, says what is wrong, goes away, and leaves nothing."""

import ast
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from opsconsole.local.places import free_port
from opsconsole.local.programs import answers
from tests.support.waiting import until

ROOT = Path(__file__).resolve().parent.parent.parent
DEV = ROOT / "dev.py"
USERS = "from django.contrib.auth import get_user_model as user; "
MAKE = USERS + "user().objects.create(username='kept')"
COUNT = USERS + "print(user().objects.filter(username='kept').count())"
EMPTY = ("--no-demo", "--no-sandbox")


def environment():
    """As on a fresh machine: nothing points at servers that run already."""
    return {key: value for key, value in os.environ.items() if not key.endswith("_URL")}


class Console:
    def __init__(self, data, port):
        command = [sys.executable, DEV, "run", "--data", data, "--port", str(port), *EMPTY]
        self.output = Path(data).parent / f"said-{time.monotonic_ns()}"
        with self.output.open("wb") as file:
            self.process = subprocess.Popen(
                command, env=environment(), stdout=file, stderr=file, start_new_session=True
            )

    @property
    def said(self):
        return self.output.read_text()

    def ready(self):
        until(lambda: self.process.poll() is not None or "Ready after" in self.said, 180)
        assert self.process.poll() is None, self.said
        return self

    def end(self, number):
        """How long an orderly stop takes is measured by the bench of starting."""
        self.process.send_signal(number)
        return self.process.wait(60)


@pytest.fixture
def start(tmp_path, gone, below):
    port = free_port()
    consoles = []

    def start(data=None, port=port):
        consoles.append(Console(data or tmp_path / "data", port))
        return consoles[-1]

    start.port = port
    yield start
    for console in consoles:
        console.process.kill()
        console.process.wait()
    gone(below(), 10)


def dev(*arguments):
    return subprocess.run(
        [sys.executable, DEV, *arguments], env=environment(), capture_output=True, text=True
    )


@pytest.mark.stack
def test_a_whole_life(start, tmp_path, gone, below):
    data = tmp_path / "data"
    console = start().ready()
    address = f"http://127.0.0.1:{start.port}"
    assert answers(address, "/healthz")
    assert answers(address, "/readyz")
    for step in ("PostgreSQL", "Redis", "Migrations", "Web server", "Worker and clock"):
        assert re.search(rf"ok  {step} .* \d+\.\d s", console.said)

    # A second one of the same data, and another program on the port, get one sentence each.
    second = start(port=free_port())
    assert second.process.wait(60) == 1
    assert f"Another one already runs in {data}" in second.said
    rival = start(tmp_path / "other")
    assert rival.process.wait(60) == 1
    assert f"Port {start.port} on 127.0.0.1 is taken" in rival.said
    for refused in (second, rival):
        assert "Traceback" not in refused.said

    # What it knows survives an orderly stop ...
    made = dev("manage", "--data", data, "shell", "-v0", "-c", MAKE)
    assert made.returncode == 0, made.stderr
    assert console.end(signal.SIGTERM) == 0, console.said
    gone(below(), 5)

    # ... and the supervisor's murder, after which nothing is left either.
    console = start().ready()
    console.end(signal.SIGKILL)
    gone(below(), 5)
    console = start().ready()
    kept = dev("manage", "--data", data, "shell", "-v0", "-c", COUNT)
    assert kept.stdout.strip().endswith("1"), kept.stderr
    assert console.end(signal.SIGINT) == 0, console.said


@pytest.mark.stack
def test_a_part_that_dies_takes_the_rest_along(start, tmp_path, gone, below):
    console = start().ready()
    everything = below()
    (redis,) = (pid for pid in everything if b"redis-server" in title(pid))
    os.kill(redis, signal.SIGKILL)
    assert console.process.wait(60) == 1
    assert "redis ended by itself (exit code 137)" in console.said
    assert "ready to accept" in console.said
    gone(everything, 5)


def title(pid):
    return Path(f"/proc/{pid}/cmdline").read_bytes().partition(b" ")[0].partition(b"\0")[0]


def test_an_old_python_can_read_the_refusal():
    source = DEV.read_text()
    ast.parse(source, feature_version=(3, 5))
    program = (
        f"import sys; sys.version_info = (3, 8, 0); exec(compile({source!r}, 'dev.py', 'exec'))"
    )
    done = subprocess.run(
        [sys.executable, "-c", f"__file__ = {str(DEV)!r}; {program}", "run"],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1
    assert "needs Python 3.11 or newer and this is Python 3.8" in done.stderr
    assert "Traceback" not in done.stderr


def test_without_a_verb_it_lists_the_verbs():
    done = dev()
    assert done.returncode == 0
    for verb in ("run", "test", "check", "bench", "fmt", "lock", "manage", "services"):
        assert re.search(rf"^  {verb} +\w", done.stdout, re.MULTILINE)
    assert dev("juggle").returncode == 2


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--data", "/proc/nowhere"], "Cannot write to /proc/nowhere"),
        (["--port", "70000"], "70000 is not a port"),
        (["--host", "192.0.2.1"], "192.0.2.1 is not an address of this machine"),
    ],
)
def test_each_obstacle_gets_one_sentence(arguments, sentence, tmp_path):
    data = [] if "--data" in arguments else ["--data", str(tmp_path / "data")]
    done = dev("run", *data, *arguments)
    assert done.returncode == 1
    assert sentence in done.stderr
    assert "Traceback" not in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


def test_manage_without_a_console_says_how_to_start_one(tmp_path):
    done = dev("manage", "--data", str(tmp_path), "check")
    assert done.returncode == 1
    assert "python3 dev.py run" in done.stderr
