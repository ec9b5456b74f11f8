"""Several things at the same moment: real threads, each with a database connection of its own."""

import threading
from collections.abc import Callable
from typing import Any

from django.db import connections


def together(*jobs: Callable[[], Any]) -> list[Any]:
    """Start all jobs at once; return what each returned or raised, in their order."""
    gate = threading.Barrier(len(jobs))
    results: list[Any] = [None] * len(jobs)

    def run(number: int, job: Callable[[], Any]) -> None:
        try:
            gate.wait(10)
            results[number] = job()
        except Exception as error:
            results[number] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=pair, daemon=True) for pair in enumerate(jobs)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
        assert not thread.is_alive(), "a job hangs"
    return results
