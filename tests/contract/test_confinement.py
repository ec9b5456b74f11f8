"""A confined process reaches the sandbox alone, whoever in it wants to connect where."""

import subprocess
import sys
from pathlib import Path

from tests.support.peer import peer

__all__ = ["peer"]

ROOT = Path(__file__).parents[2]
#: Two ways out, each tried by itself: the transport's, and a bare socket.
PROGRAM = """
import socket, sys
from urllib.parse import urlsplit
from channels import confinement
from channels.transport import make_session

sandbox, real, door = sys.argv[1:]
confinement.process_confine(sandbox, "unix:///nowhere/redis.sock")
if door == "transport":
    sys.addaudithook(lambda event, _: sys.exit("a connection") if event == "socket.connect" else None)
    session = make_session(timeout=2, allow_private_hosts=True, moved={"https://api.twitter.com/": real})
    for url in (real, "https://api.twitter.com/2/tweets", sandbox.replace("1:", "1.example:")):
        try:
            session.post(url, json={"text": "real"})
        except Exception as error:
            print(type(error).__name__)
elif door == "socket":
    parts = urlsplit(real)
    try:
        socket.create_connection((parts.hostname, parts.port), 2)
    except confinement.Confined as error:
        print(type(error).__name__)
else:
    print(make_session(timeout=5, allow_private_hosts=True).get(sandbox + "/healthz").status_code)
"""


def run(sandbox, peer, door):
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, sandbox.url, peer.url, door],
        cwd=ROOT, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout.split()


def test_the_transport_refuses_every_other_address(sandbox, peer):
    assert run(sandbox, peer, "transport") == ["InvalidURL"] * 3
    assert peer.connections == 0


def test_no_socket_of_the_process_connects_elsewhere(sandbox, peer):
    assert run(sandbox, peer, "socket") == ["Confined"]
    assert peer.connections == 0


def test_the_sandbox_is_reached(sandbox, peer):
    assert run(sandbox, peer, "sandbox") == ["200"]
