"""Reads of what accounts are read for beside what speaks to them."""

from collections.abc import Iterable
from datetime import datetime

from channels.models import ChannelAccount, NativePost, SideStream
from channels.types import SideKind


def side_streams_of(account: ChannelAccount) -> list[SideStream]:
    """Return the streams of an account that has come through its gate, in the order of their kinds."""
    return sorted(SideStream.objects.filter(account=account), key=lambda row: row.kind)


def side_stream_of(account: ChannelAccount, kind: str) -> SideStream | None:
    """Return a side stream of an account; None when it is not read for that."""
    return SideStream.objects.filter(account=account, kind=kind).first()


def search_of(account: ChannelAccount) -> SideStream | None:
    """Return what an account searches for; None when nothing."""
    return side_stream_of(account, SideKind.SEARCH)


def natives_between(
    account_ids: Iterable[int], start: datetime, end: datetime
) -> list[NativePost]:
    """Return what is scheduled on the platforms themselves on some accounts, by time."""
    rows = NativePost.objects.filter(due_at__gte=start, due_at__lt=end)
    return list(rows.filter(account__in=list(account_ids)))
