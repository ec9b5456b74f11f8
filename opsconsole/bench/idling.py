"""Idle accounts for the bench of them: polls with the clock running, and how late workers are. Needs a stack."""

import statistics
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count
from typing import Any

import django

django.setup()

from django.db import connection  # noqa: E402 - models exist only after setup
from django.db.models import F  # noqa: E402
from requests.adapters import HTTPAdapter  # noqa: E402

from channels import tasks  # noqa: E402
from channels.models import ChannelAccount, Credential  # noqa: E402
from opsconsole.bench.faulting.field import PLATFORMS, secrets_of  # noqa: E402
from opsconsole.bench.platform import control  # noqa: E402
from opsconsole.kernel.clock import now  # noqa: E402
from opsconsole.kernel.secrets import encrypt  # noqa: E402
from opsconsole.people.models import BusinessUnit  # noqa: E402

_numbers = count(1)
_KINDS = ("x", "facebook", "blog")


@dataclass
class Told:
    """What idle polls cost: requests and milliseconds of plain ones, and requests of all."""

    requests: list[int] = field(default_factory=list)
    own_ms: list[float] = field(default_factory=list)
    waited_ms: list[float] = field(default_factory=list)
    processor_ms: list[float] = field(default_factory=list)
    trivial: list[float] = field(default_factory=list)
    all_requests: int = 0
    all_polls: int = 0

    @property
    def trivial_ms(self) -> float:
        """A trivial query between two polls (median)."""
        return statistics.median(self.trivial)

    @property
    def share(self) -> float:
        """Requests a poll, whatever polls were for."""
        return self.all_requests / max(self.all_polls, 1)


class _Line(HTTPAdapter):
    """Counts what goes over the wire in this process, and how long it takes to come back."""

    calls = 0
    seconds = 0.0


@contextmanager
def _listening() -> Iterator[type[_Line]]:
    """Have every request of this process counted."""
    plain = HTTPAdapter.send

    def send(self: HTTPAdapter, *call: Any, **given: Any) -> Any:
        began = time.perf_counter()
        try:
            return plain(self, *call, **given)
        finally:
            _Line.calls += 1
            _Line.seconds += time.perf_counter() - began

    HTTPAdapter.send = send  # type: ignore[method-assign]  # one place for all SDKs
    try:
        yield _Line
    finally:
        HTTPAdapter.send = plain  # type: ignore[method-assign]  # as it was


def connect(sandbox_url: str, kind: str, *, every: int, due_in: float = 0) -> ChannelAccount:
    """Connect an account of a platform of its own."""
    unit, _is_new = BusinessUnit.objects.get_or_create(
        slug="bench", defaults={"name_ko": "벤치", "name_en": "Bench"}
    )
    name = f"idle{next(_numbers)}"
    there = control(sandbox_url, "accounts", {"platform": PLATFORMS[kind], "name": name})
    if kind == "facebook":
        for _ in range(3):
            body = {"platform": "facebook", "account": name, "text": "말", "kind": "visitor_post"}
            control(sandbox_url, "say", body)
    else:
        body = {"platform": PLATFORMS[kind], "account": name}
        control(sandbox_url, "say", {**body, "many": [{"text": f"말 {n}"} for n in range(5)]})
    at = now()
    account = ChannelAccount.objects.create(
        kind=kind, unit=unit, name=name, base_url=there["base_url"], poll_every=every,
        external_id="2" if kind == "blog" else there["id"], verified_at=at, created_at=at,
        poll_due_at=at + timedelta(seconds=due_in), recheck_due_at=at, categories_at=at,
    )  # fmt: skip
    Credential.objects.create(
        account=account, sealed=encrypt(secrets_of(kind, there)), updated_at=at
    )
    return account


def idle_polls(sandbox_url: str, kind: str, polls: int) -> Told:
    """Poll an account that has nothing new, again and again, as its interval would have it."""
    account = connect(sandbox_url, kind, every=3600, due_in=86_400)
    told = Told()
    mine = ChannelAccount.objects.filter(pk=account.pk)
    with _listening() as line:
        for number in range(polls + 5):
            is_turn = number % 5 == 0  # what is looked at with every fifth poll
            later = now() + timedelta(hours=0 if is_turn else 1)
            mine.update(poll_due_at=now(), recheck_due_at=later)
            calls, seconds, began = line.calls, line.seconds, time.perf_counter()
            worked = time.thread_time()
            tasks.poll_account(account.pk)
            took, waited = time.perf_counter() - began, line.seconds - seconds
            worked = time.thread_time() - worked
            mine.update(poll_due_at=now() + timedelta(days=1))
            told.trivial.append(_trivial_query())
            if number < 5:
                continue
            told.all_polls += 1
            told.all_requests += line.calls - calls
            if not is_turn:
                told.requests.append(line.calls - calls)
                told.own_ms.append((took - waited) * 1000)
                told.waited_ms.append(waited * 1000)
                told.processor_ms.append(worked * 1000)
    mine.update(is_paused=True)
    return told


def _trivial_query() -> float:
    """Return the milliseconds of a query that asks for nothing."""
    began = time.perf_counter()
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        cursor.fetchall()
    return (time.perf_counter() - began) * 1000


def connect_many(sandbox_url: str, accounts: int, every: int) -> None:
    """Connect so many accounts whose polls are spread over the interval."""
    for number in range(accounts):
        connect(sandbox_url, _KINDS[number % 3], every=every, due_in=every * number / accounts)


def lateness(seconds: float) -> list[float]:
    """Watch for some time and return by how many seconds each poll came after its moment."""
    end, late = time.monotonic() + seconds, list[float]()
    known: dict[int, Any] = {}
    while time.monotonic() < end:
        rows = ChannelAccount.objects.filter(is_paused=False, poll_every__lt=3600)
        for pk, due_at, last in rows.values_list("pk", "poll_due_at", "last_polled_at"):
            before = known.get(pk)
            if before is not None and last is not None and last != before[1]:
                late.append(max((last - before[0]).total_seconds(), 0.0))
            known[pk] = (due_at, last)
        time.sleep(0.2)
    return late


def polled() -> int:
    """Return how many accounts have been polled more than once."""
    rows = ChannelAccount.objects.filter(is_paused=False, poll_every__lt=3600)
    return rows.filter(last_success_at__isnull=False, poll_fence__gt=F("failures") + 1).count()
