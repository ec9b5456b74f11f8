"""Waiting for what other threads and processes bring about."""

import threading
import time
from collections.abc import Callable
from typing import TypeVar

Found = TypeVar("Found")

#: Nobody sets it: waiting for it is a pause.
_NEVER = threading.Event()


def until(condition: Callable[[], Found], seconds: float = 20.0, *, every: float = 0.01) -> Found:
    """Return what a condition says once it comes true; fail when it does not in time."""
    end = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < end, "it did not come about in time"
        _NEVER.wait(every)
    return found
