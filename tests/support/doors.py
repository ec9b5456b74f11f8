"""Knocking at the doors of an account as its platform does, and letting workers take in what came."""

import json
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from django.test import Client

from channels import push_tasks
from channels.actions.doors import door_open
from channels.models import ChannelAccount, InboundItem, PushDoor, PushEvent
from channels.signatures import facebook_signature, x_signature
from opsconsole.kernel.actor import SYSTEM
from tests.factories.channels import make_account

SECRET = "app secret of the tests"
SIGNS = {
    "facebook": ("X-Hub-Signature-256", facebook_signature),
    "x": ("X-Twitter-Webhooks-Signature", x_signature),
}


@dataclass
class Knocker:
    """A platform that knows the secret of one account, and its address."""

    account: ChannelAccount
    door: PushDoor
    secret: str = SECRET
    client: Client = field(default_factory=Client)

    @property
    def path(self) -> str:
        return f"/hooks/{self.account.kind}/{self.door.token}"

    def post(self, body: Any, *, sign: str | None = None, path: str = "", **headers: str):
        """Post a body (bytes as they are) with its signature, or with another one."""
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        name, signature = SIGNS[self.account.kind]
        given = signature(self.secret, raw) if sign is None else sign
        headers |= {name: given} if given else {}
        return self.client.post(
            path or self.path, raw, content_type="application/json", headers=headers
        )

    def tell(self, *values: dict[str, Any], field: str = "feed", page: str = "") -> None:
        """Post Facebook's changes in one call, and have a worker take them in."""
        answer = self.post(changes(page or self.account.external_id, *values, field=field))
        assert answer.status_code == 200
        push_tasks.take_in()

    def items(self) -> dict[str, InboundItem]:
        return {row.external_id: row for row in InboundItem.objects.filter(account=self.account)}


def knocker(kind: str = "facebook", **given) -> Knocker:
    """An account with an open door."""
    name = {"facebook": "app_secret", "x": "consumer_secret"}.get(kind)
    account = given.pop("account", None) or make_account(
        kind=kind, secrets={name: SECRET} if name else {}, **given
    )
    return Knocker(account, door_open(SYSTEM, account_id=account.pk))


def changes(page: str, *values: dict[str, Any], field: str = "feed") -> dict[str, Any]:
    """A call of Facebook's."""
    told = [{"field": field, "value": value} for value in values]
    return {"object": "page", "entry": [{"id": page, "time": 1790000000, "changes": told}]}


def comment(number: int | str, text: str = "안녕하세요", **given: Any) -> dict[str, Any]:
    """A new comment under the post P of the account's page."""
    value = {
        "item": "comment", "verb": "add", "comment_id": f"77_{number}", "post_id": "P",
        "parent_id": "P", "created_time": 1790000000, "message": text,
        "from": {"id": "555", "name": "민지"},
    }  # fmt: skip
    return {name: one for name, one in (value | given).items() if one is not None}


def outcomes() -> list[tuple[str, str]]:
    """What became of every event, oldest first."""
    return list(PushEvent.objects.order_by("id").values_list("state", "outcome"))


def form(path: str, **given: str):
    """Post a form as programs send it: url-encoded."""
    kind = "application/x-www-form-urlencoded"
    return Client().post(path, urlencode(given), content_type=kind)
