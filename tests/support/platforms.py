"""An account of the console, connected to an account of its own in the sandbox."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from channels.models import ChannelAccount, InboundItem
from opsconsole.kernel.clock import now
from tests.factories.channels import make_account
from tests.support.sandbox import Sandbox

#: Our kind of channel -> the sandbox's platform.
PLATFORMS = {"x": "x", "facebook": "facebook", "blog": "wordpress"}


@dataclass
class Line:
    """A line to a platform: our account at one end, the sandbox's at the other."""

    sandbox: Sandbox
    account: ChannelAccount
    there: Mapping[str, Any]

    def say(self, text: str, **wish: Any) -> str:
        """Let a customer write; returns the id in the sandbox."""
        return self.sandbox.say(self.there, text, **wish)

    def fault(self, kind: str, **wish: Any) -> None:
        """Let something go wrong for this account."""
        self.sandbox.fault(self.there, kind, **wish)

    def heal(self) -> None:
        """Remove every fault."""
        self.sandbox.heal(self.there)

    def stands(self) -> dict[str, int]:
        """Return how often each exact text of ours came to stand."""
        return self.sandbox.counts(self.there)

    def calls(self) -> list[dict[str, Any]]:
        """Return the create calls seen, oldest first."""
        return self.sandbox.creates(self.there)

    def due(self) -> ChannelAccount:
        """Make the account due for a poll and for rechecking now."""
        self.account.refresh_from_db()
        self.account.poll_due_at = self.account.recheck_due_at = now()
        self.account.save(update_fields=["poll_due_at", "recheck_due_at"])
        InboundItem.objects.filter(account=self.account).update(recheck_at=now())
        return self.account

    def items(self) -> set[str]:
        """Return the texts of what landed from customers."""
        rows = InboundItem.objects.filter(account=self.account, is_own=False)
        return set(rows.values_list("text", flat=True))


def connect(sandbox: Sandbox, kind: str, *, wish: Any = None, **given: Any) -> Line:
    """Connect an account that is verified and whose first poll is due."""
    there = sandbox.account(PLATFORMS[kind], **(wish or {}))
    at = now()
    account = make_account(
        kind=kind,
        secrets=secrets_for(kind, there["credentials"]),
        base_url=there["base_url"],
        external_id="2" if kind == "blog" else there["id"],
        **({"poll_due_at": at, "recheck_due_at": at} | given),
    )
    return Line(sandbox, account, there)


def secrets_for(kind: str, given: Mapping[str, str]) -> dict[str, str]:
    """Return the sandbox's credentials under the names our adapters use."""
    names = {
        "x": ("consumer_key", "consumer_secret", "access_token", "access_token_secret"),
        "blog": ("username", "application_password"),
        "facebook": ("app_secret",),
    }[kind]
    kept = {name: given[name] for name in names}
    return kept | ({"page_access_token": given["page_token"]} if kind == "facebook" else {})
