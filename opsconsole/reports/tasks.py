"""What workers do for the reports: write the days anew that changed."""

from celery import shared_task

from opsconsole.reports.booking import day_books_refresh


@shared_task
def books() -> None:
    """Write stale days anew until none is left."""
    while day_books_refresh():
        pass
