"""Doorbells: messages without data, rung on commit, that wake whoever has work in the database.

A lost doorbell costs at most one sweep of the beat; a repeated one finds nothing to do.
"""

import contextlib
import logging
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from celery import current_app
from django.db import transaction
from kombu.exceptions import OperationalError

logger = logging.getLogger(__name__)

#: Seconds after which an unanswered doorbell is thrown away: a sweep has done its work by then.
EXPIRES_AFTER = 10

#: While a thread gathers, its process rings one bell at most this often (seconds).
REST = 0.1

_tasks: dict[str, str] = {}
#: When this process last rang for a task.
_rung: dict[str, float] = {}


class _Hand(threading.local):
    """Rings that a thread owes, by task, with their moment; nothing while it rings at once."""

    owed: dict[str, float] | None = None


_hand = _Hand()


def connect(tasks: Mapping[str, str]) -> None:
    """Say which task, by name, answers which doorbell. Called once, by the wiring."""
    _tasks.update(tasks)


def connected() -> Mapping[str, str]:
    """Return every doorbell with the name of its task."""
    return dict(_tasks)


def ring_on_commit(topic: str) -> None:
    """Ring once the surrounding transaction has committed; at once when there is none.

    A transaction rings each bell once, however much it has done.
    """
    ring = _Ring(_tasks[topic])
    if not _is_promised(ring):
        transaction.on_commit(ring)


@dataclass(frozen=True, slots=True)
class _Ring:
    """One ring to come."""

    task_name: str

    def __call__(self) -> None:
        _ring(self.task_name)


def _is_promised(ring: _Ring) -> bool:
    """Whether the transaction rings so already.

    What was undone has been forgotten with its ring; what stands can be undone only together with
    what asks now.
    """
    return any(one == ring for _inside, one, *_ in transaction.get_connection().run_on_commit)


@contextlib.contextmanager
def bells_gathered() -> Iterator[None]:
    """Have this thread, which does many small things in a row, ring seldom instead of after each.

    What it still owes it rings at the end, or when it calls `bells_ring`.
    """
    _hand.owed = {}
    try:
        yield
    finally:
        bells_ring()
        _hand.owed = None


def bells_ring() -> None:
    """Ring what this thread owes, unless somebody in this process has rung since."""
    owed, _hand.owed = _hand.owed, None
    for task_name, since in (owed or {}).items():
        if _rung.get(task_name, 0.0) < since:
            _ring(task_name)
    _hand.owed = None if owed is None else {}


def _ring(task_name: str) -> None:
    at = time.monotonic()
    if _hand.owed is not None and at - _rung.get(task_name, 0.0) < REST:
        _hand.owed[task_name] = at
        return
    _rung[task_name] = at
    _send(task_name)


def _send(task_name: str) -> None:
    try:
        current_app.send_task(task_name, expires=EXPIRES_AFTER, retry=False, ignore_result=True)
    except (OperationalError, OSError):
        logger.warning("doorbell %s not delivered; the sweep will do it", task_name)
