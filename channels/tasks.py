"""The only code that speaks to platforms: poll, send, read back. Decisions are made in the actions."""

import logging
import socket
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from celery import shared_task
from django.conf import settings
from django.db import Error

from channels import platform_time
from channels.actions import (
    following,
    footing,
    holding,
    landing,
    late_receipts,
    moderating,
    polling,
    reconciling,
    sending,
)
from channels.actions.metering import Meter, metered
from channels.actions.moderating import ModerationClaim
from channels.actions.moves import Claim
from channels.actions.sending import handles_of
from channels.actions.statements import media_of
from channels.errors import Ambiguous, ChannelError, NoRoom, NotReady, Unreachable
from channels.hands import Hands
from channels.lifecycle import URGENT
from channels.models import ChannelAccount, Delivery, Moderation
from channels.port import ChannelAdapter, Filing
from channels.pulse import BEAT, DISPATCHER, pulse_leave
from channels.ranks import Rank
from channels.refreshing import voice_fresh
from channels.selectors.accounts import accounts_to_poll, other_author
from channels.spool import receipt_keep
from channels.streaming import TAKEN_OVER, read_beside
from channels.types import (
    Article,
    Cursor,
    ModerationVerb,
    Outgoing,
    OutgoingKind,
    OutgoingMedia,
    Page,
    Receipt,
    article_of,
)
from opsconsole.kernel.clock import now
from opsconsole.kernel.doorbell import bells_gathered, bells_ring
from opsconsole.kernel.redaction import redact

logger = logging.getLogger(__name__)

#: Deliveries under way in one worker process at once; leaves threads for polling.
_SENDERS = Hands(settings.SEND_CONCURRENCY)
#: Beside them, for answers alone: however slow the platforms are with posts, an answer finds a hand.
_EXPRESS = Hands(settings.EXPRESS_CONCURRENCY)
#: Acts on what stands there, the same.
_MODERATORS = threading.BoundedSemaphore(2)
#: Pages read in one poll; the next poll goes on where this one stopped.
MAX_PAGES = 200
#: Seconds after which a hand waits no more for what is due next: the clock sends another.
_PATIENCE = 1.5


@shared_task
def heartbeat() -> None:
    """Leave a sign that the beat asks and a worker answers."""
    pulse_leave(BEAT)


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
    platform_time.listen()
    polling.account_app_note(account)
    with metered(account, Rank.POLLS) as meter:
        _poll(account, meter)


def _poll(account: ChannelAccount, meter: Meter) -> None:
    try:
        adapter = voice_fresh(account)
        if account.verified_at is None:
            if not polling.account_verified(account, adapter.whoami()):
                return
            adapter = voice_fresh(account)
        _read_pages(account, adapter.fetch, account.cursor or _beginning(account, adapter))
        if polling.revisit_due(account, now()):
            _look_again(account, adapter)
        read_beside(account, adapter)
        _learn_categories(account, adapter)
    except NoRoom as error:
        polling.poll_waits(account, error)
    except ChannelError as error:
        polling.poll_failed(account, error)
    except Exception as error:
        logger.exception("poll of account %s failed", account.pk)
        polling.poll_failed(account, Unreachable(redact(f"{type(error).__name__}: {error}")))
    else:
        polling.poll_succeeded(account, stretch=meter.stretch)
    finally:
        polling.account_clock_note(account, platform_time.least_heard())


def _look_again(account: ChannelAccount, adapter: ChannelAdapter) -> None:
    """Read what changes seldom, and known items. Where there is no room for that, the poll goes on without."""
    try:
        _read_pages(account, adapter.revisit, account.cursor, is_revisit=True)
        _recheck(account, adapter)
    except NoRoom as error:
        polling.revisit_waits(account, error)


def _beginning(account: ChannelAccount, adapter: ChannelAdapter) -> Cursor:
    """Return where a first poll begins: with now, where the history is read beside it."""
    return adapter.begin(account.live_since) if account.live_since else {}


def _read_pages(
    account: ChannelAccount,
    read: Callable[[Cursor], Page],
    cursor: Cursor,
    *,
    is_revisit: bool = False,
) -> None:
    """Read to the end of the pages. Times are the platform's, as far as it has told."""
    for _ in range(MAX_PAGES):
        asked_at = now()
        page = read(cursor)
        asked_at += timedelta(seconds=platform_time.least_heard() or 0)
        is_mine = landing.page_land(
            account, page.items, page.next_cursor, account.poll_fence, gap=page.gap,
            above=page.above, reached=page.reached, has_more=page.has_more, as_of=asked_at,
            is_revisit=is_revisit,
        )  # fmt: skip
        if not is_mine:
            raise Unreachable(TAKEN_OVER)
        account.cursor = cursor = dict(page.next_cursor)
        if not page.has_more:
            break


def _learn_categories(account: ChannelAccount, adapter: ChannelAdapter) -> None:
    if isinstance(adapter, Filing) and polling.categories_due(account):
        polling.categories_keep(account, adapter.categories())


def _recheck(account: ChannelAccount, adapter: ChannelAdapter) -> None:
    size = adapter.capabilities.recheck_batch
    if not size:
        return
    wanted = polling.items_to_recheck(account, now())
    for start in range(0, len(wanted), size):
        batch = wanted[start : start + size]
        asked_at = now()
        seen = adapter.recheck(batch)
        if not landing.recheck_land(account, seen, account.poll_fence, as_of=asked_at):
            raise Unreachable(TAKEN_OVER)
        polling.items_rechecked(account, batch, now())


