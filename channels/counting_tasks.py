"""What workers do about money and followers, beside polls and deliveries."""

import logging
import threading

from celery import shared_task
from django.conf import settings

from channels.actions import followers
from channels.actions.charging import paid_reads_forget
from channels.actions.metering import metered
from channels.actions.silences import account_park, patience_of
from channels.errors import ChannelError, NoRoom, RateLimited, Rejected
from channels.models import FollowerWatch
from channels.port import Followed
from channels.ranks import Rank
from channels.selectors.accounts import voice_of
from opsconsole.kernel.redaction import redact

logger = logging.getLogger(__name__)

#: One thread of a process at most: nobody waits for followers.
_TURN = threading.BoundedSemaphore(1)
#: Pages of a list read in one turn.
PAGES = 3


@shared_task
def forget() -> None:
    """Forget what was read on days that are over: each day is paid for anew."""
    paid_reads_forget()


@shared_task
def count_followers() -> None:
    """Count the followers of each account that is due, and read on in the lists that are kept."""
    if not _TURN.acquire(blocking=False):
        return
    try:
        followers.watches_begin()
        while watch := followers.watch_claim():
            follow(watch)
    finally:
        _TURN.release()


def follow(watch: FollowerWatch) -> None:
    """Look at one account that is ours for some minutes."""
    try:
        with metered(watch.account, Rank.EXTRAS):
            _look(watch)
    except NoRoom as error:
        followers.watch_waits(watch, error.until)
    except RateLimited as error:
        account_park(watch.account_id, error)
        followers.watch_waits(watch, patience_of(error), error.detail)
    except Rejected as error:
        followers.walk_anew(watch, error.detail)
    except ChannelError as error:
        followers.watch_waits(watch, None, error.detail)
    except Exception as error:
        logger.exception("counting the followers of account %s failed", watch.account_id)
        followers.watch_waits(watch, None, redact(f"{type(error).__name__}: {error}"))
    else:
        followers.watch_done(watch)


def _look(watch: FollowerWatch) -> None:
    voice = voice_of(
        watch.account,
        timeout=settings.SEND_TIMEOUT_SECONDS,
        allow_private_hosts=settings.ALLOW_PRIVATE_HOSTS,
    )
    if not isinstance(voice, Followed):
        return
    if not followers.is_counted(watch):
        followers.sample_keep(watch, voice.followers_count())
    for _ in range(PAGES):
        if not followers.is_walking(watch):
            return
        watch.account.refresh_from_db(fields=["spent", "spend_ceiling"])
        ids, token = voice.followers_page(watch.token, followers.page_size(watch.account))
        followers.followers_land(watch, ids, token)
