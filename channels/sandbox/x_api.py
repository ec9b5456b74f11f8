"""X API v2: who is calling, which endpoint is meant, and all reads. Writes and media live beside it."""

import base64
import json
import re
from collections.abc import Callable
from dataclasses import dataclass

from channels.sandbox.clock import snowflake_time, x_time
from channels.sandbox.gateway import Platform
from channels.sandbox.oauth1 import is_valid, parse_header
from channels.sandbox.rows import Account, Tweet
from channels.sandbox.wire import Call, Reply
from channels.sandbox.x_errors import (
    XError,
    closed_item,
    forbidden,
    invalid,
    not_allowed_to_write,
    not_found_item,
    problem,
    scripted,
    unsupported_authentication,
)
from channels.sandbox.x_followers import followers
from channels.sandbox.x_limits import count
from channels.sandbox.x_media import append, finalize, initialize, metadata, upload, upload_status
from channels.sandbox.x_oauth import allows, lent, website
from channels.sandbox.x_params import (
    FIELD_PARAMS,
    PAGE_PARAMS,
    USER_PARAMS,
    bad_value,
    check_id,
    check_names,
    read_wanted,
    read_window,
)
from channels.sandbox.x_posts import timeline, user_by_handle
from channels.sandbox.x_query import parse
from channels.sandbox.x_view import Includes, is_protected, is_visible, show_tweet, show_user
from channels.sandbox.x_write import create_tweet, destroy_tweet

#: How far back the recent search goes (seconds).
SEARCHED = 7 * 86_400
MENTIONS_KEPT = 800
TWEETS_KEPT = 3200


def identify(call: Call) -> Account | None:
    """Return the account whose token came along."""
    header = call.headers.get("authorization", "")
    token = parse_header(header).get("oauth_token") or header.removeprefix("Bearer ").strip()
    if row := lent(call, token):
        return call.world.account_of("x", row.accounts[0])
    names = ("access_token", "bearer_token", "oauth2_access_token")
    return next(
        (
            account
            for account in call.world.store.accounts.all()
            if account.platform == "x"
            and token
            and token in {account.credentials.get(name) for name in names}
        ),
        None,
    )


def _authenticate(call: Call) -> bool:
    """Return whether a user speaks (not only an app); XError 401 for anything wrong."""
    header = call.headers.get("authorization", "")
    oauth = parse_header(header)
    if call.account is None:
        raise XError(problem(401))
    secrets = call.account.credentials
    if oauth:
        if not is_valid(call, oauth, secrets):
            raise XError(problem(401))
        return True
    if not header.startswith("Bearer "):
        raise XError(problem(401))
    token = header.removeprefix("Bearer ").strip()
    return token == secrets.get("oauth2_access_token") or lent(call, token) is not None


@dataclass(frozen=True)
class Endpoint:
    """One method and path, who may call it, and what answers."""

    name: str
    handler: Callable[..., Reply]
    user_only: bool = False

    @property
    def method(self) -> str:
        return self.name.split()[0]

    def match(self, call: Call) -> dict[str, str] | None:
        pattern = re.sub(r":(\w+)", r"(?P<\1>[^/]+)", self.name.split()[1])
        found = re.fullmatch(pattern, call.path)
        return found.groupdict() if found and call.method == self.method else None


def _token(lowest: str) -> str:
    text = json.dumps({"b": lowest}).encode()
    return "7140" + base64.b32encode(text).decode().lower().rstrip("=")


def _read_token(token: str) -> int:
    packed = token.removeprefix("7140").upper()
    try:
        text = base64.b32decode(packed + "=" * (-len(packed) % 8))
        return int(json.loads(text)["b"])
    except (ValueError, KeyError, TypeError) as error:
        raise invalid([bad_value("pagination_token", token, "is not valid")]) from error


