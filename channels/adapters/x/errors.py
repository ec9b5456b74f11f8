"""From what tweepy and X say to the errors of the port."""

from collections.abc import Mapping
from datetime import UTC, datetime

import requests
import tweepy

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

_SERVER_ERROR = 500
_TOO_MANY = 429
_PAYMENT = 402


def translate(error: Exception, *, is_write: bool, secrets: Mapping[str, str]) -> ChannelError:
    """Return the port's error for anything that a tweepy call raises.

    Source: https://docs.x.com/x-api/fundamentals/response-codes-and-errors
    """
    if isinstance(error, ChannelError):
        return error
    if isinstance(error, tweepy.HTTPException):
        return from_response(error.response, is_write=is_write, secrets=secrets)
    if isinstance(error, requests.exceptions.JSONDecodeError):
        detail = "X answered with something that is not JSON."
        return Ambiguous(detail) if is_write else Unreachable(detail)
    if isinstance(error, requests.exceptions.RequestException):
        return network_error(error, is_write=is_write, secrets=secrets)
    detail = scrub(f"{type(error).__name__}: {error}", secrets)
    return Ambiguous(detail) if is_write else Unreachable(detail)


def from_response(
    response: requests.Response, *, is_write: bool, secrets: Mapping[str, str]
) -> ChannelError:
    """Return the port's error for a refusal, by status first and words last."""
    status, detail = response.status_code, scrub(detail_of(response), secrets)
    if status >= _SERVER_ERROR:
        kind = Ambiguous if is_write else Unreachable
        return kind(detail, http_status=status)
    if status == requests.codes.unauthorized:
        return AuthExpired(detail, http_status=status)
    if status in {_TOO_MANY, _PAYMENT}:
        return RateLimited(detail, until=_reset(response, detail), http_status=status)
    return Rejected(detail, code=_code(status, detail), http_status=status)


def detail_of(response: requests.Response) -> str:
    """Return X's own sentence from any of its error shapes."""
    try:
        body = response.json()
    except ValueError:
        return f"HTTP {response.status_code}"
    errors = body.get("errors") or [{}]
    first = errors[0] if isinstance(errors[0], dict) else {}
    said = body.get("detail") or first.get("message") or first.get("detail") or body.get("title")
    return str(said or f"HTTP {response.status_code}")


def _reset(response: requests.Response, detail: str) -> datetime | None:
    """A full window tells its end; a spent cap does not care about windows."""
    if (
        response.status_code == _PAYMENT
        or "usage-capped" in response.text
        or "cap" in detail.lower()
    ):
        return None
    try:
        return datetime.fromtimestamp(int(response.headers["x-rate-limit-reset"]), UTC)
    except (KeyError, ValueError, OverflowError, OSError):
        return None


def _code(status: int, detail: str) -> RejectionCode:
    lower = detail.lower()
    if "duplicate content" in lower:
        return RejectionCode.DUPLICATE
    if "too long" in lower or "character" in lower:
        return RejectionCode.TOO_LONG
    if status == requests.codes.not_found or "deleted or not visible" in lower:
        return RejectionCode.TARGET_GONE
    if status == requests.codes.forbidden:
        return RejectionCode.NOT_PERMITTED
    return RejectionCode.INVALID