@shared_task
def dispatch() -> None:
    """Send what is due now or within the second, with as many hands as there is work for."""
    pulse_leave(DISPATCHER)
    _find_footing()
    holding.holds_catch()
    following.followers_sweep()
    sending.windows_close()
    work = sending.due_count()
    # Those who are at it go on by themselves.
    for _ in range(min(work, _SENDERS.free) - 1):
        deliver_next.apply_async(expires=5, retry=False)
    if work:
        _send_until_idle()


@shared_task
def deliver_next() -> None:
    """Send due deliveries one after the other until none is left, nor due within the second."""
    _find_footing()
    _send_until_idle()


def _find_footing() -> None:
    """Before anything is claimed: the right time, the right database, and what it could not be told."""
    footing.database_look()
    late_receipts.receipts_replay()


def _send_until_idle() -> None:
    """Be one of the hands; while all are at work, be one that takes answers alone."""
    with bells_gathered():
        with _SENDERS.one() as is_hand:
            if is_hand:
                _send_and_wait()
                return
        with _EXPRESS.one() as is_hand:
            if is_hand:
                _send_what_is_due(urgent_only=True)


def _send_and_wait() -> None:
    """A post belongs on its second, and the clock ticks only once in one: hands wait for it."""
    end = time.monotonic() + _PATIENCE
    while True:
        _send_what_is_due()
        bells_ring()
        pause = sending.seconds_to_next()
        if pause is None or time.monotonic() + pause >= end:
            return
        time.sleep(pause)


def _send_what_is_due(*, urgent_only: bool = False) -> None:
    while claim := sending.delivery_claim(urgent_only=urgent_only):
        deliver(claim)


def deliver(claim: Claim) -> None:
    """Carry one claimed delivery to its platform: prepare, arm, create, settle."""
    delivery = sending.claim_is_mine(claim)
    if delivery is None:
        return
    rank = Rank.ANSWERS if delivery.priority <= URGENT else Rank.POSTS
    with metered(delivery.account, rank):
        _carry(claim, delivery)


def _carry(claim: Claim, delivery: Delivery) -> None:
    try:
        adapter = voice_fresh(delivery.account)
        out = adapter.prepare(outgoing(delivery))
        if out.media_handles:
            sending.delivery_prepared(claim, list(out.media_handles))
        if not sending.delivery_arm(claim, worker=socket.gethostname()):
            return
        receipt = adapter.publish(out)
    except NotReady as error:
        sending.delivery_waits(claim, error)
    except ChannelError as error:
        sending.delivery_failed(claim, error)
    except Exception as error:
        logger.exception("delivery %s met an unexpected error", claim.delivery_id)
        sending.delivery_failed(claim, Ambiguous(redact(f"{type(error).__name__}: {error}")))
    else:
        _record(claim, receipt)


def _record(claim: Claim, receipt: Receipt) -> None:
    """Write down that it stands there; on disk, when the database is away just now."""
    try:
        sending.delivery_sent(claim, receipt)
    except Error:
        receipt_keep(claim.delivery_id, receipt)
        raise


@shared_task
def reconcile_due() -> None:
    """Read the platforms back for every unclear delivery whose look is due."""
    _find_footing()
    for claim in reconciling.deliveries_to_reconcile():
        reconcile(claim)


def reconcile(claim: Claim) -> None:
    """Look for one unclear delivery on its platform."""
    delivery = reconciling.reconciling_is_mine(claim)
    if delivery is None:
        return
    with metered(delivery.account, Rank.ANSWERS):
        _find(claim, delivery)


def _find(claim: Claim, delivery: Delivery) -> None:
    since, until = reconciling.search_window(delivery)
    try:
        found = voice_fresh(delivery.account).find(outgoing(delivery), since=since, until=until)
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
def moderate_due() -> None:
    """Do what people have asked to be done with what stands on the platforms, until none is due."""
    moderating.moderations_sweep()
    if not _MODERATORS.acquire(blocking=False):
        return
    try:
        while claim := moderating.moderation_claim():
            moderate(claim)
    finally:
        _MODERATORS.release()


def moderate(claim: ModerationClaim) -> None:
    """Carry one claimed act to its platform."""
    act = moderating.claim_is_mine(claim)
    if act is None:
        return
    with metered(act.account, Rank.ANSWERS):
        _do(claim, act)


def _do(claim: ModerationClaim, act: Moderation) -> None:
    try:
        seen = voice_fresh(act.account).moderate(act.external_id, ModerationVerb(act.verb))
    except ChannelError as error:
        moderating.moderation_failed(claim, error)
    except Exception as error:
        logger.exception("moderation %s met an unexpected error", claim.moderation_id)
        moderating.moderation_failed(
            claim, Unreachable(redact(f"{type(error).__name__}: {error}"))
        )
    else:
        moderating.moderation_done(claim, seen)


@shared_task
def reap() -> None:
    """Take back what dead workers held."""
    reconciling.leases_reap()


def outgoing(delivery: Delivery) -> Outgoing:
    """Return a delivery in the port's own words, media read from storage."""
    media = []
    for row in media_of(delivery.pk):
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
        media_handles=handles_of(delivery),
        article=_signed(delivery),
    )


def _signed(delivery: Delivery) -> Article:
    """Return what only a blog takes, with the user there who signs for the account by now."""
    article, other = article_of(delivery.article), other_author(delivery.account.signs_as)
    return replace(article, author=int(other)) if other else article
