"""How often one caller may do something. Counting lives in the cache and is never worth a failure."""

import logging

import redis
from django.core.cache import cache

logger = logging.getLogger(__name__)


def is_within(key: str, *, most: int, seconds: int) -> bool:
    """Count one more, and say whether it is still among the first `most` of so many seconds."""
    try:
        cache.add(key, 0, seconds)
        return int(cache.incr(key)) <= most
    except ValueError:  # it ran out between the two
        return True
    except (redis.RedisError, OSError):
        logger.warning("requests are not being counted: the cache does not answer")
        return True
