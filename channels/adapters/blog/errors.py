"""From what WordPress answers to the errors of the port."""

import html
from collections.abc import Mapping
from datetime import timedelta

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
from channels.transport import network_error, retry_after
from opsconsole.kernel.clock import now

#: WordPress lets a visitor comment this often (seconds).
FLOOD_PAUSE = 15
_SERVER_ERROR, _REDIRECT = 500, 300
_CODES = {
    "comment_duplicate": RejectionCode.DUPLICATE,
    "rest_comment_invalid_id": RejectionCode.TARGET_GONE,
    "rest_comment_invalid_post_id": RejectionCode.TARGET_GONE,
    "rest_post_invalid_id": RejectionCode.TARGET_GONE,
    "rest_comment_closed": RejectionCode.NOT_PERMITTED,
    "comment_content_column_length": RejectionCode.TOO_LONG,
}


def translate(error: Exception, *, is_write: bool, secrets: Mapping[str, str]) -> ChannelError:
    """Return the port's error for whatever a call raised before there was an answer."""
    if isinstance(error, ChannelError):
        return error
    if isinstance(error, requests.exceptions.RequestException):
        return network_error(error, is_write=is_write, secrets=secrets)
    detail = scrub(f"{type(error).__name__}: {error}", secrets)
    return Ambiguous(detail) if is_write else Unreachable(detail)


def from_response(
    response: requests.Response, *, is_write: bool, secrets: Mapping[str, str]
) -> ChannelError:
    """Return the port's error for an answer that is not a success.

    Source: https://developer.wordpress.org/rest-api/using-the-rest-api/frequently-asked-questions/
    """
    status, (code, said) = response.status_code, _body(response)
    detail = scrub(said or f"HTTP {status}", secrets)
    if code == "rest_upload_unknown_error":  # a 500 that means "this file type is not allowed"
        return Rejected(detail, http_status=status)
    if status >= _SERVER_ERROR:
        return (Ambiguous if is_write else Unreachable)(detail, http_status=status)
    if status == requests.codes.unauthorized or code == "rest_forbidden_context":
        return AuthExpired(detail, http_status=status)
    if code == "comment_flood" or status == requests.codes.too_many_requests:
        at = now()
        until = retry_after(response, at) or at + timedelta(seconds=FLOOD_PAUSE)
        return RateLimited(detail, until=until, http_status=status)
    if _REDIRECT <= status < requests.codes.bad_request:
        target = response.headers.get("Location", "")
        return Rejected(scrub(f"The address leads on to {target}. Enter that one.", secrets))
    return Rejected(detail, code=_rejection(status, code), http_status=status)


def _body(response: requests.Response) -> tuple[str, str]:
    try:
        body = response.json()
    except ValueError:
        return "", ""
    if not isinstance(body, dict):
        return "", ""
    return str(body.get("code") or ""), html.unescape(str(body.get("message") or ""))


def _rejection(status: int, code: str) -> RejectionCode:
    """Return why; a 404 without one of WordPress's own words is a wrong address, nothing that is gone."""
    if code in _CODES:
        return _CODES[code]
    if status == requests.codes.conflict:
        return RejectionCode.DUPLICATE
    if status == requests.codes.gone:
        return RejectionCode.TARGET_GONE
    if status == requests.codes.forbidden:
        return RejectionCode.NOT_PERMITTED
    return RejectionCode.INVALID
