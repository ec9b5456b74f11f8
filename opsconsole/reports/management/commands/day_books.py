"""Write all day books of the reports anew from the rows they are counted from."""

from typing import Any

from django.core.management.base import BaseCommand

from opsconsole.reports.booking import day_books_mark_all, day_books_refresh


class Command(BaseCommand):
    help = "Write every day book of the reports anew; what is as it was stays."

    def handle(self, *args: Any, **options: Any) -> None:
        """Mark every day, and write them some at a time, so that nobody has to wait for long."""
        day_books_mark_all()
        marks = 0
        while count := day_books_refresh(200):
            marks += count
        self.stdout.write(f"{marks} marks worked off; every day book is as its rows are")
