"""Pings are verified: the page they speak of is read, and lands as an item when it links to an article of ours."""

import logging
import threading
from datetime import datetime

from celery import shared_task
from django.conf import settings
from django.db import OperationalError, transaction

from channels.actions import pushing, tidings
from channels.lifecycle import PushSource
from channels.models import ChannelAccount, PushEvent
from channels.pings.forms import Ping, unpacked
from channels.pings.pages import FetchedPage, PageAway, PageRefused, fetch_page
from channels.pings.reading import Writing, number_of, title_of, writing_about
from channels.tidings import ONLY_TOLD
from channels.types import Fetched, ItemKind, Limit, Profile, Recheck
from opsconsole.kernel.clock import now
from opsconsole.kernel.redaction import redact

logger = logging.getLogger(__name__)

#: Pages that one worker process reads at once: strangers decide how slow they are.
_READERS = threading.BoundedSemaphore(2)
#: Tries after which a stranger's page that cannot be reached is left.
TRIES = 4
_KINDS = {
    PushSource.PINGBACK: ItemKind.PINGBACK,
    PushSource.TRACKBACK: ItemKind.TRACKBACK,
    PushSource.WEBMENTION: ItemKind.WEBMENTION,
}


class SiteAway(Exception):
    """Our own site cannot be read just now: its articles are all the same there once it is back."""


@shared_task
def verify() -> None:
    """Verify pings, until none is due."""
    if not _READERS.acquire(blocking=False):
        return
    try:
        while event := pushing.ping_claim():
            verify_one(event)
    finally:
        _READERS.release()


def verify_one(event: PushEvent) -> None:
    """Verify one claimed ping."""
    try:
        outcome = _verified(event, unpacked(bytes(event.body)))
    except OperationalError:
        pushing.events_release([event])
        raise
    except SiteAway as error:
        pushing.event_put_off(event, str(error))
    except PageAway as error:
        if event.tries + 1 >= TRIES:
            pushing.events_done([(event, f"refused: {error}")])
        else:
            pushing.event_put_off(event, str(error))
    except Exception as error:
        logger.exception("ping %s met an unexpected error", event.pk)
        pushing.event_park(event, redact(f"{type(error).__name__}: {str(error)[:120]}"))
    else:
        pushing.events_done([(event, outcome)])


def _verified(event: PushEvent, ping: Ping) -> str:
    """Read the source and land what it says; returns what came of it."""
    account, asked = event.account, now()
    try:
        page = fetch_page(ping.source, allow_private_hosts=settings.ALLOW_PRIVATE_HOSTS)
    except PageRefused as error:
        return f"refused: {error}"
    writing = writing_about(page, ping.target) if page.status < 300 else None
    is_known = bool(tidings.known_of(account, [ping.key]))
    if writing is None:
        if page.status not in {200, 404, 410}:
            return f"refused: status {page.status}"
        if not is_known:
            return "refused: no link"
        _land(event, Recheck(gone=(ping.key,)), asked)
        return "1 gone"
    article = None if is_known else _article(account, ping)
    if article is None and not is_known:
        return "refused: no such article"
    _land(event, Recheck(items=(_item(event, ping, writing, article),)), asked)
    return "1 read again" if is_known else "1 new"


def _land(event: PushEvent, seen: Recheck, asked: datetime) -> None:
    """Land what a ping says, unless its writer was erased meanwhile."""
    with transaction.atomic():
        if pushing.events_held([event]):
            tidings.tidings_land(event.account, seen=seen, as_of=asked)


def _article(account: ChannelAccount, ping: Ping) -> FetchedPage | None:
    """Read our own article that is spoken of; None when there is none. It may lead on within our site."""
    try:
        page = fetch_page(ping.target, allow_private_hosts=settings.ALLOW_PRIVATE_HOSTS)
    except PageRefused:
        return None
    except PageAway as error:
        raise SiteAway(str(error)) from error
    return page if page.status < 300 else None


def _item(event: PushEvent, ping: Ping, writing: Writing, article: FetchedPage | None) -> Fetched:
    """Return what landed; what it stands under is told only the first time, and does not change."""
    number = number_of(article, ping.target) if article else ""
    said = [ping.title or writing.title, ping.excerpt or writing.text]
    words = said if event.source == PushSource.TRACKBACK else said[1:]
    return Fetched(
        external_id=ping.key,
        kind=_KINDS[PushSource(event.source)],
        text="\n".join(filter(None, words)) or writing.title,
        posted_at=event.received_at,
        thread_external_id=f"post:{number}" if number else f"{ONLY_TOLD}{ping.target}",
        author=_author(ping, writing),
        permalink=ping.source,
        context=title_of(article) if article else "",
        context_url=ping.target,
        limits=(Limit.CLOSED,),
    )


def _author(ping: Ping, writing: Writing) -> Profile:
    return Profile(
        external_id=f"site:{writing.author_url}",
        name=ping.blog_name or writing.author,
        url=writing.author_url,
        avatar_url=writing.photo,
    )
