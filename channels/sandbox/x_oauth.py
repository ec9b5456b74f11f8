"""X's OAuth 2.0: the page where people allow an app, and the door where codes and tokens are exchanged.

As strict as X: PKCE is needed, a code counts once and for seconds, a refresh token counts once, and one that
comes a second time ends all that came of the same code.
"""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Mapping
from urllib.parse import unquote, urlencode, urlsplit

from channels.sandbox.looks import leads_to, page
from channels.sandbox.rows import Grant, Token
from channels.sandbox.seed import app_of
from channels.sandbox.wire import Call, Reply, words

SCOPES = words(
    "tweet.read tweet.write tweet.moderate.write users.read users.email follows.read follows.write offline.access "
    "space.read mute.read mute.write like.read like.write list.read list.write block.read block.write "
    "bookmark.read bookmark.write dm.read dm.write media.write"
)
#: What an endpoint asks of a token, by the beginning of its name; reading needs the last.
NEEDS: Mapping[str, frozenset[str]] = {
    "POST /2/tweets": words("tweet.read tweet.write users.read"),
    "DELETE /2/tweets": words("tweet.read tweet.write users.read"),
    "POST /2/media": words("media.write"),
    "GET /2/media": words("media.write"),
    "GET /2/users/:id/followers": words("follows.read users.read tweet.read"),
    "GET ": words("tweet.read users.read"),
}


def lent(call: Call, token: str) -> Token | None:
    """Return the access token that this is, while it counts."""
    row = call.world.store.tokens.get(token) if token else None
    if row is None or row.platform != "x" or row.kind != "access" or row.revoked:
        return None
    return row if call.at < row.expires else None


def allows(call: Call, token: str, endpoint: str) -> bool:
    """Say whether a token carries what an endpoint asks for; keys and fixed tokens carry everything."""
    row = lent(call, token)
    needs = next((need for name, need in NEEDS.items() if endpoint.startswith(name)), frozenset())
    return row is None or needs <= set(row.scopes)


def website(call: Call) -> Reply | None:
    """Answer what belongs to signing in; None for everything else."""
    if call.path == "/i/oauth2/authorize":
        return _decide(call) if call.method == "POST" else _ask(call)
    if call.method != "POST":
        return None
    doors = {"/2/oauth2/token": _token, "/2/oauth2/revoke": _revoke}
    door = doors.get(call.path)
    return door(call) if door else None


def _fault(call: Call, asked: Mapping[str, str]) -> str:
    """Say what is wrong with a request to be allowed something; empty when nothing is."""
    callbacks = call.world.setting("x_callbacks")
    checks = {
        "client_id": asked.get("client_id") == app_of(call.world, "x")["client_id"],
        "redirect_uri": _may_return_to(asked.get("redirect_uri", ""), callbacks),
        "response_type": asked.get("response_type") == "code",
        "scope": bool(asked.get("scope")) and set(asked["scope"].split(" ")) <= SCOPES,
        "state": 0 < len(asked.get("state", "")) <= 500,
        "code_challenge": 43 <= len(asked.get("code_challenge", "")) <= 128,
        "code_challenge_method": asked.get("code_challenge_method") in {"S256", "plain"},
    }
    return next((name for name, is_right in checks.items() if not is_right), "")


def _may_return_to(address: str, callbacks: list[str]) -> bool:
    parts = urlsplit(address)
    is_web = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname == "127.0.0.1")
    return is_web and (not callbacks or address in callbacks)


def _ask(call: Call) -> Reply:
    asked = call.params
    fault = _fault(call, asked)
    people = [a for a in call.world.store.accounts.all() if a.platform == "x"]
    scopes = asked.get("scope", "").split(" ")
    status = 400 if fault else 200
    return page(
        call, "allow_x.html", status, asked=asked, fault=fault, people=people, scopes=scopes
    )


def _decide(call: Call) -> Reply:
    form = call.form()
    if _fault(call, form):
        return _ask(call)
    back = form["redirect_uri"]
    joint = "&" if "?" in back else "?"
    account = call.world.store.accounts.get(form.get("as", ""))
    if form.get("decision") != "allow" or account is None or account.platform != "x":
        said = {"error": "access_denied", "state": form["state"]}
        return leads_to(f"{back}{joint}{urlencode(said)}")
    code = _new_token(call)
    call.world.store.grants.put(
        Grant(
            id=code,
            platform="x",
            client_id=form["client_id"],
            person=account.identity,
            accounts=[account.identity],
            redirect_uri=back,
            scopes=form["scope"].split(" "),
            issued=call.at,
            challenge=form["code_challenge"],
            method=form["code_challenge_method"],
        )
    )
    return leads_to(f"{back}{joint}{urlencode({'state': form['state'], 'code': code})}")


