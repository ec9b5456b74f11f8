"""Somebody who signs in at a platform of the sandbox and allows our app, as a browser would."""

import re
from collections.abc import Mapping, Sequence
from html import unescape
from typing import Any
from urllib.parse import parse_qs, urljoin, urlsplit, urlunsplit

import requests

from channels.adapters.facebook import login
from channels.adapters.x import oauth
from channels.adapters.x.oauth import SCOPES, App, Tokens
from tests.support.sandbox import Sandbox


def decide(address: str, **choices: Any) -> str:
    """Open a page that asks for leave, choose, press; returns where the platform sends the browser."""
    shown = requests.get(address, timeout=10)
    assert shown.status_code == 200, shown.text
    action = re.search(r'<form method="post" action="([^"]*)"', shown.text)
    assert action
    hidden = re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)"', shown.text)
    fields = {name: unescape(value) for name, value in hidden}
    answer = requests.post(
        urljoin(address, unescape(action[1])), data={**fields, **choices},
        allow_redirects=False, timeout=10,
    )  # fmt: skip
    assert answer.status_code == 302, answer.text
    return answer.headers["Location"]


def said_in(address: str) -> dict[str, str]:
    """Return what an address carries."""
    return {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}


def without_query(address: str) -> str:
    """Return an address as it was registered."""
    parts = urlsplit(address)
    return urlunsplit((parts.scheme, parts.netloc, parts.path, "", ""))


def x_app(sandbox: Sandbox) -> App:
    """Our app at the sandbox's X."""
    shown = sandbox.control("apps")["x"]
    given = shown["credentials"]
    return App(
        given["client_id"], given["client_secret"], shown["base_url"], timeout=20,
        allow_private_hosts=True,
    )  # fmt: skip


def allow_x(
    app: App, there: Mapping[str, Any], back: str, verifier: str, scopes: Sequence[str] = SCOPES
) -> str:
    """Allow our app as an account; returns the code."""
    address = oauth.authorise_address(app, back=back, state="state", verifier=verifier)
    address = address.replace("%20".join(SCOPES), "%20".join(scopes))
    lead = decide(address, decision="allow", **{"as": there["name"]})
    return said_in(lead)["code"]


def x_tokens(app: App, there: Mapping[str, Any], scopes: Sequence[str] = SCOPES) -> Tokens:
    """Allow our app as an account; returns its tokens."""
    back, verifier = "https://console.example/back/", "v" * 64
    code = allow_x(app, there, back, verifier, scopes)
    return oauth.exchange(app, code=code, verifier=verifier, back=back)


def facebook_app(sandbox: Sandbox) -> login.App:
    """Our app at the sandbox's Meta."""
    shown = sandbox.control("apps")["facebook"]
    given = shown["credentials"]
    return login.App(
        given["app_id"], given["app_secret"], shown["base_url"], timeout=20,
        allow_private_hosts=True,
    )  # fmt: skip


def allow_facebook(
    app: login.App, back: str, pages: Sequence[str], granted: Sequence[str] = login.SCOPES
) -> str:
    """Allow our app to use Pages, with these permissions; returns the code."""
    address = login.dialog_address(app, back=back, state="state")
    lead = decide(address, decision="allow", page=list(pages), granted=list(granted))
    return said_in(lead)["code"]
