"""What an X account may do with its credentials, found out by reading alone."""

from collections.abc import Mapping
from typing import Any

import requests

from channels.adapters.x import asking, mapping
from channels.adapters.x.errors import translate
from channels.adapters.x.signing import Auth
from channels.candidates import Candidate, Check, Right, has_all
from channels.errors import AuthExpired, ChannelError, RateLimited, Unreachable
from channels.port import Connection
from channels.transport import make_session

API = "https://api.twitter.com"
#: What keys may do, as X says with every answer.
_WRITES = frozenset({"read-write", "read-write-directmessages"})


def try_keys(connection: Connection) -> Candidate:
    """Return whose keys these are, and what they are good for. AuthExpired when X does not take them."""
    answer = _get(connection, "/2/users/me", {"user.fields": asking.USER_FIELDS})
    level = answer.headers.get("x-access-level", "")
    may_write = level in _WRITES if level else None
    lacks = () if may_write is not False else ("Read and write",)
    checks = [
        Check(right, may_write, lacks=lacks, needed=right != Right.UPLOAD)
        for right in (Right.ANSWER, Right.POST, Right.UPLOAD)
    ]
    return _candidate(connection, answer, checks)


def try_token(connection: Connection, scopes: frozenset[str], seconds: int) -> Candidate:
    """Return whose token this is, and what its scopes are good for."""
    answer = _get(connection, "/2/users/me", {"user.fields": asking.USER_FIELDS})
    writing = ("tweet.read", "users.read", "tweet.write")
    checks = [
        has_all(Right.ANSWER, writing, scopes),
        has_all(Right.POST, writing, scopes),
        has_all(Right.UPLOAD, ("media.write",), scopes, needed=False),
        has_all(Right.STAY, ("offline.access",), scopes),
    ]
    return _candidate(connection, answer, checks, seconds)


def _candidate(
    connection: Connection,
    answer: requests.Response,
    checks: list[Check],
    seconds: int | None = None,
) -> Candidate:
    body = _json(answer)
    if not body.get("data"):
        raise AuthExpired("X does not say whose credentials these are.")
    web = connection.base_url.rstrip("/") or "https://x.com"
    profile = mapping.profile_of(body["data"], web)
    found = [Check(Right.IDENTITY, True), _reads(connection, profile.external_id), *checks]
    return Candidate(
        profile, connection.base_url, connection.secrets, found, seconds,
        through_app=seconds is not None,
    )  # fmt: skip


def _reads(connection: Connection, external_id: str) -> Check:
    """Ask for mentions: apps without a plan learn who they are, and nothing more."""
    try:
        _get(connection, f"/2/users/{external_id}/mentions", {"max_results": "5"})
    except (RateLimited, Unreachable) as error:
        is_unpaid = error.http_status == requests.codes.payment_required
        return Check(Right.READ, False if is_unpaid else None, said=error.detail)
    except ChannelError as error:
        return Check(Right.READ, False, said=error.detail)
    return Check(Right.READ, True)


def _get(connection: Connection, route: str, asked: Mapping[str, str]) -> requests.Response:
    auth = Auth(connection.secrets)
    client = auth.client()
    base = connection.base_url.rstrip("/")
    client.session = make_session(
        timeout=connection.timeout,
        allow_private_hosts=connection.allow_private_hosts,
        moved={f"{API}/": f"{base}/"} if base else None,
    )
    with client.session:
        try:
            answer: requests.Response = client.request(
                "GET", route, params=asked, user_auth=auth.signs
            )
        except Exception as error:
            raise translate(error, is_write=False, secrets=connection.secrets) from None
    return answer


def _json(answer: requests.Response) -> dict[str, Any]:
    try:
        body = answer.json()
    except ValueError:
        body = None
    if not isinstance(body, dict):
        raise Unreachable("X answered in an unknown form.")
    return body
