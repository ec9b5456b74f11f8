"""List the accounts with their health."""

import json
from typing import Any

from django.core.management.base import CommandParser
from django.core.serializers.json import DjangoJSONEncoder
from django.utils import timezone

from channels.api.shapes import AccountShape
from channels.health import health_of
from channels.models import ChannelAccount
from channels.selectors.accounts import accounts_for
from opsconsole.kernel.actor import Actor
from opsconsole.kernel.clock import now
from opsconsole.kernel.text import one_line
from opsconsole.people.acting import ActingCommand


class Command(ActingCommand):
    help = "List the accounts, how each is doing, and when it was read last. Never shows secrets."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the form of the answer."""
        super().add_arguments(parser)
        parser.add_argument("--json", action="store_true", help="as the API shows them")

    def act(self, actor: Actor, options: dict[str, Any]) -> None:
        """Print them."""
        at = now()
        accounts = list(accounts_for(actor))
        if options["json"]:
            rows = [
                {**AccountShape(row).data, "health": health_of(row, at).code} for row in accounts
            ]
            self.stdout.write(
                json.dumps(rows, cls=DjangoJSONEncoder, ensure_ascii=False, indent=2)
            )
            return
        for account in accounts:
            health = health_of(account, at)
            said = f" ({one_line(health.detail)})" if health.detail else ""
            self.stdout.write(
                f"{account.pk:>5}  {account.kind:<8}  {account.unit.slug:<12}  {health.code:<10}  "
                f"{_last_read(account):<19}  {one_line(account.name, 40)}{said}"
            )


def _last_read(account: ChannelAccount) -> str:
    at = account.last_success_at
    return f"{timezone.localtime(at):%Y-%m-%d %H:%M:%S}" if at else "not yet"
