"""Hints to open screens: "conversation 42 changed". Facts stay in the database; a lost hint costs one poll."""

import json
import logging
from collections.abc import Iterable
from functools import cache

import redis
from django.conf import settings
from django.db import transaction

logger = logging.getLogger(__name__)


def channel_name() -> str:
    """Return the Redis channel that carries the hints."""
    return f"{settings.REDIS_PREFIX}:live"


@cache
def _client() -> "redis.Redis":
    return redis.Redis.from_url(settings.REDIS_URL, socket_timeout=2, socket_connect_timeout=2)


def hint_on_commit(topic: str, *, units: Iterable[int], **data: int | str | None) -> None:
    """Tell open screens of these units that something changed, after the commit."""
    body = json.dumps({"topic": topic, "units": sorted(set(units)), **data})
    transaction.on_commit(lambda: _publish(body))


def tell_on_commit(topic: str, *, users: Iterable[int], **data: int | str | None) -> None:
    """Tell the open screens of these people alone, after the commit."""
    body = json.dumps({"topic": topic, "users": sorted(set(users)), **data})
    transaction.on_commit(lambda: _publish(body))


def _publish(body: str) -> None:
    try:
        _client().publish(channel_name(), body)
    except (redis.RedisError, OSError):
        logger.warning("live hint not delivered; screens will poll")
