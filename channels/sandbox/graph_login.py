"""Facebook Login: the dialog, the exchange of codes and tokens, and what tokens say about themselves.

As strict as Graph: a code counts once and for its own address; a Page's token is made for one person and one app,
carries what that person granted, and can do what the person's tasks on the Page allow.
"""

import hashlib
import hmac
import re
import secrets
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode, urlsplit

from channels.sandbox.graph_errors import GraphError
from channels.sandbox.graph_write import scopes
from channels.sandbox.looks import leads_to, page
from channels.sandbox.rows import Account, FbPerson, Grant, Token
from channels.sandbox.seed import app_of
from channels.sandbox.wire import Call, Reply

_DIALOG = re.compile(r"/v\d{1,2}\.\d/dialog/oauth")
SHORT, LONG, DATA_ACCESS = 5_400, 5_183_944, 90 * 86_400
CODE_SECONDS = 600
TASKS = ("ADVERTISE", "ANALYZE", "CREATE_CONTENT", "MESSAGING", "MODERATE", "MANAGE")
#: What a write asks of a token: its permission, and the task of whoever it was made for.
NEEDS: Mapping[str, tuple[str, str]] = {
    "feed": ("pages_manage_posts", "CREATE_CONTENT"),
    "photos": ("pages_manage_posts", "CREATE_CONTENT"),
    "videos": ("pages_manage_posts", "CREATE_CONTENT"),
    "comments": ("pages_manage_engagement", "MODERATE"),
    "messages": ("pages_messaging", "MESSAGING"),
    "subscribed_apps": ("pages_manage_metadata", "MODERATE"),
    "": ("pages_manage_engagement", "MODERATE"),
}


def lent(call: Call, token: str) -> Token | None:
    """Return the token that this is, while it counts."""
    row = call.world.store.tokens.get(token) if token else None
    if row is None or row.platform != "facebook" or row.revoked:
        return None
    return row if not row.expires or call.at < row.expires else None


def tasks_of(call: Call, account: Account) -> list[str]:
    """Return what the person who manages a Page may do there."""
    return [str(task) for task in call.world.setting("fb_tasks", account) or TASKS]


def app_token(call: Call) -> str:
    """Return the token by which the app speaks for itself."""
    app = app_of(call.world, "facebook")
    return f"{app['app_id']}|{app['app_secret']}"


def dialog(call: Call) -> Reply | None:
    """Answer the dialog on the website; None for everything else."""
    if not _DIALOG.fullmatch(call.path):
        return None
    return _decide(call) if call.method == "POST" else _ask(call)


def _fault(call: Call, asked: Mapping[str, str]) -> str:
    address = urlsplit(asked.get("redirect_uri", ""))
    is_web = address.scheme == "https" or address.hostname in {"127.0.0.1", "localhost"}
    wanted = {name for name in asked.get("scope", "").split(",") if name}
    if asked.get("client_id") != app_of(call.world, "facebook")["app_id"]:
        return "Invalid App ID: The provided app ID does not look like a valid app ID."
    if not is_web:
        return "URL Blocked: This redirect failed because the redirect URI is not white-listed."
    if asked.get("response_type", "code") != "code":
        return "Unsupported response_type."
    if unknown := sorted(wanted - set(scopes())):
        return f"Invalid Scopes: {', '.join(unknown)}."
    return ""


def _ask(call: Call) -> Reply:
    asked, fault = call.params, _fault(call, call.params)
    pages = [a for a in call.world.store.accounts.all() if a.platform == "facebook"]
    wanted = [name for name in asked.get("scope", "").split(",") if name]
    return page(
        call, "allow_facebook.html", 400 if fault else 200,
        asked=asked, fault=fault, pages=pages, scopes=wanted,
    )  # fmt: skip


def _decide(call: Call) -> Reply:
    pairs = call.form_pairs()
    form = dict(pairs)
    if _fault(call, form):
        return _ask(call)
    back, state = form["redirect_uri"], form.get("state", "")
    joint = "&" if "?" in back else "?"
    if form.get("decision") != "allow":
        said = {
            "error": "access_denied", "error_code": "200", "error_description": "Permissions error",
            "error_reason": "user_denied", "state": state,
        }  # fmt: skip
        return leads_to(f"{back}{joint}{urlencode(said)}")
    chosen = [value for name, value in pairs if name == "page"]
    pages = [call.world.store.accounts[name] for name in chosen]
    managers = {page.credentials["user_id"] for page in pages}
    code = f"AQ{secrets.token_urlsafe(90)}"
    granted = [value for name, value in pairs if name == "granted"]
    call.world.store.grants.put(
        Grant(
            id=code,
            platform="facebook",
            client_id=form["client_id"],
            person=",".join(sorted(managers)),
            accounts=[page.identity for page in pages],
            redirect_uri=back,
            scopes=[*granted, "public_profile"],
            issued=call.at,
        )
    )
    return leads_to(f"{back}{joint}{urlencode({'code': code, 'state': state})}#_=_")


