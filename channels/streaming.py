"""The part of a poll beside what speaks to an account: its streams that are due, and what stands above items.

Called by the tasks; decisions are made in the actions.
"""

import contextlib
from datetime import timedelta

from channels import platform_time
from channels.actions import ancestors, natives, side_streams
from channels.errors import AuthExpired, ChannelError, NoRoom, Unreachable
from channels.lifecycle import ChannelKind
from channels.models import ChannelAccount, SideStream
from channels.port import ChannelAdapter, Planning, Streaming
from channels.types import SideKind
from opsconsole.kernel.clock import now

#: Pages of one stream read in one poll.
PAGES = 20
TAKEN_OVER = "Another worker has taken over this poll."


def read_beside(account: ChannelAccount, adapter: ChannelAdapter) -> None:
    """Read what is due of an account's streams, and what its customers answer."""
    _read_streams(account, adapter)
    _read_ancestors(account, adapter)


def _read_streams(account: ChannelAccount, adapter: ChannelAdapter) -> None:
    """Read what is due beside what speaks to the account; each at its own interval."""
    if not isinstance(adapter, Streaming):
        return
    for stream in side_streams.streams_due(account, adapter.side_streams):
        every = adapter.side_streams[SideKind(stream.kind)]
        try:
            if isinstance(adapter, Planning) and stream.kind == SideKind.PLANNED:
                natives.natives_keep(account, adapter.planned())
            else:
                _read_stream(account, adapter, stream)
        except AuthExpired:
            raise
        except ChannelError as error:
            side_streams.stream_failed(stream, error, every)
        else:
            side_streams.stream_read(stream, every)


def _read_stream(account: ChannelAccount, adapter: Streaming, stream: SideStream) -> None:
    query, cursor, kind = (
        side_streams.query_of(account, stream),
        stream.cursor,
        SideKind(stream.kind),
    )
    how = side_streams.Interval(adapter.side_streams[kind], adapter.gives_out.get(kind))
    for _ in range(PAGES):
        asked_at = now()
        page = adapter.stream(kind, query, cursor)
        asked_at += timedelta(seconds=platform_time.least_heard() or 0)
        if not side_streams.stream_land(account, stream, page, asked_at, how):
            raise Unreachable(TAKEN_OVER)
        cursor = page.next_cursor
        if not page.has_more:
            return


def _read_ancestors(account: ChannelAccount, adapter: ChannelAdapter) -> None:
    """Read what customers answer and we do not know; some levels up, one a poll."""
    if account.kind != ChannelKind.X:
        return
    wanted = ancestors.ancestors_wanted(account)
    if not wanted:
        return
    with contextlib.suppress(NoRoom):  # they stay wanted, and the poll goes on without
        seen = adapter.recheck([row.external_id for row in wanted])
        ancestors.ancestors_keep(account, wanted, seen)
