"""Reads of how much an account has said lately, when there is room again, and who answers meanwhile."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q, QuerySet

from channels.budgets import Limit
from channels.lifecycle import URGENT, WAITING, ChannelKind, DeliveryState
from channels.models import ChannelAccount, Delivery, DeliveryAttempt


@dataclass(frozen=True, slots=True)
class Use:
    """How much of one limit is used, and by posts."""

    limit: Limit
    whole: int
    posts: int


@dataclass(frozen=True, slots=True)
class Speaker:
    """Who would say an answer now: the account that was asked, or its overflow account while its
    budget is used up until `until`."""

    account: ChannelAccount
    until: datetime | None = None


def _said(account_id: int) -> QuerySet[DeliveryAttempt]:
    """What stands or may stand; what certainly created nothing does not count."""
    counts = Q(outcome__isnull=True) | Q(outcome="sent")
    return DeliveryAttempt.objects.filter(counts, account=account_id)


def uses_of(account: ChannelAccount, at: datetime) -> list[Use]:
    """Return how much of each limit is used. One query, none where nothing is limited."""
    limits = account.limits
    if not limits:
        return []
    rows = _said(account.pk).filter(armed_at__gt=at - max(one.window for one in limits))
    posts = Q(delivery__priority__gt=URGENT)
    asked = {}
    for number, one in enumerate(limits):
        inside = Q(armed_at__gt=at - one.window)
        asked[f"whole{number}"] = Count("pk", filter=inside)
        asked[f"posts{number}"] = Count("pk", filter=inside & posts)
    found = rows.aggregate(**asked)
    return [
        Use(one, found[f"whole{number}"], found[f"posts{number}"])
        for number, one in enumerate(limits)
    ]


def room_from(
    account: ChannelAccount, at: datetime, *, is_answer: bool, promised: int = 0
) -> datetime | None:
    """Return when one more may leave; None when now. `promised` have been asked for and not left yet."""
    waits = []
    for use in uses_of(account, at):
        if (over := use.whole + promised - use.limit.whole + 1) > 0:
            waits.append(_freed(account, at, use, over))
        if not is_answer and (over := use.posts - use.limit.posts + 1) > 0:
            waits.append(_freed(account, at, use, over, is_post=True))
    return max(waits, default=None)


def _freed(
    account: ChannelAccount, at: datetime, use: Use, over: int, *, is_post: bool = False
) -> datetime:
    """Return when so many of a window will have left it; a whole window on when they are not known."""
    rows = _said(account.pk).filter(armed_at__gt=at - use.limit.window)
    if is_post:
        rows = rows.filter(delivery__priority__gt=URGENT)
    leaves = rows.order_by("armed_at").values_list("armed_at", flat=True)[over - 1 : over].first()
    return (leaves or at) + use.limit.window


def promised_answers(account: ChannelAccount) -> int:
    """Count the answers that have been asked for and have not left."""
    waiting = WAITING | {DeliveryState.CLAIMED, DeliveryState.PREPARED}
    return Delivery.objects.filter(
        account=account, priority__lte=URGENT, state__in=waiting
    ).count()


def speaker_of(account: ChannelAccount, at: datetime) -> Speaker:
    """Return who says an answer that is asked for now. No query where nothing is limited."""
    if not account.limits:
        return Speaker(account)
    until = room_from(account, at, is_answer=True, promised=promised_answers(account))
    other = account.overflow if until else None
    if other is None or not _may_step_in(other, at):
        return Speaker(account, until)
    promised = promised_answers(other) if other.limits else 0
    if room_from(other, at, is_answer=True, promised=promised) is not None:
        return Speaker(account, until)
    return Speaker(other, until)


def _may_step_in(other: ChannelAccount, at: datetime) -> bool:
    is_parked = other.next_allowed_at is not None and other.next_allowed_at > at
    return other.can_speak and other.verified_at is not None and not is_parked


def can_overflow(account: ChannelAccount, other: ChannelAccount) -> bool:
    """Whether one account's answers may be given by another: anybody on X, the same site's on a blog.

    A Facebook Page can answer only under what is its own.
    """
    if account.pk == other.pk or account.kind != other.kind:
        return False
    if account.unit_id != other.unit_id and (account.unit.is_walled or other.unit.is_walled):
        return False
    if account.kind == ChannelKind.X:
        return True
    return account.kind == ChannelKind.BLOG and account.base_url == other.base_url
