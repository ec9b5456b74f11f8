"""Who listens to the calls that leave for a platform: asked before each one, told after it. Pure.

Adapters know nothing of it: the one way out (`channels.transport`) speaks to whoever the task has set.
"""

import contextlib
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Protocol

_thread = threading.local()


@dataclass(frozen=True, slots=True)
class Call:
    """One call about to leave: its path without a host, and what it carries."""

    method: str
    path: str
    body: bytes = b""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back."""

    status: int
    headers: Mapping[str, str]
    body: bytes = b""


class Listener(Protocol):
    """Somebody who counts calls."""

    def before(self, call: Call) -> None:
        """Let a call leave; whatever is raised here keeps it back before its first byte."""

    def after(self, call: Call, answer: Answer | None) -> None:
        """Take note of the answer, None when none came. Raises only where the answer is that nothing was done."""


@contextlib.contextmanager
def listening(listener: Listener) -> Iterator[None]:
    """Have somebody listen to the calls of this thread."""
    before = here()
    _thread.listener = listener
    try:
        yield
    finally:
        _thread.listener = before


def here() -> Listener | None:
    """Return who listens to this thread."""
    found: Listener | None = getattr(_thread, "listener", None)
    return found
