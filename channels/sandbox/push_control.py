"""The part of the control API that says who listens to the platforms, and how badly they are told."""

from typing import Any

from starlette.requests import Request

from channels.sandbox.graph_apps import fields_tell
from channels.sandbox.push import Pusher
from channels.sandbox.rows import Account
from channels.sandbox.visitors import Refusal

Body = dict[str, Any]
#: Seconds that a flush may take unless it is told otherwise.
FLUSH_SECONDS = 20.0


class PushControl:
    """The endpoints, on one pusher."""

    def __init__(self, pusher: Pusher) -> None:
        self.pusher = pusher

    def _account(self, name: str) -> Account:
        return self.pusher.world.store.accounts[name]

    def _listening(self, name: str) -> Account:
        account = self._account(name)
        if account.id not in self.pusher.listeners:
            raise Refusal(f"nobody listens to {name}")
        return account

    def shown(self, request: Request, _body: Body) -> Any:
        """Every subscription, or that of one account, with its counts."""
        wanted = request.query_params.get("account")
        names = [wanted] if wanted else list(self.pusher.listeners)
        found = [self.pusher.state(self._listening(name)) for name in names]
        return found[0] if wanted else found

    async def subscribe(self, request: Request, body: Body) -> Any:
        """Subscribe a listener, after it has proved itself as the platform demands."""
        account = self._account(str(body["account"]))
        if account.platform not in {"x", "facebook"}:
            raise Refusal(f"{account.platform} pushes nothing; see /ping")
        url = str(body["url"])
        fault = await self.pusher.prove(account, url, str(body.get("verify_token", "")))
        if fault:
            raise Refusal(f"{url} could not be verified: {fault}")
        origin = f"{request.url.scheme}://{request.url.netloc}"
        self.pusher.subscribe(account, body, origin)
        if account.platform == "facebook" and body.get("page", True):
            fields_tell(self.pusher.world, account, ["feed", "mention"])
        return self.pusher.state(account)

    def behave(self, _request: Request, body: Body) -> Any:
        """Change how badly a listener is told."""
        account = self._listening(str(body["account"]))
        self.pusher.behave(account, body)
        return self.pusher.state(account)

    async def flush(self, _request: Request, body: Body) -> Any:
        """Send at once what waits, and answer when all has arrived; with `only_due`, what is due by now."""
        seconds = float(body.get("seconds", FLUSH_SECONDS))
        is_done = await self.pusher.flush(seconds, only_due=bool(body.get("only_due")))
        states = [self.pusher.state(self._account(name)) for name in self.pusher.listeners]
        return {"arrived": is_done, "listeners": states}

    def forget(self, request: Request, _body: Body) -> Any:
        """End a subscription."""
        self.pusher.forget(self._account(request.query_params.get("account", "")))
        return {"forgotten": True}
