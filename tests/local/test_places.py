"""A data directory belongs to one console, and each obstacle gets its sentence."""

import os
import socket
import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from opsconsole.local.places import (
    can_listen,
    free_port,
    lock,
    own_secrets,
    private_directory,
    socket_directory,
    temporary_directory,
)
from opsconsole.local.problems import Problem


def test_a_directory_is_made_private(tmp_path):
    made = private_directory(tmp_path / "a" / "b")
    assert stat.S_IMODE(made.stat().st_mode) == 0o700


def test_a_file_in_the_way_is_named_with_the_remedy(tmp_path):
    (tmp_path / "taken").touch()
    with pytest.raises(Problem, match=r"Cannot write to .*taken.*--data DIR"):
        private_directory(tmp_path / "taken" / "run")


def test_a_link_is_not_followed_into_somebody_elses_directory(tmp_path):
    (tmp_path / "link").symlink_to(tmp_path)
    with pytest.raises(Problem, match="belongs to somebody else"):
        private_directory(tmp_path / "link")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can make a file that is not its own")
def test_somebody_elses_directory_is_refused(tmp_path):
    other = tmp_path / "other"
    other.mkdir()
    os.chown(other, 12345, 12345)
    with pytest.raises(Problem, match="belongs to somebody else"):
        private_directory(other)


def test_the_second_one_is_told_who_runs(tmp_path):
    held = lock(tmp_path, "http://127.0.0.1:8000")
    with pytest.raises(Problem, match=rf"process {os.getpid()}, http://127.0.0.1:8000\)"):
        lock(tmp_path, "another")
    os.close(held)
    os.close(lock(tmp_path, "after it"))


def test_the_lock_of_a_killed_one_is_waited_for(tmp_path):
    """Its guardians still hold the lock while they clean up."""
    program = (
        "import fcntl, os, sys, time\n"
        "fd = os.open(sys.argv[1], os.O_RDWR | os.O_CREAT)\n"
        "fcntl.flock(fd, fcntl.LOCK_EX)\n"
        "os.write(fd, b'999999999 killed')\n"
        "print('locked', flush=True); sys.stdin.read()\n"
    )
    holder = subprocess.Popen(
        [sys.executable, "-S", "-c", program, str(tmp_path / "lock")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert holder.stdout
    assert holder.stdin
    assert holder.stdout.readline() == b"locked\n"
    with ThreadPoolExecutor() as pool:
        waiting = pool.submit(lock, tmp_path, "the next")
        with pytest.raises(TimeoutError):
            waiting.result(timeout=0.1)
        holder.stdin.close()
        os.close(waiting.result(timeout=5))
    holder.wait()
    holder.stdout.close()
    assert (tmp_path / "lock").read_text() == f"{os.getpid()} the next"


def test_a_long_path_gets_a_short_socket_of_its_own(tmp_path):
    long = tmp_path / ("x" * 100)
    first, again = (socket_directory(long, "redis.sock") for _ in range(2))
    other = socket_directory(tmp_path / ("y" * 100), "redis.sock")
    assert first == again != other
    assert len(str(first / "redis.sock")) <= 103
    assert stat.S_IMODE(first.stat().st_mode) == 0o700
    first.rmdir()
    other.rmdir()


def test_secrets_are_made_once_and_are_ours_alone(tmp_path):
    first = own_secrets(tmp_path)
    assert first == own_secrets(tmp_path)
    assert stat.S_IMODE((tmp_path / "secrets.json").stat().st_mode) == 0o600
    assert first["SECRET_KEY"] != own_secrets(private_directory(tmp_path / "b"))["SECRET_KEY"]


def test_a_taken_port_is_noticed():
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        assert not can_listen("127.0.0.1", port)
        assert free_port(port) != port


@pytest.mark.parametrize("host", ["192.0.2.1", "no.such.host.invalid"])
def test_an_address_of_another_machine_gets_a_remedy(host):
    with pytest.raises(Problem, match=r"try --host 127\.0\.0\.1"):
        can_listen(host, 0)


def test_a_temporary_directory_goes_and_takes_forgotten_ones_along(tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    forgotten = tmp_path / "opsconsole-trial-old"
    forgotten.mkdir()
    (forgotten / "lock").touch()
    with temporary_directory("trial") as (path, _), temporary_directory("trial") as (second, _):
        assert path.exists()
        assert second.exists()
        assert not forgotten.exists()
    assert not path.exists()
    assert not second.exists()
