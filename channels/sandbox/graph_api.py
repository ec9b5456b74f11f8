"""Facebook's Graph API: tokens and proofs, which node and edge is meant, usage headers."""

import hmac
import json
import re
from collections.abc import Callable, Mapping
from typing import Any

from channels.sandbox import fb_messages, fb_videos, graph_apps
from channels.sandbox.gateway import Platform
from channels.sandbox.graph_errors import GraphError, no_such_object, scripted
from channels.sandbox.graph_login import (
    app_token,
    described,
    dialog,
    exchange,
    lent,
    must_be_allowed,
    page_token,
    pages_of,
    person_of,
    proof_of,
    tasks_of,
)
from channels.sandbox.graph_nodes import (
    EDGES,
    Node,
    edge,
    show,
    token_of,
    type_of,
    version_of,
    wishes_of,
)
from channels.sandbox.graph_write import (
    comment,
    debug_token,
    publish,
    remove,
    scopes,
    update,
    upload_photo,
)
from channels.sandbox.rows import Account, FbObject, Token
from channels.sandbox.seed import app_of
from channels.sandbox.wire import Call, Reply

_VERSION = re.compile(r"v\d{1,2}\.\d")


def _by_token(call: Call, token: str) -> Account | None:
    if not token:
        return None
    if row := lent(call, token):
        first = call.world.account_of("facebook", row.accounts[0]) if row.accounts else None
        return first or next(iter(_pages(call)), None)
    return next(
        (
            account
            for account in call.world.store.accounts.all()
            if account.platform == "facebook"
            and token in {account.credentials["page_token"], account.credentials["user_token"]}
        ),
        None,
    )


def identify(call: Call) -> Account | None:
    """Return the page whose token came along."""
    return _by_token(call, token_of(call))


def _params(call: Call) -> dict[str, str]:
    """Return query and body parameters together, as Graph reads them."""
    body = {k: v if isinstance(v, str) else json.dumps(v) for k, v in call.fields().items()}
    return {**call.params, **body}


def _authenticate(call: Call, params: dict[str, str]) -> Account:
    token = token_of(call)
    if not token:
        raise GraphError(104)
    if call.account is None:
        raise GraphError(190)
    secret = call.account.credentials.get("app_secret", "")
    if lent(call, token):
        secret = app_of(call.world, "facebook")["app_secret"]
    proof = params.get("appsecret_proof")
    if secret:
        wanted = proof_of(call, token, secret)
        if proof is None:
            text = "API calls from the server require an appsecret_proof argument"
            raise GraphError(100, text, type="GraphMethodException")
        if not hmac.compare_digest(proof, wanted):
            text = "Invalid appsecret_proof provided in the API argument"
            raise GraphError(100, text, type="GraphMethodException")
    return call.account


def _segments(call: Call) -> list[str]:
    parts = [part for part in call.path.split("/") if part]
    if parts and _VERSION.fullmatch(parts[0]):
        return parts[1:]
    if parts and parts[0].startswith("v") and "." in parts[0]:
        raise GraphError(2500, f"Unknown path components: /{'/'.join(parts)}")
    return parts


def _me(call: Call, account: Account) -> Node:
    """Return whom the token speaks for: the page, or the person who manages it."""
    row = lent(call, token_of(call))
    if row is not None and row.kind != "page":
        return person_of(call, row)
    if token_of(call) == account.credentials["user_token"]:
        return call.world.store.fb_people[account.credentials["user_id"]]
    return account


def _node(call: Call, account: Account, name: str, verb: str = "get") -> Node:
    """Return the node of an id; GraphError when there is none to be seen."""
    if name == "me":
        return _me(call, account)
    if not re.fullmatch(r"[0-9_]+", name):
        found = [a for a in call.world.store.accounts.all() if a.handle == name]
        if found and found[0].platform == "facebook":
            return found[0]
        text = f"(#803) Some of the aliases you requested do not exist: {name}"
        raise GraphError(803, text)
    page = call.world.account_of("facebook", name)
    node = page or call.world.store.fb_people.get(name) or _object(call, account, name)
    if node is None:
        raise no_such_object(name, verb)
    return node


def _object(call: Call, account: Account, name: str) -> FbObject | None:
    row = call.world.store.fb_objects.get(name)
    if row is None or row.deleted or row.visible_at > call.at:
        return None
    is_ours = row.page_id == account.identity
    is_out = row.published or (bool(row.scheduled) and row.scheduled <= call.at)
    return row if is_out or is_ours else None


