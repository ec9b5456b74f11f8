"""A worker machine for tests: a process of its own, which shares PostgreSQL and Redis with others and nothing else.

It reads one job a line (JSON) from its input, does it with several threads at once, and writes what came of it.
"""

import json
import os
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

HANDS = 4
ROOT = Path(__file__).parents[2]


class Machine:
    """One such process, as a test sees it."""

    def __init__(self) -> None:
        from django.conf import settings
        from django.db import connection

        told = {"database": connection.settings_dict["NAME"], "prefix": settings.REDIS_PREFIX}
        self._process = subprocess.Popen(
            [sys.executable, "-P", str(Path(__file__)), json.dumps(told)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT,
            env=os.environ | {"PYTHONPATH": str(ROOT)},
        )  # fmt: skip

    def ask(self, job: str, **wish: Any) -> None:
        """Give it a job."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps({"job": job, **wish}) + "\n")
        self._process.stdin.flush()

    def answer(self) -> Any:
        """Wait for what came of it."""
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        assert line, "the machine has ended"
        return json.loads(line)

    def stop(self) -> None:
        """Let it end."""
        self._process.communicate(timeout=20)


@contextmanager
def machines(count: int) -> Iterator[list[Machine]]:
    """Run so many of them at once."""
    made = [Machine() for _ in range(count)]
    try:
        for machine in made:
            machine.ask("ready")
        for machine in made:
            machine.answer()
        yield made
    finally:
        for machine in made:
            machine.stop()


def all_of(made: list[Machine], job: str, **wish: Any) -> list[Any]:
    """Give all the same job at the same moment; return what came of it at each."""
    for machine in made:
        machine.ask(job, **wish)
    return [machine.answer() for machine in made]


# --- Inside ---


def _set_up(told: dict[str, str]) -> None:
    import django
    from django.conf import settings

    settings.DATABASES["default"]["NAME"] = told["database"]
    settings.REDIS_PREFIX = told["prefix"]
    settings.CELERY_BROKER_TRANSPORT_OPTIONS["global_keyprefix"] = f"{told['prefix']}:"
    settings.CLOCK_TOLERANCE_SECONDS = 0
    django.setup()


def _ready(_wish: dict[str, Any]) -> list[int]:
    return [os.getpid()]


def _calls(wish: dict[str, Any]) -> dict[str, int]:
    """Ask who an account is, again and again, each hand at a rank, until there is no room for it."""
    from channels.ranks import Rank

    passed = Counter[str]()

    def hand(rank: Rank) -> None:
        while _look(wish["account"], rank):
            passed[rank.name] += 1

    ranks = [Rank[name] for name in wish["ranks"]]
    _at_once([partial(hand, rank) for rank in ranks])
    return dict(passed)


def _look(account_id: int, rank: Any) -> bool:
    """Make one call; False when there is no room. Whoever only waited for another's answer tries again."""
    from channels.actions.metering import metered
    from channels.errors import NoRoom
    from channels.models import ChannelAccount
    from channels.selectors.accounts import voice_of
    from opsconsole.kernel.clock import now

    account = ChannelAccount.objects.select_related("credential").get(pk=account_id)
    while True:
        try:
            with metered(account, rank):
                voice_of(account, timeout=20, allow_private_hosts=True).whoami()
        except NoRoom as error:
            if error.until < now() + timedelta(seconds=30):
                continue
            return False
        return True


def _polls(wish: dict[str, Any]) -> int:
    from channels import tasks

    def hand() -> None:
        for pk in wish["accounts"]:
            tasks.poll_account(pk)

    _at_once([hand] * HANDS)
    return 0


def _sends(_wish: dict[str, Any]) -> int:
    from channels import tasks
    from channels.actions.sending import delivery_claim

    sent = Counter[str]()

    def hand() -> None:
        while claim := delivery_claim():
            tasks.deliver(claim)
            sent["all"] += 1

    _at_once([hand] * HANDS)
    return sent["all"]


def _at_once(jobs: list[Callable[[], None]]) -> None:
    """Do several things with a thread for each; a failure ends the machine, and so the test."""
    from django.db import connections

    def run(job: Callable[[], None]) -> None:
        try:
            job()
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(job,)) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def _main() -> None:
    _set_up(json.loads(sys.argv[1]))
    jobs = {"ready": _ready, "calls": _calls, "polls": _polls, "sends": _sends}
    for line in sys.stdin:
        wish = json.loads(line)
        sys.stdout.write(json.dumps(jobs[wish["job"]](wish)) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    _main()
