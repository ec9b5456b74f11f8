"""Workers see to it that platforms tell our applications of accounts."""

import logging
from datetime import datetime

from celery import shared_task

from channels.actions.metering import metered
from channels.actions.subscribing import (
    subscription_claim,
    subscription_failed,
    subscription_told,
    subscriptions_look,
)
from channels.errors import ChannelError, Rejected, Unreachable
from channels.lifecycle import SubscriptionWish
from channels.models import PushSubscription
from channels.port import ChannelAdapter, Subscribable
from channels.ranks import Rank
from channels.refreshing import voice_fresh
from opsconsole.kernel.clock import now
from opsconsole.kernel.redaction import redact

logger = logging.getLogger(__name__)


@shared_task
def see_to_subscriptions() -> None:
    """Do what waits, one after the other; and look again at what was looked at long ago."""
    subscriptions_look()
    while row := subscription_claim():
        _see_to(row, now())


def _see_to(row: PushSubscription, began: datetime) -> None:
    try:
        with metered(row.account, Rank.POSTS):
            fields = _done(SubscriptionWish(row.wish), voice_fresh(row.account))
    except ChannelError as error:
        subscription_failed(row, error, began=began)
    except Exception as error:
        logger.exception("subscription %s met an unexpected error", row.pk)
        said = Unreachable(redact(f"{type(error).__name__}: {error}"))
        subscription_failed(row, said, began=began)
    else:
        subscription_told(row, fields)


def _done(wish: SubscriptionWish, voice: ChannelAdapter) -> tuple[str, ...]:
    if not isinstance(voice, Subscribable):
        raise Rejected("This platform knows no such subscription.")
    if wish == SubscriptionWish.SUBSCRIBE:
        return voice.subscribe()
    if wish == SubscriptionWish.UNSUBSCRIBE:
        return voice.unsubscribe()
    return voice.told_of()
