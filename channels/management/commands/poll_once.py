"""Read one account now, in this process, and say what landed."""

from typing import Any

from django.core.management.base import CommandError, CommandParser

from channels.actions.accounts import account_poll_now
from channels.models import ChannelAccount, InboundItem
from channels.selectors.accounts import account_for, account_named, landed_since
from channels.tasks import poll_account
from channels.types import Visibility
from opsconsole.kernel.actor import Actor
from opsconsole.kernel.clock import now
from opsconsole.kernel.text import one_line
from opsconsole.people.acting import ActingCommand
from opsconsole.people.roles import Ability


class Command(ActingCommand):
    help = "Read one account now, as a worker would, and say what landed."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare which account."""
        super().add_arguments(parser)
        parser.add_argument("account", help="its number or its name")
        parser.add_argument(
            "--show", type=int, default=20, metavar="N", help="lines shown at most"
        )

    def act(self, actor: Actor, options: dict[str, Any]) -> None:
        """Ask for a poll, do it here, and look at what changed."""
        account = account_named(actor, options["account"], Ability.MANAGE_ACCOUNTS)
        began = now()
        account_poll_now(actor, account_id=account.pk, ring=False)
        poll_account(account.pk)
        fault = _fault(account_for(actor, account.pk), began)
        items = landed_since(account, began)
        words = [(_word(item, began), item) for item in items]
        counts = [
            sum(word == wanted for word, _item in words) for wanted in ("new", "changed", "gone")
        ]
        self.stdout.write("{} new, {} changed, {} gone".format(*counts))
        may_read = actor.can(Ability.READ_INBOX, account.unit_id)
        for word, item in words[: options["show"]] if may_read else ():
            author = one_line(str(item.author.get("name", "")), 30)
            self.stdout.write(f"  {word:<8} {item.kind:<12} {author}: {one_line(item.text)}")
        if fault:
            raise CommandError(fault)


def _fault(account: ChannelAccount, began: Any) -> str:
    if account.needs_reconnect or account.failures:
        return f"The poll failed: {one_line(account.last_error, 300)}"
    if account.last_polled_at is None or account.last_polled_at < began:
        return "A worker reads this account just now; look again in a moment."
    return ""


def _word(item: InboundItem, began: Any) -> str:
    if item.visibility == Visibility.REMOVED:
        return "gone"
    return "new" if item.landed_at >= began else "changed"
