"""What a platform's answer says about how much may still be asked, heard from its headers alone. Pure.

No number stands here: limits differ by plan and change without notice, so only what an answer tells counts.
"""

import hashlib
import json
import re
from calendar import monthrange
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from channels.lifecycle import ChannelKind

#: The spans of X, and how long one lasts while its end is not told.
WINDOW, DAY = "window", "day"
#: The measures of Facebook.
APP_USAGE, PAGE_USAGE, BUSINESS_USAGE = "app_usage", "page_usage", "business_usage"
LENGTHS = {WINDOW: timedelta(minutes=15), DAY: timedelta(hours=24)}
#: A measure of Facebook rolls; without a time told, somebody looks again after this.
LOOK_AGAIN = timedelta(minutes=5)
#: Which headers of X tell which span, and whose it is.
_OF_X = (
    ("x-rate-limit", WINDOW, False),
    ("x-user-limit-24hour", DAY, False),
    ("x-app-limit-24hour", DAY, True),
)
_OF_FACEBOOK = (
    ("x-app-usage", APP_USAGE, True),
    ("x-page-usage", PAGE_USAGE, False),
    ("x-business-use-case-usage", BUSINESS_USAGE, False),
)
_MEASURES = ("call_count", "total_time", "total_cputime")
#: Secrets that name the application an account speaks through, the most telling first.
_OF_APP = ("consumer_key", "client_id", "app_id", "app_secret")
_TOO_MANY = 429
_CREATE = "POST /2/tweets"


@dataclass(frozen=True, slots=True)
class Told:
    """One window as an answer tells it. `is_of_app` when all accounts of the application share it;
    `is_share` when it is told in percent."""

    endpoint: str
    span: str
    is_of_app: bool
    most: int
    left: int
    ends_at: datetime
    is_share: bool = False


def endpoint_of(kind: str, method: str, path: str) -> str:
    """Return what a call is counted as: X counts by route, Facebook everything together."""
    if kind != ChannelKind.X:
        return ""
    route = re.sub(r"/by/username/[^/]+", "/by/username/:username", path)
    return f"{method.upper()} {re.sub(r'(?<=.)/[0-9]+(?=/|$)', '/:id', route)}"


def spans_of(kind: str, endpoint: str) -> tuple[tuple[str, bool], ...]:
    """Return the windows that a call may not exceed, each with whether all of the application share it."""
    if kind != ChannelKind.X:
        return ()
    by_day = ((DAY, False), (DAY, True)) if endpoint == _CREATE else ()
    return ((WINDOW, False), *by_day)


def told_by(kind: str, endpoint: str, headers: Mapping[str, str], at: datetime) -> list[Told]:
    """Return what an answer tells; what it tells in an unknown form is not believed."""
    if kind == ChannelKind.X:
        return list(_windows(endpoint, headers, at))
    if kind == ChannelKind.FACEBOOK:
        return list(_measures(headers, at))
    return []


def _windows(endpoint: str, headers: Mapping[str, str], at: datetime) -> Iterator[Told]:
    """https://docs.x.com/x-api/fundamentals/rate-limits"""
    for name, span, is_of_app in _OF_X:
        try:
            most, left, reset = (
                int(headers[f"{name}-{word}"]) for word in ("limit", "remaining", "reset")
            )
            ends_at = datetime.fromtimestamp(reset, UTC)
        except (KeyError, ValueError, OverflowError, OSError):
            continue
        if most > 0 and at < ends_at <= at + 2 * LENGTHS[span]:
            yield Told(endpoint, span, is_of_app, most, max(0, left), ends_at)


def _measures(headers: Mapping[str, str], at: datetime) -> Iterator[Told]:
    """https://developers.facebook.com/docs/graph-api/overview/rate-limiting"""
    for name, span, is_of_app in _OF_FACEBOOK:
        try:
            rows = list(_rows(json.loads(headers[name])))
            used = max(int(row.get(measure) or 0) for row in rows for measure in _MEASURES)
            minutes = max(int(row.get("estimated_time_to_regain_access") or 0) for row in rows)
            pause = timedelta(minutes=min(minutes, 24 * 60)) or LOOK_AGAIN
        except (KeyError, ValueError, AttributeError, TypeError):
            continue
        left = max(0, 100 - max(used, 100 if minutes else 0))
        yield Told("", span, is_of_app, 100, left, at + pause, is_share=True)


def _rows(body: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """The plain form is one row, the business one a list of rows by object."""
    if any(measure in body for measure in _MEASURES):
        yield body
        return
    for group in body.values():
        yield from group


def is_refusal(status: int, body: bytes) -> bool:
    """Whether X refuses a call because its window is used up; a month that is used up is another matter."""
    return status == _TOO_MANY and b"usage-capped" not in body


def cap_resets_at(at: datetime, day: int) -> datetime:
    """Return when X counts a month anew: no header tells it, so its day of the month is a setting."""
    this = _day_of(at.year, at.month, day)
    return this if this > at else _day_of(at.year + at.month // 12, at.month % 12 + 1, day)


def _day_of(year: int, month: int, day: int) -> datetime:
    return datetime(year, month, min(day, monthrange(year, month)[1]), tzinfo=UTC)


def app_key_of(secrets: Mapping[str, str]) -> str:
    """Return a name for the application that some credentials belong to, without giving them away."""
    named = next((secrets[name] for name in _OF_APP if secrets.get(name)), "")
    return hashlib.sha256(f"app {named}".encode()).hexdigest()[:32] if named else ""
