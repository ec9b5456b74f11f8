"""One simulated day of three platforms and of the workers that read them. Needs a stack that runs."""

import logging
import random
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import django

django.setup()

from django.db import connection  # noqa: E402 - models exist only after setup
from django.db.models import F  # noqa: E402

from channels import past_tasks, ping_tasks, push_tasks, tasks  # noqa: E402
from channels.actions.accounts import account_poll_now, account_reconnect  # noqa: E402
from channels.actions.past import ACTIVE, history_begin  # noqa: E402
from channels.lifecycle import PushState  # noqa: E402
from channels.models import (  # noqa: E402
    ChannelAccount,
    Credential,
    InboundItem,
    PastReading,
    PushEvent,
)
from channels.selectors.accounts import accounts_to_poll  # noqa: E402
from inbox.tasks import ingest  # noqa: E402
from opsconsole.bench.faulting.field import PLATFORMS, secrets_of  # noqa: E402
from opsconsole.bench.gapping.doors import Doors, arrive  # noqa: E402
from opsconsole.bench.gapping.pings import Neighbours  # noqa: E402
from opsconsole.bench.gapping.plan import KINDS, Deed, Plan, Trouble  # noqa: E402
from opsconsole.bench.platform import control  # noqa: E402
from opsconsole.kernel import clock  # noqa: E402
from opsconsole.kernel.actor import SYSTEM  # noqa: E402
from opsconsole.kernel.secrets import encrypt  # noqa: E402
from opsconsole.people.models import BusinessUnit  # noqa: E402

logging.disable(logging.ERROR)  # misfortune is what this is about

#: Share of polls, of readings of the past and of ingestions that die, and at which statement at the latest.
DEATHS, LAST_STATEMENT = 0.08, 14
#: Before the day there were these days, with so many lines, that are read as history.
HISTORY_DAYS, HISTORY_LINES = 2, 25
#: X lets posts be changed for this long (minutes).
EDITABLE = 28
_numbers = count(1)


class Killed(BaseException):
    """The process is gone, between two statements."""


