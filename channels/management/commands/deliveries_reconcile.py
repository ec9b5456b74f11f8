"""Read the unclear deliveries back from their platforms now, in this process, and report."""

from typing import Any

from django.utils import timezone

from channels.actions.deliveries import deliveries_look_now
from channels.actions.reconciling import deliveries_to_reconcile
from channels.lifecycle import DeliveryState
from channels.models import Delivery
from channels.selectors.deliveries import deliveries_among
from channels.tasks import reconcile
from opsconsole.kernel.actor import Actor
from opsconsole.kernel.clock import now
from opsconsole.kernel.text import one_line
from opsconsole.people.acting import ActingCommand


class Command(ActingCommand):
    help = "Read every unclear delivery back from its platform now, once, and say what was found."

    def act(self, actor: Actor, options: dict[str, Any]) -> None:
        """Look once at each, then say where it stands."""
        ids = deliveries_look_now(actor)
        for claim in deliveries_to_reconcile(limit=max(1, len(ids))):
            reconcile(claim)
        if not ids:
            self.stdout.write("No delivery is unclear.")
        for row in deliveries_among(actor, ids):
            name = one_line(row.account.name, 24)
            self.stdout.write(f"{row.pk:>7}  {row.kind:<5}  {name:<24}  {_outcome(row)}")


def _outcome(delivery: Delivery) -> str:
    if delivery.state != DeliveryState.AMBIGUOUS or delivery.next_look_at is None:
        return f"{delivery.state} {delivery.url}".strip()
    at = max(delivery.next_look_at, now())
    return f"still unclear; next look at {timezone.localtime(at):%H:%M:%S}"
