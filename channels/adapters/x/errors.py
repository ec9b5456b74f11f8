"""From what tweepy and X say to the errors of the port."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import requests
import tweepy

from channels.errors import (
    Ambiguous,
    AuthExpired,
    ChannelError,
    OutOfCredits,
    RateLimited,
    Rejected,
    RejectionCode,
    Unreachable,
    UsageCapped,
)
from channels.scrubbing import scrub
from channels.transport import believable, network_error
from opsconsole.kernel.clock import now

_SERVER_ERROR = 500
#: Limits that X counts per day beside the window of 15 minutes; the spent one tells when to return.
_DAILY = ("x-app-limit-24hour", "x-user-limit-24hour")


def translate(error: Exception, *, is_write: bool, secrets: Mapping[str, str]) -> ChannelError:
    """Return the port's error for anything that a tweepy call raises.

    Source: https://docs.x.com/x-api/fundamentals/response-codes-and-errors
    """
    if isinstance(error, ChannelError):
        return error
    if isinstance(error, tweepy.HTTPException):
        return from_response(error.response, is_write=is_write, secrets=secrets)
    if isinstance(error, requests.exceptions.JSONDecodeError):
        return unclear("X answered with something that is not JSON.", is_write=is_write)
    if isinstance(error, requests.exceptions.RequestException):
        return network_error(error, is_write=is_write, secrets=secrets)
    return unclear(scrub(f"{type(error).__name__}: {error}", secrets), is_write=is_write)


def unclear(detail: str, *, is_write: bool, http_status: int | None = None) -> ChannelError:
    """Return the error for an answer that says nothing: harmless for a read, not for a write."""
    return (Ambiguous if is_write else Unreachable)(detail, http_status=http_status)


def from_response(
    response: requests.Response, *, is_write: bool, secrets: Mapping[str, str]
) -> ChannelError:
    """Return the port's error for a refusal, by status first and words last."""
    status, detail = response.status_code, scrub(detail_of(response), secrets)
    if status >= _SERVER_ERROR or status == requests.codes.request_timeout:
        return unclear(detail, is_write=is_write, http_status=status)
    if status == requests.codes.unauthorized:
        return AuthExpired(detail, http_status=status)
    if status == requests.codes.payment_required:
        return OutOfCredits(detail, http_status=status)
    if status == requests.codes.too_many_requests:
        if _kind(response) == "usage-capped":
            return UsageCapped(detail, http_status=status)
        return RateLimited(detail, until=_until(response), http_status=status)
    return Rejected(detail, code=_code(status, detail), http_status=status)


def _body(response: requests.Response) -> Mapping[str, Any]:
    try:
        body = response.json()
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}


def detail_of(response: requests.Response) -> str:
    """Return X's own sentence from any of its error shapes, the most particular one."""
    body = _body(response)
    errors = body.get("errors") or [{}]
    first = errors[0] if isinstance(errors[0], dict) else {}
    said = first.get("message") or body.get("detail") or first.get("detail") or body.get("title")
    return str(said or f"HTTP {response.status_code}")


def _kind(response: requests.Response) -> str:
    """Return the name of a problem: the last part of its address, whichever host that names."""
    return str(_body(response).get("type") or "").rsplit("/", 1)[-1]


def _until(response: requests.Response) -> datetime | None:
    """Return the end of a full window."""
    spent = [name for name in _DAILY if response.headers.get(f"{name}-remaining") == "0"]
    name = spent[0] if spent else "x-rate-limit"
    try:
        reset = datetime.fromtimestamp(int(response.headers[f"{name}-reset"]), UTC)
    except (KeyError, ValueError, OverflowError, OSError):
        return None
    return believable(reset, now())


def _code(status: int, detail: str) -> RejectionCode:
    lower = detail.lower()
    if "duplicate content" in lower or "is a duplicate" in lower:
        return RejectionCode.DUPLICATE
    if "too long" in lower:
        return RejectionCode.TOO_LONG
    if "deleted or not visible" in lower or status == requests.codes.not_found:
        return RejectionCode.TARGET_GONE
    if "suspended" in lower or "temporarily locked" in lower:
        return RejectionCode.BLOCKED
    if status == requests.codes.forbidden:
        return RejectionCode.NOT_PERMITTED
    return RejectionCode.INVALID
