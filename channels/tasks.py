"""The only code that speaks to platforms: poll, send, read back. Decisions are made in the actions."""

import logging
import socket
import threading

from celery import shared_task
from django.conf import settings
from django.core.cache import cache

from channels.actions import landing, polling, reconciling, sending
from channels.actions.moves import Claim
from channels.errors import Ambiguous, ChannelError, Unreachable
from channels.models import ChannelAccount, Delivery
from channels.port import ChannelAdapter
from channels.selectors.accounts import accounts_to_poll, voice_of
from channels.types import Outgoing, OutgoingKind, OutgoingMedia
from opsconsole.kernel.clock import now
from opsconsole.kernel.redaction import redact

logger = logging.getLogger(__name__)

#: Deliveries under way in one worker process at once; leaves threads for polling.
_SENDERS = threading.BoundedSemaphore(settings.SEND_CONCURRENCY)
#: Pages read in one poll; the next poll goes on where this one stopped.
MAX_PAGES = 200
_TAKEN_OVER = "Another worker has taken over this poll."
#: Cache key of the last sign of life of beat and worker.
HEARTBEAT = "heartbeat"


@shared_task
def heartbeat() -> None:
    """Leave a sign that the beat asks and a worker answers."""
    cache.set(HEARTBEAT, now().timestamp(), timeout=3600)


@shared_task
def poll_due() -> None:
    """Start a poll for every account that is due."""
    for account in accounts_to_poll(now()):
        poll_account.apply_async((account.pk,), expires=30, retry=False)


@shared_task
def poll_account(account_id: int) -> None:
    """Read one account to the end of its pages."""
    account = polling.poll_claim(account_id)
    if account is None:
        return
    try:
        adapter = _voice(account)
        if account.verified_at is None and not polling.account_verified(account, adapter.whoami()):
            return
        adapter = _voice(account)
        _read_pages(account, adapter)
        _recheck(account, adapter)
    except ChannelError as error:
        polling.poll_failed(account, error)
    except Exception as error:
        logger.exception("poll of account %s failed", account_id)
        polling.poll_failed(account, Unreachable(redact(f"{type(error).__name__}: {error}")))
    else:
        polling.poll_succeeded(account)


def _read_pages(account: ChannelAccount, adapter: ChannelAdapter) -> None:
    cursor = account.cursor
    for _ in range(MAX_PAGES):
        page = adapter.fetch(cursor)
        is_mine = landing.page_land(
            account, page.items, page.next_cursor, account.poll_fence, gap=page.gap
        )
        if not is_mine:
            raise Unreachable(_TAKEN_OVER)
        cursor = page.next_cursor
        if not page.has_more:
            break


def _recheck(account: ChannelAccount, adapter: ChannelAdapter) -> None:
    size = adapter.capabilities.recheck_batch
    if not size:
        return
    wanted = polling.items_to_recheck(account, now())
    for start in range(0, len(wanted), size):
        seen = adapter.recheck(wanted[start : start + size])
        if not landing.recheck_land(account, seen, account.poll_fence):
            raise Unreachable(_TAKEN_OVER)


@shared_task
def dispatch() -> None:
    """Send what is due, with as many hands as there is work for."""
    sending.windows_close()
    hands = min(sending.due_count(), settings.SEND_CONCURRENCY)
    for _ in range(hands - 1):
        deliver_next.apply_async(expires=5, retry=False)
    if hands:
        _send_until_idle()


@shared_task
def deliver_next() -> None:
    """Send due deliveries one after the other until none is left."""
    _send_until_idle()


def _send_until_idle() -> None:
    if not _SENDERS.acquire(blocking=False):
        return
    try:
        while claim := sending.delivery_claim():
            deliver(claim)
    finally:
        _SENDERS.release()


def deliver(claim: Claim) -> None:
    """Carry one claimed delivery to its platform: prepare, arm, create, settle."""
    delivery = sending.claim_is_mine(claim)
    if delivery is None:
        return
    try:
        adapter = _voice(delivery.account)
        out = adapter.prepare(outgoing(delivery))
        sending.delivery_prepared(claim, list(out.media_handles))
        if not sending.delivery_arm(claim, worker=socket.gethostname()):
            return
        receipt = adapter.publish(out)
    except ChannelError as error:
        sending.delivery_failed(claim, error)
    except Exception as error:
        logger.exception("delivery %s met an unexpected error", claim.delivery_id)
        sending.delivery_failed(claim, Ambiguous(redact(f"{type(error).__name__}: {error}")))
    else:
        sending.delivery_sent(claim, receipt)


@shared_task
def reconcile_due() -> None:
    """Read the platforms back for every unclear delivery whose look is due."""
    for claim in reconciling.deliveries_to_reconcile():
        reconcile(claim)


def reconcile(claim: Claim) -> None:
    """Look for one unclear delivery on its platform."""
    delivery = reconciling.reconciling_is_mine(claim)
    if delivery is None:
        return
    since, until = reconciling.search_window(delivery)
    try:
        found = _voice(delivery.account).find(outgoing(delivery), since=since, until=until)
    except ChannelError as error:
        reconciling.delivery_unreadable(claim, error)
    except Exception as error:
        logger.exception("reading back delivery %s failed", claim.delivery_id)
        reconciling.delivery_unreadable(
            claim, Unreachable(redact(f"{type(error).__name__}: {error}"))
        )
    else:
        ours = reconciling.unclaimed(delivery, found)
        if ours:
            sending.delivery_sent(claim, ours[0])
        else:
            reconciling.delivery_not_found(claim)


@shared_task
def reap() -> None:
    """Take back what dead workers held."""
    reconciling.leases_reap()


def outgoing(delivery: Delivery) -> Outgoing:
    """Return a delivery in the port's own words, media read from storage."""
    media = []
    for row in delivery.media.all():
        with row.file.open("rb") as file:
            media.append(
                OutgoingMedia(
                    filename=row.file.name.rsplit("/", 1)[-1],
                    content_type=row.content_type,
                    content=file.read(),
                    alt_text=row.alt_text,
                )
            )
    return Outgoing(
        kind=OutgoingKind(delivery.kind),
        text=delivery.text,
        nonce=delivery.nonce,
        title=delivery.title,
        reply_to=delivery.reply_to,
        thread=delivery.thread,
        media=tuple(media),
    )


def _voice(account: ChannelAccount) -> ChannelAdapter:
    return voice_of(
        account,
        timeout=settings.SEND_TIMEOUT_SECONDS,
        allow_private_hosts=settings.ALLOW_PRIVATE_HOSTS,
    )
