"""Figures that a process has counted already: named by the very books they were counted from, so never stale."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Any, TypeVar

Value = TypeVar("Value")
#: Results that a process keeps: a report has four.
KEPT = 400


class Remembered:
    """Results by what they were made from, each until a moment; what was not asked for longest goes first."""

    def __init__(self, most: int = KEPT) -> None:
        self._most = most
        self._known: OrderedDict[Hashable, tuple[float, Any]] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: Hashable, at: float, make: "Callable[[], tuple[float, Value]]") -> Value:
        """Return the result of a key if it still holds at a moment; otherwise make it, and until when it holds."""
        with self._lock:
            found = self._known.get(key)
            if found is not None and at < found[0]:
                self._known.move_to_end(key)
                known: Value = found[1]
                return known
        until, value = make()
        with self._lock:
            self._known[key] = (until, value)
            self._known.move_to_end(key)
            while len(self._known) > self._most:
                self._known.popitem(last=False)
        return value
