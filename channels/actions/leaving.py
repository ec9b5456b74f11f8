"""Deleting an account with all that came in and went out through it. A worker does it, a batch at a time."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from channels.lifecycle import OVER
from channels.models import ChannelAccount, Delivery, RateWindow
from channels.models.windows import owner_of_account
from channels.selectors.accounts import account_for
from opsconsole.audit.actions import record
from opsconsole.kernel.actor import SYSTEM, Actor
from opsconsole.kernel.clock import now
from opsconsole.kernel.doorbell import ring_on_commit
from opsconsole.kernel.errors import Conflict, Invalid
from opsconsole.kernel.live import hint_on_commit
from opsconsole.kernel.uprooting import uproot_some
from opsconsole.people.roles import Ability

#: Rows of one kind that one transaction deletes, with what hangs on them.
BATCH = 200
#: What followed a delivery on another account stays, and follows nothing.
_LOOSE = {
    "channels.Delivery.follows": {"follows": None, "follow_kind": "", "is_blocked": False},
}


def account_leave(actor: Actor, *, account_id: int, name: str) -> ChannelAccount:
    """Have an account deleted; `name` repeats its name. There is no way back.

    Conflict while something may still be sent as it, or waits for something it sends.
    """
    with transaction.atomic():
        account = account_for(actor, account_id, Ability.MANAGE_ACCOUNTS, lock=True)
        if name.strip() != account.name:
            raise Invalid(_("This is not the account's name."), code="name", field="name")
        mine = Delivery.objects.filter(account=account)
        followers = Delivery.objects.filter(follows__account=account)
        if (mine | followers).exclude(state__in=OVER).exists():
            raise Conflict(
                _("Something is still to be sent as this account. Stop it or wait for it first."),
                code="under_way",
            )
        account.is_paused, account.leaving_at = True, now()
        account.save(update_fields=["is_paused", "leaving_at"])
        record(actor, "channels.account.left", account, unit_id=account.unit_id, name=account.name)
        hint_on_commit("account", units=[account.unit_id], id=account.pk)
        ring_on_commit("account_leaves")
    return account


def accounts_leaving() -> list[ChannelAccount]:
    """Return the accounts that are being deleted."""
    return list(ChannelAccount.objects.filter(leaving_at__isnull=False))


def account_leave_on(account: ChannelAccount) -> bool:
    """Delete a batch of what belongs to a leaving account; False once the account itself is gone."""
    with transaction.atomic():
        locked = ChannelAccount.objects.select_for_update(skip_locked=True).filter(pk=account.pk)
        if not locked.exists():
            return False
        goes_on = bool(uproot_some(ChannelAccount, account.pk, _LOOSE, BATCH))
        if not goes_on:
            RateWindow.objects.filter(owner=owner_of_account(account.pk)).delete()
            record(
                SYSTEM,
                "channels.account.gone",
                account,
                unit_id=account.unit_id,
                name=account.name,
            )
        hint_on_commit("account", units=[account.unit_id], id=account.pk)
    return goes_on
