"""Conduct one rehearsal in this process, from beginning to end."""

import signal
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError, CommandParser

from campaigns.actions.rehearsals import rehearsal_begin, rehearsals_bury
from campaigns.lifecycle import RehearsalState
from campaigns.models import Rehearsal
from campaigns.rehearsal.conducting import conduct


class Command(BaseCommand):
    help = (
        "Conduct a rehearsal that somebody has asked for, in this process, and wait for its end."
    )
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare which rehearsal."""
        parser.add_argument("rehearsal", type=int, help="its number")
        parser.add_argument("--run", type=UUID, help="the run that a worker has begun already")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Begin, unless a worker has; conduct; say how it ended."""
        signal.signal(signal.SIGTERM, signal.default_int_handler)
        rehearsal = _begun(options["rehearsal"], options["run"])
        conduct(rehearsal)
        rehearsal.refresh_from_db()
        self.stdout.write(
            f"rehearsal {rehearsal.pk}: {rehearsal.state} {rehearsal.reason}".rstrip()
        )
        if rehearsal.state != RehearsalState.DONE:
            raise CommandError(rehearsal.detail or rehearsal.reason or rehearsal.state)


def _begun(number: int, run: UUID | None) -> Rehearsal:
    rows = Rehearsal.objects.select_related("campaign", "asked_by").filter(pk=number)
    if run is None:
        rehearsals_bury()
        if rehearsal_begin(number) is None:
            raise CommandError("It does not wait for its turn, or another rehearsal is running.")
        return rows.get()
    rehearsal = rows.filter(run=run, state=RehearsalState.RUNNING).first()
    if rehearsal is None:
        raise CommandError("This run is no longer wanted.")
    return rehearsal
