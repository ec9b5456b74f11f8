"""Facebook Login: where somebody allows our app, and the Pages that come of it, each with a token of its own.

https://developers.facebook.com/docs/facebook-login/guides/advanced/manual-flow
"""

import hashlib
import hmac
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote, urlencode

import facebook
import requests

from channels.adapters.facebook.adapter import FacebookAdapter
from channels.adapters.facebook.errors import translate
from channels.adapters.facebook.graph import API, VERSION
from channels.candidates import Candidate, Check, Right
from channels.errors import AuthExpired, ChannelError, Rejected, Unreachable
from channels.port import Connection
from channels.transport import make_session
from channels.types import Profile

WEB = "https://www.facebook.com"
#: What each right asks for: permissions of the token, and the task that the person has on the Page.
NEEDS: Mapping[Right, tuple[tuple[str, ...], str]] = {
    Right.READ: (("pages_read_engagement", "pages_read_user_content"), ""),
    Right.ANSWER: (("pages_manage_engagement",), "MODERATE"),
    Right.MODERATE: (("pages_manage_engagement",), "MODERATE"),
    Right.POST: (("pages_manage_posts",), "CREATE_CONTENT"),
    Right.PRIVATE: (("pages_messaging",), "MESSAGING"),
    Right.PUSH: (("pages_manage_metadata",), ""),
}
#: What is welcome but not needed.
WELCOME = frozenset({Right.PRIVATE, Right.PUSH})
SCOPES = (
    "pages_show_list",
    *dict.fromkeys(name for names, _task in NEEDS.values() for name in names),
)
#: Pages in one listing, and listings that are read.
LISTED, MOST_LISTINGS = "100", 20
_UNKNOWN_FORM = "Facebook answered in an unknown form."


@dataclass(frozen=True, slots=True)
class App:
    """Our app at Meta. `base_url` replaces Facebook's own addresses when set."""

    app_id: str
    app_secret: str = field(repr=False)
    base_url: str = ""
    timeout: float = 30.0
    allow_private_hosts: bool = False

    @property
    def token(self) -> str:
        """The token by which the app speaks for itself."""
        return f"{self.app_id}|{self.app_secret}"


def dialog_address(app: App, *, back: str, state: str) -> str:
    """Return where somebody allows our app to use their Pages; what was declined before is asked for again."""
    asked = {
        "client_id": app.app_id,
        "redirect_uri": back,
        "state": state,
        "scope": ",".join(SCOPES),
        "response_type": "code",
        "auth_type": "rerequest",
    }
    return f"{app.base_url.rstrip('/') or WEB}/{VERSION}/dialog/oauth?{urlencode(asked, quote_via=quote)}"


def pages_of_code(app: App, *, code: str, back: str) -> list[Candidate]:
    """Turn a code into the Pages it opens, each with its rights. Rejected when it opens none."""
    short = _token(_call(app, "oauth/access_token", {
        "client_id": app.app_id, "client_secret": app.app_secret, "redirect_uri": back, "code": code,
    }))  # fmt: skip
    # A Page's token made of a long-lived one does not end by itself.
    long = _token(_call(app, "oauth/access_token", {
        "grant_type": "fb_exchange_token", "client_id": app.app_id,
        "client_secret": app.app_secret, "fb_exchange_token": short,
    }))  # fmt: skip
    found = [_candidate(app, page) for page in _pages(app, long)]
    if not found:
        raise Rejected("No Page was chosen, or this person manages none.")
    return found


def _token(body: Mapping[str, Any]) -> str:
    token = str(body.get("access_token") or "")
    if not token:
        raise Unreachable(_UNKNOWN_FORM)
    return token


def _pages(app: App, token: str) -> Iterator[dict[str, Any]]:
    """Yield the Pages of a person. https://developers.facebook.com/docs/graph-api/reference/user/accounts"""
    place: dict[str, str] = {}
    for _ in range(MOST_LISTINGS):
        body = _call(app, "me/accounts", {
            "fields": "id,name,username,link,access_token,tasks", "limit": LISTED, **place,
        }, token=token)  # fmt: skip
        yield from body.get("data") or []
        paging = body.get("paging") or {}
        after = (paging.get("cursors") or {}).get("after")
        if not paging.get("next") or not after:
            return
        place = {"after": str(after)}


