"""Reads of what accounts are read for beside what speaks to them."""

from collections.abc import Iterable
from datetime import datetime

from channels.models import ChannelAccount, NativePost, Stream
from channels.types import StreamKind


def streams_of(account: ChannelAccount) -> list[Stream]:
    """Return the streams of an account that has come through its gate, in the order of their kinds."""
    return sorted(Stream.objects.filter(account=account), key=lambda row: row.kind)


def search_of(account: ChannelAccount) -> Stream | None:
    """Return what an account searches for; None when nothing."""
    return Stream.objects.filter(account=account, kind=StreamKind.SEARCH).first()


def natives_between(
    account_ids: Iterable[int], start: datetime, end: datetime
) -> list[NativePost]:
    """Return what is scheduled on the platforms themselves on some accounts, by time."""
    rows = NativePost.objects.filter(due_at__gte=start, due_at__lt=end)
    return list(rows.filter(account__in=list(account_ids)))
