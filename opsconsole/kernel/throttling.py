"""How many requests one caller may make. Counting lives in the cache and is never worth a failure."""

import logging
from typing import Any

import redis
from rest_framework.request import Request
from rest_framework.throttling import UserRateThrottle

logger = logging.getLogger(__name__)


class SteadyThrottle(UserRateThrottle):
    """Limits each user while the cache answers, and lets everybody pass while it does not."""

    def allow_request(self, request: Request, view: Any) -> bool:
        """Count this request; never fail because counting failed."""
        try:
            return bool(super().allow_request(request, view))
        except (redis.RedisError, OSError):
            logger.warning("requests are not being throttled: the cache does not answer")
            return True
