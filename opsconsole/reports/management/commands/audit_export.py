"""Write the activity to a file or to standard output, newest first."""

from datetime import date
from itertools import chain
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import translation

from opsconsole.kernel.actor import SYSTEM
from opsconsole.kernel.errors import DomainError
from opsconsole.people.selectors import actor_named
from opsconsole.reports.actions import activity_export
from opsconsole.reports.export import as_csv, as_json, csv_head, pieces
from opsconsole.reports.selectors import ActivityFilter


class Command(BaseCommand):
    help = "Write the activity as CSV (for spreadsheets) or as JSON, one object to a line."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the choices; days are whole days in Seoul."""
        parser.add_argument("--format", choices=["csv", "jsonl"], default="csv")
        parser.add_argument("--since", type=date.fromisoformat, metavar="YYYY-MM-DD")
        parser.add_argument("--until", type=date.fromisoformat, metavar="YYYY-MM-DD")
        parser.add_argument("--output", type=Path, metavar="FILE", help="else standard output")
        parser.add_argument("--language", choices=[code for code, _name in settings.LANGUAGES])
        parser.add_argument("--by", metavar="USERNAME", help="export what this person may read")

    def handle(self, *args: Any, **options: Any) -> None:
        """Export page by page; the export itself is recorded."""
        filters = ActivityFilter(since=options["since"], until=options["until"])
        try:
            actor = actor_named(options["by"]) if options["by"] else SYSTEM
            first = activity_export(actor, filters)
        except DomainError as error:
            raise CommandError(str(error.message)) from error
        is_csv = options["format"] == "csv"
        with translation.override(options["language"] or settings.LANGUAGE_CODE):
            parts = pieces(actor, filters, as_csv if is_csv else as_json, first)
            if is_csv:
                parts = chain([csv_head()], parts)
            self._write(parts, options["output"])

    def _write(self, parts: Any, output: Path | None) -> None:
        if output is None:
            for part in parts:
                self.stdout.write(part, ending="")
            return
        try:
            with output.open("x", encoding="utf-8", newline="") as file:
                file.writelines(parts)
        except OSError as error:
            raise CommandError(f"{output}: {error.strerror}") from error