def _accounts(call: Call, account: Account, params: dict[str, str]) -> Reply:
    """GET /me/accounts: the pages the person of a user token manages."""
    row = lent(call, token_of(call))
    if row is not None and row.kind != "page":
        return _opened(call, row, params)
    if token_of(call) != account.credentials["user_token"]:
        raise GraphError(100, "(#100) Tried accessing nonexisting field (accounts) on node type "
                         "(Page)")  # fmt: skip
    user = account.credentials["user_id"]
    pages = [
        a
        for a in call.world.store.accounts.all()
        if a.platform == "facebook" and a.credentials["user_id"] == user
    ]
    names = "access_token,category,category_list,name,id,tasks"
    wishes = wishes_of(call, {"fields": params.get("fields", names)})
    data = [show(call, page, wishes) for page in pages]
    return Reply(200, {"data": data, "paging": {"cursors": {"before": "MA==", "after": "MA=="}}})


def _opened(call: Call, row: Token, params: dict[str, str]) -> Reply:
    """List the pages that somebody has opened to the app, each with a token made for that."""
    names = "access_token,category,category_list,name,id,tasks"
    wishes = wishes_of(call, {"fields": params.get("fields", names)})
    asked = {wish.name for wish in wishes}
    pages, first = pages_of(call, row), int(params.get("after") or 0)
    limit = min(int(params.get("limit") or 25), 100)
    data = []
    for page in pages[first : first + limit]:
        shown = show(call, page, wishes)
        own = {"access_token": page_token(call, row, page), "tasks": tasks_of(call, page)}
        data.append(shown | {name: value for name, value in own.items() if name in asked})
    if not data:
        return Reply(200, {"data": []})
    paging: dict[str, Any] = {"cursors": {"before": str(first), "after": str(first + limit)}}
    if first + limit < len(pages):
        paging["next"] = f"{call.origin}{call.mount}{call.path}?after={first + limit}"
    return Reply(200, {"data": data, "paging": paging})


def _special(call: Call, account: Account, path: str, params: dict[str, str]) -> Reply | None:
    """Answer the paths that are no nodes."""
    if path == "app":
        return graph_apps.the_app(call)
    if path == "me/accounts":
        return _accounts(call, account, params)
    if path == "me/permissions" and (row := lent(call, token_of(call))):
        given = {name: "granted" if name in row.scopes else "declined" for name in scopes()}
        return Reply(200, {"data": [{"permission": n, "status": s} for n, s in given.items()]})
    if path == "me/permissions":
        return Reply(200, {"data": [{"permission": s, "status": "granted"} for s in scopes()]})
    if path == "debug_token":
        token = params.get("input_token", "")
        if row := call.world.store.tokens.get(token):
            return Reply(200, {"data": described(call, row)})
        owner = _by_token(call, token)
        if owner is None:
            error = {"code": 190, "message": "Invalid OAuth access token."}
            return Reply(200, {"data": {"error": error, "is_valid": False, "scopes": []}})
        return Reply(200, {"data": debug_token(call, owner, token)})
    return None


def _debug_for_the_app(call: Call, params: dict[str, str]) -> Reply:
    """GET /debug_token with the app's own token, which may ask about every token of the app."""
    secret = app_of(call.world, "facebook")["app_secret"]
    if params.get("appsecret_proof") != proof_of(call, app_token(call), secret):
        text = "API calls from the server require an appsecret_proof argument"
        raise GraphError(100, text, type="GraphMethodException")
    found = _special(call, next(iter(_pages(call))), "debug_token", params)
    return found or Reply(200, {"data": {}})


def _pages(call: Call) -> list[Account]:
    return [a for a in call.world.store.accounts.all() if a.platform == "facebook"]


def _many(call: Call, account: Account, params: dict[str, str]) -> Reply:
    """GET /?ids=a,b: all of them or an error."""
    wishes = wishes_of(call, params)
    names = [name for name in params["ids"].split(",") if name]
    try:
        nodes = {name: _node(call, account, name) for name in names}
    except GraphError as error:
        gone = ",".join(n for n in names if not _exists(call, account, n))
        text = f"(#803) Some of the aliases you requested do not exist: {gone}"
        raise GraphError(803, text) from error
    return Reply(200, {name: show(call, node, wishes) for name, node in nodes.items()})


def _exists(call: Call, account: Account, name: str) -> bool:
    try:
        _node(call, account, name)
    except GraphError:
        return False
    return True


def _read(call: Call, account: Account, path: list[str], params: dict[str, str]) -> Reply:
    if not path and params.get("ids"):
        return _many(call, account, params)
    if not path or len(path) > 2:
        raise GraphError(2500, f"Unknown path components: /{'/'.join(path[1:])}")
    if other := fb_messages.read(call, account, path) or fb_videos.read(
        call, account, path, params
    ):
        return other
    node = _node(call, account, path[0])
    if len(path) == 1:
        return Reply(200, show(call, node, wishes_of(call, params)))
    if path[1] not in EDGES.get(type_of(node), {}):
        raise GraphError(
            100, f"(#100) Tried accessing nonexisting field ({path[1]}) on node type "
            f"({type_of(node)})"
        )  # fmt: skip
    if path[1] == "scheduled_posts" and node is not account:
        raise GraphError(200)
    return Reply(200, edge(call, node, path[1], params, wishes_of(call, params)))