def _page(call: Call, tweets: list[Tweet], kept: int, *, smallest: int = 5) -> Reply:
    window = read_window(call, smallest=smallest)
    wanted = read_wanted(call)
    below = _read_token(window.token) if window.token else window.until_id
    rows = [
        t
        for t in timeline(tweets, call.at)[:kept]
        if not (is_protected(call.world, t) and not _is_ours(call, t))
        and window.since_id < int(t.id) < min(below, window.until_id)
        and window.start <= t.created < window.end
    ]
    shown = rows[: window.max_results]
    if not shown:
        return Reply(200, {"meta": {"result_count": 0}})
    includes = Includes(call, wanted)
    for tweet in shown:
        includes.collect(tweet)
    meta = {"result_count": len(shown), "newest_id": shown[0].id, "oldest_id": shown[-1].id}
    if len(rows) > len(shown):
        meta["next_token"] = _token(shown[-1].id)
    if window.token:
        meta["previous_token"] = _token(shown[0].id)
    data = [show_tweet(call.world, t, wanted) for t in shown]
    return Reply(200, {"data": data, **includes.shown(), "meta": meta})


def _is_ours(call: Call, tweet: Tweet) -> bool:
    return call.account is not None and tweet.author_id == call.account.identity


def mentions(call: Call, id: str) -> Reply:
    """GET /2/users/:id/mentions."""
    check_names(call, FIELD_PARAMS | PAGE_PARAMS)
    return _page(call, call.world.store.tweets.by("mention", check_id(id)), MENTIONS_KEPT)


def user_tweets(call: Call, id: str) -> Reply:
    """GET /2/users/:id/tweets."""
    check_names(call, FIELD_PARAMS | PAGE_PARAMS | {"exclude"})
    tweets = call.world.store.tweets.by("author", check_id(id))
    excluded = call.params.get("exclude", "").split(",")
    if "replies" in excluded:
        tweets = [t for t in tweets if not t.reply_to]
    return _page(call, tweets, TWEETS_KEPT)


def search(call: Call) -> Reply:
    """GET /2/tweets/search/recent: the posts of the last seven days that fit a query."""
    names = FIELD_PARAMS | PAGE_PARAMS | {"query", "next_token", "sort_order"}
    check_names(call, names)
    order = call.params.get("sort_order", "recency")
    if order not in {"recency", "relevancy"}:
        raise invalid([bad_value("sort_order", order, "is not one of [recency,relevancy]")])
    fits = parse(call.params.get("query", ""))
    _check_recent(call)
    world, oldest = call.world, call.at - SEARCHED
    found = [t for t in world.store.tweets.all() if t.created >= oldest and fits(world, t)]
    return _page(call, found, len(found), smallest=10)


def _check_recent(call: Call) -> None:
    """The search refuses to be asked about what it keeps no longer."""
    oldest, params = call.at - SEARCHED, call.params
    since = params.get("since_id", "")
    if since.isdigit() and snowflake_time(since) < oldest:
        text = f"'since_id' must be a tweet id created after [{x_time(oldest)}]"
        raise invalid([{"parameters": {"since_id": [since]}, "message": text}])
    start = read_window(call, smallest=10).start
    if 0 < start < oldest:
        text = f"Invalid 'start_time':'{params['start_time']}'. It must be on or after {x_time(oldest)}"
        raise invalid([{"parameters": {"start_time": [params["start_time"]]}, "message": text}])


def _lookup(
    call: Call, ids: list[str], parameter: str
) -> tuple[list[dict[str, object]], Includes]:
    includes, data = Includes(call, read_wanted(call)), []
    for tweet_id in ids:
        tweet = call.world.store.tweets.get(check_id(tweet_id, parameter))
        if tweet is None or not is_visible(tweet, call.at):
            includes.errors.append(not_found_item(tweet_id, parameter))
            continue
        if is_protected(call.world, tweet) and not _is_ours(call, tweet):
            includes.errors.append(closed_item(tweet_id, parameter))
            continue
        includes.collect(tweet)
        data.append(show_tweet(call.world, tweet, includes.wanted))
    return data, includes


def one_tweet(call: Call, id: str) -> Reply:
    """GET /2/tweets/:id. A missing post is HTTP 200 with `errors` and no `data`."""
    check_names(call, FIELD_PARAMS)
    data, includes = _lookup(call, [id], "id")
    return Reply(200, {"data": data[0], **includes.shown()} if data else includes.shown())


