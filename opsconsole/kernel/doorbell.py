"""Doorbells: messages without data, rung on commit, that wake whoever has work in the database.

A lost doorbell costs at most one sweep of the beat; a repeated one finds nothing to do.
"""

import logging
from collections.abc import Mapping

from celery import current_app
from django.db import transaction
from kombu.exceptions import OperationalError

logger = logging.getLogger(__name__)

#: Seconds after which an unanswered doorbell is thrown away: a sweep has done its work by then.
EXPIRES_AFTER = 10

_tasks: dict[str, str] = {}


def connect(tasks: Mapping[str, str]) -> None:
    """Say which task, by name, answers which doorbell. Called once, by the wiring."""
    _tasks.update(tasks)


def connected() -> Mapping[str, str]:
    """Return every doorbell with the name of its task."""
    return dict(_tasks)


def ring_on_commit(topic: str) -> None:
    """Ring once the surrounding transaction has committed; at once when there is none."""
    task_name = _tasks[topic]
    transaction.on_commit(lambda: _send(task_name))


def _send(task_name: str) -> None:
    try:
        current_app.send_task(task_name, expires=EXPIRES_AFTER, retry=False, ignore_result=True)
    except (OperationalError, OSError):
        logger.warning("doorbell %s not delivered; the sweep will do it", task_name)
