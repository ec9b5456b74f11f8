"""The control API under /_control: accounts, strangers who write, faults, switches, the log."""

import asyncio
import inspect
import json
from collections import Counter
from collections.abc import Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from channels.sandbox import visitors, x_followers
from channels.sandbox.clock import now, parse_time, set_to
from channels.sandbox.elsewhere import Elsewhere
from channels.sandbox.faults import KINDS
from channels.sandbox.push import BEHAVIOUR, Pusher
from channels.sandbox.push_control import PushControl
from channels.sandbox.record import record_of
from channels.sandbox.rows import Account
from channels.sandbox.seed import app_of, create_account, default_world
from channels.sandbox.story import Storyteller
from channels.sandbox.world import DEFAULTS, World

Body = dict[str, Any]


def _path_of(account: Account) -> str:
    if account.platform != "wordpress":
        return {"x": "/x", "facebook": "/graph"}[account.platform]
    own = {"blog", "feedblog"}
    return f"/{account.identity}" if account.identity in own else f"/blogs/{account.identity}"


def shown_account(account: Account, origin: str) -> dict[str, Any]:
    """Describe an account with everything a client needs to connect it."""
    return {
        "name": account.id,
        "platform": account.platform,
        "title": account.title,
        "unit": account.unit,
        "handle": account.handle,
        "id": account.identity,
        "base_url": origin + _path_of(account),
        "feed_url": f"{origin}{_path_of(account)}/comments/feed/"
        if account.platform == "wordpress"
        else "",
        "rest": bool(account.settings.get("rest", True)),
        "credentials": account.credentials,
        "settings": {k: v for k, v in account.settings.items() if k in DEFAULTS},
    }


async def _after(task: asyncio.Task[None], answer: Any) -> Any:
    await task
    return answer


def _origin(request: Request) -> str:
    return f"{request.url.scheme}://{request.url.netloc}"