def exchange(call: Call, params: Mapping[str, str]) -> Reply:
    """GET /oauth/access_token: a code, or a short token, for a token."""
    app = app_of(call.world, "facebook")
    if params.get("client_id") != app["app_id"]:
        raise GraphError(101, "Missing or invalid client id.")
    if not hmac.compare_digest(params.get("client_secret", ""), app["app_secret"]):
        raise GraphError(1, "Error validating client secret.", status=400)
    if params.get("grant_type") == "fb_exchange_token":
        return _longer(call, params)
    return _by_code(call, params)


def _by_code(call: Call, params: Mapping[str, str]) -> Reply:
    grant = call.world.store.grants.get(params.get("code", ""))
    if grant is None or grant.platform != "facebook":
        raise GraphError(100, "Invalid verification code format.", error_subcode=36007)
    if grant.used:
        raise GraphError(100, "This authorization code has been used.", error_subcode=36009)
    if call.at > grant.issued + CODE_SECONDS:
        raise GraphError(100, "This authorization code has expired.", error_subcode=36007)
    if params.get("redirect_uri") != grant.redirect_uri:
        text = (
            "Error validating verification code. Please make sure your redirect_uri is identical "
            "to the one you used in the OAuth dialog request"
        )
        raise GraphError(100, text, error_subcode=36008)
    grant.used = True
    call.world.store.grants.put(grant)
    made = _lend(call, grant, "user", grant.accounts, SHORT)
    return Reply(200, {"access_token": made.id, "token_type": "bearer", "expires_in": SHORT})


def _longer(call: Call, params: Mapping[str, str]) -> Reply:
    old = lent(call, params.get("fb_exchange_token", ""))
    if old is None or old.kind == "page":
        raise GraphError(190)
    made = _lend(call, old, "long", old.accounts, LONG)
    return Reply(200, {"access_token": made.id, "token_type": "bearer", "expires_in": LONG})


def _lend(
    call: Call, source: Grant | Token, kind: str, accounts: list[str], seconds: int
) -> Token:
    family = source.family if isinstance(source, Token) else source.id
    row = Token(
        f"EAA{'G' if kind == 'page' else 'U'}{secrets.token_urlsafe(110)}",
        "facebook", kind, source.client_id, source.person, accounts, source.scopes, family,
        call.at, call.at + seconds if seconds else 0.0,
    )  # fmt: skip
    return call.world.store.tokens.put(row)


def page_token(call: Call, user: Token, account: Account) -> str:
    """Return the token of a Page for a person: the same while it counts. It lives as long as theirs, or for ever."""
    for row in call.world.store.tokens.by("family", user.family):
        if row.kind == "page" and row.accounts == [account.identity] and lent(call, row.id):
            return row.id
    left = 0 if user.kind == "long" else int(user.expires - call.at)
    return _lend(call, user, "page", [account.identity], left).id


def pages_of(call: Call, user: Token) -> list[Account]:
    """Return the Pages that a person has opened to the app."""
    if "pages_show_list" not in user.scopes:
        return []
    pages = [call.world.account_of("facebook", number) for number in user.accounts]
    return [page for page in pages if page is not None]


def person_of(call: Call, user: Token) -> FbPerson:
    """Return who a token was made for; the sandbox lets one browser manage the Pages of several."""
    return call.world.store.fb_people[user.person.split(",", maxsplit=1)[0]]


def described(call: Call, row: Token) -> dict[str, Any]:
    """Describe a lent token as /debug_token does."""
    is_page = row.kind == "page" and not call.world.setting(
        "fb_page_tokens_are_users", _of(call, row)
    )
    shown: dict[str, Any] = {
        "app_id": row.client_id,
        "type": "PAGE" if is_page else "USER",
        "application": "Sandbox",
        "data_access_expires_at": int(row.issued) + DATA_ACCESS,
        "expires_at": int(row.expires),
        "is_valid": lent(call, row.id) is not None,
        "issued_at": int(row.issued),
        "scopes": row.scopes,
        "granular_scopes": [
            {"scope": name, "target_ids": row.accounts}
            for name in row.scopes
            if name.startswith("pages_")
        ],
        "user_id": row.person.split(",", maxsplit=1)[0],
    }
    return shown | ({"profile_id": row.accounts[0]} if is_page else {})


def _of(call: Call, row: Token) -> Account | None:
    return call.world.account_of("facebook", row.accounts[0]) if row.accounts else None


def must_be_allowed(call: Call, token: str, target: str) -> None:
    """Refuse a write that a lent token does not carry, or that its person's tasks do not include."""
    row = lent(call, token)
    if row is None or target not in NEEDS:
        return
    permission, task = NEEDS[target]
    account = _of(call, row)
    if permission not in row.scopes or (account and task not in tasks_of(call, account)):
        text = f"(#200) Requires {permission} permission to manage the object"
        raise GraphError(200, text)


def proof_of(call: Call, token: str, secret: str) -> str:
    """Return the proof that a caller knows an app's secret."""
    return hmac.new(secret.encode(), token.encode(), hashlib.sha256).hexdigest()