def many_tweets(call: Call) -> Reply:
    """GET /2/tweets?ids=, up to 100."""
    check_names(call, FIELD_PARAMS | {"ids"})
    ids = [i for i in call.params.get("ids", "").split(",") if i]
    if not 1 <= len(ids) <= 100:
        size = f"size is not between 1 and 100 ({len(ids)})"
        raise invalid([bad_value("ids", call.params.get("ids", ""), size)])
    data, includes = _lookup(call, ids, "ids")
    return Reply(200, {"data": data, **includes.shown()} if data else includes.shown())


def _user(call: Call, user_id: str, value: str, parameter: str) -> Reply:
    check_names(call, USER_PARAMS)
    wanted = read_wanted(call)
    user = call.world.store.x_users.get(user_id)
    if user is None:
        return Reply(200, {"errors": [not_found_item(value, parameter, "user")]})
    return Reply(200, {"data": show_user(user, wanted, call.origin)})


def me(call: Call) -> Reply:
    """GET /2/users/me."""
    identity = call.account.identity if call.account else ""
    return _user(call, identity, identity, "id")


def user_by_id(call: Call, id: str) -> Reply:
    """GET /2/users/:id."""
    return _user(call, check_id(id), id, "id")


def user_by_name(call: Call, username: str) -> Reply:
    """GET /2/users/by/username/:username."""
    user = user_by_handle(call.world, username)
    return _user(call, user.id if user else "", username, "username")


ENDPOINTS = (
    Endpoint("GET /2/users/me", me, user_only=True),
    Endpoint("GET /2/users/:id/mentions", mentions),
    Endpoint("GET /2/users/:id/tweets", user_tweets),
    Endpoint("GET /2/users/:id/followers", followers, user_only=True),
    Endpoint("GET /2/users/by/username/:username", user_by_name),
    Endpoint("GET /2/users/:id", user_by_id),
    Endpoint("GET /2/tweets/search/recent", search),
    Endpoint("GET /2/tweets/:id", one_tweet),
    Endpoint("GET /2/tweets", many_tweets),
    Endpoint("POST /2/tweets", create_tweet, user_only=True),
    Endpoint("DELETE /2/tweets/:id", destroy_tweet, user_only=True),
    Endpoint("GET /2/media/upload", upload_status, user_only=True),
    Endpoint("POST /2/media/upload", upload, user_only=True),
    Endpoint("POST /2/media/upload/initialize", initialize, user_only=True),
    Endpoint("POST /2/media/upload/:id/append", append, user_only=True),
    Endpoint("POST /2/media/upload/:id/finalize", finalize, user_only=True),
    Endpoint("POST /2/media/metadata", metadata, user_only=True),
)


def _website(call: Call) -> Reply | None:
    """Lead from the address of a post (/handle/status/id) to the page that shows it."""
    found = re.fullmatch(r"/\w+(?:/web)?/status/(\d+)", call.path)
    if found is None or call.method != "GET":
        return None
    headers = {"location": f"{call.origin}/world/x/status/{found[1]}"}
    return Reply(302, b"", headers, "text/html; charset=utf-8")


def handle(call: Call) -> Reply:
    """Answer one call as X would."""
    found = next(((e, m) for e in ENDPOINTS if (m := e.match(call)) is not None), None)
    if found is None:
        return website(call) or _website(call) or problem(404, "Not Found")
    endpoint, parts = found
    headers: dict[str, str] = {}
    try:
        is_user = _authenticate(call)
        if endpoint.user_only and not is_user:
            raise unsupported_authentication()
        token = call.headers.get("authorization", "").removeprefix("Bearer ").strip()
        if not allows(call, token, endpoint.name):
            raise forbidden("You are not permitted to perform this action.")
        if endpoint.method != "GET" and call.world.setting("x_access", call.account) == "read":
            raise not_allowed_to_write()
        caller = call.account.id if call.account else ""
        headers = count(call, endpoint.name, f"{caller}:{is_user}", is_user=is_user)
        reply = endpoint.handler(call, **parts)
    except XError as error:
        reply = error.reply
    common = {
        "api-version": "2.167",
        "x-access-level": str(call.world.setting("x_access", call.account)),
    }
    reply.headers = {**common, **headers, **reply.headers}
    return reply


def is_create(call: Call) -> bool:
    """Say whether a call wants to publish something."""
    return call.method == "POST" and call.path == "/2/tweets"


PLATFORM = Platform("x", identify, handle, scripted, is_create)
