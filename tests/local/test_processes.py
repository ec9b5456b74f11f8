"""No process outlives its supervisor, however the supervisor ends."""

import os
import signal
import subprocess
import sys
import textwrap

import pytest

from opsconsole.local.problems import Problem
from opsconsole.local.processes import ROOT, Service
from tests.support.waiting import until

#: A service as unpleasant as they come: deaf, with a grandchild that left its session.
STUBBORN = """
import os, signal, subprocess, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
child = subprocess.Popen([sys.executable, "-S", "-c", "import time; time.sleep(600)"], start_new_session=True)
open(sys.argv[1] + ".new", "w").write(f"{os.getpid()} {child.pid}")
os.rename(sys.argv[1] + ".new", sys.argv[1])
time.sleep(600)
"""


@pytest.fixture
def stubborn(tmp_path):
    note = tmp_path / "pids"
    command = [sys.executable, "-S", "-c", STUBBORN, str(note)]
    service = Service("stubborn", command, os.environ, tmp_path / "log", grace=0.2)
    yield service, note
    service.stop()


def pids(note):
    return [int(word) for word in note.read_text().split()] if note.exists() else []


def test_a_short_command_hands_back_its_output_and_code(tmp_path):
    command = [sys.executable, "-c", "print('hello'); raise SystemExit(3)"]
    service = Service("greeter", command, os.environ, tmp_path / "log")
    service.start()
    assert service.wait() == 3
    assert service.output() == "hello\n"
    service.start()
    with pytest.raises(Problem, match=r"greeter failed \(exit code 3\)") as caught:
        service.finish()
    assert "hello" in str(caught.value)


def test_a_missing_program_is_named(tmp_path):
    service = Service("ghost", ["/no/such/program"], os.environ, tmp_path / "log")
    service.start()
    assert service.wait() == 127
    assert "/no/such/program: No such file or directory" in service.output()


def test_stopping_takes_the_deaf_and_the_runaways_too(stubborn, gone):
    service, note = stubborn
    service.start()
    found = until(lambda: pids(note))
    assert set(found) <= set(service.processes())
    service.stop()
    gone(found, 0.5)
    assert not service.running


def test_a_killed_service_can_start_again(stubborn, gone):
    service, note = stubborn
    service.start()
    found = until(lambda: pids(note))
    note.unlink()
    service.kill()
    gone(found, 0.5)
    service.start()
    assert until(lambda: pids(note)) != found


def test_killing_the_supervisor_ends_everything(tmp_path, gone):
    note = tmp_path / "pids"
    supervisor = textwrap.dedent("""
        import os, sys, time
        from opsconsole.local.processes import Service
        command = [sys.executable, "-S", "-c", *sys.argv[1:]]
        Service("stubborn", command, os.environ, None, grace=0.2).start()
        time.sleep(600)
    """)
    process = subprocess.Popen([sys.executable, "-c", supervisor, STUBBORN, str(note)], cwd=ROOT)
    found = until(lambda: pids(note))
    process.send_signal(signal.SIGKILL)
    process.wait()
    gone(found)


def test_killing_the_guardian_ends_its_service(stubborn, gone):
    service, note = stubborn
    service.start()
    main = until(lambda: pids(note))[0]
    os.kill(service._guardian.pid, signal.SIGKILL)
    gone([main])
    for pid in pids(note)[1:]:  # the runaway lost its guardian: ours to clean up
        os.kill(pid, signal.SIGKILL)
