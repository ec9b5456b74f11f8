"""From what facebook-sdk and Graph say to the errors of the port."""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import facebook
import requests

from channels.errors import (
    Ambiguous,
    AuthExpired,
    ChannelError,
    RateLimited,
    Rejected,
    RejectionCode,
    Unreachable,
)
from channels.scrubbing import scrub
from channels.transport import believable, network_error
from opsconsole.kernel.clock import now

#: What Graph's codes ask for. https://developers.facebook.com/docs/graph-api/guides/error-handling
_AUTH = frozenset({102, 104, 190})
_ABOUT_TOKENS = ("appsecret_proof", "active access token must be used")
_LIMIT = frozenset({4, 17, 32, 341, 613, 80001, 1390008})
_TRANSIENT = frozenset({1, 2})
_BLOCKED = frozenset({368, 1404112})
_PERMISSION = frozenset({3, 10, *range(200, 300)})
_NO_SUCH_ID = 803
_BAD_PARAMETER, _GONE_SUBCODE = 100, 33
_DUPLICATE = 506
#: A comment has had its private answer; it may have none; its author takes none.
_ANSWERED_PRIVATELY, _NO_PRIVATE_ANSWER, _TAKES_NO_MESSAGES = 10900, 10903, 551


def translate(
    error: Exception,
    answer: requests.Response | None,
    *,
    is_write: bool,
    secrets: Mapping[str, str],
) -> ChannelError:
    """Return the port's error for anything that a Graph call raises. `answer` is what came, if any."""
    if isinstance(error, ChannelError):
        return error
    status = None if answer is None else answer.status_code
    if isinstance(error, facebook.GraphAPIError) and error.code is not None:
        return _from_code(error, answer, is_write=is_write, secrets=secrets)
    if answer is not None:  # it came, and made no sense to the SDK: HTML, a bare status, no type
        return _from_status(answer, is_write=is_write)
    if isinstance(error, requests.exceptions.RequestException):
        return network_error(error, is_write=is_write, secrets=secrets)
    detail = scrub(f"{type(error).__name__}: {error}", secrets)
    return _unclear(detail, status, is_write=is_write)


def _from_status(answer: requests.Response, *, is_write: bool) -> ChannelError:
    status = answer.status_code
    detail = f"Facebook answered HTTP {status} in an unknown form."
    if status == requests.codes.too_many_requests:
        return RateLimited(detail, until=regain_at(answer.headers), http_status=status)
    return _unclear(detail, status, is_write=is_write)


def _unclear(detail: str, status: int | None, *, is_write: bool) -> ChannelError:
    return (Ambiguous if is_write else Unreachable)(detail, http_status=status)


def _from_code(
    error: "facebook.GraphAPIError",
    answer: requests.Response | None,
    *,
    is_write: bool,
    secrets: Mapping[str, str],
) -> ChannelError:
    body: Mapping[str, Any] = error.result.get("error") or {}
    code, subcode = _number(error.code), _number(body.get("error_subcode"))
    status = None if answer is None else answer.status_code
    message = str(body.get("message") or f"Graph error {code}")
    detail = scrub(str(body.get("error_user_msg") or message), secrets)
    if code in _AUTH or any(words in message for words in _ABOUT_TOKENS):
        return AuthExpired(detail, http_status=status)
    if code in _LIMIT:
        until = None if answer is None else regain_at(answer.headers)
        return RateLimited(detail, until=until, http_status=status)
    if code in _TRANSIENT or (body.get("is_transient") and code not in _BLOCKED):
        return _unclear(detail, status, is_write=is_write)
    return Rejected(detail, code=_rejection(code, subcode, message), http_status=status)


def _number(given: object) -> int:
    text = str(given or 0)
    return int(text) if text.isdigit() else 0


def _rejection(code: int, subcode: int, message: str) -> RejectionCode:
    if code == _DUPLICATE:
        return RejectionCode.DUPLICATE
    if code == _ANSWERED_PRIVATELY:
        return RejectionCode.ANSWERED
    if code in _BLOCKED | {_TAKES_NO_MESSAGES}:
        return RejectionCode.BLOCKED
    if code == _NO_SUCH_ID or (code == _BAD_PARAMETER and subcode == _GONE_SUBCODE):
        return RejectionCode.TARGET_GONE
    if code in _PERMISSION | {_NO_PRIVATE_ANSWER}:
        return RejectionCode.NOT_PERMITTED
    is_long = any(words in message.lower() for words in ("too long", "length of param"))
    return RejectionCode.TOO_LONG if is_long else RejectionCode.INVALID


def regain_at(usage: Mapping[str, str]) -> datetime | None:
    """Return when Graph expects to serve us again, from its usage header (minutes).

    Source: https://developers.facebook.com/docs/graph-api/overview/rate-limiting
    """
    try:
        entries = json.loads(usage.get("X-Business-Use-Case-Usage", "{}"))
        rows = [row for group in entries.values() for row in group]
        minutes = max(int(row.get("estimated_time_to_regain_access") or 0) for row in rows)
        at = now()
        return believable(at + timedelta(minutes=minutes), at)
    except (ValueError, AttributeError, TypeError, OverflowError):
        return None
