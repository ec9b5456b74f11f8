"""An adapter and the sandbox's account it speaks for: the port from both ends, without a database."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from channels.port import ChannelAdapter, Connection
from channels.registry import adapter_for
from channels.types import Fetched, Outgoing, OutgoingKind, Page, Receipt
from tests.support.sandbox import Sandbox

#: Our kind of channel -> the sandbox's platform.
PLATFORMS = {"x": "x", "facebook": "facebook", "blog": "wordpress", "feed": "wordpress"}
#: Long enough for a busy machine, and for nothing to be waited for.
PATIENT = 20.0


@dataclass
class Place:
    """One account on one platform. A new adapter for every task, as the workers make them."""

    kind: str
    sandbox: Sandbox
    there: Mapping[str, Any]

    def adapter(self, *, timeout: float = PATIENT, **given: str) -> ChannelAdapter:
        """Return an adapter; `given` replaces secrets, or the base address."""
        base = given.pop("base_url", self._address())
        connection = Connection(
            base_url=base,
            external_id="2" if self.kind == "blog" else self.there["id"],
            secrets={**self.secrets(), **given},
            timeout=timeout,
            allow_private_hosts=True,
        )
        return adapter_for(self.kind, connection)

    def _address(self) -> str:
        return str(self.there["feed_url" if self.kind == "feed" else "base_url"])

    def secrets(self) -> dict[str, str]:
        """Return the credentials under the names our adapters use."""
        given = self.there["credentials"]
        if self.kind == "facebook":
            return {"page_access_token": given["page_token"], "app_secret": given["app_secret"]}
        names = {
            "x": ("consumer_key", "consumer_secret", "access_token", "access_token_secret"),
            "blog": ("username", "application_password"),
            "feed": (),
        }[self.kind]
        return {name: given[name] for name in names}

    def say(self, text: str, **wish: Any) -> str:
        """Let a customer write below or to us; returns the id the adapter will give it."""
        if self.kind == "facebook":
            wish.setdefault("kind", "comment")
        return self.outside(self.sandbox.say(self.there, text, **wish))

    def say_many(self, count: int, word: str = "말", *, hours: float = 5.0) -> list[str]:
        """Let customers write so many lines, 20 seconds apart, beginning hours ago (0: just now)."""
        wishes = [
            {"text": f"{word} {n}"} | ({"at": long_ago(hours, seconds=20 * n)} if hours else {})
            for n in range(count)
        ]
        common = {"kind": "comment"} if self.kind == "facebook" else {}
        found = self.sandbox.say_many(self.there, wishes, **common)
        return [self.outside(item) for item in found]

    def outside(self, sandbox_id: str) -> str:
        """Return the adapter's id for the sandbox's one."""
        number = sandbox_id.rpartition(":")[2]
        return f"comment:{number}" if self.kind == "feed" else number

    def inside(self, external_id: str) -> str:
        """Return the sandbox's id for the adapter's one."""
        number = external_id.rpartition(":")[2]
        return number if self.kind in {"x", "facebook"} else f"{self.there['id']}:{number}"

    def shown(self, external_id: str) -> dict[str, Any]:
        """Return what the sandbox remembers of something."""
        return self.sandbox.control("item", id=self.inside(external_id))

    def control(self, verb: str, external_id: str, **more: Any) -> Any:
        """Let the public edit, delete or approve something."""
        return self.sandbox.control(verb, {"id": self.inside(external_id), **more})

    def set(self, **settings: Any) -> None:
        """Change the account's switches in the sandbox."""
        self.sandbox.control("settings", {"account": self.there["name"], **settings})

    def fault(self, kind: str, **wish: Any) -> None:
        """Let something go wrong for this account, once unless told otherwise."""
        self.sandbox.fault(self.there, kind, **wish)

    def canned(self, body: Any, status: int = 200, **wish: Any) -> None:
        """Let the next call be answered like this."""
        self.fault("canned", body=body, status=status, **wish)

    def creates(self) -> list[dict[str, Any]]:
        """Return the create calls seen, oldest first."""
        return self.sandbox.creates(self.there)

    def stands(self, text: str) -> int:
        """Return how often a text of ours came to stand."""
        return self.sandbox.counts(self.there).get(text, 0)

    def post(self, text: str, **given: Any) -> Outgoing:
        """Return a post on its way out."""
        title = f"About {text[:40]}" if self.kind == "blog" else ""
        return Outgoing(OutgoingKind.POST, text, nonce=nonce(text), title=title, **given)

    def reply(self, text: str, to: Fetched, **given: Any) -> Outgoing:
        """Return an answer on its way out."""
        return Outgoing(
            OutgoingKind.REPLY,
            text,
            nonce=nonce(text),
            reply_to=to.external_id,
            thread=to.thread_external_id,
            **given,
        )

    def asked(self, text: str = "질문 있어요", **wish: Any) -> Fetched:
        """Let a customer ask something, and return it as the adapter shows it."""
        external_id = self.say(text, **wish)
        return one(self.walk()[0], external_id)

    def walk(
        self, cursor: Mapping[str, Any] | None = None, adapter: ChannelAdapter | None = None
    ) -> tuple[list[Fetched], dict[str, Any]]:
        """Fetch to the end; returns all items in order and the cursor."""
        pages = self.pages(cursor, adapter)
        return [item for page in pages for item in page.items], dict(pages[-1].next_cursor)

    def pages(
        self, cursor: Mapping[str, Any] | None = None, adapter: ChannelAdapter | None = None
    ) -> list[Page]:
        """Fetch news to the end, then what is revisited; cursors go through JSON as the database stores them."""
        found: list[Page] = []
        here = dict(cursor or {})
        for verb in ("fetch", "revisit"):
            for _ in range(100):
                read = getattr(adapter or self.adapter(), verb)
                found.append(read(json.loads(json.dumps(here))))
                here = dict(found[-1].next_cursor)
                if not found[-1].has_more:
                    break
            else:
                raise AssertionError("the walk found no end")
        return found

    def find(self, out: Outgoing, began: datetime) -> list[Receipt]:
        """Read back what can have come of a call that began then."""
        window = {"since": began - timedelta(seconds=5), "until": began + timedelta(seconds=90)}
        return self.adapter().find(out, **window)


def nonce(text: str) -> str:
    """Return a name for a delivery, the same for the same text."""
    return f"oc-{abs(hash(text)):x}"


def one(items: Iterable[Fetched], external_id: str) -> Fetched:
    """Return the latest view of one item."""
    found = [item for item in items if item.external_id == external_id]
    assert found, f"no item {external_id}"
    return found[-1]


def ids(items: Iterable[Fetched]) -> list[str]:
    """Return the ids in order."""
    return [item.external_id for item in items]


def long_ago(hours: float = 2.0, **more: float) -> str:
    """Return a moment in the past as the control API reads it."""
    return (datetime.now(UTC) - timedelta(hours=hours) + timedelta(**more)).isoformat()
