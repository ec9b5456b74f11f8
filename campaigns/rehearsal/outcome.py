"""What came of a rehearsal, before it is put into a report; and when nothing more can happen to a delivery."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from campaigns.rehearsal.misfortunes import Misfortune
from campaigns.rehearsal.script import Script
from channels.lifecycle import WAITING, DeliveryState
from channels.models import ChannelAccount, Delivery

D = DeliveryState


@dataclass(frozen=True, slots=True)
class Outcome:
    """Everything that a report is made from.

    `planned` are the real times, `moments` those of the rehearsal, `ended` the rows of the scratch
    database, `creates` what came to stand on each account, by our number of it. `seconds` is how long it took.
    """

    script: Script
    planned: Mapping[int, datetime]
    moments: Mapping[int, datetime]
    ended: Mapping[int, Delivery]
    creates: Mapping[int, list[dict[str, Any]]]
    injected: Mapping[int, Misfortune]
    seconds: float
    is_cut: bool


def is_over(delivery: Delivery, at: datetime) -> bool:
    """Tell whether nothing more happens to a delivery by itself: settled, or stopped by what will not change."""
    if delivery.is_settled:
        return True
    return delivery.not_before <= at and obstacle_of(delivery) != ""


def obstacle_of(delivery: Delivery) -> str:
    """Return what keeps an unsettled delivery from leaving and will not go away by itself; empty for nothing."""
    if delivery.state not in WAITING | {D.HELD}:
        return ""
    if delivery.hold_id is not None:
        return "on_hold"
    if delivery.is_blocked and delivery.follows is not None and _never_stands(delivery.follows):
        return "before_failed"
    return obstacle_of_account(delivery.account)


def _never_stands(before: Delivery) -> bool:
    """Tell whether what another one follows will not come to stand by itself, and nothing tells the other."""
    is_stuck = before.state == D.NEEDS_HUMAN or (before.state == D.SENT and before.is_held_by_host)
    return is_stuck or obstacle_of(before) != ""


def obstacle_of_account(account: ChannelAccount) -> str:
    """Return why an account cannot say anything at the moment; empty when it can."""
    if account.is_paused:
        return "account_paused"
    if account.needs_reconnect:
        return "account_disconnected"
    return "account_unverified" if account.verified_at is None else ""
