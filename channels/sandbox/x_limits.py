"""X's counting of calls per endpoint, window and caller, and the headers that tell about it."""

from channels.sandbox.wire import Call, Reply
from channels.sandbox.x_errors import XError, problem

WINDOW = 900
DAY = 86_400

#: Calls per 15 minutes: (by a user, by an app). `x_limits` in the settings overrides by endpoint.
LIMITS: dict[str, tuple[int, int]] = {
    "GET /2/users/:id/mentions": (300, 450),
    "GET /2/users/:id/tweets": (900, 1500),
    "GET /2/tweets/search/recent": (300, 450),
    "GET /2/users/me": (75, 75),
    "GET /2/users/:id/followers": (15, 15),
    "GET /2/users/:id": (900, 300),
    "GET /2/users/by/username/:username": (900, 300),
    "GET /2/tweets/:id": (900, 450),
    "GET /2/tweets": (5000, 3500),
    "POST /2/tweets": (100, 100),
    "DELETE /2/tweets/:id": (50, 50),
    "POST /2/media/upload": (500, 500),
    "POST /2/media/upload/initialize": (1875, 1875),
    "POST /2/media/upload/:id/append": (1875, 1875),
    "POST /2/media/upload/:id/finalize": (1875, 1875),
    "POST /2/media/metadata": (500, 500),
}


def count(call: Call, endpoint: str, caller: str, *, is_user: bool) -> dict[str, str]:
    """Count a call and return the rate-limit headers; XError when the window is used up."""
    user_limit, app_limit = LIMITS.get(endpoint, (900, 900))
    overrides = call.world.setting("x_limits", call.account)
    limit = int(overrides.get(endpoint, user_limit if is_user else app_limit))
    used, reset = _use(call, endpoint, caller, WINDOW)
    headers = _headers("x-rate-limit", limit, used, reset)
    if used > limit:
        raise XError(_refused(headers))
    if endpoint == "POST /2/tweets":
        headers |= _count_day(call)
    return headers


def _count_day(call: Call) -> dict[str, str]:
    """All accounts of an application post within one limit."""
    limit = int(call.world.setting("x_posts_per_day", call.account))
    app = call.account.credentials["consumer_key"] if call.account else ""
    used, reset = _use(call, "day", app, DAY)
    headers = _headers("x-app-limit-24hour", limit, used, reset)
    if used > limit:
        raise XError(_refused(headers))
    return headers


def _use(call: Call, endpoint: str, caller: str, length: int) -> tuple[int, int]:
    """Return the calls in this window including the present one, and when the window ends."""
    windows = call.world.windows
    used, reset = windows.get((endpoint, caller), (0, 0))
    if call.at >= reset:
        used, reset = 0, int(call.at) + length
    windows[endpoint, caller] = (used + 1, reset)
    return used + 1, reset


def _headers(name: str, limit: int, used: int, reset: int) -> dict[str, str]:
    return {
        f"{name}-limit": str(limit),
        f"{name}-remaining": str(max(0, limit - used)),
        f"{name}-reset": str(reset),
    }


def _refused(headers: dict[str, str]) -> Reply:
    reply = problem(429)
    reply.headers |= headers
    return reply
