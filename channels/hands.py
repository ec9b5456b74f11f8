"""How many threads of one process do a kind of work at once. No framework."""

import contextlib
import threading
from collections.abc import Iterator


class Hands:
    """A number of hands. Whoever finds none free does not wait for one."""

    def __init__(self, count: int) -> None:
        """Have so many."""
        self._free, self._lock = count, threading.Lock()

    @property
    def free(self) -> int:
        """How many have nothing to do at this moment."""
        return self._free

    @contextlib.contextmanager
    def one(self) -> Iterator[bool]:
        """Be one of the hands while this lasts; False when all are at work."""
        with self._lock:
            is_hand = self._free > 0
            self._free -= is_hand
        try:
            yield is_hand
        finally:
            with self._lock:
                self._free += is_hand
