"""Add a person with a role from the command line, for instance the first administrator."""

import getpass
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from opsconsole.kernel.actor import SYSTEM
from opsconsole.kernel.errors import DomainError
from opsconsole.people import actions
from opsconsole.people.models import Language
from opsconsole.people.roles import Role
from opsconsole.people.selectors import actor_named, unit_named

#: Stands for every unit, and is no unit's short name.
ALL = "all"


class Command(BaseCommand):
    help = "Add a person with a role. The password is asked for, or read from standard input."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare what must be said; a password is never an argument, where others could read it."""
        parser.add_argument("username")
        parser.add_argument("--nickname", help="what colleagues and customers see; the user name")
        parser.add_argument("--role", required=True, choices=[role.value for role in Role])
        parser.add_argument("--unit", required=True, help=f"short name of the unit, or {ALL}")
        parser.add_argument("--language", default=Language.KOREAN, choices=Language.values)
        parser.add_argument("--by", metavar="USERNAME", help="who does this; the console itself")
        parser.add_argument(
            "--password-stdin", action="store_true", help="read one line instead of asking"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Add the person and give the role, or neither."""
        name = options["username"]
        password = _from_stdin() if options["password_stdin"] else _asked_for()
        try:
            with transaction.atomic():
                actor = actor_named(options["by"]) if options["by"] else SYSTEM
                unit = None if options["unit"] == ALL else unit_named(options["unit"])
                user = actions.user_create(
                    actor, username=name, nickname=options["nickname"] or name,
                    password=password, language=options["language"],
                )  # fmt: skip
                actions.membership_set(
                    actor, user_id=user.pk, unit_id=unit.pk if unit else None, role=options["role"]
                )
        except DomainError as error:
            raise CommandError(_said(error)) from error
        self.stdout.write(f"{user.username}: {options['role']}, {options['unit']}")


def _from_stdin() -> str:
    return sys.stdin.readline().rstrip("\r\n")


def _asked_for() -> str:
    password = getpass.getpass("Password: ")
    if getpass.getpass("Again: ") != password:
        raise CommandError("The two passwords differ.")
    return password


def _said(error: DomainError) -> str:
    field = error.data.get("field")
    return f"{field}: {error.message}" if field else str(error.message)
