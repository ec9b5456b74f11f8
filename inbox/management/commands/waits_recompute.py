"""Read all waits anew from what was said and done, and correct those that differ."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from inbox.actions.clocks import waits_recompute


class Command(BaseCommand):
    help = "Read every wait anew from messages and resolves; correct and count those that differ."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare where to begin."""
        parser.add_argument(
            "--after", type=int, default=0, help="conversations beyond this number"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Go through all conversations, some at a time, so that nobody has to wait for long."""
        last, seen, differed = options["after"], 0, 0
        while True:
            last, count, wrong = waits_recompute(after=last)
            if not count:
                break
            seen, differed = seen + count, differed + wrong
        self.stdout.write(f"{seen} conversations read; {differed} waits corrected")
