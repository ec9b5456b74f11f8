"""Connect an account from the command line. Secrets come from a file, from standard input or from the environment."""

import json
import os
import sys
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser

from channels.actions.accounts import account_connect
from channels.lifecycle import ChannelKind
from channels.registry import secret_fields
from opsconsole.kernel.actor import Actor
from opsconsole.kernel.errors import NotFound
from opsconsole.kernel.text import one_line
from opsconsole.people.acting import ActingCommand
from opsconsole.people.selectors import unit_named

#: What a description may hold, and of which type.
_KNOWN = {
    "kind": str,
    "unit": str,
    "name": str,
    "base_url": str,
    "poll_every": int,
    "history_days": int,
    "secrets": dict,
}
#: Environment variables that hold secrets begin with this.
PREFIX = "ACCOUNT_"


class Command(ActingCommand):
    help = (
        "Connect an account. A secret is never an argument, where others could read it: it stands under "
        f'"secrets" in the file, or in an environment variable, for instance {PREFIX}ACCESS_TOKEN.'
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare what may be said on the line; it overrides the file."""
        super().add_arguments(parser)
        parser.add_argument(
            "--file", metavar="FILE.json", help="a description; - reads it from standard input"
        )
        parser.add_argument("--kind", choices=[kind.value for kind in ChannelKind])
        parser.add_argument("--unit", metavar="SLUG", help="short name of the unit")
        parser.add_argument("--name", help="what colleagues call it")
        parser.add_argument("--base-url", help="address of the blog or feed")
        parser.add_argument("--poll-every", type=int, metavar="SECONDS")
        parser.add_argument(
            "--history-days", type=int, metavar="DAYS", help="days of history to read"
        )

    def act(self, actor: Actor, options: dict[str, Any]) -> None:
        """Put the description together and connect."""
        given = _read(options["file"]) if options["file"] else {}
        given |= {name: options[name] for name in _KNOWN if options.get(name) is not None}
        for name in ("kind", "unit", "name"):
            if not given.get(name):
                raise CommandError(f"{name}: say it with --{name} or in the file.")
        secrets = _secrets(given["kind"], given.pop("secrets", {}))
        unit_id = _unit(given.pop("unit"))
        account = account_connect(actor, unit_id=unit_id, secrets=secrets, **given)
        self.stdout.write(f"Account {account.pk} is connected. A worker checks it now.")


def _read(name: str) -> dict[str, Any]:
    """Return a description; what is wrong with it is said without repeating it."""
    try:
        text = sys.stdin.read() if name == "-" else Path(name).read_text(encoding="utf-8")
        found = json.loads(text)
    except OSError as error:
        raise CommandError(f"{name}: {error.strerror}") from error
    except ValueError as error:
        raise CommandError(f"{name}: this is not JSON.") from error
    if not isinstance(found, dict):
        raise CommandError(f"{name}: this is no description of an account.")
    for key, value in found.items():
        if key not in _KNOWN or type(value) is not _KNOWN[key]:
            raise CommandError(f"{name}: {key} does not belong here, or is of the wrong type.")
    if not all(isinstance(value, str) for value in found.get("secrets", {}).values()):
        raise CommandError(f"{name}: every secret is a text.")
    return found


def _secrets(kind: str, told: dict[str, str]) -> dict[str, str]:
    """Return what was told, and for the rest what the environment says."""
    known = {field.name for field in secret_fields(kind)} if kind in set(ChannelKind) else set()
    if unknown := sorted(set(told) - known):
        raise CommandError(f"secrets: there is no {one_line(unknown[0])}.")
    found = {name: os.environ.get(PREFIX + name.upper(), "") for name in known}
    return found | told


def _unit(slug: str) -> int:
    try:
        return unit_named(slug).pk
    except NotFound as error:
        raise CommandError(f"unit: there is no {one_line(slug)}.") from error
