"""Whether the process lives, and whether all that it needs does."""

import redis
from django.core.cache import cache
from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache

from channels.pulse import BEAT, SILENT_AFTER
from opsconsole.kernel.clock import now


@never_cache
def healthz(request: HttpRequest) -> JsonResponse:
    """Answer as long as this process can."""
    return JsonResponse({"status": "alive"})


@never_cache
def readyz(request: HttpRequest) -> JsonResponse:
    """Answer 200 when database, Redis, worker and beat all answered lately, else 503 with who did not."""
    checks = {"database": _database(), **_background()}
    is_ready = all(value == "ok" for value in checks.values())
    body = {"status": "ready" if is_ready else "not ready", "checks": checks}
    return JsonResponse(body, status=200 if is_ready else 503)


def _database() -> str:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return "unreachable"
    return "ok"


def _background() -> dict[str, str]:
    """One heartbeat proves both: the beat asked for it and a worker wrote it."""
    try:
        heard = cache.get(BEAT)
    except (redis.RedisError, OSError):
        return {"redis": "unreachable", "worker": "unknown", "beat": "unknown"}
    age = None if heard is None else now().timestamp() - float(heard)
    state = "ok" if age is not None and age < SILENT_AFTER else "silent"
    return {"redis": "ok", "worker": state, "beat": state}