class Day:
    """The accounts of one day, and what time does to them."""

    def __init__(
        self,
        sandbox_url: str,
        unit: BusinessUnit,
        plan: Plan,
        begins: datetime,
        doors: Doors,
        poll_every: int,
    ) -> None:
        """Make three accounts on platforms that have stood for a while, and connect them."""
        self.poll_every = poll_every
        self.url, self.plan, self.begins, self.doors = sandbox_url, plan, begins, doors
        doors.seed(plan.seed)
        self.neighbours: Neighbours | None = None
        self.there: dict[str, dict[str, Any]] = {}
        self.accounts: dict[str, ChannelAccount] = {}
        self.said: dict[str, list[tuple[float, str]]] = {kind: [] for kind in KINDS}
        self.troubled: dict[str, set[Trouble]] = {kind: set() for kind in KINDS}
        self.deaths = self.polls = 0
        self.minute = 0.0
        self.set_time(0)
        for kind in KINDS:
            self._connect(kind, unit)

    def set_time(self, minute: float) -> None:
        """Let it be this minute of the day, here and on the platforms."""
        self.minute = minute
        at = self.begins + timedelta(minutes=minute)
        clock.follow(at - datetime.now(UTC))
        control(self.url, "clock", {"at": at.timestamp()})

    def _connect(self, kind: str, unit: BusinessUnit) -> None:
        name = f"d{self.plan.seed}{kind}"  # short enough for a handle
        there = control(self.url, "accounts", {"platform": PLATFORMS[kind], "name": name})
        self.there[kind] = there
        dice = random.Random(self.plan.seed)
        past = sorted(dice.uniform(5, HISTORY_DAYS * 1430) for _ in range(HISTORY_LINES))
        self._say(kind, [-minutes for minutes in reversed(past)], {})
        at = clock.now()
        account = ChannelAccount.objects.create(
            kind=kind, unit=unit, name=name, base_url=there["base_url"], poll_every=self.poll_every,
            external_id="2" if kind == "blog" else there["id"], verified_at=at, created_at=at,
            poll_due_at=at, recheck_due_at=at,
        )  # fmt: skip
        Credential.objects.create(
            account=account, sealed=encrypt(secrets_of(kind, there)), updated_at=at
        )
        history_begin(account, SYSTEM, HISTORY_DAYS)
        self.accounts[kind] = account
        if manner := self.plan.manners.get(kind):
            self._listen(kind, account, manner)

    def _listen(self, kind: str, account: ChannelAccount, manner: dict[str, Any]) -> None:
        name = self.there[kind]["name"]
        token = self.doors.open(self.url, account, name, manner)
        if kind == "blog":
            door = f"{self.doors.url}/hooks/blog/{token}"
            self.neighbours = Neighbours(self.url, name, door, self.plan.dice)

    # --- Outside ---

    def _say(self, kind: str, minutes: list[float], wish: dict[str, Any]) -> None:
        wishes = [
            {
                "text": f"말 {next(_numbers)}",
                "at": (self.begins + timedelta(minutes=minute)).timestamp(),
                "author": f"손님{self.plan.dice.randrange(30)}",
            }
            for minute in minutes
        ]
        form = {"kind": "comment"} if kind == "facebook" else {}
        body = {"platform": PLATFORMS[kind], "account": self.there[kind]["name"], **form, **wish}
        made = control(self.url, "say", {**body, "many": wishes})
        pairs = zip(minutes, made, strict=True)
        self.said[kind] += [(minute, one["id"]) for minute, one in pairs]

    def do(self, deed: Deed, since: float) -> None:
        """Let somebody outside do something; what is said stands there from now on, with its time."""
        if deed.verb in {"say", "visit"}:
            self._speak(deed, since)
            return
        if deed.verb in {"ping", "reping"} and self.neighbours:
            self.neighbours.write() if deed.verb == "ping" else self.neighbours.change(deed.which)
            return
        newest = self.said[deed.kind][-1 - deed.which :][:1]
        if not newest:
            return
        at, sandbox_id = newest[0]
        if deed.verb == "edit":
            if deed.kind == "x" and self.minute - at > EDITABLE:
                return
            handle = f"@{self.there['x']['handle']} " if deed.kind == "x" else ""
            control(self.url, "edit", {"id": sandbox_id, "text": f"{handle}고침 {next(_numbers)}"})
            return
        control(self.url, deed.verb, {"id": sandbox_id})

    def _speak(self, deed: Deed, since: float) -> None:
        spread = 60.0 if deed.count >= 300 else 0.3 / 60 * deed.count
        first = max(deed.minute - spread, since + 0.05) if deed.count < 300 else deed.minute - 60
        last = max(deed.minute, first)
        step = (last - first) / max(deed.count - 1, 1)
        wish: dict[str, Any] = {}
        if deed.verb == "visit":
            wish = {
                "facebook": {"kind": "visitor_post"},
                "blog": {"kind": "held_comment"},
                "x": {},
            }[deed.kind]
        self._say(deed.kind, [first + step * n for n in range(deed.count)], wish)

    def suffer(self) -> None:
        """Let begin and end what goes wrong at this minute."""
        self.doors.is_shut = Trouble.SHUT in self.plan.during(self.minute, "")
        for kind in KINDS:
            now = self.plan.during(self.minute, kind)
            if now == self.troubled[kind]:
                continue
            was, self.troubled[kind] = self.troubled[kind], now
            self.heal(kind)
            for trouble in now:
                self._strike(kind, trouble)
            if Trouble.REVOKED in was - now:
                self.reconnect(kind)

    def _strike(self, kind: str, trouble: Trouble) -> None:
        wishes: dict[Trouble, dict[str, Any]] = {
            Trouble.DOWN: {"kind": "status", "status": 503},
            Trouble.REVOKED: {"kind": "status", "status": 401},
            Trouble.LIMITED: {"kind": "status", "status": 429, "reset_in": 1200},
            Trouble.MUDDLED: {"kind": "out_of_order"},
            Trouble.DOUBLED: {"kind": "duplicate"},
        }
        wish = wishes.get(trouble)
        if wish is None:
            return
        if trouble == Trouble.LIMITED and kind == "facebook":
            wish = {"kind": "status", "code": 32, "reset_in": 1200}
        match = {"account": self.there[kind]["name"]}
        if kind == "blog" and trouble == Trouble.REVOKED:
            match["path_regex"] = "/wp-json/"  # its pages are read without a login
        control(self.url, "faults", {**wish, "match": match, "for_seconds": 100_000})

    def heal(self, kind: str) -> None:
        """Let all go well again on an account."""
        control(self.url, f"faults?account={self.there[kind]['name']}", method="DELETE")

    def reconnect(self, kind: str) -> None:
        """Let somebody enter the credentials again."""
        account_reconnect(
            SYSTEM,
            account_id=self.accounts[kind].pk,
            secrets=secrets_of(kind, self.there[kind]),
        )

    # --- Inside ---

    def work(self) -> None:
        """Let arrive what was pushed, and the workers do what is due now; some die at it."""
        if self.plan.manners:
            arrive(self.url)
        if Trouble.AWAY in self.plan.during(self.minute, ""):
            return
        away = {kind for kind in KINDS if Trouble.AWAY in self.plan.during(self.minute, kind)}
        resting = [self.accounts[kind].pk for kind in away]
        for account in accounts_to_poll(clock.now()).exclude(pk__in=resting):
            self.polls += 1
            with self._mortal():
                tasks.poll_account(account.pk)
        if not away:
            with self._mortal():
                past_tasks.read_past()
        if self.plan.manners:
            with self._mortal():
                push_tasks.take_in()
            with self._mortal():
                ping_tasks.verify()
        with self._mortal():
            ingest()

    @contextmanager
    def _mortal(self) -> Iterator[None]:
        left = self.plan.dice.randint(1, LAST_STATEMENT)
        if self.plan.dice.random() >= DEATHS:
            yield
            return

        def until_dead(execute: Any, *call: Any) -> Any:
            nonlocal left
            left -= 1
            if left <= 0:
                raise Killed
            return execute(*call)

        try:
            with connection.execute_wrapper(until_dead):
                yield
        except Killed:
            self.deaths += 1
            connection.close()

    def end(self) -> None:
        """Leave the accounts alone from now on."""
        for kind in self.plan.manners:
            control(self.url, f"push?account={self.there[kind]['name']}", method="DELETE")
        mine = [account.pk for account in self.accounts.values()]
        ChannelAccount.objects.filter(pk__in=mine).update(is_paused=True)

    def come_to_rest(self) -> None:
        """Let all go well, and read until nothing is left to be read."""
        self.plan.spells.clear()
        self.suffer()
        for kind in KINDS:
            self.heal(kind)
            if ChannelAccount.objects.get(pk=self.accounts[kind].pk).needs_reconnect:
                self.reconnect(kind)
        mine = [account.pk for account in self.accounts.values()]
        control(self.url, "push/flush", {})
        for round_ in range(60):
            self.set_time(self.minute + 16)
            ChannelAccount.objects.filter(pk__in=mine).update(
                next_allowed_at=None, poll_due_at=clock.now(), recheck_due_at=clock.now(),
                poll_lease_until=None, poll_fence=F("poll_fence") + 1,
            )  # fmt: skip
            if round_ == 2:
                for pk in mine:
                    account_poll_now(SYSTEM, account_id=pk, ring=False)
            for pk in mine:
                tasks.poll_account(pk)
            past_tasks.read_past()
            push_tasks.take_in()
            ping_tasks.verify()
            ingest()
            pending = InboundItem.objects.filter(account__in=mine, recheck_at__lte=clock.now())
            reading = PastReading.objects.filter(account__in=mine, state__in=ACTIVE)
            events = PushEvent.objects.filter(account__in=mine, state=PushState.WAITING)
            if round_ > 3 and not any(rows.exists() for rows in (pending, reading, events)):
                return
