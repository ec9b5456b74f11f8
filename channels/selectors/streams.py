"""Reads of what accounts are read for beside what speaks to them."""

from channels.models import ChannelAccount, Stream
from channels.types import StreamKind


def streams_of(account: ChannelAccount) -> list[Stream]:
    """Return the streams of an account that has come through its gate, in the order of their kinds."""
    return sorted(Stream.objects.filter(account=account), key=lambda row: row.kind)


def search_of(account: ChannelAccount) -> Stream | None:
    """Return what an account searches for; None when nothing."""
    return Stream.objects.filter(account=account, kind=StreamKind.SEARCH).first()
