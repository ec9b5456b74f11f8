"""X's OAuth 2.0 with PKCE: where people allow it, and how codes and refresh tokens become tokens.

https://docs.x.com/fundamentals/authentication/oauth-2-0/authorization-code
"""

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlencode

import requests

from channels.adapters.x.errors import detail_of
from channels.errors import AuthExpired, ChannelError, RateLimited, Rejected, Unreachable
from channels.scrubbing import scrub
from channels.transport import make_session, network_error

WEB, API = "https://x.com", "https://api.x.com"
SCOPES = (
    "tweet.read",
    "users.read",
    "tweet.write",
    "media.write",
    "follows.read",
    "offline.access",
)
#: How long a token lives when X does not say (seconds).
USUAL_LIFE = 7200
_REFUSED = frozenset({400, 401, 403})
_ABOUT_THE_APP = frozenset({"unauthorized_client", "invalid_client"})
_UNKNOWN_FORM = "X answered in an unknown form."


@dataclass(frozen=True, slots=True)
class App:
    """Our app at X. `base_url` replaces X's own addresses when set."""

    client_id: str
    client_secret: str = field(repr=False)
    base_url: str = ""
    timeout: float = 30.0
    allow_private_hosts: bool = False


@dataclass(frozen=True, slots=True)
class Tokens:
    """What X lends: an access token for `seconds`, and a refresh token that counts once."""

    access_token: str = field(repr=False)
    refresh_token: str = field(repr=False)
    seconds: int
    scopes: frozenset[str]


def challenge_of(verifier: str) -> str:
    """Return the S256 challenge of a verifier. https://www.rfc-editor.org/rfc/rfc7636#section-4.2"""
    digest = hashlib.sha256(verifier.encode()).digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")


def authorise_address(app: App, *, back: str, state: str, verifier: str) -> str:
    """Return where somebody allows our app to act as the account they are signed in with."""
    asked = {
        "response_type": "code",
        "client_id": app.client_id,
        "redirect_uri": back,
        "scope": " ".join(SCOPES),
        "state": state,
        "code_challenge": challenge_of(verifier),
        "code_challenge_method": "S256",
    }
    return (
        f"{app.base_url.rstrip('/') or WEB}/i/oauth2/authorize?{urlencode(asked, quote_via=quote)}"
    )


def exchange(app: App, *, code: str, verifier: str, back: str) -> Tokens:
    """Turn a code, which counts once and for 30 seconds, into tokens. Rejected when X does not take it."""
    try:
        return _ask(app, {
            "grant_type": "authorization_code", "code": code, "redirect_uri": back,
            "code_verifier": verifier,
        })  # fmt: skip
    except AuthExpired as error:
        raise Rejected(error.detail, http_status=error.http_status) from None


def refresh(app: App, *, refresh_token: str) -> Tokens:
    """Turn a refresh token, which counts once, into a new pair. AuthExpired when it counts no more."""
    return _ask(app, {"grant_type": "refresh_token", "refresh_token": refresh_token})


def _ask(app: App, fields: Mapping[str, str]) -> Tokens:
    base = app.base_url.rstrip("/") or API
    secrets = {"client_secret": app.client_secret, **fields}
    headers = {}
    if (
        app.client_secret
    ):  # a confidential client says who it is in the head, a public one in the form
        pair = f"{quote(app.client_id, safe='')}:{quote(app.client_secret, safe='')}"
        headers["Authorization"] = f"Basic {base64.b64encode(pair.encode()).decode()}"
    session = make_session(timeout=app.timeout, allow_private_hosts=app.allow_private_hosts)
    with session:
        try:
            answer = session.post(
                f"{base}/2/oauth2/token", data={**fields, "client_id": app.client_id},
                headers=headers, allow_redirects=False,
            )  # fmt: skip
        except requests.exceptions.RequestException as error:
            raise network_error(error, is_write=False, secrets=secrets) from None
    if answer.status_code != requests.codes.ok:
        raise _refusal(answer, secrets)
    return _tokens(answer, fields.get("refresh_token", ""))


def _refusal(answer: requests.Response, secrets: Mapping[str, str]) -> ChannelError:
    status, code, said = answer.status_code, "", detail_of(answer)
    try:
        body = answer.json()
        code = str(body.get("error") or "")
        said = str(body.get("error_description") or code or said)
    except (ValueError, AttributeError):
        pass
    detail = scrub(said, secrets)
    if code in _ABOUT_THE_APP:  # no account has lost anything: somebody must correct the app
        return Unreachable("X does not accept our app's client id and secret.", http_status=status)
    if status == requests.codes.too_many_requests:
        return RateLimited(detail, http_status=status)
    if status in _REFUSED:
        return AuthExpired(detail, http_status=status)
    return Unreachable(detail, http_status=status)


def _tokens(answer: requests.Response, old: str) -> Tokens:
    try:
        body: Mapping[str, Any] = answer.json()
        return Tokens(
            access_token=str(body["access_token"]),
            refresh_token=str(body.get("refresh_token") or old),
            seconds=int(body.get("expires_in") or USUAL_LIFE),
            scopes=frozenset(str(body.get("scope") or "").split()),
        )
    except (ValueError, KeyError, TypeError, AttributeError):
        raise Unreachable(_UNKNOWN_FORM) from None