class Control:
    """The endpoints, on one world."""

    def __init__(
        self, world: World, story: Storyteller, pusher: Pusher, elsewhere: Elsewhere
    ) -> None:
        self.world = world
        self.story = story
        self.pusher = pusher
        self.push = PushControl(pusher)
        self.elsewhere = elsewhere

    def accounts(self, request: Request, _body: Body) -> Any:
        origin = _origin(request)
        platform = request.query_params.get("platform")
        rows = self.world.store.accounts.all()
        return [shown_account(a, origin) for a in rows if platform in {None, a.platform}]

    def apps(self, request: Request, _body: Body) -> Any:
        """The app that is registered at X and at Facebook, and where each is found."""
        origin = _origin(request)
        places = {"x": f"{origin}/x", "facebook": f"{origin}/graph"}
        return {
            platform: {"base_url": place, "credentials": app_of(self.world, platform)}
            for platform, place in places.items()
        }

    def add_account(self, request: Request, body: Body) -> Any:
        return shown_account(create_account(self.world, body), _origin(request))

    def say(self, _request: Request, body: Body) -> Any:
        """Let somebody write; with `many`, once for each of these wishes."""
        rest = dict(body)
        if "many" in rest:
            return [visitors.say(self.world, {**rest, **one}) for one in rest.pop("many")]
        return visitors.say(self.world, rest)

    def edit(self, _request: Request, body: Body) -> Any:
        return {"id": visitors.edit(self.world, str(body["id"]), str(body["text"]))}

    def delete(self, _request: Request, body: Body) -> Any:
        visitors.delete(self.world, str(body["id"]))
        return {"deleted": True}

    def react(self, _request: Request, body: Body) -> Any:
        visitors.react(self.world, str(body["id"]), int(body["count"]))
        return {"id": body["id"], "count": body["count"]}

    def moderate(self, request: Request, body: Body) -> Any:
        word = request.url.path.rsplit("/", 1)[-1]
        visitors.moderate(self.world, str(body["id"]), word)
        return {"id": body["id"], "status": word}

    def faults(self, _request: Request, _body: Body) -> Any:
        return [fault.shown() for fault in self.world.faults.all()]

    def add_fault(self, _request: Request, body: Body) -> Any:
        return self.world.faults.add(body).shown()

    def clear_faults(self, request: Request, _body: Body) -> Any:
        wanted = request.query_params.get("account")
        if wanted:
            return {"removed": self.world.faults.clear_account(wanted)}
        ids = [i for i in request.query_params.get("id", "").split(",") if i]
        return {"removed": self.world.faults.clear(ids)}

    def settings(self, request: Request, _body: Body) -> Any:
        account = self._account(request.query_params.get("account"))
        return {name: self.world.setting(name, account) for name in DEFAULTS}

    def change_settings(self, _request: Request, body: Body) -> Any:
        values = dict(body)
        account = self._account(values.pop("account", None))
        self.world.change_settings(values, account)
        return {name: self.world.setting(name, account) for name in DEFAULTS}

    def _account(self, name: str | None) -> Account | None:
        if not name:
            return None
        return self.world.store.accounts[name]

    def log(self, request: Request, _body: Body) -> Any:
        """Every create call, oldest first; filters text, account, platform, stored, since."""
        query = request.query_params
        rows = self.world.store.calls.all()
        if "text" in query:
            rows = self.world.store.calls.by("text", query["text"])
        kept = [
            row
            for row in rows
            if query.get("account") in {None, row.account}
            and query.get("platform") in {None, row.platform}
            and query.get("stored") in {None, str(row.stored).lower()}
            and row.at >= float(query.get("since", 0))
        ]
        shown = kept[-int(query.get("limit", 10_000)) :]
        return [{**vars(row), "external_id": row.created_id.split(":")[-1]} for row in shown]

    def counts(self, request: Request, _body: Body) -> Any:
        """How often each exact text came to stand, over all accounts or one."""
        account = request.query_params.get("account")
        rows = self.world.store.calls.all()
        return Counter(row.text for row in rows if row.stored and account in {None, row.account})

    def item(self, request: Request, _body: Body) -> Any:
        """One row as it stands now, deleted or not."""
        wanted = request.query_params.get("id", "")
        store = self.world.store
        tables = (
            store.tweets,
            store.fb_objects,
            store.wp_comments,
            store.wp_posts,
            store.media,
            store.fb_messages,
        )
        for table in tables:
            row = table.get(wanted)
            if row is not None:
                return vars(row)
        raise visitors.Refusal(f"no item {wanted}")

    def clock(self, _request: Request, body: Body) -> Any:
        """Tell the sandbox's time, or set it (`at`: a moment, or seconds since 1970)."""
        if "at" in body:
            told = body["at"]
            set_to(told if isinstance(told, int | float) else parse_time(str(told)))
        return {"at": now()}

    def record(self, request: Request, _body: Body) -> Any:
        """Everything that stands or stood where an account reads, as it is now: the platform's own truth."""
        account = self._account(request.query_params.get("account"))
        if account is None:
            raise KeyError("account")
        return record_of(self.world, account)

    def reset(self, _request: Request, body: Body) -> Any:
        """Forget everything and build the default world again (not with `empty`)."""
        self.world.store.wipe()
        self.world.faults.clear()
        self.world.windows.clear()
        self.world.nonces.clear()
        self.pusher.reset()
        if not body.get("empty"):
            default_world(self.world)
        return {"reset": True}

    def forget_limits(self, _request: Request, _body: Body) -> Any:
        """Begin every rate-limit window anew."""
        self.world.windows.clear()
        return {"reset": True}

    def followers(self, _request: Request, body: Body) -> Any:
        """Let people begin to follow an account, or leave it."""
        account = self._account(body["account"])
        return x_followers.change(self.world, account, body) if account else {}

    def limits(self, _request: Request, _body: Body) -> Any:
        """How many calls came in each rate-limit window that is open, refused ones included."""
        return [
            {"endpoint": endpoint, "caller": caller, "used": used, "reset": reset}
            for (endpoint, caller), (used, reset) in self.world.windows.items()
        ]

    def storm(self, _request: Request, body: Body) -> Any:
        count, seconds = int(body.get("count", 100)), float(body.get("seconds", 30))
        storm = self.story.start_storm(count, seconds, self._account(body.get("account")))
        answer = {"count": count, "seconds": seconds}
        return _after(storm, answer) if body.get("wait") else answer

    def tell(self, _request: Request, body: Body) -> Any:
        """Switch the storyteller on or off, and set its pace."""
        self.story.on = bool(body.get("on", self.story.on))
        self.story.pace = max(0.05, float(body.get("pace", self.story.pace)))
        if self.story.on:
            self.story.open()
        return {"on": self.story.on, "pace": self.story.pace}

    def help(self, _request: Request, _body: Body) -> Any:
        return {"settings": dict(DEFAULTS), "faults": dict(KINDS), "push": dict(BEHAVIOUR)}

    def endpoint(self, work: Callable[[Request, Body], Any]) -> Callable[[Request], Any]:
        """Wrap an endpoint: JSON in, JSON out, 400 with a sentence for a bad wish."""

        async def answer(request: Request) -> JSONResponse:
            raw = await request.body()
            try:
                result = work(request, dict(json.loads(raw) if raw else {}))
                return JSONResponse(await result if inspect.isawaitable(result) else result)
            except KeyError as error:
                return JSONResponse({"error": f"unknown or missing: {error}"}, 400)
            except (ValueError, TypeError) as error:
                return JSONResponse({"error": str(error)}, 400)

        return answer

    def routes(self) -> list[Route]:
        """Return the route table."""
        table: list[tuple[str, str, Callable[[Request, Body], Any]]] = [
            ("GET", "/accounts", self.accounts),
            ("POST", "/accounts", self.add_account),
            ("GET", "/apps", self.apps),
            ("POST", "/say", self.say),
            ("POST", "/edit", self.edit),
            ("POST", "/delete", self.delete),
            ("POST", "/react", self.react),
            ("POST", "/approve", self.moderate),
            ("POST", "/hold", self.moderate),
            ("POST", "/spam", self.moderate),
            ("POST", "/trash", self.moderate),
            ("GET", "/faults", self.faults),
            ("POST", "/faults", self.add_fault),
            ("DELETE", "/faults", self.clear_faults),
            ("GET", "/settings", self.settings),
            ("POST", "/settings", self.change_settings),
            ("POST", "/storm", self.storm),
            ("POST", "/story", self.tell),
            ("GET", "/log", self.log),
            ("GET", "/counts", self.counts),
            ("GET", "/item", self.item),
            ("GET", "/clock", self.clock),
            ("POST", "/clock", self.clock),
            ("GET", "/record", self.record),
            ("GET", "/push", self.push.shown),
            ("POST", "/push", self.push.subscribe),
            ("DELETE", "/push", self.push.forget),
            ("POST", "/push/behave", self.push.behave),
            ("POST", "/push/flush", self.push.flush),
            ("POST", "/ping", self.elsewhere.ping),
            ("POST", "/reset", self.reset),
            ("POST", "/followers", self.followers),
            ("GET", "/limits", self.limits),
            ("POST", "/limits/reset", self.forget_limits),
            ("GET", "/", self.help),
        ]
        return [Route(path, self.endpoint(work), methods=[m]) for m, path, work in table]
