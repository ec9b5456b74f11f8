"""Reads of accounts."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, F, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from channels.lifecycle import GROUPS
from channels.models import ChannelAccount, Delivery, InboundItem
from channels.port import ChannelAdapter, Connection
from channels.registry import adapter_for
from opsconsole.kernel.actor import Actor
from opsconsole.kernel.errors import Conflict, Invalid, NotFound
from opsconsole.kernel.secrets import decrypt
from opsconsole.people.roles import Ability


@dataclass(frozen=True, slots=True)
class AccountCounts:
    """How much came in through an account, and how much of ours has not reached its end."""

    landed: int
    landed_lately: int
    pending: int
    under_way: int
    undecided: int


def accounts_for(actor: Actor, ability: str = Ability.READ_ACCOUNTS) -> QuerySet[ChannelAccount]:
    """Return the accounts of the units in which the actor has the ability."""
    units = actor.units(ability)
    rows = ChannelAccount.objects.select_related("unit")
    return rows if units is None else rows.filter(unit_id__in=units)


def account_for(
    actor: Actor, account_id: int, ability: str = Ability.READ_ACCOUNTS, *, lock: bool = False
) -> ChannelAccount:
    """Return one account within reach; NotFound when invisible, NotAllowed when only readable."""
    rows = accounts_for(actor).filter(pk=account_id)
    if lock:
        # Joined rows are as old as the query; relations of a locked row are read afterwards.
        rows = rows.select_related(None).select_for_update()
    account = rows.first()
    if account is None:
        raise NotFound
    actor.must(ability, account.unit_id)
    if lock and account.leaving_at is not None:
        raise Conflict(_("This account is being deleted."), code="leaving")
    return account


def account_size(account: ChannelAccount) -> dict[str, int]:
    """Count what is deleted with an account that has come through its gate. Three queries."""
    return {
        "items": InboundItem.objects.filter(account=account).count(),
        "conversations": account.conversations.count(),
        "deliveries": Delivery.objects.filter(account=account).count(),
    }


def account_named(
    actor: Actor, given: str, ability: str = Ability.READ_ACCOUNTS
) -> ChannelAccount:
    """Return one account by its number or its name; Invalid when several are called that."""
    if given.isascii() and given.isdigit():
        return account_for(actor, int(given), ability)
    found = list(accounts_for(actor).filter(name=given)[:2])
    if len(found) > 1:
        raise Invalid(_("Several accounts have this name; give the number."), code="ambiguous")
    if not found:
        raise NotFound
    actor.must(ability, found[0].unit_id)
    return found[0]


def landed_since(account: ChannelAccount, since: datetime) -> list[InboundItem]:
    """Return what came in or changed since a moment, oldest post first."""
    rows = InboundItem.objects.filter(account=account, changed_at__gte=since)
    return list(rows.order_by("posted_at", "id"))


def account_counts(account: ChannelAccount, at: datetime) -> AccountCounts:
    """Count for an account that has come through its gate. Three queries, each over an index."""
    items = InboundItem.objects.filter(account=account)
    landed = items.aggregate(
        whole=Count("pk"), lately=Count("pk", filter=Q(posted_at__gte=at - timedelta(days=1)))
    )
    open_states = GROUPS["under_way"] | GROUPS["decide"]
    unsent = Delivery.objects.filter(account=account, state__in=open_states).aggregate(
        moving=Count("pk", filter=Q(state__in=GROUPS["under_way"])),
        undecided=Count("pk", filter=Q(state__in=GROUPS["decide"])),
    )
    return AccountCounts(
        landed=landed["whole"],
        landed_lately=landed["lately"],
        pending=items.filter(is_pending=True).count(),
        under_way=unsent["moving"],
        undecided=unsent["undecided"],
    )


def speakable_accounts(actor: Actor, ability: str = Ability.WRITE_POSTS) -> list[ChannelAccount]:
    """Return the accounts one may post to now, feeds left out."""
    return [account for account in posting_accounts(actor, ability) if account.can_speak]


def posting_accounts(actor: Actor, ability: str = Ability.WRITE_POSTS) -> list[ChannelAccount]:
    """Return the accounts one may post to when they can speak, feeds left out."""
    return [account for account in accounts_for(actor, ability) if account.kind != "feed"]


def accounts_to_poll(now: datetime) -> QuerySet[ChannelAccount]:
    """Return connected accounts whose poll is due, whom nobody polls, and whom no limit parks."""
    return (
        ChannelAccount.objects.filter(
            Q(poll_lease_until__isnull=True) | Q(poll_lease_until__lt=now),
            Q(next_allowed_at__isnull=True) | Q(next_allowed_at__lte=now),
            is_paused=False,
            needs_reconnect=False,
            poll_due_at__lte=now,
        )
        .order_by(F("poll_due_at").asc())
        .only("pk")
    )


def accounts_off_time() -> QuerySet[ChannelAccount]:
    """Return the accounts in use whose platform's clock and ours do not agree."""
    return ChannelAccount.objects.filter(is_paused=False, needs_reconnect=False).exclude(
        clock_skew=0
    )


def other_author(signs_as: str) -> str:
    """Return the number of the user who signs in place of a blog account's own; empty when none does."""
    return signs_as.removeprefix("user:") if signs_as.startswith("user:") else ""


def voice_of(
    account: ChannelAccount, *, timeout: float, allow_private_hosts: bool
) -> ChannelAdapter:
    """Return the adapter that speaks as this account. One query for the credential."""
    connection = Connection(
        base_url=account.base_url,
        external_id=account.external_id,
        secrets=decrypt(bytes(account.credential.sealed))
        if hasattr(account, "credential")
        else {},
        timeout=timeout,
        allow_private_hosts=allow_private_hosts,
        also_own=tuple(filter(None, [other_author(account.signs_as)])),
    )
    return adapter_for(account.kind, connection)
