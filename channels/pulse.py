"""Signs of life of what runs in the background. Kept in Redis: whoever finds none has heard nothing."""

from datetime import UTC, datetime

import redis
from django.core.cache import cache

from opsconsole.kernel.clock import now

#: The beat asked and a worker answered; the dispatcher looked for what is due.
BEAT, DISPATCHER = "heartbeat", "dispatched"
#: Seconds without a sign of life after which somebody counts as silent.
SILENT_AFTER = 30
_CLOCK_OFF = "clock-off"
_KEPT_FOR = 30 * 24 * 3600


def pulse_leave(name: str) -> None:
    """Leave a sign of life."""
    cache.set(name, now().timestamp(), timeout=_KEPT_FOR)


def pulse_of(name: str) -> datetime | None:
    """Return the last sign of life; None without one, or while Redis is away."""
    try:
        heard = cache.get(name)
    except (redis.RedisError, OSError):
        return None
    return None if heard is None else datetime.fromtimestamp(float(heard), UTC)


def is_silent(heard: datetime | None, at: datetime) -> bool:
    """Tell whether nothing was heard for too long."""
    return heard is None or (at - heard).total_seconds() > SILENT_AFTER


def silent_since(name: str, at: datetime) -> datetime | None:
    """Return since when somebody is silent, if for too long; None too while Redis is away and nobody can know.

    Who was never heard, or whose signs were flushed, is missed from the first look on.
    """
    missed = f"{name}-missed"
    try:
        heard = cache.get(name)
        if heard is None:
            cache.add(missed, at.timestamp(), timeout=_KEPT_FOR)
            heard = cache.get(missed, at.timestamp())
    except (redis.RedisError, OSError):
        return None
    since = datetime.fromtimestamp(float(heard), UTC)
    return since if is_silent(since, at) else None


def clock_off_leave(seconds: float) -> None:
    """Leave word that a worker's clock is so much behind the database's (negative: ahead of it)."""
    cache.set(_CLOCK_OFF, seconds, timeout=SILENT_AFTER)


def is_clock_off() -> bool:
    """Tell whether a worker's clock has been found wrong lately; no while Redis is away."""
    try:
        return cache.get(_CLOCK_OFF) is not None
    except (redis.RedisError, OSError):
        return False
