"""Who follows an account on X: the listing, and strangers who come and go on wish."""

from typing import Any

from channels.sandbox.rows import Account
from channels.sandbox.wire import Call, Reply
from channels.sandbox.world import World
from channels.sandbox.x_errors import forbidden, invalid, not_found_item
from channels.sandbox.x_params import USER_PARAMS, bad_value, check_id, check_names, read_wanted
from channels.sandbox.x_view import show_user

LARGEST = 1000
_MARK = "F5"


def _ids(account: Account) -> list[str]:
    """Return who follows an account, newest first."""
    return list(account.settings.get("follower_ids") or [])


def followers(call: Call, id: str) -> Reply:
    """GET /2/users/:id/followers. Newest first; a page token is a place that others push down."""
    check_names(call, USER_PARAMS | {"max_results", "pagination_token"})
    size, token = call.params.get("max_results", "100"), call.params.get("pagination_token", "")
    if not size.isdigit() or not 1 <= int(size) <= LARGEST:
        raise invalid([bad_value("max_results", size, f"is not between 1 and {LARGEST}")])
    if token and not (token.startswith(_MARK) and token.removeprefix(_MARK).isdigit()):
        raise invalid([bad_value("pagination_token", token, "is not valid")])
    account = call.world.account_of("x", check_id(id))
    if account is None:
        return Reply(200, {"errors": [not_found_item(id, "id", "user")]})
    if account is not call.account:
        raise forbidden("You are not permitted to perform this action.")
    ids, wanted = _ids(account), read_wanted(call)
    begin = int(token.removeprefix(_MARK)) if token else 0
    page = ids[begin : begin + int(size)]
    meta: dict[str, Any] = {"result_count": len(page)}
    if begin + len(page) < len(ids):
        meta["next_token"] = f"{_MARK}{begin + len(page)}"
    known = call.world.store.x_users
    data = [
        show_user(user, wanted, call.origin)
        if (user := known.get(one))
        else {"id": one, "name": f"user {one[-4:]}", "username": f"user{one[-6:]}"}
        for one in page
    ]
    return Reply(200, {"data": data, "meta": meta} if data else {"meta": meta})


def change(world: World, account: Account, body: dict[str, Any]) -> dict[str, Any]:
    """Let so many come (`come`), or these go (`go`, ids); on Facebook set their number (`count`)."""
    if account.platform != "x":
        account.settings["followers"] = int(body["count"])
        world.store.accounts.put(account)
        return {"count": account.settings["followers"]}
    gone = {str(one) for one in body.get("go") or []}
    made = [str(7 * 10**18 + world.serial()) for _ in range(int(body.get("come", 0)))]
    ids = [*reversed(made), *(one for one in _ids(account) if one not in gone)]
    account.settings["follower_ids"] = ids
    world.store.accounts.put(account)
    user = world.store.x_users[account.identity]
    user.followers += len(made) - len(gone)
    world.store.x_users.put(user)
    return {"count": user.followers, "ids": ids[:100], "come": made}
