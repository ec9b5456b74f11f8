"""Reading the past from the platforms: what nothing waits for, a few pages at a time."""

import logging
import threading

from celery import shared_task

from channels.actions import past
from channels.actions.metering import metered
from channels.actions.side_streams import query_of
from channels.errors import ChannelError, Rejected, Unreachable
from channels.lifecycle import PastKind
from channels.models import PastReading
from channels.port import Recalling, Remembering
from channels.ranks import Rank
from channels.refreshing import voice_fresh
from channels.selectors.side_streams import side_stream_of
from channels.streams import is_beside
from channels.types import Cursor, Page, SideKind
from opsconsole.kernel.clock import now
from opsconsole.kernel.redaction import redact

logger = logging.getLogger(__name__)

#: One thread of a process at most: live polls, answers and posts go before.
_TURN = threading.BoundedSemaphore(1)
#: Pages of one turn.
PAGES = 5
_UNREAD = "The account is not read for that any more."


@shared_task
def read_past() -> None:
    """Read on wherever something of the past is due, until nothing is."""
    if not _TURN.acquire(blocking=False):
        return
    try:
        while reading := past.past_claim():
            read_some(reading)
    finally:
        _TURN.release()


def read_some(reading: PastReading) -> None:
    """Read a few pages of one reading that is ours."""
    try:
        with metered(reading.account, Rank.EXTRAS):
            is_over = _pages(reading)
    except ChannelError as error:
        past.past_failed(reading, error)
    except Exception as error:
        logger.exception("reading the past of account %s failed", reading.account_id)
        past.past_failed(reading, Unreachable(redact(f"{type(error).__name__}: {error}")))
    else:
        if not is_over:
            past.past_give_back(reading)


def _pages(reading: PastReading) -> bool:
    """Read pages, then look up what is known of the period. Returns whether the reading is over."""
    voice = voice_fresh(reading.account)
    for _ in range(PAGES):
        asked_at = now()
        if reading.cursor is not None and isinstance(voice, Remembering):
            page = _page(voice, reading, reading.cursor)
            if not past.past_land(reading, page, asked_at):
                return True
            if reading.cursor is None and reading.kind != PastKind.AGAIN:
                return True
            continue
        known = past.known_of(reading, voice.capabilities.recheck_batch)
        if not known:
            past.past_done(reading)
            return True
        seen = voice.recheck([item.external_id for item in known])
        if not past.known_land(reading, known, seen, asked_at):
            return True
    return False


def _page(voice: Remembering, reading: PastReading, cursor: Cursor) -> Page:
    """Read a page of what is wanted: a side stream is asked for by its own words."""
    stream = reading.streams[0]
    if not is_beside(stream):
        return voice.history(reading.streams, reading.since, reading.until, cursor)
    row = side_stream_of(reading.account, stream)
    if row is None or not isinstance(voice, Recalling):
        raise Rejected(_UNREAD)
    query = query_of(reading.account, row)
    return voice.recall(SideKind(stream), query, reading.since, reading.until, cursor)
