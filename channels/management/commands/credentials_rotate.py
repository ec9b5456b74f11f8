"""Encrypt all stored credentials under the first key of CREDENTIAL_KEYS. While everything runs; safe to repeat."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from channels.actions.rotation import credentials_rotate


class Command(BaseCommand):
    help = (
        "Encrypt stored credentials under the first key of CREDENTIAL_KEYS. Every process must know that key "
        "before, and may forget the old ones after."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        """Rotate, and say what is left to do."""
        done = credentials_rotate()
        self.stdout.write(f"{done.changed} encrypted anew, {done.kept} were already.")
        if done.lost:
            raise CommandError(
                f"{done.lost} fit none of the keys; keep the old ones, or reconnect these accounts."
            )
