"""Accounts, deliveries and the truth about them, for the bench of faults. Needs a stack that runs."""

import json
import re
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import count
from typing import Any
from urllib.request import Request, urlopen
from uuid import uuid4

import django

django.setup()

from django.conf import settings  # noqa: E402 - models exist only after setup
from django.db import Error, connections  # noqa: E402

from channels.actions.deliveries import delivery_request  # noqa: E402
from channels.lifecycle import NORMAL, ChannelKind  # noqa: E402
from channels.models import ChannelAccount, Credential, Delivery  # noqa: E402
from channels.registry import secret_fields  # noqa: E402
from channels.types import OutgoingKind  # noqa: E402
from opsconsole.bench import traffic  # noqa: E402
from opsconsole.bench.faulting.rows import RESTING, Fate  # noqa: E402
from opsconsole.bench.platform import control  # noqa: E402
from opsconsole.kernel.actor import Actor  # noqa: E402
from opsconsole.kernel.clock import now  # noqa: E402
from opsconsole.kernel.secrets import encrypt  # noqa: E402
from opsconsole.local.stack import Stack  # noqa: E402
from opsconsole.people.models import BusinessUnit, User  # noqa: E402
from opsconsole.people.selectors import actor_for  # noqa: E402

#: Kind of channel → what the sandbox calls it.
PLATFORMS = {"x": "x", "facebook": "facebook", "blog": "wordpress"}
#: The address of the create call of a post.
CREATES = {"x": "/2/tweets$", "facebook": "/feed$", "blog": "/posts$"}
_numbers = count(1)


@dataclass(frozen=True)
class Line:
    """An account of ours and its counterpart in the sandbox."""

    account: ChannelAccount
    there: dict[str, Any]
    sandbox_url: str

    @property
    def name(self) -> str:
        """How the sandbox calls it."""
        return str(self.there["name"])

    def fault(self, kind: str, **wish: Any) -> None:
        """Let something go wrong with its create calls, or with what `method` and `path_regex` say."""
        match = {
            "account": self.name,
            "method": wish.pop("method", "POST"),
            "path_regex": wish.pop("path_regex", CREATES[self.account.kind]),
        }
        if match["method"] == "GET":
            match["path_regex"] = ""
        control(self.sandbox_url, "faults", {"kind": kind, "match": match, **wish})

    def heal(self) -> None:
        """Let all go well again."""
        control(self.sandbox_url, f"faults?account={self.name}", method="DELETE")

    def calls(self) -> list[dict[str, Any]]:
        """Return the create calls that the platform has seen, oldest first."""
        found: list[dict[str, Any]] = control(self.sandbox_url, f"log?account={self.name}")
        return found

    def number_of(self, call: dict[str, Any]) -> str:
        """Return the number of what a call made, as people give it."""
        number = str(call["external_id"])
        return f"post:{number}" if self.account.kind == "blog" else number

    def stored(self) -> list[dict[str, Any]]:
        """Return those that made something."""
        return [call for call in self.calls() if call["stored"]]


