"""List deliveries, newest first."""

import json
from typing import Any

from django.core.management.base import CommandParser
from django.core.serializers.json import DjangoJSONEncoder
from django.utils import timezone

from channels.api.shapes import OUTGOING, STATES, DeliveryRow
from channels.lifecycle import GROUPS
from channels.selectors.accounts import account_named
from channels.selectors.deliveries import DeliveryFilter, delivery_page
from opsconsole.kernel.actor import Actor
from opsconsole.kernel.text import one_line
from opsconsole.people.acting import ActingCommand


class Command(ActingCommand):
    help = "List deliveries, newest first: where each text stands on its way to its platform."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare which, how many, and in which form."""
        super().add_arguments(parser)
        parser.add_argument("--group", choices=list(GROUPS), default="")
        parser.add_argument("--state", choices=STATES, default="")
        parser.add_argument("--kind", choices=OUTGOING, default="")
        parser.add_argument("--account", help="its number or its name")
        parser.add_argument("--limit", type=int, default=50, metavar="N")
        parser.add_argument("--json", action="store_true", help="as the API shows them")

    def act(self, actor: Actor, options: dict[str, Any]) -> None:
        """Print them."""
        named = options["account"]
        wanted = DeliveryFilter(
            group=options["group"],
            state=options["state"],
            kind=options["kind"],
            account=account_named(actor, named).pk if named else None,
        )
        rows = delivery_page(actor, wanted, size=max(1, options["limit"])).rows
        if options["json"]:
            shown = DeliveryRow(rows, many=True).data
            self.stdout.write(
                json.dumps(shown, cls=DjangoJSONEncoder, ensure_ascii=False, indent=2)
            )
            return
        for row in rows:
            self.stdout.write(
                f"{row.pk:>7}  {timezone.localtime(row.requested_at):%Y-%m-%d %H:%M:%S}  {row.state:<12}  "
                f"{row.kind:<5}  {one_line(row.account.name, 24):<24}  {one_line(row.text, 60)}"
            )
