"""What workers do for the inbox: ingest what landed."""

from celery import shared_task

from inbox.actions.ingest import items_ingest


@shared_task
def ingest() -> None:
    """Ingest until nothing is pending."""
    while items_ingest():
        pass