def _publish(call: Call, account: Account, page: Account, params: dict[str, str]) -> Reply:
    return _read_back(call, account, params, publish(call, page, params))


PageWrite = Callable[[Call, Account, Account, dict[str, str]], Reply]
#: What may be posted to a page, by the edge.
PAGE_WRITES: Mapping[str, PageWrite] = {
    "feed": _publish,
    "photos": lambda call, _account, page, params: upload_photo(call, page, params),
    "videos": lambda call, _account, page, params: fb_videos.upload(call, page, params),
    "messages": lambda call, _account, page, params: fb_messages.send(call, page, params),
}


def _write(call: Call, account: Account, path: list[str], params: dict[str, str]) -> Reply:
    if not path or len(path) > 2:
        raise GraphError(2500, f"Unknown path components: /{'/'.join(path[1:])}")
    node = _node(call, account, path[0], "post")
    target = path[1] if len(path) == 2 else ""
    must_be_allowed(call, token_of(call), target)
    if isinstance(node, Account) and target in PAGE_WRITES:
        return PAGE_WRITES[target](call, account, node, params)
    if isinstance(node, FbObject) and target == "comments":
        return _read_back(call, account, params, comment(call, node, params))
    if isinstance(node, FbObject) and not target:
        return update(call, node, params)
    raise no_such_object(path[0], "post")


def _read_back(call: Call, account: Account, params: dict[str, str], made: Reply) -> Reply:
    """Read what was just created, when `fields` are asked for; an error then tells what was made."""
    if not params.get("fields"):
        return made
    try:
        node = _node(call, account, made.body["id"])
        return Reply(200, show(call, node, wishes_of(call, params)))
    except GraphError as error:
        raise GraphError(
            error.code, error.message, **error.more, original_response=made.body
        ) from error


def _delete(call: Call, account: Account, path: list[str]) -> Reply:
    node = _node(call, account, path[0], "delete") if len(path) == 1 else None
    if not isinstance(node, FbObject):
        raise no_such_object("/".join(path), "delete")
    return remove(call, node)


def _answer(call: Call) -> Reply:
    path, params = _segments(call), _params(call)
    if path == ["oauth", "access_token"]:
        return exchange(call, params)
    if path == ["debug_token"] and token_of(call) == app_token(call):
        return _debug_for_the_app(call, params)
    account = _authenticate(call, params)
    special = _special(call, account, "/".join(path), params)
    if special is not None:
        return special
    method = params.get("method", call.method).upper() if call.method == "POST" else call.method
    if path[1:] == ["subscribed_apps"]:
        return graph_apps.edge(call, _node(call, account, path[0]), method, params)
    if method == "GET":
        return _read(call, account, path, params)
    if method == "POST":
        return _write(call, account, path, params)
    if method == "DELETE":
        return _delete(call, account, path)
    raise GraphError(100, f"Unsupported {method.lower()} request")


def _usage(call: Call) -> dict[str, str]:
    """Return the headers that say how much of the allowance is used (percent)."""
    used = int(call.world.setting("fb_usage", call.account))
    app: dict[str, Any] = {"call_count": used, "total_cputime": 1, "total_time": used}
    headers = {"x-app-usage": json.dumps(app)}
    if call.account:
        regain = 12 if used >= 100 else 0
        entry = {"type": "pages", **app, "estimated_time_to_regain_access": regain}
        headers["x-business-use-case-usage"] = json.dumps({call.account.identity: [entry]})
        page_used = int(call.world.setting("fb_page_usage", call.account))
        headers["x-page-usage"] = json.dumps({**app, "call_count": page_used, "total_time": 1})
    return headers


def handle(call: Call) -> Reply:
    """Answer one call as Graph would, or as the website does for the dialog."""
    if shown := dialog(call):
        return shown
    try:
        reply = _answer(call)
    except GraphError as error:
        reply = error.reply(call)
    reply.escape_slashes = True
    reply.content_type = "application/json; charset=UTF-8"
    common = {"facebook-api-version": version_of(call), "x-fb-request-id": f"A{int(call.at)}"}
    reply.headers = {**common, **_usage(call), **reply.headers}
    return reply


def is_create(call: Call) -> bool:
    """Say whether a call wants to publish something."""
    if call.method != "POST" or call.params.get("method", "").upper() == "DELETE":
        return False
    edge = call.path.rstrip("/").rsplit("/", 1)[-1]
    if edge == "videos":
        return call.fields().get("upload_phase") == "finish"
    return edge in {"feed", "photos", "comments", "messages"}


PLATFORM = Platform("facebook", identify, handle, scripted, is_create)
