"""Budgets: setting them, spending them when something is armed, and who answers when one is used up.

Whoever arms or asks holds the account's row, so one account's calls are counted one after the other:
however many workers there are, no window ever holds more than its limit.
"""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from channels.actions.moves import Claim, move
from channels.budgets import MOST, MOST_RESERVED, WINDOWS
from channels.lifecycle import URGENT, DeliveryState
from channels.models import ChannelAccount, Delivery
from channels.selectors.accounts import account_for
from channels.selectors.budgets import Speaker, can_overflow, room_from, speaker_of
from opsconsole.audit.actions import record
from opsconsole.kernel.actor import Actor
from opsconsole.kernel.clock import now
from opsconsole.kernel.doorbell import ring_on_commit
from opsconsole.kernel.errors import Invalid, NotFound
from opsconsole.kernel.live import hint_on_commit
from opsconsole.people.roles import Ability

S = DeliveryState
#: Reason code of what waits until its account may say more.
NO_ROOM = "no_room"


def account_budget_set(
    actor: Actor,
    *,
    account_id: int,
    limits: Mapping[str, int | None],
    reserved: int = 0,
    overflow_id: int | None = None,
) -> ChannelAccount:
    """Say how much an account says at most per window (names of `budgets.WINDOWS`, None for no limit),
    what share answers keep (percent), and which account answers once it is used up.

    Invalid names the field that is wrong.
    """
    with transaction.atomic():
        account = account_for(actor, account_id, Ability.MANAGE_ACCOUNTS, lock=True)
        kept = {name: _checked(name, limits.get(name)) for name in WINDOWS}
        if not 0 <= reserved <= MOST_RESERVED:
            raise Invalid(
                _("Answers may keep at most %(most)d percent.") % {"most": MOST_RESERVED},
                code="reserved", field="reserved",
            )  # fmt: skip
        overflow = _overflow(actor, account, overflow_id)
        changes: dict[str, object] = {
            **kept, "budget_reserved": reserved, "overflow": overflow,
            "posts_wait_until": None, "answers_wait_until": None,
        }  # fmt: skip
        ChannelAccount.objects.filter(pk=account.pk).update(**changes)
        record(
            actor, "channels.account.budget_set", account, unit_id=account.unit_id,
            name=account.name, quarter=kept["budget_quarter"], hour=kept["budget_hour"],
            day=kept["budget_day"], reserved=reserved,
        )  # fmt: skip
        hint_on_commit("account", units=[account.unit_id], id=account.pk)
        ring_on_commit("delivery_requested")
        account.refresh_from_db()
    return account


def _checked(name: str, given: int | None) -> int | None:
    if given is not None and not 1 <= given <= MOST:
        raise Invalid(
            _("Give a number between 1 and %(most)d.") % {"most": MOST}, code="budget", field=name
        )
    return given


def _overflow(
    actor: Actor, account: ChannelAccount, overflow_id: int | None
) -> ChannelAccount | None:
    if overflow_id is None:
        return None
    try:
        other = account_for(actor, overflow_id, Ability.MANAGE_ACCOUNTS)
    except NotFound:
        other = None
    if other is None or not can_overflow(account, other):
        raise Invalid(
            _("This account cannot answer for the other one."), code="overflow", field="overflow"
        )
    return other


def budget_holds_back(claim: Claim, account: ChannelAccount, at: datetime) -> bool:
    """Send a claimed delivery back to wait when its account may say no more. The caller holds the account.

    The account's other posts, or answers, wait with it: they are not even claimed until then.
    """
    if not account.limits:
        return False
    rows = Delivery.objects.filter(pk=claim.delivery_id)
    is_answer = rows.filter(priority__lte=URGENT).exists()
    until = room_from(account, at, is_answer=is_answer)
    if until is None:
        return False
    rank_wait(account.pk, until, is_answer=is_answer)
    move(claim, {S.CLAIMED, S.PREPARED}, S.READY, lease_until=None, reason_code=NO_ROOM, reason="")
    return True


def rank_wait(account_id: int, until: datetime, *, is_answer: bool) -> None:
    """Have an account's answers, or its posts, wait."""
    name = "answers_wait_until" if is_answer else "posts_wait_until"
    ChannelAccount.objects.filter(pk=account_id).update(**{name: until})


def answer_speaker(account: ChannelAccount) -> Speaker:
    """Return who says an answer that is being asked for. Inside its transaction: those who ask queue up."""
    if account.limits:
        ChannelAccount.objects.select_for_update(no_key=True).get(pk=account.pk)
    return speaker_of(account, now())
