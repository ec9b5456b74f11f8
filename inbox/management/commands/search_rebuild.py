"""Makes the search's entries anew, a batch at a time, while everybody works on."""

from typing import Any

from django.core.management.base import BaseCommand

from inbox.actions.searching import search_refill


class Command(BaseCommand):
    """Make the search's entries anew."""

    help = "Make the search's entries anew, from what stands in messages, notes and names."

    def handle(self, *args: Any, **options: Any) -> None:
        """Go through each table once; can be broken off and started again at any time."""
        for kind, done in search_refill():
            self.stdout.write(f"{kind}: {done}")