def _new_token(call: Call) -> str:
    text = f"{secrets.token_urlsafe(32)}:{int(call.at * 1000)}:1:0"
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _refused(description: str, error: str = "invalid_request", status: int = 400) -> Reply:
    return Reply(status, {"error": error, "error_description": description})


def _is_our_app(call: Call, form: Mapping[str, str]) -> bool:
    """Say whether an app that can keep a secret has said it, in the head of the call."""
    known = app_of(call.world, "x")
    scheme, _, packed = call.headers.get("authorization", "").partition(" ")
    try:
        client, _, secret = base64.b64decode(packed).decode().partition(":")
    except ValueError:
        return False
    given = (unquote(client), unquote(secret))
    is_right = given == (known["client_id"], known["client_secret"])
    return scheme.lower() == "basic" and is_right and form.get("client_id") in {None, given[0]}


def _token(call: Call) -> Reply:
    form = call.form()
    if not _is_our_app(call, form):
        return _refused("Missing valid authorization header", "unauthorized_client", 401)
    if form.get("grant_type") == "authorization_code":
        return _by_code(call, form)
    if form.get("grant_type") == "refresh_token":
        return _by_refresh(call, form)
    return _refused("Value passed for the grant type was invalid.", "unsupported_grant_type")


def _by_code(call: Call, form: Mapping[str, str]) -> Reply:
    grant = call.world.store.grants.get(form.get("code", ""))
    if grant is None or grant.platform != "x":
        return _refused("Value passed for the authorization code was invalid.")
    if grant.used:
        _end_family(call, grant.id)
        return _refused("Value passed for the authorization code was invalid.")
    grant.used = True
    call.world.store.grants.put(grant)
    if call.at > grant.issued + float(call.world.setting("x_code_seconds")):
        return _refused("Value passed for the authorization code was invalid.")
    if form.get("redirect_uri") != grant.redirect_uri:
        return _refused(
            "Value passed for the redirect uri did not match the uri of the authorization code."
        )
    if not _is_verified(grant, form.get("code_verifier", "")):
        return _refused("Value passed for the code verifier did not match the code challenge.")
    return _lend(call, grant.person, grant.scopes, family=grant.id)


def _is_verified(grant: Grant, verifier: str) -> bool:
    if not 43 <= len(verifier) <= 128:
        return False
    if grant.method == "S256":
        digest = hashlib.sha256(verifier.encode()).digest()
        verifier = base64.urlsafe_b64encode(digest).decode().rstrip("=")
    return hmac.compare_digest(verifier, grant.challenge)


def _by_refresh(call: Call, form: Mapping[str, str]) -> Reply:
    row = call.world.store.tokens.get(form.get("refresh_token", ""))
    if row is None or row.kind != "refresh" or row.platform != "x" or row.revoked:
        return _refused("Value passed for the token was invalid.")
    if row.used:
        _end_family(call, row.family)
        return _refused("Value passed for the token was invalid.")
    row.used = True
    call.world.store.tokens.put(row)
    _end_family(call, row.family, kind="access")
    return _lend(call, row.person, row.scopes, family=row.family)


def _end_family(call: Call, family: str, kind: str = "") -> None:
    """End all that came of a code, or what of it is of one kind."""
    for row in call.world.store.tokens.by("family", family):
        if kind in {"", row.kind} and not row.revoked:
            row.revoked = True
            call.world.store.tokens.put(row)


def _lend(call: Call, person: str, scopes: list[str], *, family: str) -> Reply:
    account = call.world.account_of("x", person)
    seconds = int(call.world.setting("x_token_seconds", account))
    client = app_of(call.world, "x")["client_id"]
    body = {"token_type": "bearer", "expires_in": seconds, "scope": " ".join(scopes)}
    kinds = ["access", *(["refresh"] if "offline.access" in scopes else [])]
    for kind in kinds:
        token = _new_token(call)
        expires = call.at + seconds if kind == "access" else 0.0
        row = Token(token, "x", kind, client, person, [person], scopes, family, call.at, expires)
        call.world.store.tokens.put(row)
        body[f"{kind}_token"] = token
    return Reply(200, body)


def _revoke(call: Call) -> Reply:
    form = call.form()
    if not _is_our_app(call, form):
        return _refused("Missing valid authorization header", "unauthorized_client", 401)
    row = call.world.store.tokens.get(form.get("token", ""))
    if row is None or row.platform != "x":
        return _refused("Value passed for the token was invalid.")
    row.revoked = True
    call.world.store.tokens.put(row)
    return Reply(200, {"revoked": True})
