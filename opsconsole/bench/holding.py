"""Races of holds against arming, for the bench of that name."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from itertools import count

import django

django.setup()

from django.db import connections  # noqa: E402

from channels.actions.holding import hold_place  # noqa: E402
from channels.actions.moves import Claim  # noqa: E402
from channels.actions.sending import delivery_arm  # noqa: E402
from channels.models import (  # noqa: E402
    ChannelAccount,
    Delivery,
    DeliveryAttempt,
    Hold,
    HoldInFlight,
)
from opsconsole.kernel.actor import SYSTEM  # noqa: E402
from opsconsole.kernel.clock import now  # noqa: E402
from opsconsole.people.models import BusinessUnit  # noqa: E402

_numbers = count(1)


@dataclass(frozen=True, slots=True)
class Raced:
    """How the races ended: armings that won, that came after the hold, and that the hold did not list."""

    rounds: int
    armed: int
    leaked: int
    unlisted: int


def race(rounds: int) -> Raced:
    """Let one thread arm and another hold at the same moment, again and again, the hold a little later each time."""
    account = _account("race")
    gate = threading.Barrier(2)
    armed: dict[int, bool] = {}
    held: dict[int, Hold] = {}

    def arm() -> None:
        for _ in range(rounds):
            pk = _prepared(account)
            gate.wait(30)
            armed[pk] = delivery_arm(Claim(pk, 1), worker="bench")
            gate.wait(30)
            gate.wait(30)

    def hold() -> None:
        for number in range(rounds):
            gate.wait(30)
            for _head_start in range(number % 6):
                Hold.objects.exists()
            placed = hold_place(SYSTEM, scope="everything", reason="bench")
            held[Delivery.objects.latest("pk").pk] = placed
            gate.wait(30)
            Hold.objects.update(lifted_at=now())
            Delivery.objects.exclude(state="cancelled").update(state="cancelled")
            gate.wait(30)

    _together(arm, hold)
    listed = set(HoldInFlight.objects.values_list("hold", "delivery"))
    attempts = dict(DeliveryAttempt.objects.values_list("delivery", "armed_at"))
    won = [pk for pk, is_armed in armed.items() if is_armed]
    late = [pk for pk in attempts if not armed[pk] or attempts[pk] > held[pk].placed_at]
    unlisted = [pk for pk in won if (held[pk].pk, pk) not in listed]
    return Raced(len(armed), len(won), len(late), len(unlisted))


def press_while_many_arm(seconds: float) -> list[float]:
    """Return the milliseconds that each of several holds took to be in force while eight hands arm without pause."""
    accounts = [_account(f"many{number}") for number in range(8)]
    over = threading.Event()
    took: list[float] = []

    def arm(account: ChannelAccount) -> None:
        while not over.is_set():
            delivery_arm(Claim(_prepared(account), 1), worker="bench")

    def press() -> None:
        try:
            for _ in range(10):
                time.sleep(seconds / 10)
                began = time.monotonic()
                hold_place(SYSTEM, scope="phrase", phrase="nothing says this", reason="bench")
                took.append((time.monotonic() - began) * 1000)
                Hold.objects.update(lifted_at=now())
        finally:
            over.set()

    _together(press, *[lambda account=account: arm(account) for account in accounts])
    return took


def _together(*jobs: Callable[[], None]) -> None:
    def run(job: Callable[[], None]) -> None:
        try:
            job()
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(job,)) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def _account(name: str) -> ChannelAccount:
    unit, _is_new = BusinessUnit.objects.get_or_create(
        slug="bench-hold", defaults={"name_ko": "중지", "name_en": "Hold"}
    )
    at = now()
    return ChannelAccount.objects.create(
        kind="facebook", unit=unit, name=name, external_id=name, poll_due_at=at + timedelta(days=1),
        recheck_due_at=at + timedelta(days=1), created_at=at, verified_at=at,
    )  # fmt: skip


def _prepared(account: ChannelAccount) -> int:
    """Make a delivery that a worker has prepared."""
    name, at = f"bench:{next(_numbers)}", now()
    return Delivery.objects.create(
        origin=name, nonce=name, account=account, kind="post", state="prepared", text="x", fence=1,
        requested_at=at, not_before=at, deadline=at + timedelta(hours=1),
        lease_until=at + timedelta(minutes=5),
    ).pk  # fmt: skip
