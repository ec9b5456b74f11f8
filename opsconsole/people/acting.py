"""What commands share that act: on whose behalf, and how a refusal is said."""

from abc import abstractmethod
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from opsconsole.kernel.actor import SYSTEM, Actor
from opsconsole.kernel.errors import DomainError
from opsconsole.people.selectors import actor_named


class ActingCommand(BaseCommand):
    """A command that does one act: as the console itself, or as a person with that person's rights."""

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare on whose behalf; subclasses add their own."""
        parser.add_argument(
            "--as", "--by", dest="acting", metavar="USERNAME",
            help="act as this person, with their rights; without it the console acts",
        )  # fmt: skip

    def handle(self, *args: Any, **options: Any) -> None:
        """Find the actor and act; a refusal becomes one sentence and exit code 1."""
        try:
            actor = actor_named(options["acting"]) if options["acting"] else SYSTEM
            self.act(actor, options)
        except DomainError as error:
            field = error.data.get("field")
            said = f"{field}: {error.message}" if field else str(error.message)
            raise CommandError(said) from error

    @abstractmethod
    def act(self, actor: Actor, options: dict[str, Any]) -> None:
        """Do what the command is for."""
