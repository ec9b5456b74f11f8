"""What workers do for the inbox: ingest what landed."""

import threading

from celery import shared_task

from inbox.actions.ingest import items_ingest

#: One ingests and one waits its turn. Whoever comes third can go: the second will see it all.
_TURNS = threading.BoundedSemaphore(2)


@shared_task
def ingest() -> None:
    """Ingest until nothing is pending."""
    if not _TURNS.acquire(blocking=False):
        return
    try:
        while items_ingest():
            pass
    finally:
        _TURNS.release()