class Field:
    """Where the scenarios take place: one running console, and people who may do everything."""

    def __init__(self, stack: Stack) -> None:
        """Make a unit and an administrator."""
        self.stack = stack
        self.sandbox_url = stack.sandbox_url
        self.unit = BusinessUnit.objects.create(slug="bench", name_ko="벤치", name_en="Bench")
        self.actor: Actor = traffic.somebody()
        self._session = traffic.session()
        self._lock = threading.Lock()

    def colleague(self, role: str) -> Actor:
        """Return somebody else with a role in the unit."""
        user = User.objects.create_user(f"bench-{role}{next(_numbers)}", password=None)
        user.memberships.create(role=role, unit=self.unit)
        return actor_for(user)

    def line(self, kind: str, **given: Any) -> Line:
        """Connect an account that is known to speak, and is not read unless told otherwise."""
        name = f"f{next(_numbers)}"
        there = control(self.sandbox_url, "accounts", {"platform": PLATFORMS[kind], "name": name})
        at, rest = now(), now() + timedelta(days=1)
        defaults = {
            "poll_due_at": rest,
            "recheck_due_at": rest,
            "created_at": at,
            "verified_at": at,
        }
        account = ChannelAccount.objects.create(
            kind=ChannelKind(kind), unit=self.unit, name=there["name"], base_url=there["base_url"],
            external_id="2" if kind == "blog" else there["id"], **(defaults | given),
        )  # fmt: skip
        Credential.objects.create(
            account=account, sealed=encrypt(secrets_of(kind, there)),
            updated_at=at - timedelta(minutes=10),
        )  # fmt: skip
        return Line(account, there, self.sandbox_url)

    def lines(self, *kinds: str, **given: Any) -> list[Line]:
        """Connect one account for each kind."""
        return [self.line(kind, **given) for kind in kinds]

    def post(
        self, line: Line, *, text: str = "", after: float = 0, window: float = 3600,
        priority: int = NORMAL,
    ) -> Delivery:  # fmt: skip
        """Ask for a post so many seconds from now, with a window of so many seconds."""
        text = text or f"알림 {uuid4().hex}"
        at = now() + timedelta(seconds=after)
        return delivery_request(
            self.actor, origin=f"bench:{uuid4().hex}", account=line.account,
            kind=OutgoingKind.POST, title=text[:20], text=text, not_before=at,
            deadline=at + timedelta(seconds=window), priority=priority,
        )  # fmt: skip

    def rest(
        self, deliveries: Iterable[Delivery], within: float, *, of: Sequence[str] = ()
    ) -> float:
        """Wait until all have come to rest, or into one of these states; return the seconds it took."""
        began = time.monotonic()
        wanted = [delivery.pk for delivery in deliveries]
        states = list(of) or sorted(RESTING)
        until(
            lambda: not Delivery.objects.filter(pk__in=wanted).exclude(state__in=states).exists(),
            within,
        )
        return time.monotonic() - began

    def fates(self, deliveries: Iterable[Delivery]) -> list[Fate]:
        """Return what became of deliveries: there, here, and as people are shown it."""
        rows = Delivery.objects.select_related("account").filter(
            pk__in=[delivery.pk for delivery in deliveries]
        )
        made: dict[tuple[str, str], list[str]] = {}
        for call in control(self.sandbox_url, "log?stored=true&limit=1000000"):
            made.setdefault((call["account"], mark_of(call["text"])), []).append(
                call["external_id"]
            )
        found = {row.pk: row for row in rows}
        shown = self._shown(set(found))
        return [
            _fate(row, shown.get(pk, {}), made.get((row.account.name, mark_of(row.text)), []))
            for pk, row in found.items()
        ]

    def _shown(self, wanted: set[int]) -> dict[int, dict[str, Any]]:
        """Read deliveries as people's programs do: page by page, the newest first."""
        seen: dict[int, dict[str, Any]] = {}
        address: str | None = f"{self.stack.url}/api/v1/deliveries/?limit=100"
        while address and wanted - set(seen):
            request = Request(address)
            request.add_header("Cookie", f"{settings.SESSION_COOKIE_NAME}={self._session}")
            with urlopen(request, timeout=60) as answer:
                page = json.load(answer)
            seen |= {one["id"]: one for one in page["results"]}
            address = page["next"]
        return seen

    def restart(self, *workers: int) -> None:
        """Start workers that were killed or stopped, and wait until they work."""
        for number in workers:
            self.stack.start_worker(number)
        for number in workers:
            worker = self.stack.workers[number]
            worker.wait_ready(lambda worker=worker: "ready." in worker.output(), 60)  # type: ignore[misc]

    def revive(self) -> int:
        """Start the workers that have ended by themselves, as a container's restart policy does. Returns how many."""
        ended = [n for n, worker in enumerate(self.stack.workers) if worker.exit_code is not None]
        self.restart(*ended)
        return len(ended)

    def kill_workers(self) -> None:
        """SIGKILL all workers at the same moment, as a power cut would."""
        with self._lock:
            for number in range(len(self.stack.workers)):
                self.stack.kill_worker(number)
            self.restart(*range(len(self.stack.workers)))


def mark_of(text: str) -> str:
    """Return what is unique in a text, however its platform has dressed it."""
    found = re.search(r"[0-9a-f]{32}", text)
    return found[0] if found else text


def _fate(row: Delivery, shown: dict[str, Any], numbers: list[str]) -> Fate:
    is_found = any(number in shown.get("external_id", "") for number in numbers)
    return Fate(len(numbers), row.state, shown.get("state", "not shown"), is_found)


def until(is_so: Callable[[], bool], within: float, *, every: float = 0.1) -> bool:
    """Wait until something is so; False when it is not within so many seconds."""
    end = time.monotonic() + within
    while time.monotonic() < end:
        try:
            if is_so():
                return True
        except Error:  # the database is away just now, on purpose
            connections.close_all()
        time.sleep(every)
    return False


def secrets_of(kind: str, there: dict[str, Any]) -> dict[str, str]:
    """Return the credentials of an account of the sandbox under the names that we give them."""
    given = there["credentials"] | {
        "page_access_token": there["credentials"].get("page_token", "")
    }
    return {field.name: given.get(field.name, "") for field in secret_fields(kind)}


def together(*jobs: Callable[[], Any]) -> list[Any]:
    """Do several things at the same moment; return what each returned or raised."""
    gate, results = threading.Barrier(len(jobs)), [None] * len(jobs)

    def run(number: int, job: Callable[[], Any]) -> None:
        gate.wait(30)
        try:
            results[number] = job()
        except Exception as error:
            results[number] = error  # type: ignore[call-overload]
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(jobs)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results