def _candidate(app: App, page: Mapping[str, Any]) -> Candidate:
    token = str(page.get("access_token") or "")
    told = token_of_page(app, token) if token else {}
    tasks = frozenset(str(task) for task in page.get("tasks") or ())
    number = str(page["id"])
    profile = Profile(
        external_id=number,
        name=str(page.get("name") or ""),
        handle=str(page.get("username") or ""),
        url=str(page.get("link") or f"https://www.facebook.com/{number}"),
    )
    secrets = {"page_access_token": token, "app_secret": app.app_secret}
    is_page = told.get("type") == "PAGE" and bool(told.get("is_valid"))
    checks = [Check(Right.IDENTITY, is_page), *rights_of(told, number, tasks)]
    return Candidate(
        profile, app.base_url, secrets, checks, until=_until(told), through_app=True
    )  # fmt: skip


def token_of_page(app: App, token: str) -> dict[str, Any]:
    """Return what Facebook says of a token. https://developers.facebook.com/docs/graph-api/reference/debug_token"""
    told = _call(app, "debug_token", {"input_token": token}, token=app.token).get("data")
    return told if isinstance(told, dict) else {}


def rights_of(told: Mapping[str, Any], page: str, tasks: frozenset[str] | None) -> list[Check]:
    """Return what a token with these permissions may do on a Page, to somebody with these tasks, if they are known."""
    given = _permissions(told, page)
    checks = []
    for right, (names, task) in NEEDS.items():
        lacks = [name for name in names if name not in given]
        if task and tasks is not None and task not in tasks:
            lacks.append(task)
        checks.append(Check(right, not lacks, right not in WELCOME, tuple(lacks)))
    return checks


def _permissions(told: Mapping[str, Any], page: str) -> frozenset[str]:
    """Return the permissions that hold for a Page: some are given for chosen Pages only."""
    chosen = {
        str(row.get("scope")): {str(target) for target in row.get("target_ids") or ()}
        for row in told.get("granular_scopes") or ()
    }
    return frozenset(
        str(name)
        for name in told.get("scopes") or ()
        if not chosen.get(str(name)) or page in chosen[str(name)]
    )


def _until(told: Mapping[str, Any]) -> datetime | None:
    """Return the end of our access to data, which people prolong by signing in again."""
    ends = [int(told.get(name) or 0) for name in ("data_access_expires_at", "expires_at")]
    known = [end for end in ends if end > 0]
    return datetime.fromtimestamp(min(known), UTC) if known else None


def try_page_token(connection: Connection, app: App | None) -> Candidate:
    """Return whose token somebody has typed, and what it may do. AuthExpired when it is no Page's."""
    profile = FacebookAdapter(connection).whoami()
    token = connection.secrets.get("page_access_token", "")
    checks, until = [Check(Right.IDENTITY, True)], None
    try:
        told = token_of_page(app, token) if app else {}
    except ChannelError:  # it is of another app, which alone may ask
        told = {}
    if told.get("is_valid"):
        checks += rights_of(told, profile.external_id, None)
        until = _until(told)
    else:
        checks += [Check(right, None, right not in WELCOME) for right in NEEDS]
    return Candidate(profile, connection.base_url, connection.secrets, checks, until=until)


def _call(app: App, path: str, asked: Mapping[str, str], *, token: str = "") -> dict[str, Any]:
    """Ask Graph; with a token goes the proof that we know the app's secret."""
    fields = dict(asked)
    if token:
        fields["access_token"] = token
        proof = hmac.new(app.app_secret.encode(), token.encode(), hashlib.sha256)
        fields["appsecret_proof"] = proof.hexdigest()
    secrets = {
        "app_secret": app.app_secret,
        **{f"field_{k}": v for k, v in fields.items() if k in _SECRET},
    }
    base = app.base_url.rstrip("/") + "/" if app.base_url else API
    session = make_session(timeout=app.timeout, allow_private_hosts=app.allow_private_hosts)
    answer: requests.Response | None = None
    with session:
        try:
            answer = session.get(f"{base}{VERSION}/{path}", params=fields, allow_redirects=False)
            return _body(answer)
        except Exception as error:
            told = translate(error, answer, is_write=False, secrets=secrets)
            raise _taken_for_a_code(told, path) from None


def _body(answer: requests.Response) -> dict[str, Any]:
    body = answer.json()
    if isinstance(body, dict) and body.get("error"):
        raise facebook.GraphAPIError(body)
    answer.raise_for_status()
    if not isinstance(body, dict):
        raise Unreachable(_UNKNOWN_FORM)
    return body


_SECRET = frozenset({"access_token", "client_secret", "code", "fb_exchange_token", "input_token"})


def _taken_for_a_code(error: ChannelError, path: str) -> ChannelError:
    """What is wrong with a code, or with our app, is no matter of an account's credentials, and no outage."""
    is_refused = isinstance(error, AuthExpired) or error.http_status == requests.codes.bad_request
    if path == "oauth/access_token" and is_refused:
        return Rejected(error.detail, http_status=error.http_status)
    return error
