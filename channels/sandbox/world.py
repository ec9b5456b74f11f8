"""The one object every handler works on: memory, settings, faults, time and randomness."""

import asyncio
import hashlib
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from channels.sandbox.clock import Snowflakes, now
from channels.sandbox.faults import Faults
from channels.sandbox.rows import Account, LoggedCall, Note, Row
from channels.sandbox.store import Store
from channels.sandbox.wire import Call

#: What `POST /_control/settings` may change, for everybody or for one account.
DEFAULTS: Mapping[str, Any] = {
    "latency_ms": 0,
    "clock_ahead": 0,
    "x_spec": "both",
    "x_summoned_only": False,
    "x_reply_prefix": True,
    "x_processing_seconds": 2,
    "x_processing": "succeeds",
    "x_limits": {},
    "x_posts_per_day": 10_000,
    "x_duplicate_seconds": 86_400,
    "x_access": "read-write",
    "x_callbacks": [],
    "x_token_seconds": 7_200,
    "x_code_seconds": 30,
    "x_push_form": "whole",
    "fb_from": "shown",
    "fb_tasks": [],
    "fb_page_tokens_are_users": False,
    "fb_usage": 1,
    "fb_page_usage": 1,
    "fb_comments_open": True,
    "fb_duplicate_posts": "refuse",
    "fb_order": "as_asked",
    "fb_paging": "cursors",
    "fb_push_form": "modern",
    "wp_flood_seconds": 15,
    "wp_moderation": False,
    "wp_timezone": "Asia/Seoul",
    "wp_permalinks": True,
    "wp_application_passwords": True,
}


@dataclass(frozen=True)
class Settings:
    """How a sandbox is started."""

    data: Path | None = None
    seed: int = 1
    story: bool = True
    pace: float = 12.0
    default_world: bool = True


class World:
    """State and switches of one running sandbox."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.store = Store(settings.data)
        self.snowflakes = Snowflakes()
        self.faults = Faults(settings.seed)
        self.random = random.Random(settings.seed)
        self.closing = asyncio.Event()
        self.started_at = now()
        self.windows: dict[tuple[str, str], tuple[int, int]] = {}
        self.nonces: dict[str, float] = {}
        self.listeners: list[Callable[[str, Row], None]] = []
        self._serial = int(now() * 1000)
        for table in (self.store.tweets, self.store.x_users):
            for row in table.all():
                self.snowflakes.remember(row.id)

    def setting(self, name: str, account: Account | None = None) -> Any:
        """Return a switch's value for an account: its own, else everybody's, else the default."""
        if account and name in account.settings:
            return account.settings[name]
        common = self.store.notes.get("settings")
        if common and name in common.value:
            return common.value[name]
        return DEFAULTS[name]

    def change_settings(self, values: Mapping[str, Any], account: Account | None = None) -> None:
        """Set switches; KeyError names one that does not exist."""
        for name in values:
            if name not in DEFAULTS:
                raise KeyError(name)
        if account:
            account.settings.update(values)
            self.store.accounts.put(account)
            return
        common = self.store.notes.get("settings") or Note("settings")
        common.value.update(values)
        self.store.notes.put(common)

    def serial(self) -> int:
        """Return a number greater than all before, also across restarts."""
        self._serial = max(self._serial + 1, int(now() * 1000))
        return self._serial

    def secret(self, *parts: str, length: int = 40) -> str:
        """Derive a credential from the seed: the same one for the same parts in every run."""
        text = "|".join((str(self.settings.seed), *parts))
        return hashlib.sha512(text.encode()).hexdigest()[:length]

    def derived_id(self, *parts: str, lowest: int) -> str:
        """Derive a number of an account from the seed: between `lowest` and a tenth more."""
        return str(lowest + int(self.secret(*parts, "id"), 16) % (lowest // 10))

    def account_of(self, platform: str, identity: str) -> Account | None:
        """Return the connected profile with this id on its platform."""
        found = self.store.accounts.by("identity", identity)
        return next((a for a in found if a.platform == platform), None)

    def happened(self, what: str, row: Row) -> None:
        """Tell whoever listens that something was made, changed or taken away."""
        for hear in self.listeners:
            hear(what, row)

    def log(self, call: Call, text: str, status: int, fault: str) -> None:
        """Write a create call down; `call.created` says what came of it."""
        made = call.created
        self.store.calls.put(
            LoggedCall(
                id=str(self.serial()),
                at=call.at,
                platform=call.platform,
                account=call.account.id if call.account else "",
                method=call.method,
                path=call.path,
                text=made.text if made else text,
                title=made.title if made else "",
                created_id=made.id if made else "",
                stored=made is not None,
                status=status,
                fault=fault,
            )
        )

    async def pause(self, seconds: float) -> None:
        """Sleep, but not past the end of the program."""
        try:
            await asyncio.wait_for(self.closing.wait(), seconds)
        except TimeoutError:
            return
