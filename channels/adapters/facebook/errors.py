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
from channels.transport import network_error, scrub
from opsconsole.kernel.clock import now

_AUTH = frozenset({102, 190, 463, 467})
_LIMIT = frozenset({4, 17, 32, 341, 613, 80001, 1390008})
_TRANSIENT = frozenset({1, 2})
_BLOCKED = frozenset({368, 1404112})
_PERMISSION = frozenset({3, 10, *range(200, 300)})
_NO_SUCH_ID = 803
_BAD_PARAMETER, _GONE_SUBCODE = 100, 33
_DUPLICATE = 506


def translate(
    error: Exception, *, is_write: bool, secrets: Mapping[str, str], usage: Mapping[str, str]
) -> ChannelError:
    """Return the port's error for anything that a Graph call raises. `usage` are the last headers.

    Source: https://developers.facebook.com/docs/graph-api/guides/error-handling
    """
    if isinstance(error, ChannelError):
        return error
    if isinstance(error, facebook.GraphAPIError) and error.code is not None:
        return _from_code(error, is_write=is_write, secrets=secrets, usage=usage)
    if isinstance(error, requests.exceptions.JSONDecodeError):
        return _unclear("Facebook answered with something that is not JSON.", is_write=is_write)
    if isinstance(error, requests.exceptions.RequestException):
        return network_error(error, is_write=is_write, secrets=secrets)
    detail = scrub(f"Facebook answered in an unknown form ({type(error).__name__}).", secrets)
    return _unclear(detail, is_write=is_write)


def _unclear(detail: str, *, is_write: bool) -> ChannelError:
    return Ambiguous(detail) if is_write else Unreachable(detail)


def _from_code(
    error: "facebook.GraphAPIError",
    *,
    is_write: bool,
    secrets: Mapping[str, str],
    usage: Mapping[str, str],
) -> ChannelError:
    body: Mapping[str, Any] = error.result.get("error") or {}
    code, subcode = int(error.code), int(body.get("error_subcode") or 0)
    said = body.get("error_user_msg") or body.get("message") or f"Graph error {code}"
    detail = scrub(str(said), secrets)
    if code in _AUTH:
        return AuthExpired(detail)
    if code in _LIMIT:
        return RateLimited(detail, until=regain_at(usage))
    if code in _TRANSIENT or body.get("is_transient"):
        return _unclear(detail, is_write=is_write)
    return Rejected(detail, code=_rejection(code, subcode))


def _rejection(code: int, subcode: int) -> RejectionCode:
    if code == _DUPLICATE:
        return RejectionCode.DUPLICATE
    if code in _BLOCKED:
        return RejectionCode.BLOCKED
    if code == _NO_SUCH_ID or (code == _BAD_PARAMETER and subcode == _GONE_SUBCODE):
        return RejectionCode.TARGET_GONE
    if code in _PERMISSION:
        return RejectionCode.NOT_PERMITTED
    return RejectionCode.INVALID


def regain_at(usage: Mapping[str, str]) -> datetime | None:
    """Return when Graph expects to serve us again, from its usage header (minutes).

    Source: https://developers.facebook.com/docs/graph-api/overview/rate-limiting
    """
    try:
        entries = json.loads(usage.get("X-Business-Use-Case-Usage", "{}"))
        rows = [row for group in entries.values() for row in group]
        minutes = max(int(row.get("estimated_time_to_regain_access") or 0) for row in rows)
    except (ValueError, AttributeError, TypeError):
        return None
    return now() + timedelta(minutes=minutes) if minutes else None
